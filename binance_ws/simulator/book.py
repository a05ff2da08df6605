"""One symbol's order book: levels by price, the best first."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import NamedTuple

Level = tuple[int, int]
"""A price and a quantity, both in 1e-8."""


class Diff(NamedTuple):
    """A change of the book: update ids ``first`` to ``last``, absolute quantities, 0 removes a level."""

    first: int
    last: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    time: int


class Best(NamedTuple):
    """The best bid and ask as of an update id."""

    update: int
    bid: int
    bid_quantity: int
    ask: int
    ask_quantity: int


class Side:
    """One side of a book. Keys are prices times ``sign``, so that the best comes first on both sides."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._keys: list[int] = []
        self._quantities: dict[int, int] = {}

    def set(self, price: int, quantity: int) -> None:
        """Set a level to an absolute quantity; 0 removes it."""
        key = price * self._sign
        if quantity:
            if key not in self._quantities:
                insort(self._keys, key)
            self._quantities[key] = quantity
        elif self._quantities.pop(key, None) is not None:
            del self._keys[bisect_left(self._keys, key)]

    def top(self, count: int | None = None) -> list[Level]:
        """The best levels, or all of them."""
        return [(key * self._sign, self._quantities[key]) for key in self._keys[:count]]

    def best(self) -> Level:
        """The best level; zeros where the side is empty."""
        return self.top(1)[0] if self._keys else (0, 0)


class Book:
    """The order book of one symbol."""

    def __init__(self) -> None:
        self.last = 0
        self.bids = Side(-1)
        self.asks = Side(1)

    def apply(self, diff: Diff) -> None:
        """Apply a change; one that the book already contains does nothing."""
        if diff.last > self.last:
            self.last = diff.last
            self._set(diff.bids, diff.asks)

    def load(self, last: int, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Start anew from a snapshot."""
        self.bids, self.asks = Side(-1), Side(1)
        self.last = last
        self._set(bids, asks)

    def _set(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, quantity in levels:
                side.set(price, quantity)

    def best(self) -> Best:
        """The best bid and ask."""
        return Best(self.last, *self.bids.best(), *self.asks.best())

    def difference(
        self, bids: Iterable[Level], asks: Iterable[Level]
    ) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """What turns this book into one with the given levels, as bids and asks of a :class:`Diff`."""
        return _difference(self.bids, bids), _difference(self.asks, asks)


def _difference(side: Side, levels: Iterable[Level]) -> tuple[Level, ...]:
    have, want = dict(side.top()), dict(levels)
    gone = dict.fromkeys(have.keys() - want.keys(), 0)
    changed = {price: quantity for price, quantity in want.items() if have.get(price) != quantity}
    return tuple(sorted((gone | changed).items()))
