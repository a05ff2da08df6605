"""The socket of an account: its callback, what it was told, and what it may have missed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .. import events
from ..core.lifecycle import State
from ..core.told import last_word
from ..errors import ArgumentError, BinanceWsError
from ..handle import not_open
from ..info import SocketInfo
from ..net.connection import Connection
from ..net.secrets import scrub
from ..net.turnstile import Turnstile
from ..sockets import Surroundings
from ..streams.accounts import milliseconds
from ..streams.kinds import Stream
from ..target import Callback, Shape, Target
from .asking import Asking
from .calling import Calling
from .catching_up import CatchingUp
from .reconcile import Reconciler

log = logging.getLogger(__name__)


class Carrier(Protocol):
    """The line that brings the events of an account; called from any thread."""

    connection: Connection
    malformed: int

    @property
    def connections(self) -> list[Connection]:
        """Its connection, and the one that is to take over."""

    @property
    def received(self) -> int:
        """Bytes received since the start."""

    def leave(self, socket: UserSocket) -> None:
        """Bring them no more."""

    def leaving(self) -> list[Connection]:
        """The connections, where they are about to end with the socket and do not wait for REST."""


class UserSocket:
    """The events of one account.

    Args:
        identity: by which the registry knows it.
        key: its key.
        callback: the user's function.
        around: what it needs of its manager.
        attach: has its events brought.
        secrets: what must not be shown.
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
        attach: Callable[[UserSocket], object],
        secrets: Callable[[], Iterable[str]],
        now: Callable[[], int],
        reconciler: Reconciler | None = None,
        on_gap: Callable[[int], object] | None = None,
    ) -> None:
        self.identity = identity
        turnstile = around.turnstile or Turnstile()
        self.target = Target(key, callback, Shape(), turnstile, None, around.tell, around.limit)
        self.carrier: Carrier | None = None
        self.opened = 0.0
        self.alive = self._over = False
        self.messages = self.gaps = self.recovered = self.reconnects = self.rotations = 0
        self._around = around
        self._attach = attach
        self._secrets = secrets
        self._now = now
        self._on_gap = on_gap
        self._settled = threading.Event()
        self._calling = Calling()
        self._cause: BinanceWsError | None = None
        self._last: Any = None
        self._heard: int | None = None  # when the last event since it was opened was sent
        self._reconciler = reconciler
        self._asking = Asking(key)
        self._catching = CatchingUp(self, reconciler, self._asking.after, now)

    # ---- what the manager asks --------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """What the user calls it."""
        return self.target.key

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads of its connections, and the one that calls the user now: it may be none of them any more."""
        of_connections = [each.thread for each in self.carrier.connections] if self.carrier else []
        return [*of_connections, *filter(None, [self._calling.thread])]

    @property
    def state(self) -> State:
        """Where its connection stands; ``connecting`` while an open one does not carry it yet."""
        state = self.carrier.connection.state if self.carrier else State.NEW
        return State.CONNECTING if state is State.OPEN and not self.alive else state

    def hand(self, other: UserSocket) -> None:
        """Call another socket's function from now on, and do what else that one was to do."""
        self.target.callback = other.target.callback
        self._on_gap = other._on_gap or self._on_gap
        if self._reconciler is None and other._reconciler is not None:
            self._reconciler = other._reconciler
            self._catching = CatchingUp(self, self._reconciler, self._asking.after, self._now)
            if self.alive:
                self._catching.first()

    def open(self) -> None:
        """Begin to connect."""
        self._attach(self)

    def hang_up(self, cause: BinanceWsError) -> None:
        """End the present connection; it opens again."""
        if self.carrier is not None:
            self.carrier.connection.hang_up(cause)

    def stop(self) -> None:
        """Call no more; returns at once."""
        self.target.stopping = True
        if self.carrier is not None:
            self.carrier.leave(self)
        self._asking.close()
        self._settled.set()
        over, self._over = self._over, True
        if not over:
            self._around.tell(events.Stopped(self.key))

    def join(self, deadline: float) -> list[threading.Thread]:
        """Wait until its callback runs no more, or a moment of the monotonic clock; the thread that is left."""
        caller = self._calling.join(deadline)
        if caller is not None:
            return [caller]
        self._asking.join(deadline)
        leaving = self.carrier.leaving() if self.carrier else []
        return [each.thread for each in leaving if not each.join(max(0.0, deadline - time.monotonic()))]

    def add(self, streams: Iterable[Stream | str]) -> None:
        """An account is all that it carries.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(f"{self.key} carries an account alone; its streams cannot be changed")

    remove = add

    def wait_open(self, timeout: float | None, of: float | None = None) -> None:
        """Wait until events are being brought.

        Raises:
            NotConnected: they are not in time, or never will be.
        """
        in_time = self._settled.wait(timeout)
        if not self.alive:
            raise not_open(self.key, self._cause, None if in_time else of or timeout) from self._cause

    def info(self) -> SocketInfo:
        """A snapshot of its numbers."""
        carrier = self.carrier
        last = carrier.connection.last if carrier else None
        event = self._last.get("E") if self._last else None
        return SocketInfo(
            key=self.key,
            state=self.state,
            streams=1,
            messages=self.messages,
            bytes=carrier.received if carrier else 0,
            last=None if last is None else time.monotonic() - last,
            lag=None if event is None else time.time() * 1000 - milliseconds(event),
            reconnects=self.reconnects,
            rotations=self.rotations,
            gaps=self.gaps,
            backfilled=self.recovered,
            repeated=0,
            malformed=carrier.malformed if carrier else 0,
            errors=self.target.errors,
            ages={},
            market="account",
        )

    # ---- what its carrier tells -------------------------------------------------------------------------

    def live(self) -> None:
        """From here on every event is brought."""
        # By the exchange's clock as it is known now: when it became live nobody may have read that clock yet.
        live = self._now() - int(1000 * (time.monotonic() - self.opened))
        since = (self._heard or live) if self.opened else None
        self.opened, self._heard = time.monotonic(), None
        self.alive = True
        self._around.tell(events.Connected(self.key, 1))
        if since is None:
            self._catching.first()
        else:
            self._tell_gap(since)
            self._catching.again(since)
        self._settled.set()

    def moved(self, carrier: Carrier, reason: str) -> None:
        """Another line brings the events from here on; where it is live, none is missing."""
        self.carrier = carrier
        if self.alive:
            self.opened, self._heard = time.monotonic(), None
        self.rotations += 1
        self._around.tell(events.Rotated(self.key, reason))

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
        self.scrub(cause)
        if not self._around.release(self.identity, self, cause):
            return
        self._cause, self._over = cause, True
        self.alive = False
        if self.carrier is not None:
            self.carrier.leave(self)
        self._asking.close()
        self._settled.set()
        self._around.tell(events.GivenUp(self.key, cause))
        self.target.turnstile.take(self._last_word, last_word(self.key, cause))

    def _last_word(self, message: Any) -> None:
        self.call(message)
        self.target.stopping = True  # what the connection has read already comes after the end

    # ---- in turn ----------------------------------------------------------------------------------------

    def take(self, event: dict[str, Any]) -> None:
        """Take an event to the callback."""
        self.messages += 1
        self._last = event
        if isinstance(event.get("E"), int):
            self._heard = max(self._heard or 0, milliseconds(event["E"]))
        self._catching.pass_on(event)

    def call(self, message: Any) -> None:
        """Call the user, unless it was stopped."""
        with self._calling:
            if not self.target.stopping:
                began = time.monotonic()
                self.target.call(message)
                self.target.took(time.monotonic() - began, 1)

    def _tell_gap(self, since: int) -> None:
        """Events may be missing: on the thread of the connection, before it brings any."""
        self.gaps += 1
        self._around.tell(events.MayMiss(self.key, since))
        self.target.turnstile.take(self._call_on_gap, since)

    def _call_on_gap(self, since: int) -> None:
        try:
            if self._on_gap is not None:
                with self._calling:
                    self._on_gap(since)
        except Exception:
            log.exception("on_gap of %s raised", self.key)
