"""What the times in messages mean: milliseconds or microseconds since the epoch, and how late they come."""

from __future__ import annotations

from typing import Any

MICROSECONDS_FROM = 10**14
"""A time above this is in microseconds since the epoch, one below it in milliseconds."""


def scale(time: int) -> int:
    """How many of a time's units make a millisecond: 1, or 1000 where it is in microseconds."""
    return 1000 if time > MICROSECONDS_FROM else 1


def microseconds(time: int) -> int:
    """A time of a message, in microseconds since the epoch."""
    return time if time > MICROSECONDS_FROM else time * 1000


def lag(message: Any, now: float) -> float | None:
    """Milliseconds from a message's event time to a moment; ``None`` where it has none.

    Args:
        message: as it came, wrapped or not; of a list the last entry counts.
        now: seconds since the epoch.
    """
    newest = message[-1] if isinstance(message, list) and message else message
    data = newest.get("data", newest) if isinstance(newest, dict) else None
    event = data.get("E") if isinstance(data, dict) else None
    return now * 1000 - microseconds(event) / 1000 if isinstance(event, int) else None
