"""What this process may still send to each host: one budget a host, shared by everything in the process."""

from __future__ import annotations

import logging
import threading
import time
from urllib.parse import urlsplit

from ..core.budget import Penalty, Weight, Window

log = logging.getLogger(__name__)

_TOLD_SECONDS = 5.0


class HostBudget:
    """The budget of one host.

    Args:
        host: its name and port.
        connects: connection attempts and the seconds in which they may be made; ``None`` for no limit.
        weight: request weight a minute.
    """

    def __init__(self, host: str, connects: tuple[int, float] | None, weight: int) -> None:
        self._host = host
        # Guards the window, the weight and the penalty.
        self._lock = threading.Lock()
        self._connects = Window(*connects) if connects else None
        self._weight = Weight(weight)
        self._penalty = Penalty()

    def connect(self) -> float:
        """Reserve a connection attempt; seconds until it may be made."""
        now = time.monotonic()
        with self._lock:
            wait = self._connects.reserve(now) if self._connects else 0.0
        if wait > _TOLD_SECONDS:
            log.warning(
                "%s: the next connection waits %.0f s for the limit of this address", self._host, wait
            )
        return wait

    def banned(self) -> float:
        """Seconds to stay away yet."""
        with self._lock:
            return self._penalty.wait(time.monotonic())

    def request(self, weight: int) -> float:
        """Seconds until a request may go out; where it is zero, the request counts as sent."""
        with self._lock:
            penalty = self._penalty.wait(time.monotonic())
            return penalty or self._weight.wait(weight, time.time())

    def used(self, weight: int) -> None:
        """The exchange says how much weight of this minute is used."""
        with self._lock:
            self._weight.told(weight, time.time())

    def penalize(self, seconds: float) -> None:
        """The exchange asks everything behind this address to stay away."""
        with self._lock:
            self._penalty.add(seconds, time.monotonic())
        log.warning("%s asks to be left alone for %.0f s", self._host, seconds)


_budgets: dict[str, HostBudget] = {}


def budget_of(url: str, connects: tuple[int, float] | None, weight: int = 6000) -> HostBudget:
    """The budget of a URL's host; the first who asks decides its limits."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    return _budgets.setdefault(host, HostBudget(host, connects, weight))


def forget_budgets() -> None:
    """Begin anew, with locks that nobody holds: for forked children."""
    _budgets.clear()
