"""What this process may still send to each host: one budget a host, shared by everything in the process."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..core.budget import Penalty, Weight, Window

log = logging.getLogger(__name__)

_TOLD_SECONDS = 5.0
"""A wait for the limit of connections that is worth a word."""

_STEP_SECONDS = 60.0
"""By how much later a connection may be made than the one that was told of last, to be told of too."""

SPOT, FUTURES, OPTIONS = "spot", "futures", "options"
_WEIGHTS = {SPOT: 6000, FUTURES: 2400, OPTIONS: 2400}
"""Request weight a minute, by pool."""

_POOLS = {"fapi": FUTURES, "dapi": FUTURES, "eapi": OPTIONS}


def pool_of(url: str) -> str:
    """Which pool of weight a REST URL draws from, whatever host has it."""
    return _POOLS.get(urlsplit(url).path.lstrip("/").partition("/")[0], SPOT)


@dataclass(frozen=True)
class Standing:
    """What may be sent to a host now.

    Args:
        host: its name and port.
        connects: connection attempts that may be made at once; ``None`` where none was made, or there is no limit.
        weights: request weight used in this minute, and how much we use at most, by pool, of those in use.
        banned: seconds to stay away yet.
    """

    host: str
    connects: int | None
    weights: dict[str, tuple[float, float]]
    banned: float


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
        self._connecting = False
        self._told = float("-inf")

    def connect(self) -> float:
        """Reserve a connection attempt; seconds until it may be made."""
        now = time.monotonic()
        with self._lock:
            self._connecting = True
            wait = self._connects.reserve(now) if self._connects else 0.0
            # A thousand that wait are told in a few lines, and whoever waits for an hour is told each minute.
            telling = wait > _TOLD_SECONDS and now + wait > self._told + _STEP_SECONDS
            if telling:
                self._told = now + wait
        if telling:
            log.warning("%s: connections wait up to %.0f s for the limit of this address", self._host, wait)
        return wait

    def banned(self) -> float:
        """Seconds to stay away yet."""
        with self._lock:
            return self._penalty.wait(time.monotonic())

    def standing(self) -> Standing:
        """What may be sent now."""
        now, wall = time.monotonic(), time.time()
        with self._lock:
            used = {pool: (weight.used(wall), weight.limit) for pool, weight in self._weights.items()}
            return Standing(
                self._host,
                self._connects.left(now) if self._connects and self._connecting else None,
                {pool: (each, limit) for pool, (each, limit) in used.items() if each is not None},
                self._penalty.wait(now),
            )

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


def standings() -> list[Standing]:
    """What may be sent to each host that this process has sent something to."""
    return [budget.standing() for budget in list(_budgets.values())]


def forget_budgets() -> None:
    """Begin anew, with locks that nobody holds: for forked children."""
    _budgets.clear()
