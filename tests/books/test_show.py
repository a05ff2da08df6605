"""How books are shown: ladders, lines, data frames, and a place that is refreshed."""

from __future__ import annotations

import sys

import pytest

from binance_ws.books import show
from binance_ws.core.levels import BookSnapshot
from binance_ws.errors import MissingExtra

from ..booking import Room
from ..notebook.making import FakeWidget
from ..peer import SECONDS

SHOWN = BookSnapshot("BTCUSDT", 7, None, (("2.50", "1.00"), ("2.00", "3")), (("3.00", "4.0"),))


ROWS = [("bid", 2.5, 1.0), ("bid", 2.0, 3.0), ("ask", 3.0, 4.0)]
"""The same as numbers."""


def test_a_ladder_goes_from_the_highest_price_down() -> None:
    """Quantities add up from the best level on."""
    assert show.rungs(SHOWN) == [
        ("ask", "3", "4", "4.0000"),
        ("bid", "2.5", "1", "1.0000"),
        ("bid", "2", "3", "4.0000"),
    ]
    assert show.line(SHOWN) == "BTCUSDT bid 2.5 (1), ask 3 (4), spread 0.5"
    assert show.text(SHOWN).count("\n") == 3
    assert "none" in show.line(BookSnapshot("X", 1, None, (), ()))


def test_a_data_frame_of_pandas(place: Room) -> None:
    """A book becomes a frame of pandas: bids, then asks, each the best first, as numbers."""
    pandas = pytest.importorskip("pandas", reason="pandas makes the frame")
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    frame = book.to_frame(3)
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["side", "price", "quantity"]
    assert list(frame["side"]) == ["bid"] * 3 + ["ask"] * 3
    assert frame["price"].dtype == frame["quantity"].dtype == float
    assert frame[frame["side"] == "bid"]["price"].is_monotonic_decreasing
    assert len(book.to_frame()) > 6
    assert [tuple(row) for row in show.frame(SHOWN).itertuples(index=False)] == ROWS


def test_a_data_frame_of_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no pandas."""
    polars = pytest.importorskip("polars", reason="polars makes the frame")
    monkeypatch.setitem(sys.modules, "pandas", None)
    frame = show.frame(SHOWN)
    assert isinstance(frame, polars.DataFrame)
    assert frame.schema == {"side": polars.String, "price": polars.Float64, "quantity": polars.Float64}
    assert frame.rows() == ROWS


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_data_frame_of_an_empty_book(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the columns and no row."""
    pytest.importorskip(package, reason=f"{package} makes the frame")
    if package == "polars":
        monkeypatch.setitem(sys.modules, "pandas", None)
    frame = show.frame(BookSnapshot("BTCUSDT", 0, None, (), ()))
    assert (type(frame).__module__.partition(".")[0], list(frame.columns), len(frame)) == (
        package,
        ["side", "price", "quantity"],
        0,
    )


def test_a_data_frame_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either the error names the extra."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="notebook"):
        show.frame(SHOWN)


def test_watching_prints_the_ladder(place: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of a notebook one ladder is printed after the other, until the time is over or the book ends."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    book.watch(2, seconds=0.05, every=0.01)
    assert capsys.readouterr().out.count("BTCUSDT, update") >= 1
    book.close()
    book.watch()


@pytest.mark.parametrize("closed", [False, True])
def test_in_a_notebook_it_is_a_widget(place: Room, monkeypatch: pytest.MonkeyPatch, closed: bool) -> None:
    """At once, without blocking; it ends with the book, or when its time is over."""
    monkeypatch.setattr(show, "in_notebook", lambda: True)
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    view = book.watch(2, seconds=None if closed else 1.0, every=0.05)
    assert view is not None
    assert repr(view) == "<View of BTCUSDT order book: open>"
    view.widget = widget = FakeWidget()
    view.heard("test", True)
    assert len(widget.sent.wait(1)[0]["panes"][0]["bids"]) == 2
    if closed:
        book.close()
    widget.sent.wait_for(lambda told: told[-1]["state"] == "closed")


def test_a_book_is_a_table(place: Room) -> None:
    """A ladder, or a word on why there is none."""
    book = place.manager.start_order_book("BTCUSDT", depth=3)
    assert "is stale" in book._repr_html_()
    book.wait_ready(SECONDS)
    assert book._repr_html_().count("<tr>") == 7
