"""What an order book gives out: levels as the exchange sent them, and values made of them that never change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import takewhile
from typing import NamedTuple, TypeVar

from ..errors import ArgumentError

Level = tuple[str, str]
"""A price and a quantity, each the exchange's own text."""

Levels = tuple[Level, ...]
"""Levels of one side, the best first."""

Number = str | int | float | Decimal
N = TypeVar("N")


class Side(str, Enum):
    """A side of a book; anywhere one is asked for, its value (``"asks"``) will do."""

    BIDS = "bids"
    ASKS = "asks"

    @property
    def sign(self) -> int:
        """What makes a greater price times it the better one."""
        return 1 if self is Side.BIDS else -1


class Fill(NamedTuple):
    """What an order would meet.

    ``quantity`` is less than was asked for where the side holds no more; ``average`` and ``worst`` are prices,
    ``None`` where the side is empty.
    """

    quantity: Decimal
    average: Decimal | None
    worst: Decimal | None


class Best(NamedTuple):
    """The best bid and ask, each a price and a quantity, as of an update id; ``None`` where a side is empty."""

    update_id: int
    bid: Level | None
    ask: Level | None

    def mid(self) -> Decimal | None:
        """The price halfway between them, or ``None`` where a side is empty."""
        return (Decimal(self.bid[0]) + Decimal(self.ask[0])) / 2 if self.bid and self.ask else None

    def spread(self) -> Decimal | None:
        """What the ask is above the bid, or ``None`` where a side is empty; a book not above 0 is crossed."""
        return Decimal(self.ask[0]) - Decimal(self.bid[0]) if self.bid and self.ask else None


@dataclass(frozen=True)
class BookSnapshot:
    """A book at one moment.

    Args:
        symbol: the symbol.
        update_id: the last update that it contains.
        time: the exchange's time of that update in ms, or ``None`` where a REST snapshot did not tell.
        bids: ``(price, quantity)`` as sent, the highest price first.
        asks: likewise, the lowest price first.
    """

    symbol: str
    update_id: int
    time: int | None
    bids: Levels
    asks: Levels

    def best(self) -> Best:
        """The best bid and ask."""
        return Best(self.update_id, next(iter(self.bids), None), next(iter(self.asks), None))

    def levels(self, side: Side | str) -> Levels:
        """One side.

        Raises:
            ArgumentError: there is no such side.
        """
        return self.bids if as_side(side) is Side.BIDS else self.asks

    def imbalance(self) -> Decimal | None:
        """(bids - asks) / (bids + asks) of the quantities here: from 1, only bids, to -1; ``None`` if empty."""
        bids, asks = total(self.bids), total(self.asks)
        return (bids - asks) / (bids + asks) if bids + asks else None

    def volume_to(self, side: Side | str, price: Number) -> Decimal:
        """The quantity on a side from the best level up to a price, that price included.

        Args:
            side: ``"bids"`` or ``"asks"``.
            price: the last price that counts.

        Raises:
            ArgumentError: there is no such side, or the price is no number.
        """
        sign, limit = as_side(side).sign, exact(price)
        return total(takewhile(lambda level: (Decimal(level[0]) - limit) * sign >= 0, self.levels(side)))

    def price_for(self, side: Side | str, quantity: Number) -> Fill:
        """What an order that takes a quantity from a side would pay, the best level first.

        Args:
            side: ``"asks"`` to buy, ``"bids"`` to sell.
            quantity: of the base asset.

        Raises:
            ArgumentError: there is no such side, or the quantity is not positive.
        """
        wanted = exact(quantity)
        if wanted <= 0:
            raise ArgumentError(f"quantity must be positive, not {quantity!r}.")
        return _fill(self.levels(side), wanted)


def _fill(levels: Levels, wanted: Decimal) -> Fill:
    left, cost, worst = wanted, Decimal(0), None
    for price, held in levels:
        worst, part = Decimal(price), min(left, Decimal(held))
        cost += worst * part
        left -= part
        if not left:
            break
    filled = wanted - left
    return Fill(filled, cost / filled if filled else None, worst)


def total(levels: Iterable[Level]) -> Decimal:
    """The sum of the quantities."""
    return sum((Decimal(quantity) for _, quantity in levels), Decimal(0))


def as_numbers(levels: Levels, number: Callable[[str], N]) -> tuple[tuple[N, N], ...]:
    """Levels with prices and quantities as ``Decimal``, ``float`` or whatever else reads their text."""
    return tuple((number(price), number(quantity)) for price, quantity in levels)


def as_side(side: Side | str) -> Side:
    """A side by its value."""
    try:
        return Side(side)
    except ValueError:
        raise ArgumentError(f"side must be 'bids' or 'asks', not {side!r}.") from None


def exact(number: Number) -> Decimal:
    """A number as it is written; a float is its shortest text."""
    try:
        value = Decimal(str(number))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise ArgumentError(f"a price or quantity must be a finite number, not {number!r}.")
    return value
