"""Tables as HTML."""

from __future__ import annotations

from binance_ws.books.show import rungs
from binance_ws.core.levels import BookSnapshot
from binance_ws.core.lifecycle import State
from binance_ws.info import Sockets
from binance_ws.notebook.tables import ladder_table, sockets_table
from tests.notebook.making import info


def test_a_table_of_sockets() -> None:
    """A row each; what comes from outside is escaped."""
    html = sockets_table([info("<b>", messages=1234, last=0.5, lag=12.3), info(state=State.WAITING)], "a & b")
    assert html.count("<tr>") == 3
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert "a &amp; b" in html
    for text in ("1,234", "500 ms", "12 ms", "open", "waiting"):
        assert f">{text}<" in html


def test_troubles_stand_out() -> None:
    """Gaps and errors are coloured where there are some; the colours are none of a theme's."""
    plain, worried = (sockets_table([info(gaps=gaps)]).count("#d6434f") for gaps in (0, 3))
    assert (plain, worried) == (0, 1)


def test_a_socket_in_a_line() -> None:
    """The plain text of a snapshot is one short line."""
    assert (
        repr(info(messages=1234, last=0.5))
        == "<SocketInfo btcusdt@trade open, 1,234 messages, last 500 ms ago>"
    )
    assert repr(info(state=State.NEW)) == "<SocketInfo btcusdt@trade new, no message yet>"


def test_a_list_of_sockets_is_a_table() -> None:
    """So is one alone."""
    assert Sockets([info("a"), info("b")])._repr_html_().count("<tr>") == 3
    assert info()._repr_html_().count("<tr>") == 2


def test_a_ladder() -> None:
    """Prices stand below each other, the bars show the sums."""
    book = BookSnapshot("X", 7, None, (("2.5", "1"),), (("3.25", "3"),))
    html = ladder_table("X <book>", rungs(book))
    assert "X &lt;book&gt;" in html
    assert html.index(">3.25<") < html.index(">2.50<")
    assert "100%" in html
    assert "33%" in html
    assert ladder_table("empty", []).count("<tr>") == 1
