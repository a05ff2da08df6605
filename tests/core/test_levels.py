"""Tests of the values that a book gives out."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from binance_ws.core.levels import Best, BookSnapshot, Fill, Number, Side, as_numbers, exact
from binance_ws.errors import ArgumentError

BOOK = BookSnapshot(
    "BNBBTC",
    7,
    None,
    bids=(("0.10", "1.5"), ("0.09", "2"), ("0.05", "10")),
    asks=(("0.11", "1"), ("0.12", "2"), ("1.00", "100")),
)
EMPTY = BookSnapshot("BNBBTC", 8, None, (), ())


def test_a_snapshot_never_changes() -> None:
    """Neither its fields nor its levels can be set, and it may be a key."""
    with pytest.raises(FrozenInstanceError):
        BOOK.update_id = 9  # type: ignore[misc]
    assert len({BOOK, EMPTY}) == 2


@pytest.mark.parametrize("side", [Side.ASKS, "asks"])
def test_a_side_is_named_by_its_value(side: Side | str) -> None:
    """The enum or its text."""
    assert BOOK.levels(side) == BOOK.asks


@pytest.mark.parametrize(
    ("side", "price", "volume"),
    [
        ("asks", "0.1", "0"),
        ("asks", "0.11", "1"),
        ("asks", 0.12, "3"),
        ("asks", Decimal("0.99"), "3"),
        ("asks", 1, "103"),
        ("bids", "0.11", "0"),
        ("bids", "0.1000", "1.5"),
        ("bids", 0.06, "3.5"),
        ("bids", 0, "13.5"),
    ],
)
def test_the_volume_to_a_price(side: str, price: Number, volume: str) -> None:
    """All levels from the best up to the price, it included; nothing where it is better than the best."""
    assert BOOK.volume_to(side, price) == Decimal(volume)


@pytest.mark.parametrize(
    ("side", "quantity", "fill"),
    [
        ("asks", "1", ("1", "0.11", "0.11")),
        ("asks", 2, ("2", "0.115", "0.12")),
        ("asks", "1000", ("103", "0.9742718446601941747572815534", "1.00")),
        ("bids", 3.5, ("3.5", "0.09428571428571428571428571429", "0.09")),
    ],
)
def test_the_price_for_a_volume(side: str, quantity: Number, fill: tuple[str, str, str]) -> None:
    """The average and the worst price; no more than the side holds."""
    assert BOOK.price_for(side, quantity) == Fill(*map(Decimal, fill))


def test_what_an_empty_book_says() -> None:
    """``None`` where a price is asked for, zero where a quantity is."""
    best = EMPTY.best()
    assert best == Best(8, None, None)
    assert (best.mid(), best.spread(), EMPTY.imbalance()) == (None, None, None)
    assert EMPTY.volume_to("bids", 1) == 0
    assert EMPTY.price_for("asks", 1) == Fill(Decimal(0), None, None)


def test_the_best_prices_tell_mid_and_spread() -> None:
    """Exactly; a crossed book has a spread below zero."""
    assert (BOOK.best().mid(), BOOK.best().spread()) == (Decimal("0.105"), Decimal("0.01"))
    assert Best(1, ("2", "1"), ("1", "1")).spread() == -1


def test_imbalance_is_between_minus_one_and_one() -> None:
    """1 where there are only bids."""
    assert BOOK.imbalance() == (Decimal("13.5") - 103) / (Decimal("13.5") + 103)
    assert BookSnapshot("X", 1, None, BOOK.bids, ()).imbalance() == 1
    assert BookSnapshot("X", 1, None, (), BOOK.asks).imbalance() == -1


def test_levels_as_numbers() -> None:
    """Prices and quantities alike."""
    assert as_numbers(BOOK.bids[:1], float) == ((0.1, 1.5),)
    assert as_numbers(BOOK.bids[:1], Decimal) == ((Decimal("0.10"), Decimal("1.5")),)


@pytest.mark.parametrize("number", ["", "many", "nan", "inf", float("nan")])
def test_what_is_no_number(number: Number) -> None:
    """It raises and says what is allowed."""
    with pytest.raises(ArgumentError, match="finite number"):
        exact(number)


@pytest.mark.parametrize("quantity", [0, -1, "-0.5"])
def test_a_quantity_is_positive(quantity: Number) -> None:
    """Else there is no price for it."""
    with pytest.raises(ArgumentError, match="must be positive"):
        BOOK.price_for("asks", quantity)


def test_a_side_that_is_none() -> None:
    """It raises and names those that are."""
    with pytest.raises(ArgumentError, match="'bids' or 'asks'"):
        BOOK.levels("SELL")
