"""Tests of the order book's rules, of what it tells and of its bounds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core import bounds, orderbook
from binance_ws.core.levels import BookSnapshot, Fill
from binance_ws.core.orderbook import APPLIED, FUTURES, GAP, SPOT, STALE, Applied, OrderBook, Rule
from binance_ws.errors import ArgumentError

from .known_exchange import exchanges, rules

SNAPSHOT = {
    "lastUpdateId": 100,
    "bids": [["9.50", "1.0"], ["9.40", "2.0"], ["8.00", "4.0"]],
    "asks": [["9.60", "1.0"], ["9.70", "0.5"], ["10.00", "4.0"]],
}


def _contents(book: OrderBook) -> dict[str, tuple[tuple[str, str], ...]]:
    """What a book shows."""
    return {"bids": book.bids(), "asks": book.asks()}


@rules
@given(st.data())
def test_whatever_happens_to_the_diffs_the_book_is_right_or_says_that_it_is_not(
    rule: Rule, data: st.DataObject
) -> None:
    """Snapshots, repeated, late, lost and reordered diffs: a synced book is the exchange's at its id."""
    exchange = data.draw(exchanges(rule))
    book, position, last = OrderBook("X", rule), 0, exchange.changes[-1].update_id
    kinds = st.sampled_from(["next", "next", "next", "any", "lose", "snapshot"])
    for kind in data.draw(st.lists(kinds, max_size=40)):
        before, shown = book.synced, _contents(book)
        if kind == "snapshot":
            book.apply_snapshot(exchange.snapshot(data.draw(st.integers(0, last))))
            verdict = APPLIED
        else:
            chosen = data.draw(st.integers(0, len(exchange.diffs) - 1)) if kind == "any" else position
            position += kind != "any"
            if kind == "lose" or chosen >= len(exchange.diffs):
                continue
            verdict = book.apply_diff(exchange.diffs[chosen])
        assert book.synced == (verdict is not GAP)
        if book.synced:
            assert _contents(book) == exchange.levels(book.update_id)
        if verdict is not APPLIED:
            assert _contents(book) == shown
            assert before or verdict is GAP


@rules
@given(st.data())
def test_nothing_lost_means_no_gap(rule: Rule, data: st.DataObject) -> None:
    """Whatever the snapshot's id and however often diffs are repeated, the book comes to the newest state."""
    exchange = data.draw(exchanges(rule))
    book, last = OrderBook("X", rule), exchange.changes[-1].update_id
    book.apply_snapshot(exchange.snapshot(data.draw(st.integers(0, last))))
    for index, diff in enumerate(exchange.diffs):
        late = data.draw(st.lists(st.integers(0, index), max_size=2))
        verdicts = {book.apply_diff(each) for each in [diff, *(exchange.diffs[i] for i in late)]}
        assert GAP not in verdicts
    assert book.update_id == last
    assert _contents(book) == exchange.levels(last)


@rules
@given(st.data())
def test_a_lost_diff_is_a_gap(rule: Rule, data: st.DataObject) -> None:
    """A diff that comes after a lost one is never applied."""
    exchange = data.draw(exchanges(rule))
    lost = data.draw(st.integers(0, len(exchange.diffs) - 1))
    book = OrderBook("X", rule)
    book.apply_snapshot(exchange.snapshot(0))
    verdicts = [book.apply_diff(d) for d in exchange.diffs[:lost] + exchange.diffs[lost + 1 :]]
    assert verdicts == [APPLIED] * lost + [GAP] * (len(exchange.diffs) - lost - 1)


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        (90, 99, STALE),
        (90, 100, STALE),
        (90, 101, APPLIED),
        (100, 110, APPLIED),
        (101, 110, APPLIED),
        (101, 101, APPLIED),
        (102, 110, GAP),
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_the_rule_of_spot(first: int, last: int, verdict: Applied, fresh: bool) -> None:
    """A diff goes on from id 100 where it begins at 101 or before and ends after 100."""
    assert SPOT.judge({"U": first, "u": last}, 100, fresh) is verdict


@pytest.mark.parametrize(
    ("previous", "last", "joins", "follows"),
    [
        (90, 99, STALE, STALE),
        (90, 100, APPLIED, STALE),
        (90, 101, APPLIED, GAP),
        (100, 110, APPLIED, APPLIED),
        (101, 110, GAP, GAP),
    ],
)
def test_the_rule_of_futures(previous: int, last: int, joins: Applied, follows: Applied) -> None:
    """The first diff has id 100 in its range, where one that ends there is applied; the next name it."""
    diff = {"U": previous + 3, "u": last, "pu": previous}
    assert FUTURES.judge(diff, 100, first=True) is joins
    assert FUTURES.judge(diff, 100, first=False) is follows


def test_a_futures_diff_that_overlaps_the_last_one_is_a_gap() -> None:
    """Only the first after a snapshot may begin before the book's end."""
    book = OrderBook("BTCUSDT", FUTURES)
    book.apply_snapshot(SNAPSHOT)
    ranges = [(95, 105), (105, 110), (107, 112)]
    verdicts = [book.apply_diff({"pu": pu, "u": u, "b": [], "a": []}) for pu, u in ranges]
    assert verdicts == [APPLIED, APPLIED, GAP]


@rules
def test_without_a_snapshot_there_is_a_gap(rule: Rule) -> None:
    """A book begins empty and asks for one."""
    book = OrderBook("BTCUSDT", rule)
    assert book.apply_diff({"U": 1, "u": 2, "pu": 0, "b": [["1", "1"]], "a": []}) is GAP
    assert (book.update_id, book.synced, book.best()) == (0, False, (0, None, None))


def test_a_diff_that_cannot_be_read_changes_nothing() -> None:
    """Neither half of it is applied, and the diff in its place goes on from the book as it was."""
    book = _book()
    before = book.snapshot()
    with pytest.raises(ValueError, match="could not convert"):
        book.apply_diff({"U": 101, "u": 101, "b": [["9.50", "7"]], "a": [["9.60", "many"]]})
    assert book.snapshot() == before
    assert book.apply_diff({"U": 101, "u": 101, "b": [["9.50", "7"]], "a": []}) is APPLIED


def test_a_diff_is_not_kept() -> None:
    """Who changes the message afterwards does not change the book."""
    book, diff = _book(), {"U": 101, "u": 101, "E": 5, "b": [["9.55", "7"]], "a": []}
    book.apply_diff(diff)
    diff["b"][0][1] = "8"  # type: ignore[index]
    assert book.best().bid == ("9.55", "7")
    assert book.time == 5


def _book(depth: int | None = None) -> OrderBook:
    book = OrderBook("BTCUSDT", SPOT, depth)
    book.apply_snapshot(SNAPSHOT)
    return book


def test_prices_and_quantities_are_as_sent_or_numbers() -> None:
    """Texts to the letter; ``Decimal`` or ``float`` on request; all levels or the best."""
    book = _book()
    assert book.bids() == (("9.50", "1.0"), ("9.40", "2.0"), ("8.00", "4.0"))
    assert book.asks(2) == (("9.60", "1.0"), ("9.70", "0.5"))
    assert book.asks(2, float) == ((9.6, 1.0), (9.7, 0.5))
    assert book.bids(1, Decimal) == ((Decimal("9.50"), Decimal("1.0")),)
    assert book.asks(None, float)[-1] == (10.0, 4.0)


def test_a_snapshot_is_a_value() -> None:
    """It is equal to one of the same moment, and stays when the book goes on."""
    book = _book()
    before = book.snapshot()
    assert before == book.snapshot() == BookSnapshot("BTCUSDT", 100, None, book.bids(), book.asks())
    book.apply_diff({"U": 101, "u": 103, "E": 7, "b": [["9.50", "0"]], "a": []})
    assert before.bids[0] == ("9.50", "1.0")
    assert book.top(1) == BookSnapshot("BTCUSDT", 103, 7, (("9.40", "2.0"),), (("9.60", "1.0"),))
    assert before.best() == (100, ("9.50", "1.0"), ("9.60", "1.0"))


def test_a_read_in_the_middle_of_a_diff_has_no_holes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A level beyond the last one of a snapshot that was cut is not shown, not even while its diff is applied."""
    book, seen, make = OrderBook("X", SPOT, limit=3), [], orderbook._Version.make

    def watched(version: orderbook._Version) -> None:
        seen.append(book.snapshot())
        make(version)
        seen.append(book.snapshot())

    levels = {
        "bids": [["100", "1"], ["99", "1"], ["98", "1"]],
        "asks": [["101", "1"], ["102", "1"], ["103", "1"]],
    }
    book.apply_snapshot({"lastUpdateId": 10, **levels})
    monkeypatch.setattr(orderbook._Version, "make", watched)
    book.apply_diff({"U": 11, "u": 11, "b": [["90", "5"]], "a": [["120", "5"]]})
    assert [(now.update_id, len(now.bids), len(now.asks)) for now in seen] == [(11, 3, 3)] * 2


def test_sums_over_the_book() -> None:
    """They are exact."""
    book = _book()
    assert (book.mid(), book.spread()) == (Decimal("9.55"), Decimal("0.10"))
    assert (book.imbalance(), book.imbalance(2)) == (Decimal(0), Decimal("1.5") / Decimal("4.5"))
    assert book.volume_to("asks", 9.7) == Decimal("1.5")
    assert book.volume_to("bids", "9.0") == Decimal(3)
    assert book.price_for("asks", 2) == Fill(Decimal(2), Decimal("9.725"), Decimal("10.00"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda book: book.top(0), "count must be at least 1"),
        (lambda book: book.bids(-1), "count must be at least 1"),
        (lambda book: OrderBook("BTCUSDT", SPOT, 0), "depth must be at least 1"),
        (lambda book: book.volume_to("BUY", 1), "'bids' or 'asks'"),
    ],
)
def test_arguments_that_cannot_be_used(call: Callable[[OrderBook], object], words: str) -> None:
    """They raise at once and say what is allowed."""
    with pytest.raises(ArgumentError, match=words):
        call(_book())


@rules
@given(st.data())
def test_a_bounded_book_has_no_holes(rule: Rule, data: st.DataObject) -> None:
    """As long as it does not ask for a snapshot, it shows the best levels of the whole book."""
    exchange = data.draw(exchanges(rule))
    depth, start = data.draw(st.integers(1, 4)), data.draw(st.integers(0, exchange.changes[-1].update_id))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "SPARE", data.draw(st.integers(0, 3)))
        whole, bounded = OrderBook("X", rule), OrderBook("X", rule, depth)
        whole.apply_snapshot(exchange.snapshot(start))
        cut = exchange.snapshot(start)
        limit = depth + data.draw(st.integers(0, 3))
        bounded.apply_snapshot(cut | {side: cut[side][:limit] for side in ("bids", "asks")})
        for diff in exchange.diffs:
            whole.apply_diff(diff)
            bounded.apply_diff(diff)
            if bounded.synced:
                assert bounded.snapshot() == whole.top(depth)
                assert bounded.top(99) == whole.top(depth)
