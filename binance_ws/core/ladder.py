"""One side of an order book: its levels as sent, in the order of their prices' values."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import cast

from .bounds import WHOLE, Bounds
from .levels import Level, Levels, Side

Change = tuple[float, "Level | None"]
"""What a diff says of one level: its key, and the level, or ``None`` where it is gone."""

Rows = dict[float, Level]

_NOWHERE = float("-inf")


# A dict finds a level, a sorted list orders the keys: chosen by measurement (bench/books.py), on recorded diffs
# and with the best price read after each. It is half as fast again as sortedcontainers.SortedDict, since at some
# thousand levels moving a list's tail is cheaper than Python code that keeps lists short; faster than parallel
# lists of keys and levels, which are searched for every level and not only for those that come or go; and
# much faster than either copied for each diff. Only a heap is quicker, but has no order below the best price.
#
# A key is the price's value and not its text: the exchange may write one price in two ways, as when a tick size
# changes, and texts do not sort. It is a float, twice as fast as a Decimal; prices of up to 15 significant
# digits, more than any symbol has, never share one. It is negative for asks, so that the best is last on both
# sides: most levels come and go near it, where the list has little to move.


class Ladder:
    """The levels of one side.

    Args:
        side: the side.
        levels: the levels to begin with, in any order.
        bounds: how many are kept, and how many there must be. What a snapshot that was cut does not show, and what
            was forgotten, is unknown: no level is taken there later, since those between would be missing.
    """

    __slots__ = ("_bounds", "_floor", "_kept", "_keys", "_rows", "_sign")

    def __init__(self, side: Side, levels: Iterable[Iterable[str]] = (), bounds: Bounds = WHOLE) -> None:
        self._sign = side.sign
        self._bounds = bounds
        self._kept = bounds.kept
        self._floor = _NOWHERE
        self._rows: Rows = {key: level for key, level in self.parse(levels) if level}
        self._keys = sorted(self._rows)
        if len(self._keys) >= bounds.cut:
            self._trim()

    def __len__(self) -> int:
        return len(self._keys)

    def parse(self, levels: Iterable[Iterable[str]]) -> list[Change]:
        """What these levels change, but for those beyond what is known; all that can be wrong is found here."""
        sign, floor = self._sign, self._floor
        return [(key, (p, q) if float(q) else None) for p, q in levels if (key := sign * float(p)) >= floor]

    def update(self, changes: Iterable[Change]) -> None:
        """Make changes, parsed just before. Each step leaves the rows a dict that another thread may copy."""
        keys, rows = self._keys, self._rows
        for key, level in changes:
            if level is None:
                if key in rows:
                    del rows[key]
                    del keys[bisect_left(keys, key)]
            elif key in rows:
                rows[key] = level
            else:
                insort(keys, key)
                rows[key] = level
        if len(keys) > self._kept:
            self._trim()

    def _trim(self) -> None:
        """Forget the levels beyond the bound, and remember how far the rest is complete."""
        excess = max(0, len(self._keys) - self._kept)
        for key in self._keys[:excess]:
            del self._rows[key]
        del self._keys[:excess]
        self._floor = self._keys[0]

    @property
    def short(self) -> bool:
        """Whether levels that are unknown are needed now."""
        return self._floor > _NOWHERE and len(self._keys) < self._bounds.least

    @property
    def low(self) -> bool:
        """Whether they will be needed soon."""
        return self._floor > _NOWHERE and len(self._keys) < self._bounds.low

    def best(self) -> Level | None:
        """The best level, or ``None`` where the side is empty."""
        return self._rows[self._keys[-1]] if self._keys else None

    def top(self, count: int | None) -> Levels:
        """The best levels, or all. Beside a writer the answer may be wrong, but nothing is raised."""
        stop = None if count is None else -count - 1
        return cast(Levels, tuple(map(self._rows.get, self._keys[:stop:-1])))

    def copy_rows(self) -> Rows:
        """The levels by key, in no order, as they are at one moment."""
        return self._rows.copy()


def finish(rows: Rows, changes: Iterable[Change], count: int | None) -> Levels:
    """The best levels of copied rows after these changes, whether or not they are already in the rows."""
    rows.update(cast("Iterable[tuple[float, Level]]", changes))
    keys = sorted((key for key, level in rows.items() if level), reverse=True)
    return tuple(rows[key] for key in keys[:count])
