"""How many levels a side of an order book keeps, and with how few it cannot go on.

A snapshot that has as many levels as it was asked for was cut: what lies beyond its worst level is unknown. What
is known becomes less as the price moves towards that end, and nothing but a new snapshot makes it more.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from .snapshots import SPARE as DEEP_ENOUGH

SPARE = 1000
"""A bounded side keeps so many levels more than it shows; an unruly BTCUSDT used up 500 in a minute."""


class Bounds(NamedTuple):
    """The bounds of a side.

    Args:
        kept: the worst of more levels than these are forgotten.
        cut: a snapshot of so many levels may have been cut.
        low: with fewer known levels it is time for a new snapshot.
        least: with fewer, the side is not what it should be any more.
    """

    kept: int = sys.maxsize
    cut: int = sys.maxsize
    low: int = 0
    least: int = 0


WHOLE = Bounds()
"""Snapshots are never cut, and all levels are kept."""


def bounds_of(depth: int | None, limit: int | None) -> Bounds:
    """The bounds of a book's sides.

    Where the exchange gives enough levels, as many as are shown are a must, and half of the others is little.
    Where it does not, the book shows what it knows, and half of what there may be is little.

    Args:
        depth: levels that are shown at most; ``None`` for all that are known.
        limit: levels that the snapshot was asked for; ``None`` where that is not known.
    """
    if depth is None and limit is None:
        return WHOLE
    kept = sys.maxsize if depth is None else depth + SPARE
    if depth is not None and (limit is None or limit >= depth + DEEP_ENOUGH):
        cut = limit or depth
        return Bounds(kept, cut, depth + min(cut - depth, SPARE) // 2, depth)
    assert limit is not None
    return Bounds(kept, limit, min(depth or limit, limit) // 2, 1)
