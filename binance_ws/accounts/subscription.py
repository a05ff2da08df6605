"""One account on a connection to the ws-api: what lets it be subscribed, and how that goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..core.backoff import backoff
from .socket import UserSocket
from .way import Way

LIVED_SECONDS = 0.5
"""How long a subscription, or a listen key, must have been live for its end to be no failure."""


class Admission(Protocol):
    """What lets an account be subscribed; its calls may wait for REST.

    Args:
        waits: whether every request does.
    """

    waits: bool

    def request(self) -> tuple[str, dict[str, Any], int | None]:
        """Method, parameters, and when what they prove expires, in milliseconds; ``None`` for never."""

    def synchronize(self) -> None:
        """Read the exchange's clock."""

    def now(self) -> int:
        """Milliseconds by the exchange's clock."""


@dataclass(eq=False)
class Subscription:
    """One account on the connection.

    Args:
        way: to the socket whose events it brings.
        admission: lets it be subscribed.
        failures: attempts that failed since it was live last.
        delays: the waits between attempts.
        number: what the exchange calls it; ``None`` where it is not live.
        since: the moment of the monotonic clock at which it became live last.
    """

    way: Way
    admission: Admission
    failures: int = 0
    delays: Iterator[float] = field(default_factory=backoff)
    number: int | None = None
    since: float = 0.0

    @property
    def socket(self) -> UserSocket:
        """Whose events it brings."""
        return self.way.socket

    def begin(self, number: int) -> None:
        """It is live, or renewed."""
        if self.number is None:
            self.since = time.monotonic()
        else:
            self._count_anew()
        self.number = number

    def end(self) -> bool:
        """It is not live any more; whether it was for a while: what ends as soon as it began has failed."""
        lived = self.number is not None and time.monotonic() - self.since > LIVED_SECONDS
        if lived:
            self._count_anew()
        self.number = None
        return lived

    def _count_anew(self) -> None:
        self.failures, self.delays = 0, backoff()
