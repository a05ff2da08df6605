"""Counters that never go down, though what they are read from ends and begins anew."""

from __future__ import annotations

from collections.abc import Mapping

Labels = tuple[str, ...]
Values = tuple[float, ...]


class Totals:
    """Counters that never go down, of what is there and of what was.

    Args:
        width: how many counters each row has.
        most: rows that are kept of what is there no more.
    """

    def __init__(self, width: int, most: int) -> None:
        self._nothing: Values = (0,) * width
        self._most = most
        self._rows: dict[Labels, tuple[Values, Values]] = {}

    def update(self, live: Mapping[Labels, Values]) -> dict[Labels, Values]:
        """The totals, given what is counted now; what is less than before has begun anew."""
        gone = [labels for labels in self._rows if labels not in live]
        kept = gone[max(0, len(gone) - self._most) :]
        rows = {labels: (_sums(*self._rows[labels]), self._nothing) for labels in kept}
        for labels, values in live.items():
            before, last = self._rows.get(labels, (self._nothing, self._nothing))
            rows[labels] = (_carried(before, last, values), values)
        self._rows = rows
        return {labels: _sums(before, last) for labels, (before, last) in rows.items()}


def _carried(before: Values, last: Values, now: Values) -> Values:
    return tuple(b + (x if y < x else 0) for b, x, y in zip(before, last, now, strict=True))


def _sums(before: Values, last: Values) -> Values:
    return tuple(b + x for b, x in zip(before, last, strict=True))
