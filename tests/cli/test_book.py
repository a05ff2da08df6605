"""``binance-ws book``, as a person runs it."""

from __future__ import annotations

import io

import pytest
from typer.testing import CliRunner

from binance_ws.cli import book as command
from binance_ws.cli.app import app
from binance_ws.cli.console import Screen
from binance_ws.simulator import Exchange

from ..booking import room
from ..peer import SECONDS
from .people import CTRL_C, begin, finish, first_line, objects, run, stop, terminal

LINE = "BTCUSDT bid "


def test_lines_where_there_is_no_terminal(exchange: Exchange) -> None:
    """One line a look, and an end after the seconds given."""
    code, out, err = run(exchange, "book", "BTCUSDT", "--seconds", "0.5", "--every", "0.1")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) > 1
    assert all(line.startswith(LINE) for line in out.splitlines())


def test_lines_of_json(exchange: Exchange) -> None:
    """Levels as the exchange wrote them, the best first; the reader of a pipe may end when it likes."""
    process = begin(exchange, "book", "BTCUSDT", "--json", "--levels", "3", "--every", "0.05")
    (told,) = objects(first_line(process))
    assert {*told} == {"symbol", "updateId", "time", "bids", "asks"}
    assert [len(told["bids"]), len(told["asks"])] == [3, 3]
    assert told["bids"][0] > told["bids"][1]
    assert process.stdout is not None
    process.stdout.close()
    code, _, err = finish(process)
    assert (code, err) == (141, "")


def test_interrupted_it_ends_politely(exchange: Exchange) -> None:
    """Ctrl-C: no traceback, exit code 0."""
    process = begin(exchange, "book", "BTCUSDT", "--market", "usdm")
    assert first_line(process).startswith(LINE)
    code, _, err = stop(process)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["NOSUCHTHING"], 1, "Invalid symbol"), (["BTCUSDT", "--speed", "7ms"], 2, "not 7")],
)
def test_what_cannot_be_shown(exchange: Exchange, arguments: list[str], code: int, said: str) -> None:
    """One sentence, no traceback."""
    done = CliRunner().invoke(app, ["book", "--host", exchange.host, *arguments])
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_live_ladder(exchange: Exchange) -> None:
    """In a terminal it is refreshed in place, fits, and ends on Ctrl-C."""
    with terminal(exchange, "book", "ETHUSDT", "--levels", "40", height=16) as shown:
        text = shown.see("spread", "spread", "spread")
        assert 0 < text.partition("spread")[2].partition("spread")[0].count("bid ") <= 5
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert (code, "Traceback" in rest) == (0, False)


def test_a_ladder_in_a_terminal() -> None:
    """Asks over bids, the best ones next to each other; a stale book says so."""
    with room() as place:
        book = place.manager.start_order_book("BTCUSDT", depth=3).wait_ready(SECONDS)
        screen = Screen(force_terminal=True, width=100, record=True, file=io.StringIO())
        command._show(screen, book, 3, 0.02, 0.1)
        text = screen.export_text()
        assert text.count("ask") >= 3
        assert "spread" in text
        book.close()
        assert "closed" in str(command._ladder(book, 3))
        assert "closed" in command._line(book)
