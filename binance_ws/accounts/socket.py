"""The socket of an account: its callback, what it was told, and what it may have missed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .. import events
from ..core.lifecycle import State
from ..errors import ArgumentError, BinanceWsError, NotConnected
from ..info import SocketInfo
from ..net.connection import Connection
from ..net.secrets import scrub
from ..net.turnstile import Turnstile
from ..sockets import GAVE_UP, Surroundings
from ..streams.accounts import milliseconds
from ..streams.kinds import Stream
from ..target import Callback, Shape, Target
from .catching_up import CatchingUp
from .reconcile import Reconciler

log = logging.getLogger(__name__)


class Carrier(Protocol):
    """What brings the events of an account; called from any thread."""

    def attach(self, socket: UserSocket) -> None:
        """Begin to bring them."""

    def detach(self, socket: UserSocket) -> None:
        """Bring them no more."""

    def connection_of(self, socket: UserSocket) -> Connection | None:
        """The connection that brings them now."""

    def leaving(self, socket: UserSocket) -> Connection | None:
        """The connection, where it is about to end with the socket and does not wait for REST."""


class UserSocket:
    """The events of one account.

    Args:
        identity: by which the registry knows it.
        key: its key.
        callback: the user's function.
        around: what it needs of its manager.
        carrier: what brings its events.
        secrets: what must not be shown.
        later: has a function called after some seconds, on a thread that may wait for REST.
        now: milliseconds by the exchange's clock.
        reconciler: finds out what was missed; ``None`` where that is not asked for.
        on_gap: is called with the moment since when events may be missing.
    """

    def __init__(
        self,
        identity: str,
        key: str,
        callback: Callback,
        around: Surroundings,
        carrier: Carrier,
        secrets: Callable[[], Iterable[str]],
        later: Callable[..., Any],
        now: Callable[[], int],
        reconciler: Reconciler | None = None,
        on_gap: Callable[[int], object] | None = None,
    ) -> None:
        self.identity = identity
        turnstile = around.turnstile or Turnstile()
        self.target = Target(key, callback, Shape(), turnstile, None, around.tell, around.limit)
        self.opened = 0.0
        self.alive = self._over = False
        self.messages = self.gaps = self.recovered = self.reconnects = 0
        self._around = around
        self._carrier = carrier
        self._secrets = secrets
        self._now = now
        self._on_gap = on_gap
        self._settled = threading.Event()
        self._quiet = threading.Event()
        self._quiet.set()
        self._caller: threading.Thread | None = None
        self._cause: BinanceWsError | None = None
        self._last: Any = None
        self._since: int | None = None
        self._catching = CatchingUp(self, reconciler, later, now)

    # ---- what the manager asks --------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """What the user calls it."""
        return self.target.key

    @property
    def threads(self) -> list[threading.Thread]:
        """The thread of its connection."""
        connection = self._carrier.connection_of(self)
        return [connection.thread] if connection else []

    @property
    def state(self) -> State:
        """Where its connection stands; ``connecting`` while an open one does not carry it yet."""
        connection = self._carrier.connection_of(self)
        state = connection.state if connection else State.NEW
        return State.CONNECTING if state is State.OPEN and not self.alive else state

    def hand(self, callback: Callback) -> None:
        """Call another function from now on."""
        self.target.callback = callback

    def open(self) -> None:
        """Begin to connect."""
        self._carrier.attach(self)

    def hang_up(self, cause: BinanceWsError) -> None:
        """End the present connection; it opens again."""
        connection = self._carrier.connection_of(self)
        if connection is not None:
            connection.hang_up(cause)

    def stop(self) -> None:
        """Call no more; returns at once."""
        self.target.stopping = True
        self._carrier.detach(self)
        self._settled.set()
        over, self._over = self._over, True
        if not over:
            self._around.tell(events.Stopped(self.key))

    def join(self, deadline: float) -> list[threading.Thread]:
        """Wait until its callback runs no more, or a moment of the monotonic clock; the thread that is left."""
        me = threading.current_thread()
        caller = self._caller
        if caller is not me and not self._quiet.wait(max(0.0, deadline - time.monotonic())):
            return [caller] if caller else []
        connection = self._carrier.leaving(self)
        if connection is not None and not connection.join(max(0.0, deadline - time.monotonic())):
            return [connection.thread]
        return []

    def add(self, streams: Iterable[Stream | str]) -> None:
        """An account is all that it carries.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            f"{self.key} carries the events of an account alone; its streams cannot be changed"
        )

    remove = add

    def wait_open(self, timeout: float | None) -> None:
        """Wait until events are being brought.

        Raises:
            NotConnected: they are not in time, or never will be.
        """
        self._settled.wait(timeout)
        if not self.alive:
            why = f": {self._cause}" if self._cause else ""
            raise NotConnected(f"{self.key} is not connected{why}") from self._cause

    def info(self) -> SocketInfo:
        """A snapshot of its numbers."""
        connection = self._carrier.connection_of(self)
        last = connection.last if connection else None
        event = self._last.get("E") if self._last else None
        return SocketInfo(
            key=self.key,
            state=self.state,
            streams=1,
            messages=self.messages,
            bytes=connection.received if connection else 0,
            last=None if last is None else time.monotonic() - last,
            lag=None if event is None else time.time() * 1000 - milliseconds(event),
            reconnects=self.reconnects,
            rotations=0,
            gaps=self.gaps,
            backfilled=self.recovered,
            repeated=0,
            malformed=0,
            errors=self.target.errors,
            ages={},
            market="account",
        )

    # ---- what its carrier tells -------------------------------------------------------------------------

    def receive(self, event: dict[str, Any]) -> None:
        """Take an event to the callback, in turn."""
        self.target.turnstile.take(self._in_turn, event)

    def live(self) -> None:
        """From here on every event is brought."""
        self.opened = time.monotonic()
        self.alive = True
        since, self._since = self._since, self._now()
        self._around.tell(events.Connected(self.key, 1))
        if since is None:
            self._catching.first()
        else:
            self._tell_gap(since)
            self._catching.again(since)
        self._settled.set()

    def found(self, count: int) -> None:
        """So many events that were missed are about to be delivered."""
        self.recovered += count
        self._around.tell(events.Backfilled(self.key, self.key, count))

    def scrub(self, error: BaseException) -> None:
        """Take what must not be shown out of an error's text."""
        scrub(error, self._secrets())

    def renewed(self, expires: int) -> None:
        """Tell."""
        self._around.tell(events.Renewed(self.key, expires))

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Events are not brought any more; they will be again."""
        self.scrub(cause)
        self._cause = cause
        self._settled.clear()
        self.alive = False
        self.reconnects += 1
        self._around.tell(events.Lost(self.key, cause))
        self._around.tell(events.Retrying(self.key, attempt, seconds))

    def give_up(self, cause: BinanceWsError) -> None:
        """It is over: the key is free, and the callback hears of it, once."""
        if not self._around.release(self.identity, self):
            return
        self.scrub(cause)
        self._cause, self._over = cause, True
        self.alive = False
        self._carrier.detach(self)
        self._settled.set()
        retryable = getattr(cause.__cause__ or cause, "retryable", True)
        self._around.tell(events.GivenUp(self.key, cause))
        text = GAVE_UP if retryable else str(cause)
        message = {"e": "error", "m": text, "key": self.key, "cause": str(cause)}
        self.target.turnstile.take(self._last_word, message)

    def _last_word(self, message: Any) -> None:
        self.call(message)
        self.target.stopping = True  # what the connection has read already comes after the end

    # ---- in turn ----------------------------------------------------------------------------------------

    def _in_turn(self, event: dict[str, Any]) -> None:
        self.messages += 1
        self._last = event
        if isinstance(event.get("E"), int):
            self._since = max(self._since or 0, milliseconds(event["E"]))
        self._catching.pass_on(event)

    def call(self, message: Any) -> None:
        """Call the user, unless it was stopped; whoever stops it can see whether he is being called."""
        self._caller = threading.current_thread()
        self._quiet.clear()
        try:
            if not self.target.stopping:
                began = time.monotonic()
                self.target.call(message)
                self.target.took(time.monotonic() - began, 1)
        finally:
            self._caller = None
            self._quiet.set()

    def _tell_gap(self, since: int) -> None:
        """Events may be missing: on the thread of the connection, before it brings any."""
        self.gaps += 1
        self._around.tell(events.MayMiss(self.key, since))
        if self._on_gap is not None:
            self.target.turnstile.take(self._call_on_gap, since)

    def _call_on_gap(self, since: int) -> None:
        assert self._on_gap is not None
        try:
            self._on_gap(since)
        except Exception:
            log.exception("on_gap of %s raised", self.key)
