"""The events of an account that a listen key opens: one connection for each account."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
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
from .socket import UserSocket

log = logging.getLogger(__name__)

_LIVED_SECONDS = 0.5

LONGEST_PERIOD = 0.75 * LISTEN_KEY_SECONDS
"""Seconds between renewals at most, so that one that fails can be tried again."""


class KeyLine(AccountLine):
    """A connection that a listen key opens.

    Each attempt asks for the key, which makes a living one live on and gives a new one for a dead one; so a
    connection that comes back after hours of sleep needs nothing else.

    Args:
        name: of its thread.
        row: of the account.
        base: the stream's base URL.
        unit: ``"MICROSECOND"``, or ``None``.
        lease: the listen key.
        means: what the manager's connections work with.
        later: has a function called after some seconds, on a thread that may wait for REST.
        period: seconds between renewals.
        give_back: is called when the lease can be closed.
    """

    def __init__(
        self,
        name: str,
        row: Row,
        base: str,
        unit: str | None,
        lease: Lease,
        means: Means,
        later: Callable[..., Task],
        period: float,
        give_back: Callable[[Lease], None],
    ) -> None:
        super().__init__(name, means, row.silence)
        self._row = row
        self._base = base
        self._unit = unit
        self._lease = lease
        self._later = later
        self._period = min(period, LONGEST_PERIOD)
        self._give_back = give_back
        self._socket: UserSocket | None = None
        self._expires = 0
        self._asking = False
        self._due: Task | None = None

    # ---- what the socket asks ---------------------------------------------------------------------------

    def attach(self, socket: UserSocket) -> None:
        """Begin to connect."""
        self._socket = socket
        self.connection.start()

    def detach(self, socket: UserSocket) -> None:
        """Hang up, and let the listen key go."""
        self.connection.stop()
        if self._due is not None:
            self._due.cancel()
        if self._socket is not None:
            self._give_back(self._lease)

    def connection_of(self, socket: UserSocket) -> Connection | None:
        """The connection."""
        return self.connection

    def leaving(self, socket: UserSocket) -> Connection | None:
        """The connection, unless it waits for REST."""
        return None if self._asking else self.connection

    # ---- what the connection asks and tells -------------------------------------------------------------

    def url(self) -> str:
        """The URL of the next attempt; asks for the key."""
        self._asking = True
        try:
            key, self._expires = self._lease.open()
        finally:
            self._asking = False
        return stream_url(self._row, self._base, key, self._unit)

    def opened(self) -> None:
        """Renew the key from time to time."""
        super().opened()
        assert self._socket is not None
        self._socket.live()
        self._socket.renewed(self._expires)
        self._renew_in(self._period)

    def take(self, message: dict[str, Any]) -> None:
        """An event, or word of an end."""
        data = message.get("data", message) if "stream" in message else message
        assert self._socket is not None
        if not isinstance(data, dict) or "e" not in data:
            log.warning("%s: a message that is no event is ignored", self._name)
            return
        # A key that is dead as soon as it is made is no reason to go on asking for others for ever.
        self.heard += not ends_stream(data) or time.monotonic() - self._opened > _LIVED_SECONDS
        if ends_stream(data):
            self._lease.expired()
            self.hang_up("the listen key has expired")
        elif is_shutdown(data):
            self.hang_up("the server goes down")
        else:
            self._socket.receive(data)

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Tell."""
        assert self._socket is not None
        self._socket.lost(cause, attempt, seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """Tell."""
        if cause is not None and self._socket is not None:
            self._socket.give_up(cause)

    # ---- renewal, on a thread that may wait for REST ----------------------------------------------------

    def _renew_in(self, seconds: float) -> None:
        if self._due is not None:
            self._due.cancel()
        delays = backoff(self._period / 60, self._period / 6)
        self._due = self._later(seconds, self._renew, self._opening, delays)

    def _renew(self, opening: int, delays: Iterator[float]) -> None:
        socket = self._socket
        if socket is None or socket.target.stopping or not self._is_current(opening):
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
            socket.give_up(error)
        elif isinstance(error, ApiError) and error.code == KEY_GONE:
            self.hang_up("the listen key is gone")
        else:
            seconds = max(next(delays), getattr(error, "retry_after", 0.0))
            log.warning("%s: its listen key is not renewed: %s; again in %.1f s", socket.key, error, seconds)
            self._due = self._later(seconds, self._renew, opening, delays)
