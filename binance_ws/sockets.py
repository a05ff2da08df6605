"""A socket: what one key names. Its streams, the connections that they take, its callback, its numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import events
from .carriers import Carriers
from .core.lifecycle import State
from .core.told import last_word, refused
from .errors import ArgumentError, BinanceWsError, StreamRefused
from .feed import Feed
from .handle import Handle, not_open
from .info import SocketInfo, describe
from .means import Means
from .net.connection import Connection
from .net.mailbox import Courier, Mailbox
from .net.turnstile import Turnstile
from .plans import Plan, classified
from .streams.kinds import Stream
from .target import Callback, Repair, Target


@dataclass(frozen=True)
class Surroundings:
    """What a socket needs of its manager.

    Args:
        means: what its feeds work with.
        url: the URL for some streams, and whether their messages come wrapped from there.
        release: frees a socket's key, which was given up where there is a cause; whether it was still its own.
        tell: gives an event to ``on_event``.
        turnstile: shared by all sockets of a manager that serializes callbacks.
        repair: fills gaps; ``None`` where they stay.
        limit: messages that may wait for a gap to be filled.
    """

    means: Means
    url: Callable[[Sequence[Stream], bool], str]
    release: Callable[[str, Handle, BinanceWsError | None], bool]
    tell: Callable[[events.Event], None]
    turnstile: Turnstile | None = None
    repair: Repair | None = None
    limit: int = 10_000


class Socket:
    """The connections behind one key.

    Args:
        identity: its market and path, by which the registry knows it.
        plan: its path, its streams, and what the callback gets.
        callback: the user's function.
        around: what it needs of its manager.
        box: where messages wait for who takes them: a thread that calls back, unless there is an ``ending``.
        ending: is called when it is stopped.
    """

    def __init__(
        self,
        identity: str,
        plan: Plan,
        callback: Callback,
        around: Surroundings,
        box: Mailbox | None = None,
        ending: Callable[[], None] | None = None,
    ) -> None:
        shape, streams = plan.shape, plan.streams
        self.identity = identity
        self._market = plan.market
        self._ending = ending
        self.target = Target(
            plan.path,
            callback,
            shape,
            around.turnstile or Turnstile(),
            around.repair,
            around.tell,
            around.limit,
        )
        self._around = around
        self._find = streams if callable(streams) else None
        known: list[Stream] = [] if callable(streams) else list(streams)
        self._combined = shape.wrapped or self._find is not None or len(known) > 1
        self._over = False
        self._settled = threading.Event()
        self.opened = 0.0
        self._cause: BinanceWsError | None = None
        self._courier: Courier | None = None
        self._box = box
        if box is not None and ending is None:
            self._courier = Courier(f"binance_ws {events.shown(plan.path)} mail", box, self._bring)
            self.target.deliver_to(box.put)
        elif box is not None:
            self.target.pulled()
        means = around.means
        self._carriers = Carriers(self._feed, self.target, means.timer, means.overlap)
        self._carriers.begin(known)

    def _feed(self, streams: Sequence[Stream], number: int) -> Feed:
        name = f"binance_ws {events.shown(self.key)}" + (f" {number + 1}" if number else "")
        return Feed(name, self, streams, self.target, self._combined, self._around.means)

    @property
    def feeds(self) -> Sequence[Feed]:
        """What carries its streams now."""
        return self._carriers.feeds

    @property
    def key(self) -> str:
        """What the user calls it."""
        return self.target.key

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads of its connections."""
        return [c.thread for c in self._connections()] + ([self._courier.thread] if self._courier else [])

    def _connections(self) -> list[Connection]:
        return [connection for feed in self._carriers.all for connection in feed.connections]

    # ---- what the manager asks --------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to connect."""
        if self._courier is not None:
            self._courier.start()
        for feed in self._carriers.open():
            feed.start()
        self._look()  # where nothing is carried, nothing will tell

    def hang_up(self, cause: BinanceWsError) -> None:
        """End the present connections; they open again."""
        for connection in self._connections():
            connection.hang_up(cause)

    def stop(self) -> None:
        """Hang up and call no more; returns at once."""
        self.target.stopping = True
        over, self._over = self._over, True
        for feed in self._carriers.close():
            feed.stop()
        self._end()
        self._settled.set()
        if not over:
            self._around.tell(events.Stopped(self.key))

    def _end(self) -> None:
        if self._courier is not None:
            self._courier.stop()
        if self._ending is not None:
            self._ending()

    def join(self, deadline: float) -> list[threading.Thread]:
        """Wait for its threads until a moment of the monotonic clock; those that are left."""
        me = threading.current_thread()
        for thread in self.threads:
            if thread is not me and thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return [thread for thread in self.threads if thread.is_alive()]

    def add(self, streams: Iterable[Stream | str]) -> None:
        """Carry more streams: over the connections that have room for them, or over new ones.

        Raises:
            ArgumentError: one is unknown, or the messages of this socket do not say their stream.
        """
        self._start(self._carriers.add(self._changed(streams)))

    def remove(self, streams: Iterable[Stream | str]) -> None:
        """Carry some streams no more; a connection that has emptied is closed, also the last one.

        Raises:
            ArgumentError: as of :meth:`add`.
        """
        for feed in self._carriers.remove(self._changed(streams)):
            feed.stop()
        self._look()  # the one that was not open may be gone

    def _changed(self, streams: Iterable[Stream | str]) -> list[Stream]:
        if not self._combined or self._find is not None:
            raise ArgumentError(
                f"{self.key} carries one stream; start a multiplex socket to change its streams"
            )
        return classified(streams, self._market)

    def _start(self, feeds: Iterable[Feed]) -> None:
        for feed in feeds:
            self._unsettle()
            feed.start()

    def _unsettle(self) -> None:
        """Have those wait who wait until it is open; nobody waits for one that is over."""
        self._settled.clear()
        if self._over:
            self._settled.set()

    def _look(self) -> None:
        """Let go who waits, where it is open."""
        if self.state is State.OPEN:
            self._settled.set()

    def wait_open(self, timeout: float | None, of: float | None = None) -> None:
        """Wait until all its connections are open.

        Raises:
            NotConnected: they are not in time, or never will be; the cause of the last failure is its cause.
        """
        in_time = self._settled.wait(timeout)
        if self.state is not State.OPEN:
            raise not_open(self.key, self._cause, None if in_time else of or timeout) from self._cause

    @property
    def state(self) -> State:
        """The state of the connection that is furthest from open; open where there are no streams to carry."""
        return self._carriers.state

    @property
    def settled(self) -> bool:
        """Whether the exchange has answered every request."""
        return self._carriers.settled

    def info(self) -> SocketInfo:
        """A snapshot of its numbers."""
        return describe(
            self.key, self._market.value, self.state, self._carriers.counted(), self.target, self._box
        )

    # ---- what its feeds tell, each on its own thread ----------------------------------------------------

    def url_of(self, feed: Feed) -> str:
        """The URL of a feed's next attempt; the first one finds out the streams where they are not known."""
        if self._find is not None:
            more = self._carriers.spread(self._find())
            self._find = None
            self._start(more)  # which ask for their URLs in turn
        return self._around.url(feed.streams, self._combined)

    def feed_opened(self, feed: Feed) -> None:
        """Tell, and let go who waits for it."""
        if feed not in self.feeds:
            return
        self.opened = time.monotonic()
        self._around.tell(events.Connected(self.key, len(feed.streams)))
        self._look()

    def feed_lost(self, feed: Feed, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Tell, and let those wait who wait for it; nobody misses one that carries nothing any more."""
        if feed not in self.feeds:
            return
        self._cause = cause
        self._unsettle()
        self._around.tell(events.Lost(self.key, cause))
        self._around.tell(events.Retrying(self.key, attempt, seconds))

    def feed_rotated(self, reason: str) -> None:
        """Tell, and let go who waits for it."""
        self._around.tell(events.Rotated(self.key, reason))
        self._look()

    def feed_refused(self, refusal: StreamRefused) -> None:
        """Tell the callback which streams the exchange does not serve."""
        self._around.tell(events.Refused(self.key, refusal.streams, refusal))
        self._say(refused(self.key, refusal))

    def feed_ended(self, feed: Feed, cause: BinanceWsError | None) -> None:
        """The first feed to give up ends the socket: its key is free, its callback hears of it, once."""
        matters = self._carriers.ended(feed)
        if cause is None or not matters or not self._around.release(self.identity, self, cause):
            return
        self._cause, self._over = cause, True
        for other in self._carriers.close():
            other.stop()
        self._settled.set()
        self._around.tell(events.GivenUp(self.key, cause))
        self.target.turnstile.take(self._say_last, last_word(self.key, cause), waits=False)

    def _say_last(self, message: dict[str, Any]) -> None:
        """What came before it has been delivered, and nothing is after it; in the turn."""
        self.target.call(message)
        if self._courier is not None:
            self._courier.mailbox.close()
        if self._ending is not None:
            self._ending()
        self.target.stopping = True

    def _bring(self, message: Any) -> None:
        """Call the user; as long as a mail thread can, it knows the socket, and who closes the manager does."""
        self.target.call_user(message)

    def _say(self, message: dict[str, Any]) -> None:
        """Call the user with a message of ours, in turn with the others."""
        self.target.turnstile.take(self.target.call, message, waits=False)
