"""A connection that carries the events of accounts: what those of listen keys and of the ws-api have in common.

Another line takes over before the exchange ends it for its age, or as its server goes down. One on which nothing
comes any more is hung up at once: what it should have brought is missing already.
"""

from __future__ import annotations

import logging
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any

from ..core.lifecycle import State
from ..errors import BinanceWsError, ConnectionLost
from ..means import Means
from ..net.connection import Connection
from ..net.decode import loads
from ..net.timer import Reminders
from .relief import LONGEST_SECONDS, Relief
from .socket import UserSocket
from .way import Way

log = logging.getLogger(__name__)

PROVEN_SECONDS = 10.0
"""How long a connection must have been open to count as a good one, though its account was quiet."""


class AccountLine(ABC):
    """One connection, opened again and again until it is stopped.

    Args:
        name: of its thread.
        means: what the manager's connections work with.
        later: has a function called after some seconds, on a thread that may wait for REST.
        address: where it connects to.
        silence: seconds without a frame after which it is taken for dead.
    """

    def __init__(
        self, name: str, means: Means, later: Callable[..., Any], address: str, silence: float
    ) -> None:
        self.address = address
        self.relief: Relief | None = None
        self.received_before = 0
        self.stopped = False
        self.heard = 0
        self.malformed = 0
        self._name = name
        self._means = means
        self._later = later
        self._silence = silence if means.stale_after is None else means.stale_after
        self._opening = 0
        self._reminders = Reminders(means.timer.after)
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

    @property
    @abstractmethod
    def ways(self) -> list[Way]:
        """Of the accounts that it brings."""

    @abstractmethod
    def heir(self, relief: Relief) -> AccountLine:
        """A line that brings the same accounts, not yet started."""

    @abstractmethod
    def leave(self, socket: UserSocket) -> None:
        """Bring an account no more; from any thread."""

    @abstractmethod
    def leaving(self) -> list[Connection]:
        """The connections, where they are about to end with the account and do not wait for REST."""

    @abstractmethod
    def take(self, message: dict[str, Any]) -> None:
        """Take a message."""

    @abstractmethod
    def url(self) -> str:
        """The URL of the next attempt."""

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """The connection, or an attempt at it, ended; the next attempt comes in ``seconds``."""
        for way in self.ways:
            way.lost(cause, attempt, seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """There will be no further attempt: given up because of ``cause``, or stopped."""
        self._reminders.clear()
        if cause is not None:
            for way in self.ways:
                way.give_up(cause)
        if self.relief is not None:
            self.relief.old_ended()

    @property
    def connections(self) -> list[Connection]:
        """Its own and, while it is replaced, the next one."""
        following = self.relief.new if self.relief else None
        return [line.connection for line in (self, following) if line]

    @property
    def received(self) -> int:
        """Bytes received since the start, by the lines before this one too."""
        return self.received_before + self.connection.received

    def stop(self) -> None:
        """Hang up for good, and whatever is to take over; from any thread."""
        self.stopped = True
        self.connection.stop()
        relief = self.relief
        if relief is not None and not relief.fail() and relief.new is not None:
            relief.new.stop()

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
        self._reminders.clear()
        life = self._means.life * random.uniform(0.97, 1.0)
        self._reminders.set(life, self._replace, "its age", self._opening)
        self._reminders.set(self._silence, self._watch, self._opening)

    def hang_up(self, why: str) -> None:
        """End the present connection; it opens again at once."""
        self.connection.hang_up(ConnectionLost(why))

    def replace(self, reason: str) -> None:
        """Have another line take over without a gap."""
        self._means.timer.after(0, self._replace, reason, self._opening)

    def _replace(self, reason: str, opening: int) -> None:
        """The same, as soon as no other connection of the manager is replaced; on the timer's thread."""
        if not self._is_current(opening) or self.relief is not None:
            return
        slot, wait = self._means.slot, self._means.held_up(self.address)
        again = partial(self._replace, reason, opening)
        if slot.taken_by is not None or wait > 0:
            self._means.timer.after(max(wait, self._means.overlap), again)
            return
        slot.taken_by = self.relief = relief = Relief(self, reason, self._means, again)
        self._means.timer.after(LONGEST_SECONDS, relief.fail)
        self._later(0, relief.begin)
        if self.stopped:
            relief.fail()

    def _watch(self, opening: int) -> None:
        last = self.connection.last
        if not self._is_current(opening) or last is None:
            return
        left = last + self._silence - time.monotonic()
        if left > 0 or self.connection.unread:  # a callback that takes its time is no silence of the exchange
            self._reminders.set(max(left, self._means.overlap), self._watch, opening)
        else:
            self.hang_up(f"nothing came for {self._silence:g} s, not even a ping")

    def _is_current(self, opening: int) -> bool:
        return opening == self._opening and self.connection.state is State.OPEN
