"""Tests of one side of a book."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core import bounds, ladder
from binance_ws.core.bounds import bounds_of
from binance_ws.core.ladder import Ladder
from binance_ws.core.levels import Level, Side

sides = pytest.mark.parametrize("side", list(Side), ids=str)

prices = st.builds(
    lambda digits, places: f"{Decimal(digits).scaleb(-places):f}",
    st.integers(1, 10**15 - 1),
    st.integers(0, 8),
)


@sides
@given(st.lists(prices, max_size=30))
def test_the_order_is_that_of_the_values(side: Side, texts: list[str]) -> None:
    """Prices of up to 15 digits are never mixed up, however alike, and their texts play no part in it."""
    values = {Decimal(text): text for text in texts}
    levels = Ladder(side, [(text, "1") for text in texts]).top(None)
    assert levels == tuple((values[v], "1") for v in sorted(values, reverse=side is Side.BIDS))


@sides
def test_a_price_may_be_written_in_two_ways(side: Side) -> None:
    """It is one level, told as it was sent last; any zero removes it."""
    levels = Ladder(side, [("10.00", "1.0")])
    levels.update(levels.parse([("10.0", "2")]))
    assert levels.top(None) == (("10.0", "2"),)
    levels.update(levels.parse([("10", "0.000")]))
    assert (levels.top(None), levels.best()) == ((), None)


@sides
def test_a_level_that_is_not_there_may_be_removed(side: Side) -> None:
    """Which is nothing unusual."""
    levels = Ladder(side, [("10", "1")])
    levels.update(levels.parse([("11", "0"), ("9", "0.00000000")]))
    assert levels.top(None) == (("10", "1"),)


def test_a_bounded_side_forgets_the_worst_and_takes_none_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows when it has run short: levels that it forgot may be among the best now."""
    monkeypatch.setattr(bounds, "SPARE", 1)
    bids = Ladder(Side.BIDS, [(str(price), "1") for price in (9, 10, 11, 12)], bounds_of(2, None))
    assert _prices(bids) == ["12", "11", "10"]
    bids.update(bids.parse([("9", "5"), ("100", "1")]))
    assert _prices(bids) == ["100", "12", "11"]
    bids.update(bids.parse([("100", "0"), ("10", "2"), ("12", "0")]))
    assert _prices(bids) == ["11"]
    assert bids.short


def test_a_snapshot_that_reaches_the_bound_may_have_been_cut() -> None:
    """What lies beyond it is unknown, though there is room for it."""
    asks = Ladder(Side.ASKS, [("9", "1"), ("10", "1"), ("11", "1")], bounds_of(2, None))
    asks.update(asks.parse([("99", "1"), ("10.5", "1")]))
    assert _prices(asks) == ["9", "10", "10.5", "11"]
    asks.update(asks.parse([("9", "0"), ("10", "0"), ("11", "0")]))
    assert (_prices(asks), asks.short) == (["10.5"], True)


def test_a_side_with_fewer_levels_than_its_bound_is_known_as_a_whole() -> None:
    """A short snapshot says that there are no more; so the side is never short."""
    asks = Ladder(Side.ASKS, [("9", "1"), ("10", "1")], bounds_of(3, None))
    asks.update(asks.parse([("99", "1"), ("9", "0"), ("10", "0")]))
    assert (_prices(asks), asks.short) == (["99"], False)


def test_changes_are_finished_on_a_copy() -> None:
    """Whether they are in the copy not at all, in part or wholly: the outcome is one."""
    start: list[Level] = [("9", "1"), ("10", "1"), ("11", "1")]
    told: list[Level] = [("10", "0"), ("12", "3"), ("9", "2"), ("12", "4")]
    outcomes = set()
    for made in range(len(told) + 1):
        asks = Ladder(Side.ASKS, start)
        asks.update(asks.parse(told[:made]))
        outcomes.add(ladder.finish(asks.copy_rows(), asks.parse(told), 2))
    assert outcomes == {(("9", "2"), ("11", "1"))}


def _prices(levels: Ladder) -> list[str]:
    return [price for price, _ in levels.top(None)]
