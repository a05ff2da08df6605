"""How much a side of a book knows after a snapshot that was cut, and when it asks for another."""

from __future__ import annotations

import sys

import pytest

from binance_ws.core.bounds import SPARE, WHOLE, Bounds, bounds_of
from binance_ws.core.orderbook import APPLIED, GAP, SPOT, OrderBook

FAR = sys.maxsize


@pytest.mark.parametrize(
    ("depth", "limit", "bounds"),
    [
        (None, None, WHOLE),
        (20, None, Bounds(1020, 20, 20, 20)),
        (20, 500, Bounds(1020, 500, 260, 20)),
        (1000, 5000, Bounds(2000, 5000, 1500, 1000)),
        (None, 5000, Bounds(FAR, 5000, 2500, 1)),
        (1000, 1000, Bounds(2000, 1000, 500, 1)),
        (9000, 5000, Bounds(10000, 5000, 2500, 1)),
    ],
)
def test_the_bounds(depth: int | None, limit: int | None, bounds: Bounds) -> None:
    """As many as are shown are a must where a snapshot has well over that; half of the rest is little."""
    assert bounds_of(depth, limit) == bounds
    assert bounds.low <= bounds.kept
    assert bounds.least <= bounds.low or bounds is WHOLE
    assert bounds.kept in (FAR, (depth or 0) + SPARE)


def snapshot(levels: int) -> dict[str, object]:
    """So many bids and asks, from 1,000 away."""
    bids = [[str(1000 - n), "1"] for n in range(levels)]
    asks = [[str(1001 + n), "1"] for n in range(levels)]
    return {"lastUpdateId": 1, "bids": bids, "asks": asks}


def book_of(levels: int, depth: int | None, limit: int) -> OrderBook:
    """A book that has had a snapshot."""
    book = OrderBook("X", SPOT, depth, limit)
    book.apply_snapshot(snapshot(levels))
    return book


def remove(book: OrderBook, *prices: int) -> object:
    """A diff by which bids go."""
    last = book.update_id + 1
    return book.apply_diff({"U": last, "u": last, "b": [[str(price), "0"] for price in prices], "a": []})


def test_levels_beyond_a_snapshot_that_was_cut_are_not_shown() -> None:
    """Between them and the last one known others may be missing; sums over the book would be wrong."""
    book = book_of(1000, None, limit=1000)
    assert (
        book.apply_diff({"U": 2, "u": 2, "b": [["0.5", "9"], ["1000.5", "7"]], "a": [["5000", "1"]]})
        is APPLIED
    )
    assert (len(book.bids()), len(book.asks())) == (1001, 1000)
    assert (book.bids()[0], book.bids()[-1]) == (("1000.5", "7"), ("1", "1"))
    assert book.volume_to("asks", 9999) == 1000


def test_a_snapshot_that_was_not_cut_is_all() -> None:
    """Less levels than were asked for: there are no others, so new ones are shown wherever they come."""
    book = book_of(999, None, limit=1000)
    assert book.apply_diff({"U": 2, "u": 2, "b": [["0.5", "9"]], "a": [["5000", "1"]]}) is APPLIED
    assert (book.bids()[-1], book.asks()[-1]) == (("0.5", "9"), ("5000", "1"))
    assert remove(book, *range(2, 1001)) is APPLIED
    assert (book.bids(), book.low) == ((("0.5", "9"),), False)


@pytest.mark.parametrize(
    ("depth", "limit", "low", "least"), [(20, 500, 260, 20), (None, 1000, 500, 1), (1000, 1000, 500, 1)]
)
def test_a_book_says_that_it_needs_a_snapshot_before_it_does(
    depth: int | None, limit: int, low: int, least: int
) -> None:
    """First it is low, and goes on; then it is short, which is a gap."""
    book = book_of(limit, depth, limit)
    best = 1000
    while not book.low:
        assert remove(book, best) is APPLIED
        best -= 1
    assert limit - (1000 - best) == low - 1
    while (verdict := remove(book, best)) is APPLIED:
        assert len(book.bids()) == min(limit - (1001 - best), depth or limit)
        best -= 1
    assert (verdict, limit - (1001 - best)) == (GAP, least - 1)
