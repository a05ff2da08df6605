"""What this process may still send to each host: one budget a host, shared by everything in the process."""

from __future__ import annotations

import logging
import threading
import time
from urllib.parse import urlsplit

from ..core.budget import Penalty, Weight, Window

log = logging.getLogger(__name__)

_TOLD_SECONDS = 5.0

SPOT, FUTURES, OPTIONS = "spot", "futures", "options"
_WEIGHTS = {SPOT: 6000, FUTURES: 2400, OPTIONS: 2400}
"""Request weight a minute, by pool."""

_POOLS = {"fapi": FUTURES, "dapi": FUTURES, "eapi": OPTIONS}


def pool_of(url: str) -> str:
    """Which pool of weight a REST URL draws from, whatever host has it."""
    return _POOLS.get(urlsplit(url).path.lstrip("/").partition("/")[0], SPOT)


class HostBudget:
    """The budget of one host.

    Args:
        host: its name and port.
        connects: connection attempts and the seconds in which they may be made; ``None`` for no limit.
    """

    def __init__(self, host: str, connects: tuple[int, float] | None) -> None:
        self._host = host
        # Guards the window, the weights and the penalty.
        self._lock = threading.Lock()
        self._connects = Window(*connects) if connects else None
        self._weights = {pool: Weight(limit) for pool, limit in _WEIGHTS.items()}
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

    def request(self, weight: int, pool: str = SPOT) -> float:
        """Seconds until a request may go out; where it is zero, the request counts as sent."""
        with self._lock:
            penalty = self._penalty.wait(time.monotonic())
            return penalty or self._weights[pool].wait(weight, time.time())

    def used(self, weight: int, pool: str = SPOT) -> None:
        """The exchange says how much weight of this minute is used."""
        with self._lock:
            self._weights[pool].told(weight, time.time())

    def penalize(self, seconds: float) -> None:
        """The exchange asks everything behind this address to stay away."""
        with self._lock:
            self._penalty.add(seconds, time.monotonic())
        log.warning("%s asks to be left alone for %.0f s", self._host, seconds)


_budgets: dict[str, HostBudget] = {}


def budget_of(url: str, connects: tuple[int, float] | None) -> HostBudget:
    """The budget of a URL's host; the first who asks decides its limits."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    return _budgets.setdefault(host, HostBudget(host, connects))


def forget_budgets() -> None:
    """Begin anew, with locks that nobody holds: for forked children."""
    _budgets.clear()
