"""``binance-ws stream``, as a person runs it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from typing import Any

import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.simulator import Exchange

from .people import (
    COMMAND,
    CTRL_C,
    SECONDS,
    Process,
    begin,
    finish,
    first_line,
    objects,
    run,
    stop,
    surroundings,
    terminal,
)

TRADE = "btcusdt@trade"


def test_lines_are_the_bytes_of_the_exchange(exchange: Exchange) -> None:
    """One stream comes bare; --count is the number of lines; nothing else is said."""
    code, out, err = run(exchange, "stream", TRADE, "--count", "5")
    lines = out.splitlines()
    sent = [payload.decode() for payload in exchange.sent_bytes(TRADE)]
    first = sent.index(lines[0])
    assert (code, err, len(lines)) == (0, "", 5)
    assert lines == sent[first : first + 5]


def test_several_streams_come_wrapped(exchange: Exchange) -> None:
    """Each line begins with the name of its stream, of another market too; --seconds ends it."""
    names = {"btcusdt@bookTicker", "ethusdt@aggTrade"}  # of two routes
    code, out, err = run(exchange, "stream", *names, "--market", "usdm", "--seconds", "1.5")
    messages = objects(out)
    sent = exchange.sent_bytes("ethusdt@aggTrade", "usdm")
    assert (code, err) == (0, "")
    assert {message["stream"] for message in messages} == names
    assert all(line.startswith('{"stream":"') for line in out.splitlines())
    first = next(line for line in out.splitlines() if "aggTrade" in line)
    assert first.removeprefix('{"stream":"ethusdt@aggTrade","data":').removesuffix("}").encode() in sent


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["btcusdt@trad"], "did you mean 'btcusdt@trade'?"),
        (["BTCUSDT@trade"], "symbols are lower-case in names: 'btcusdt@trade'"),
        (["btcusdt@markPrice"], "but usdm has"),
        ([TRADE, "--host", "http://somewhere/"], "a local host is written like"),
        ([TRADE, "--host", "127.0.0.1:8765", "--environment", "testnet"], "not both"),
        ([TRADE, "--environment", "moon"], "an environment is one of production, testnet"),
        ([TRADE, "--count", "0"], "1"),
        ([], "STREAM"),
    ],
)
def test_what_cannot_be_meant(arguments: list[str], said: str) -> None:
    """Is refused before anything connects, with a hint on stderr and the code for that."""
    done = CliRunner().invoke(app, ["stream", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_a_signal_ends_it(exchange: Exchange) -> None:
    """Quietly; with success where nothing else was to end it, else with the code of the signal."""
    ends = [
        ((), signal.SIGINT, 0),
        ((), signal.SIGTERM, 0),
        (("--count", "100000"), signal.SIGINT, 130),
        (("--seconds", "1000"), signal.SIGTERM, 143),
    ]
    begun = [(begin(exchange, "stream", TRADE, *more), number, code) for more, number, code in ends]
    for process, number, expected in begun:
        assert json.loads(first_line(process))["e"] == "trade"
        code, out, err = stop(process, number)
        assert (code, err) == (expected, "")
        assert all(message["s"] == "BTCUSDT" for message in objects(out))


@pytest.mark.parametrize("name", [TRADE, "lunausdt@trade"], ids=["busy", "silent"])
def test_a_closed_pipe_ends_it(name: str, exchange: Exchange) -> None:
    """At once, quietly, with the code of a tool that SIGPIPE ends; also where there is nothing to write."""
    process = begin(exchange, "stream", name)
    if name == TRADE:
        first_line(process)
    assert exchange.wait_for(lambda: any(name in c.streams for c in exchange.connections), SECONDS)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(SECONDS) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_in_a_pipeline(exchange: Exchange) -> None:
    """``head`` gets its line and the shell its codes."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash, which tells the codes of a pipeline")
    line = f"{' '.join(COMMAND)} stream {TRADE} | head -1; echo ${{PIPESTATUS[@]}}"
    done = subprocess.run(
        [bash, "-c", line],
        env=surroundings(exchange),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    message, codes = done.stdout.splitlines()
    assert (json.loads(message)["e"], codes, done.stderr) == ("trade", "141 0", "")


def test_reconnects_are_told_of_on_request(exchange: Exchange) -> None:
    """With --verbose, on stderr; what was missed meanwhile is fetched and printed in its place."""
    process = begin(exchange, "stream", TRADE, "--verbose")
    first_line(process)
    with exchange.faults.refuse():
        exchange.faults.reset(TRADE)
        last = exchange.sent(TRADE)[-1]["t"]
        assert exchange.wait_for(lambda: not exchange.connections, SECONDS)
    messages = _until(process, lambda message: message["t"] > last + 10)
    code, out, err = stop(process)
    ids = [message["t"] for message in [*messages, *objects(out)]]
    assert (code, ids) == (0, list(range(ids[0], ids[0] + len(ids))))
    assert len(err.splitlines()) >= 3
    assert all(line[2] == ":" for line in err.splitlines())  # a time first
    assert "Traceback" not in err


def _until(process: Process, enough: Any) -> list[Any]:
    """Messages up to the one that is enough."""
    messages = [json.loads(first_line(process))]
    while not enough(messages[-1]):
        messages.append(json.loads(first_line(process)))
    return messages


def test_nobody_listens_there() -> None:
    """One sentence that says what to do, and the code of a failure."""
    with Exchange() as gone:
        pass
    begun = [begin(gone, *line) for line in (("stream", TRADE), ("top", "BTCUSDT"), ("top",))]
    for process in begun:
        code, out, err = finish(process)
        assert (code, out) == (1, "")
        assert len(err.splitlines()) == 1
        assert "could not be reached" in err
        assert "binance-ws doctor" in err


def test_in_a_terminal(exchange: Exchange) -> None:
    """Each line is there when it came; --pretty indents and colours; Ctrl-C ends it."""
    with terminal(exchange, "stream", TRADE, width=300) as shown:
        shown.see(r'\{"e":"trade"', r'"M":true\}\r\n')
        shown.press(CTRL_C)
        code, rest = shown.end()
        assert (code, "Traceback" in rest) == (0, False)
    with terminal(exchange, "stream", TRADE, "--pretty", "--count", "1") as shown:
        shown.see(r'\{\r\n  "e": "trade",\r\n')
        assert "\x1b[1;34m" in shown.raw
        assert shown.end()[0] == 0
