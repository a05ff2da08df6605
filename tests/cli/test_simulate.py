"""``binance-ws simulate``, as a person runs it."""

from __future__ import annotations

import re
import signal

import pytest
from typer.testing import CliRunner

from binance_ws import BinanceSocketManager, Client, Environment
from binance_ws.cli.app import app
from binance_ws.errors import ArgumentError
from binance_ws.simulator import Exchange
from binance_ws.simulator.command import announcement, running
from tests.waiting import Inbox

from .people import CTRL_C, begin, finish, first_line, terminal

HOST = r"BINANCE_WS_HOST=([\d.:]+)"


def test_in_a_terminal() -> None:
    """It says what to export, serves, tells what goes on in a line that is refreshed, and ends on Ctrl-C."""
    with terminal(None, "simulate", "--port", "0", "--replay", "demo") as shown:
        found = re.search(HOST, shown.see(r"BINANCE_API_SECRET=\w+", "0 connections"))
        assert found
        inbox = Inbox()
        with BinanceSocketManager(Client(environment=Environment.local(found[1]))) as manager:
            manager.start_trade_socket("BTCUSDT", inbox)
            inbox.wait(3)
            shown.see("1 connection   1 stream   [0-9,]+ messages sent   1 request")
        shown.see("0 connections")
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert (code, "Traceback" in rest) == (0, False)


def test_without_a_terminal() -> None:
    """It says what to export and no more; faults come by themselves; SIGTERM ends it."""
    process = begin(
        None, "simulate", "--port", "0", "--symbols", "2", "--faults", "0.1", "--user-data", "listen_key"
    )
    first_line(process)
    found = re.search(HOST, second := first_line(process))
    assert found
    assert "BINANCE_WS_USER_DATA=listen_key" in second
    assert first_line(process).startswith("For accounts: export BINANCE_API_KEY=")
    events = Inbox()
    client = Client(environment=Environment.local(found[1]))
    with BinanceSocketManager(client, max_retries=None, on_event=events) as manager:
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        events.wait_for(lambda seen: any(type(event).__name__ == "Lost" for event in seen))
    process.send_signal(signal.SIGTERM)
    code, out, err = finish(process)
    assert (code, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--replay", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (["--speed", "warp"], "warp"),
        (["--port", "{taken}"], "in use"),
    ],
)
def test_what_cannot_be_used(arguments: list[str], said: str, exchange: Exchange) -> None:
    """One sentence, and the code for that."""
    port = exchange.host.partition(":")[2]
    line = [argument.replace("{taken}", port) for argument in arguments]
    done = CliRunner().invoke(app, ["simulate", "--port", "0", *line])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_faults_come_at_some_distance(exchange: Exchange) -> None:
    """No time between them is refused before anything is announced."""
    with pytest.raises(ArgumentError, match="above 0"), running(exchange, 0.0):
        pass
    assert all(
        exchange.host not in line or "export" in line or "listens" in line for line in announcement(exchange)
    )
