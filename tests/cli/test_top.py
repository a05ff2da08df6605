"""``binance-ws top``, as a person runs it."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.simulator import Exchange

from .people import CTRL_C, PAGE, begin, finish, first_line, objects, run, terminal


def test_a_live_table(exchange: Exchange) -> None:
    """The busiest symbols, refreshed in place; it fits a terminal that is resized; the last look stays."""
    with terminal(exchange, "top", "--every", "0.1") as shown:
        text = shown.see("trend", "BTCUSDT +[0-9.]+ +[+-]", "open", PAGE, "messages/s", PAGE)
        assert "reconnects" in text
        assert len(re.findall(r"^ [A-Z]+USDT ", text.rpartition("symbol")[2], re.MULTILINE)) >= 5
        shown.resize(70, 10)
        shown.see("and [0-9]+ more", PAGE)
        narrow = shown.see("symbol", PAGE)
        assert "trend" not in narrow.rpartition("symbol")[2]
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert code == 0
    assert "BTCUSDT" in rest
    assert "Traceback" not in rest


def test_a_connection_that_is_lost_is_seen(exchange: Exchange) -> None:
    """The footer counts it, and says what happened."""
    with terminal(exchange, "top", "BTCUSDT", "ETHUSDT", "--every", "0.1") as shown:
        shown.see("open")
        exchange.faults.reset("btcusdt@trade")
        shown.see("1 reconnect ", "connection")
        shown.press(CTRL_C)
        assert shown.end()[0] == 0


def test_without_a_terminal(exchange: Exchange) -> None:
    """A line each symbol and look, no escapes, an end after the seconds given."""
    code, out, err = run(exchange, "top", "BTCUSDT", "ethusdt", "--every", "0.3", "--seconds", "2.5")
    assert (code, err) == (0, "")
    assert {line.split()[0] for line in out.splitlines()} == {"BTCUSDT", "ETHUSDT"}
    assert all(re.search(r" [+-]\d+\.\d\d % \d+\.\d/s lag ", line) for line in out.splitlines()[-2:])
    assert "\x1b" not in out


def test_lines_of_json(exchange: Exchange) -> None:
    """A line each look, of the market asked for; a reader that ends, ends it."""
    line = ("top", "--json", "--market", "usdm", "--number", "3", "--every", "0.2")
    process = begin(exchange, *line)
    looks = [objects(first_line(process))[0] for _ in range(8)]
    assert all(len(look["symbols"]) == 3 for look in looks)
    last = looks[-1]
    assert (last["state"], last["reconnects"], last["gaps"]) == ("open", 0, 0)
    assert last["rate"] > 0
    assert any(float(row["price"]) > 0 and row["rate"] > 0 for row in last["symbols"])
    assert process.stdout is not None
    process.stdout.close()
    code, _, err = finish(process)
    assert (code, err) == (141, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--market", "options"], "options does not tell which symbols are busy"),
        (["BTC/USDT"], "letters and digits"),
        (["--environment", "us", "--market", "usdm"], "does not serve"),
        (["--environment", "moon"], "an environment is one of"),
    ],
)
def test_what_cannot_be_meant(arguments: list[str], said: str) -> None:
    """One sentence, and the code for that."""
    done = CliRunner().invoke(app, ["top", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
