"""The intervals of klines: how long they are, and when the next one, or the one before, begins."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .times import scale

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_EPOCH = 1970 * 12
"""The month before which there is nothing."""


def following(opened: int, interval: str, utc8: bool = False, steps: int = 1) -> int:
    """When the kline after the one that opened at ``opened`` opens.

    Args:
        opened: milliseconds or microseconds since the epoch; the answer has the same unit.
        interval: ``"1s"`` to ``"1M"``.
        utc8: whether months begin in UTC+8.
        steps: which one after it; -1 for the one before.
    """
    unit = scale(opened)
    if interval[-1] != "M":
        return opened + steps * int(interval[:-1]) * _UNITS[interval[-1]] * unit
    shift = timedelta(hours=8 if utc8 else 0)
    begun = datetime.fromtimestamp(opened / (1000 * unit), timezone.utc) + shift
    months = max(_EPOCH, begun.year * 12 + begun.month - 1 + steps * int(interval[:-1]))
    begins = datetime(months // 12, months % 12 + 1, 1, tzinfo=timezone.utc) - shift
    return int(begins.timestamp()) * 1000 * unit
