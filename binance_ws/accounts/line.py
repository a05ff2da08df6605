"""A connection that carries the events of accounts: what those of listen keys and of the ws-api have in common.

It is replaced before the exchange ends it for its age, and where nothing comes on it any more.
"""

from __future__ import annotations

import logging
import random
import time
from abc import ABC, abstractmethod
from typing import Any

from ..core.lifecycle import State
from ..errors import BinanceWsError, ConnectionLost
from ..means import Means
from ..net.connection import Connection
from ..net.decode import loads

log = logging.getLogger(__name__)

PROVEN_SECONDS = 10.0
"""How long a connection must have been open to count as a good one, though its account was quiet."""


class AccountLine(ABC):
    """One connection, opened again and again until it is stopped.

    Args:
        name: of its thread.
        means: what the manager's connections work with.
        silence: seconds without a frame after which it is taken for dead.
    """

    def __init__(self, name: str, means: Means, silence: float) -> None:
        self.heard = 0
        self.malformed = 0
        self._name = name
        self._means = means
        self._silence = silence if means.stale_after is None else means.stale_after
        self._opening = 0
        self._opened = 0.0
        self._heard_before = 0
        self.connection = Connection(
            name,
            self,
            means.network,
            means.timer,
            max_retries=means.max_retries,
            budget=means.budget,
        )

    @abstractmethod
    def take(self, message: dict[str, Any]) -> None:
        """Take a message."""

    @abstractmethod
    def url(self) -> str:
        """The URL of the next attempt."""

    @abstractmethod
    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """The connection, or an attempt at it, ended; the next attempt comes in ``seconds``."""

    @abstractmethod
    def ended(self, cause: BinanceWsError | None) -> None:
        """There will be no further attempt: given up because of ``cause``, or stopped."""

    def deliver(self, payloads: list[bytes]) -> None:
        """Take text messages. What is no JSON object is counted; its text may hold secrets."""
        for payload in payloads:
            try:
                message = loads(payload)
            except ValueError:
                message = None
            if isinstance(message, dict):
                self.take(message)
            else:
                self.malformed += 1
                log.warning("%s: a message of %d bytes is no JSON object", self._name, len(payload))

    def binary(self, payload: bytes) -> None:
        """The exchange sends binary messages to those alone who ask for them."""
        self.malformed += 1

    def proven(self) -> bool:
        """Whether it delivered, or stood long enough: an account may be quiet for days."""
        return self.heard > self._heard_before or time.monotonic() - self._opened > PROVEN_SECONDS

    def opened(self) -> None:
        """Watch over the connection."""
        self._opening += 1
        self._opened = time.monotonic()
        self._heard_before = self.heard
        after = self._means.timer.after
        after(self._means.life * random.uniform(0.97, 1.0), self._old, self._opening)
        after(self._silence, self._watch, self._opening)

    def hang_up(self, why: str) -> None:
        """End the present connection; it opens again at once."""
        self.connection.hang_up(ConnectionLost(why))

    def _old(self, opening: int) -> None:
        if self._is_current(opening):
            self.hang_up("it is replaced before the exchange ends it for its age")

    def _watch(self, opening: int) -> None:
        last = self.connection.last
        if not self._is_current(opening) or last is None:
            return
        left = last + self._silence - time.monotonic()
        if left > 0:
            self._means.timer.after(left, self._watch, opening)
        else:
            self.hang_up(f"nothing came for {self._silence:g} s, not even a ping")

    def _is_current(self, opening: int) -> bool:
        return opening == self._opening and self.connection.state is State.OPEN
