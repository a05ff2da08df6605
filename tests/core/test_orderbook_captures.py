"""Proofs on real frames: the book's best prices are those that the exchange told at the same moment."""

from __future__ import annotations

import gzip
import json
import lzma
import sys
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from binance_ws.core.levels import BookSnapshot
from binance_ws.core.orderbook import APPLIED, FUTURES, GAP, SPOT, STALE, OrderBook, Rule
from tests.peer import SECONDS

Message = dict[str, Any]
DATA = Path(__file__).parents[1] / "data"
SOME, MANY = 5, 800


class Capture(NamedTuple):
    """What was recorded of one symbol."""

    rule: Rule
    symbol: str
    snapshot: Message
    diffs: list[Message]
    tickers: dict[int, Message]

    def book(self, depth: int | None = None, limit: int | None = None) -> OrderBook:
        """A book that has the snapshot."""
        book = OrderBook(self.symbol, self.rule, depth, limit)
        book.apply_snapshot(self.snapshot)
        return book

    @property
    def following(self) -> list[Message]:
        """The diffs that the snapshot does not have."""
        return [diff for diff in self.diffs if diff["u"] > self.snapshot["lastUpdateId"]]


@cache
def _lines(name: str) -> list[Message]:
    opened = lzma.open if name.endswith(".xz") else gzip.open
    with opened(DATA / name, "rt") as lines:
        return [json.loads(line) for line in lines]


@cache
def _capture(market: str, symbol: str) -> Capture:
    rows = [row["data"] for row in _lines(f"{market}_books.jsonl.xz") if row["data"]["s"] == symbol]
    snapshots = {row["symbol"]: row["data"] for row in _lines(f"{market}_books_snapshots.jsonl.gz")}
    diffs = [row for row in rows if row.get("e") == "depthUpdate"]
    tickers = {row["u"]: row for row in rows if row.get("e") != "depthUpdate"}
    return Capture(SPOT if market == "spot" else FUTURES, symbol, snapshots[symbol], diffs, tickers)


CAPTURES = [("spot", "BTCUSDT"), ("spot", "ETHUSDT"), ("usdm", "BTCUSDT"), ("usdm", "ETHUSDT")]
captures = pytest.mark.parametrize(("market", "symbol"), CAPTURES)


@pytest.mark.parametrize(("market", "equal"), [("spot", 2128), ("usdm", 468)])
def test_the_best_prices_are_those_of_the_book_ticker_with_the_same_update_id(
    market: str, equal: int
) -> None:
    """Wherever a diff and a book ticker end at one update, prices and quantities are equal to the letter."""
    compared = 0
    for capture in (_capture(market, symbol) for market_, symbol in CAPTURES if market_ == market):
        book = capture.book()
        for diff in capture.diffs:
            if book.apply_diff(diff) is APPLIED and (ticker := capture.tickers.get(diff["u"])):
                assert book.best() == (diff["u"], (ticker["b"], ticker["B"]), (ticker["a"], ticker["A"]))
                compared += 1
    assert compared == equal


@captures
def test_every_diff_after_the_snapshot_follows_and_the_book_never_crosses(market: str, symbol: str) -> None:
    """The diffs that the snapshot has are dropped, all others are applied, and bids stay below asks."""
    capture = _capture(market, symbol)
    book = capture.book()
    verdicts = []
    for diff in capture.diffs:
        verdicts.append(book.apply_diff(diff))
        spread = book.spread()
        assert spread is not None
        assert spread > 0
    dropped = verdicts.count(STALE)
    assert verdicts == [STALE] * dropped + [APPLIED] * (len(verdicts) - dropped)
    assert dropped > 0


@captures
def test_a_book_is_the_one_that_a_dict_keeps(market: str, symbol: str) -> None:
    """After all diffs the levels are those of a dict that was told the same, in numeric order."""
    capture = _capture(market, symbol)
    book, naive = capture.book(), {side: dict(capture.snapshot[side]) for side in ("bids", "asks")}
    for diff in capture.diffs:
        if book.apply_diff(diff) is APPLIED:
            naive["bids"].update(diff["b"])
            naive["asks"].update(diff["a"])
    for side, levels in naive.items():
        kept = [(price, quantity) for price, quantity in levels.items() if float(quantity)]
        kept.sort(key=lambda level: float(level[0]), reverse=side == "bids")
        assert book.snapshot().levels(side) == tuple(kept)


@captures
@pytest.mark.parametrize("depth", [1, 20, 300])
def test_a_bounded_book_shows_the_best_levels_of_the_whole_one(market: str, symbol: str, depth: int) -> None:
    """It says so where it has run out of levels; with a new snapshot it goes on."""
    capture = _capture(market, symbol)
    whole, bounded = capture.book(), capture.book(depth)
    for diff in capture.diffs:
        whole.apply_diff(diff)
        if bounded.apply_diff(diff) is GAP:
            state = whole.snapshot()
            bounded.apply_snapshot(
                {"lastUpdateId": state.update_id, "bids": state.bids, "asks": state.asks, "E": state.time}
            )
        assert bounded.snapshot() == whole.top(depth)


@captures
def test_a_lost_diff_is_noticed_and_nothing_is_applied_until_a_snapshot(market: str, symbol: str) -> None:
    """The old state stays as it was."""
    capture = _capture(market, symbol)
    book = capture.book()
    for diff in capture.following[:100]:
        book.apply_diff(diff)
    before = book.snapshot()
    assert {book.apply_diff(diff) for diff in capture.following[101:]} == {GAP}
    assert book.snapshot() == before
    assert not book.synced


@captures
def test_readers_in_other_threads_see_whole_diffs_only(market: str, symbol: str) -> None:
    """While one thread applies, each book that another reads is the book as of its update id."""
    capture = _capture(market, symbol)
    diffs = capture.following[:MANY]
    book, shared, ended, wrong = capture.book(), capture.book(), threading.Event(), []
    expected = {book.update_id: book.snapshot()}
    for diff in diffs:
        book.apply_diff(diff)
        expected[book.update_id] = book.snapshot()

    def read() -> None:
        while not ended.is_set():
            whole, top = shared.snapshot(), shared.top(SOME)
            right = expected.get(top.update_id)
            if whole != expected.get(whole.update_id) or right is None or top != first(right, SOME):
                wrong.append((whole.update_id, top.update_id))

    _while_switching_often(read, lambda: [shared.apply_diff(diff) for diff in diffs], ended)
    assert wrong == []
    assert shared.snapshot() == expected[diffs[-1]["u"]]


def first(book: BookSnapshot, count: int) -> BookSnapshot:
    """The best levels of a book."""
    return replace(book, bids=book.bids[:count], asks=book.asks[:count])


def _while_switching_often(read: Any, write: Any, ended: threading.Event) -> None:
    """Write while two threads read, with as many switches between them as the interpreter makes."""
    readers = [threading.Thread(target=read, name=f"reader {i}", daemon=True) for i in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for reader in readers:
            reader.start()
        write()
    finally:
        ended.set()
        sys.setswitchinterval(interval)
        for reader in readers:
            reader.join(SECONDS)
    assert not any(reader.is_alive() for reader in readers)


@captures
def test_a_book_whose_snapshots_are_cut_has_a_new_one_in_time(market: str, symbol: str) -> None:
    """Renewed when it says that it is low, it never has a gap, and shows the best levels of the whole book."""
    capture = _capture(market, symbol)
    whole, limit = capture.book(), 500
    cut = {side: capture.snapshot[side][:limit] for side in ("bids", "asks")}
    book = OrderBook(symbol, capture.rule, 20, limit)
    book.apply_snapshot(capture.snapshot | cut)
    for diff in capture.following:
        whole.apply_diff(diff)
        assert book.apply_diff(diff) is APPLIED
        assert book.snapshot() == whole.top(20)
        if book.low:
            now = whole.top(limit)
            book.apply_snapshot({"lastUpdateId": now.update_id, "bids": now.bids, "asks": now.asks})
            assert not book.low
