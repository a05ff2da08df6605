"""What this process may still send to each host: one budget a host, shared by everything in the process."""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..core import pools
from ..core.budget import Penalty, Weight, Window

log = logging.getLogger(__name__)

_TOLD_SECONDS = 5.0
"""A wait for the limit of connections that is worth a word."""

_SPREAD_SECONDS = 1.0
"""In which all that were banned together come back."""

_STEP_SECONDS = 60.0
"""By how much later a connection may be made than the one that was told of last, to be told of too."""


def _pause(stopping: threading.Event, seconds: float) -> None:
    stopping.wait(min(max(0.0, seconds), threading.TIMEOUT_MAX))


def pool_of(url: str) -> str:
    """Which pool of weight a REST URL draws from, whatever host has it."""
    return pools.pool_of(urlsplit(url).path)


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
        self._weights: dict[str, Weight] = {}
        self._penalty = Penalty()
        self._connecting = False
        self._told = float("-inf")

    def connect(self) -> float:
        """Reserve a connection attempt; the moment of the monotonic clock at which it may be made."""
        now = time.monotonic()
        with self._lock:
            self._connecting = True
            moment = self._connects.reserve(now) if self._connects else now
            wait = moment - now
            # A thousand that wait are told in a few lines, and whoever waits for an hour is told each minute.
            telling = wait > _TOLD_SECONDS and now + wait > self._told + _STEP_SECONDS
            if telling:
                self._told = now + wait
        if telling:
            log.warning("%s: connections wait up to %.0f s for the limit of this address", self._host, wait)
        return moment

    def admit(self, stopping: threading.Event) -> None:
        """Wait until a connection attempt may be made, or until it is no longer wanted."""
        while not stopping.is_set():
            if (ban := self.banned()) > 0:  # after it, not all at the same moment
                _pause(stopping, ban + random.uniform(0, _SPREAD_SECONDS))
                continue
            moment = self.connect()
            _pause(stopping, moment - time.monotonic())
            if self.banned() == 0 and not stopping.is_set():
                return
            self._give_back(moment)

    def _give_back(self, moment: float) -> None:
        """The attempt that was reserved for a moment will not be made."""
        with self._lock:
            if self._connects:
                self._connects.give_back(moment)

    def held_up(self) -> float:
        """Seconds until a connection that is asked for now would be made."""
        now = time.monotonic()
        with self._lock:
            return max(self._penalty.wait(now), self._connects.next(now) - now if self._connects else 0.0)

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

    def request(self, weight: int, pool: str = pools.SPOT) -> float:
        """Seconds until a request may go out; where it is zero, the request counts as sent."""
        with self._lock:
            penalty = self._penalty.wait(time.monotonic())
            return penalty or self._weight(pool).wait(weight, time.time())

    def used(self, weight: int, pool: str = pools.SPOT) -> None:
        """The exchange says how much weight of this minute is used."""
        with self._lock:
            self._weight(pool).told(weight, time.time())

    def _weight(self, pool: str) -> Weight:
        weight = self._weights.get(pool)
        if weight is None:
            weight = self._weights[pool] = Weight(pools.weight_of(pool))
        return weight

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
