"""Says what may be said now, and how often it was held back since: for logs that must not flood."""

from __future__ import annotations


class Throttle:
    """Lets one thing through each period and counts the rest.

    Args:
        period: seconds between two that are let through.
    """

    def __init__(self, period: float) -> None:
        self._period = period
        self._next = float("-inf")
        self._held = 0

    def take(self, now: float) -> int | None:
        """How many were held back before this one, or ``None`` where this one is held back too.

        Args:
            now: seconds of a clock that does not jump.
        """
        if now < self._next:
            self._held += 1
            return None
        held, self._held, self._next = self._held, 0, now + self._period
        return held
