"""Tests of an order book's readers while a diff is under way, made to happen at every single step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core import ladder
from binance_ws.core.levels import BookSnapshot
from binance_ws.core.orderbook import APPLIED, GAP, SPOT, OrderBook, Rule

from .known_exchange import exchanges, rules


def _book() -> OrderBook:
    book = OrderBook("X", SPOT)
    book.apply_snapshot(
        {"lastUpdateId": 100, "bids": [["9.50", "1"]], "asks": [["9.60", "1"], ["9.70", "0.5"]]}
    )
    return book


class Rows(ladder.Rows):
    """Levels that run something before and after every change, and after they were copied."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)
    afterwards: Callable[[], None] = staticmethod(lambda: None)

    def copy(self) -> ladder.Rows:
        copied = super().copy()
        self.afterwards()
        return copied

    def __setitem__(self, key: float, level: tuple[str, str]) -> None:
        self.meanwhile()
        super().__setitem__(key, level)
        self.meanwhile()

    def __delitem__(self, key: float) -> None:
        self.meanwhile()
        super().__delitem__(key)
        self.meanwhile()


class Keys(list[float]):
    """Keys that run something before they are read in part."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        if isinstance(index, slice):
            self.meanwhile()
        return super().__getitem__(index)


@rules
@given(st.data())
def test_a_reader_in_the_midst_of_a_diff_sees_it_whole(rule: Rule, data: st.DataObject) -> None:
    """Whatever has been changed already, a read gives the book as of one update, the best prices too."""
    exchange = data.draw(exchanges(rule))
    depth = data.draw(st.sampled_from([None, 2]))
    book = OrderBook("X", rule, depth)
    book.apply_snapshot(exchange.snapshot(0))
    seen: list[BookSnapshot] = []

    def read() -> None:
        best = book.best()
        seen.extend([book.snapshot(), book.top(2)])
        assert best == exchange.book(best.update_id, None).best()

    for side in (book._version.bids, book._version.asks):
        side._rows = rows = Rows(side._rows)
        rows.meanwhile = read
    for diff in exchange.diffs:
        assert book.apply_diff(diff) is APPLIED
    whole, top = seen[::2], seen[1::2]
    assert whole == [exchange.book(book.update_id, depth) for book in whole]
    assert top == [exchange.book(book.update_id, 2) for book in top]


@rules
@given(st.data())
def test_a_writer_that_goes_on_while_a_reader_copies_does_not_mix_diffs(
    rule: Rule, data: st.DataObject
) -> None:
    """The reader gets a book that existed, though diffs were applied between its copies of the two sides."""
    exchange = data.draw(exchanges(rule))
    book, waiting = OrderBook("X", rule), list(reversed(exchange.diffs))
    book.apply_snapshot(exchange.snapshot(0))
    steps = data.draw(st.lists(st.integers(0, 2), min_size=20, max_size=20))

    def write() -> None:
        for _ in range(steps.pop() if steps else 0):
            if waiting:
                assert book.apply_diff(waiting.pop()) is APPLIED

    for side in (book._version.bids, book._version.asks):
        side._keys, side._rows = keys, rows = Keys(side._keys), Rows(side._rows)
        keys.meanwhile = rows.afterwards = write
    for read in (book.snapshot, lambda: book.top(2)) * 5:
        shown = read()
        assert shown == exchange.book(shown.update_id, None if read == book.snapshot else 2)


def test_a_reader_of_a_book_that_begins_anew_keeps_the_old_one() -> None:
    """A snapshot that comes between its copies does not change what it reads."""
    book = _book()
    before = book.snapshot()
    side = book._version.asks
    side._keys = keys = Keys(side._keys)
    keys.meanwhile = lambda: book.apply_snapshot({"lastUpdateId": 200, "bids": [], "asks": [["1", "1"]]})
    assert book.snapshot() == before
    assert book.snapshot().asks == (("1", "1"),)


def test_a_diff_that_was_interrupted_is_read_whole_and_not_followed() -> None:
    """After Ctrl-C between two changes readers see the whole diff, and the book asks for a snapshot."""
    book = _book()
    side = book._version.bids
    side._rows = rows = Rows(side._rows)
    rows.meanwhile = _interrupt
    with pytest.raises(KeyboardInterrupt):
        book.apply_diff({"U": 101, "u": 101, "b": [["9.50", "7"]], "a": [["9.60", "0"]]})
    assert book.top(1) == BookSnapshot("X", 101, None, (("9.50", "7"),), (("9.70", "0.5"),))
    assert book.apply_diff({"U": 101, "u": 102, "b": [], "a": []}) is GAP


def _interrupt() -> None:
    raise KeyboardInterrupt
