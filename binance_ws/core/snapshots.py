"""How deep a snapshot of an order book may be asked for, and what request weight that takes.

The exchange's pages: "Order book" of each market's REST API.
"""

from __future__ import annotations

from typing import NamedTuple

from ..enums import Market

SPARE = 480
"""A snapshot has at least so many levels a side more than are shown, where the exchange gives that many: a busy
book uses up hundreds in a minute, and then needs another snapshot."""


class Size(NamedTuple):
    """Levels a side, and the weight of the request."""

    limit: int
    weight: int


_FUTURES = (Size(5, 2), Size(10, 2), Size(20, 2), Size(50, 2), Size(100, 5), Size(500, 10), Size(1000, 20))

SIZES: dict[Market, tuple[Size, ...]] = {
    Market.SPOT: (Size(100, 5), Size(500, 25), Size(1000, 50), Size(5000, 250)),
    Market.USDM: _FUTURES,
    Market.COINM: _FUTURES,
    Market.OPTIONS: (Size(50, 1), Size(100, 5), Size(500, 10), Size(1000, 20)),
}
"""The limits at which the weight steps up; futures and options take no others."""


def size_for(market: Market, depth: int | None) -> Size:
    """The snapshot for a book.

    Args:
        market: whose.
        depth: levels that the book shows; ``None`` for all that the exchange gives.
    """
    sizes = SIZES[market]
    return next((size for size in sizes if depth is not None and size.limit >= depth + SPARE), sizes[-1])


def weight_of(market: Market, limit: int | None) -> int:
    """The weight of a request for so many levels; ``None`` for the exchange's default."""
    asked = limit or (100 if market in (Market.SPOT, Market.OPTIONS) else 500)
    sizes = SIZES[market]
    return next((size.weight for size in sizes if asked <= size.limit), sizes[-1].weight)
