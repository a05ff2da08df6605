"""``binance-ws book``, as a person runs it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from binance_ws.cli import book as command
from binance_ws.simulator import Exchange

from ..booking import room
from ..peer import SECONDS

LINE = "BTCUSDT bid "


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A simulated exchange."""
    with Exchange(seed=3) as made:
        yield made


def begin(exchange: Exchange, *arguments: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    line = [sys.executable, "-m", "binance_ws.cli", "book", "--host", exchange.host, *arguments]
    return subprocess.Popen(
        line,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_lines_where_there_is_no_terminal(exchange: Exchange) -> None:
    """One line a look, and an end after the seconds given."""
    out, err = (process := begin(exchange, "BTCUSDT", "--seconds", "0.5", "--every", "0.1")).communicate(
        timeout=30
    )
    lines = out.splitlines()
    assert (process.returncode, err) == (0, "")
    assert lines[0].startswith(LINE)
    assert lines[-1] == "Closed."


def test_interrupted_it_ends_politely(exchange: Exchange) -> None:
    """Ctrl-C: no traceback, exit code 0."""
    process = begin(exchange, "BTCUSDT", "--market", "usdm")
    assert process.stdout is not None
    assert process.stdout.readline().startswith(LINE)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("Closed.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(("NOSUCHTHING",), 1, "Invalid symbol"), (("BTCUSDT", "--speed", "7ms"), 1, "7ms")],
)
def test_what_cannot_be_shown(exchange: Exchange, arguments: tuple[str, ...], code: int, said: str) -> None:
    """One sentence, no traceback."""
    out, err = (process := begin(exchange, *arguments)).communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_ladder_in_a_terminal() -> None:
    """Asks over bids, the best ones next to each other; a stale book says so."""
    with room() as place:
        book = place.manager.start_order_book("BTCUSDT", depth=3).wait_ready(SECONDS)
        console = Console(force_terminal=True, width=100, record=True, file=io.StringIO())
        command._show(console, book, 3, 0.02, 0.1)
        text = console.export_text()
        assert text.count("ask") >= 3
        assert "spread" in text
        book.close()
        assert "closed" in str(command._ladder(book, 3))
        assert "closed" in command._line(book)
