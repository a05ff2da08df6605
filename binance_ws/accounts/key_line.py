"""The events of an account that a listen key opens: one connection for each account."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..core.backoff import backoff
from ..errors import ApiError, BinanceWsError, CredentialsRejected
from ..means import Means
from ..net.connection import Connection
from ..net.timer import Task
from ..streams.accounts import KEY_GONE, LISTEN_KEY_SECONDS, Row, ends_stream, stream_url
from ..streams.messages import is_shutdown
from .line import AccountLine
from .listen_keys import Lease
from .relief import Relief
from .socket import UserSocket
from .subscription import LIVED_SECONDS
from .way import Way

log = logging.getLogger(__name__)

LONGEST_PERIOD = 0.75 * LISTEN_KEY_SECONDS
"""Seconds between renewals at most, so that one that fails can be tried again."""


@dataclass(frozen=True)
class Source:
    """Where the events of an account come from.

    Args:
        row: of the account.
        base: the stream's base URL.
        unit: ``"MICROSECOND"``, or ``None``.
        lease: the listen key.
        period: seconds between renewals.
        give_back: is called when the lease can be closed.
    """

    row: Row
    base: str
    unit: str | None
    lease: Lease
    period: float
    give_back: Callable[[Lease], None]


class KeyLine(AccountLine):
    """A connection that a listen key opens.

    Each attempt asks for the key, which makes a living one live on and gives a new one for a dead one; so a
    connection that comes back after hours of sleep needs nothing else.

    Args:
        name: of its thread.
        source: where the events come from.
        means: what the manager's connections work with.
        later: has a function called after some seconds, on a thread that may wait for REST.
        way: to the account's socket.
    """

    def __init__(self, name: str, source: Source, means: Means, later: Callable[..., Task], way: Way) -> None:
        super().__init__(name, means, later, source.base, source.row.silence)
        self._source = source
        self._lease = source.lease
        self._period = min(source.period, LONGEST_PERIOD)
        self._way = way
        self._key = ""
        self._expires = 0
        self._asking = False
        self._due: Task | None = None

    @property
    def ways(self) -> list[Way]:
        """One."""
        return [self._way]

    def heir(self, relief: Relief) -> KeyLine:
        """A line with the same listen key: the exchange tells each of its connections everything."""
        way = Way(self._way.socket, relief, self._way)
        made = KeyLine(self._name, self._source, self._means, self._later, way)
        made._key = self._key
        return made

    def leave(self, socket: UserSocket) -> None:
        """Hang up, and let the listen key go."""
        self.stop()
        if self._due is not None:
            self._due.cancel()
        self._source.give_back(self._lease)

    def leaving(self) -> list[Connection]:
        """The connections, unless they wait for REST."""
        return [] if self._asking else self.connections

    # ---- what the connection asks and tells -------------------------------------------------------------

    def url(self) -> str:
        """The URL of the next attempt; asks for the key."""
        self._asking = True
        try:
            key, self._expires = self._lease.open()
        finally:
            self._asking = False
        if self._way.replacement is not None and key != self._key:
            self._way.replacement.old_is_deaf("another program replaced the listen key")
        self._key = key
        return stream_url(self._source.row, self._source.base, key, self._source.unit)

    def opened(self) -> None:
        """Renew the key from time to time."""
        super().opened()
        self._way.live()
        self._way.socket.renewed(self._expires)
        self._renew_in(self._period)

    def take(self, message: dict[str, Any]) -> None:
        """An event, or word of an end."""
        data = message.get("data", message) if "stream" in message else message
        if not isinstance(data, dict) or "e" not in data:
            log.warning("%s: a message that is no event is ignored", self._name)
            return
        # A key that is dead as soon as it is made is no reason to go on asking for others for ever.
        self.heard += not ends_stream(data) or time.monotonic() - self._opened > LIVED_SECONDS
        if ends_stream(data):
            self._lease.expired()
            self.hang_up("the listen key has expired")
        elif is_shutdown(data):
            self.replace("the server goes down")
        else:
            self._way.receive(data)

    # ---- renewal, on a thread that may wait for REST ----------------------------------------------------

    def _renew_in(self, seconds: float) -> None:
        if self._due is not None:
            self._due.cancel()
        delays = backoff(self._period / 60, self._period / 6)
        self._due = self._later(seconds, self._renew, self._opening, delays)

    def _renew(self, opening: int, delays: Iterator[float]) -> None:
        socket = self._way.socket
        if socket.target.stopping or not self._is_current(opening):
            return  # whoever opens it again asks for the key anyway
        try:
            expires = self._lease.renew()
        except BinanceWsError as error:
            self._not_renewed(socket, opening, delays, error)
            return
        socket.renewed(expires)
        self._renew_in(self._period)

    def _not_renewed(
        self, socket: UserSocket, opening: int, delays: Iterator[float], error: BinanceWsError
    ) -> None:
        socket.scrub(error)
        if not self._is_current(opening):
            return  # it was opened again meanwhile, with a key that lives
        if isinstance(error, CredentialsRejected):
            self._way.give_up(error)
        elif isinstance(error, ApiError) and error.code == KEY_GONE:
            self.hang_up("the listen key is gone")
        else:
            seconds = max(next(delays), getattr(error, "retry_after", 0.0))
            log.warning("%s: its listen key is not renewed: %s; again in %.1f s", socket.key, error, seconds)
            self._due = self._later(seconds, self._renew, opening, delays)
