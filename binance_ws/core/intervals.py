"""The intervals of klines: how long they are, and when the next one begins."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_MICROSECONDS = 10**14
"""Times above this are in microseconds: in milliseconds it is the year 5138."""


def following(opened: int, interval: str, utc8: bool = False) -> int:
    """When the kline after the one that opened at ``opened`` opens.

    Args:
        opened: milliseconds or microseconds since the epoch; the answer has the same unit.
        interval: ``"1s"`` to ``"1M"``.
        utc8: whether months begin in UTC+8.
    """
    scale = 1000 if opened > _MICROSECONDS else 1
    if interval[-1] != "M":
        return opened + int(interval[:-1]) * _UNITS[interval[-1]] * scale
    shift = timedelta(hours=8 if utc8 else 0)
    begun = datetime.fromtimestamp(opened / (1000 * scale), timezone.utc) + shift
    months = begun.year * 12 + begun.month - 1 + int(interval[:-1])
    begins = datetime(months // 12, months % 12 + 1, 1, tzinfo=timezone.utc) - shift
    return int(begins.timestamp()) * 1000 * scale
