"""What can be asked of an order book that goes on changing; each answer is of one moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from typing import Any, overload

from .levels import Best, BookSnapshot, Fill, Levels, N, Number, Side, as_numbers


class Readable(ABC):
    """A book with its best prices, its best levels and all of them; the rest is made of these."""

    @abstractmethod
    def best(self) -> Best:
        """The best bid and ask."""

    @abstractmethod
    def top(self, count: int) -> BookSnapshot:
        """The best levels of both sides, of one moment.

        Raises:
            ArgumentError: the count is not positive.
        """

    @abstractmethod
    def snapshot(self) -> BookSnapshot:
        """All levels of both sides, of one moment; it never changes."""

    @overload
    def bids(self, count: int | None = None) -> Levels: ...
    @overload
    def bids(self, count: int | None, number: Callable[[str], N]) -> tuple[tuple[N, N], ...]: ...
    def bids(
        self, count: int | None = None, number: Callable[[str], Any] = str
    ) -> tuple[tuple[Any, Any], ...]:
        """The best bids, the highest price first.

        Args:
            count: how many, or ``None`` for all.
            number: ``str`` for prices and quantities as sent, or ``Decimal`` or ``float``.

        Raises:
            ArgumentError: the count is not positive.
        """
        return self._side(Side.BIDS, count, number)

    @overload
    def asks(self, count: int | None = None) -> Levels: ...
    @overload
    def asks(self, count: int | None, number: Callable[[str], N]) -> tuple[tuple[N, N], ...]: ...
    def asks(
        self, count: int | None = None, number: Callable[[str], Any] = str
    ) -> tuple[tuple[Any, Any], ...]:
        """The best asks, the lowest price first; see :meth:`bids`."""
        return self._side(Side.ASKS, count, number)

    def mid(self) -> Decimal | None:
        """The price halfway between the best bid and ask, or ``None`` where a side is empty."""
        return self.best().mid()

    def spread(self) -> Decimal | None:
        """What the best ask is above the best bid, or ``None`` where a side is empty."""
        return self.best().spread()

    def imbalance(self, count: int = 1) -> Decimal | None:
        """(bids - asks) / (bids + asks) of the best levels' quantities: from 1, only bids, to -1.

        Args:
            count: how many levels of each side.
        """
        return self.top(count).imbalance()

    def volume_to(self, side: Side | str, price: Number) -> Decimal:
        """The quantity on a side up to a price; see :meth:`BookSnapshot.volume_to`."""
        return self.snapshot().volume_to(side, price)

    def price_for(self, side: Side | str, quantity: Number) -> Fill:
        """What an order of a quantity would pay; see :meth:`BookSnapshot.price_for`."""
        return self.snapshot().price_for(side, quantity)

    def _side(
        self, side: Side, count: int | None, number: Callable[[str], Any]
    ) -> tuple[tuple[Any, Any], ...]:
        book = self.snapshot() if count is None else self.top(count)
        return book.levels(side) if number is str else as_numbers(book.levels(side), number)
