"""Makes one list of the newest message of each symbol, once a period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Message = dict[str, Any]


class Merge:
    """The newest message of each symbol since the last delivery.

    A period begins with its first message; it is complete when a later message finds it over. Nothing is
    delivered while nothing arrives.

    Args:
        period: seconds between deliveries.
        slack: seconds by which a delivery may come early, so that a message that is a little ahead of its
            time is not held back for a whole beat of its stream.
    """

    def __init__(self, period: float, slack: float = 0.0) -> None:
        self._period = period
        self._slack = slack
        self._due: float | None = None
        self._newest: dict[str, Message] = {}

    def add(self, messages: Iterable[Message], now: float) -> list[Message] | None:
        """Take messages in; what is due comes out.

        Args:
            messages: each with its symbol under ``"s"``.
            now: seconds of a clock that does not jump.

        Returns:
            The list to deliver, these messages included, or ``None`` where the period is not over.
        """
        if self._due is None:
            self._due = now + self._period - self._slack
        for message in messages:
            self._newest[message["s"]] = message
        if now < self._due:
            return None
        batch, self._newest = list(self._newest.values()), {}
        self._due += self._period
        if self._due <= now:
            self._due = now + self._period
        return batch
