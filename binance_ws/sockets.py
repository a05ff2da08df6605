"""A socket: what one key names. Its streams, the connections that they take, its callback, its numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import events
from .core.lifecycle import State
from .errors import ArgumentError, BinanceWsError, NotConnected, StreamRefused
from .feed import Feed
from .handle import Handle
from .info import SocketInfo, describe
from .means import Means
from .net.connection import Connection
from .net.mailbox import Courier, Mailbox
from .net.turnstile import Turnstile
from .plans import Plan, classified
from .streams.kinds import Order, Stream
from .streams.urls import shards
from .target import Callback, Repair, Target

GAVE_UP = "Max reconnect retries reached"


@dataclass(frozen=True)
class Surroundings:
    """What a socket needs of its manager.

    Args:
        means: what its feeds work with.
        url: the URL for some streams, and whether their messages come wrapped from there.
        release: frees a socket's key; whether the key was still its own.
        tell: gives an event to ``on_event``.
        turnstile: shared by all sockets of a manager that serializes callbacks.
        repair: fills gaps; ``None`` where they stay.
        limit: messages that may wait for a gap to be filled.
    """

    means: Means
    url: Callable[[Sequence[Stream], bool], str]
    release: Callable[[str, Handle], bool]
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
        groups: list[list[Stream]] = [[]] if callable(streams) else list(shards(streams))
        self._combined = shape.wrapped or self._find is not None or sum(map(len, groups)) > 1
        self._all: list[Feed] = []  # those that carry nothing any more as well
        self._over = False
        self._settled = threading.Event()
        self.opened = 0.0
        self._cause: BinanceWsError | None = None
        self._courier: Courier | None = None
        self._box = box
        if box is not None and ending is None:
            self._courier = Courier(f"binance_ws {plan.path} mail", box, self.target.call_user)
            self.target.deliver_to(box.put)
        self.feeds = [self._feed(group, number) for number, group in enumerate(groups)]

    def _feed(self, streams: Sequence[Stream], number: int) -> Feed:
        name = f"binance_ws {self.key}" + (f" {number + 1}" if number else "")
        self.target.follow(streams)
        self._all.append(Feed(name, self, streams, self.target, self._combined, self._around.means))
        return self._all[-1]

    @property
    def key(self) -> str:
        """What the user calls it."""
        return self.target.key

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads of its connections."""
        return [c.thread for c in self._connections()] + ([self._courier.thread] if self._courier else [])

    def _connections(self) -> list[Connection]:
        return [connection for feed in list(self._all) for connection in feed.connections]

    # ---- what the manager asks --------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to connect."""
        if self._courier is not None:
            self._courier.start()
        for feed in list(self.feeds):
            feed.start()

    def hang_up(self, cause: BinanceWsError) -> None:
        """End the present connections; they open again."""
        for connection in self._connections():
            connection.hang_up(cause)

    def stop(self) -> None:
        """Hang up and call no more; returns at once."""
        self.target.stopping = True
        for feed in list(self.feeds):
            feed.stop()
        self._end()
        self._settled.set()
        over, self._over = self._over, True
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
        if not self._combined or self._find is not None:
            raise ArgumentError(
                f"{self.key} carries one stream; start a multiplex socket to change its streams"
            )
        known = self.target.tracks
        fresh = [s for s in classified(streams, self._market) if s.name not in known]
        self.target.follow(fresh)
        for feed in list(self.feeds):
            fitting = [s for s in fresh if feed.fits(s)][: feed.room]
            if fitting:
                feed.add(fitting)
                fresh = [s for s in fresh if s not in fitting]
        for group in shards(fresh):
            feed = self._feed(group, len(self.feeds))
            self.feeds.append(feed)
            feed.start()

    def remove(self, streams: Iterable[Stream | str]) -> None:
        """Carry some streams no more; a connection that has emptied is closed."""
        gone = classified(streams, self._market)
        for feed in list(self.feeds):
            mine = [s for s in gone if s in feed.streams]
            if mine and len(mine) == len(feed.streams) and len(self.feeds) > 1:
                self.feeds.remove(feed)
                feed.stop()
            elif mine:
                feed.remove(mine)
        for stream in gone:
            self.target.forget(stream)
        self._pack()

    def _pack(self) -> None:
        """Where one connection has room for what another carries, it takes that over and the other is closed.

        For a moment both are heard, so only streams whose order tells what is repeated are moved.
        """
        for feed in sorted(self.feeds, key=lambda feed: len(feed.streams)):
            moved = feed.streams
            others = [o for o in self.feeds if o is not feed and o.fits(moved[0]) and o.room >= len(moved)]
            if others and all(stream.kind.order is not Order.NONE for stream in moved):
                others[0].add(moved)
                self.feeds.remove(feed)
                self._around.means.timer.after(self._around.means.overlap, feed.stop)

    def wait_open(self, timeout: float | None) -> None:
        """Wait until all its connections are open.

        Raises:
            NotConnected: they are not in time, or never will be; the cause of the last failure is its cause.
        """
        self._settled.wait(timeout)
        if self.state is not State.OPEN:
            why = f": {self._cause}" if self._cause else ""
            raise NotConnected(f"{self.key} is not connected{why}") from self._cause

    @property
    def state(self) -> State:
        """The state of the connection that is furthest from open."""
        states = {feed.line.connection.state for feed in self.feeds}
        return next(state for state in _WORST_FIRST if state in states)

    def info(self) -> SocketInfo:
        """A snapshot of its numbers."""
        return describe(self.key, self._market.value, self.state, list(self._all), self.target, self._box)

    # ---- what its feeds tell, each on its own thread ----------------------------------------------------

    def url_of(self, feed: Feed) -> str:
        """The URL of a feed's next attempt; the first one finds out the streams where they are not known."""
        if self._find is not None:
            self._spread(list(shards(self._find())))
            self._find = None
        return self._around.url(feed.streams, self._combined)

    def _spread(self, groups: list[list[Stream]]) -> None:
        """Give the first feed its streams and each further group a feed of its own."""
        self.feeds[0].streams = groups[0]
        self.target.follow(groups[0])
        for number, group in enumerate(groups[1:], 1):
            feed = self._feed(group, number)
            self.feeds.append(feed)
            feed.start()
            if self.target.stopping:
                feed.stop()

    def feed_opened(self, feed: Feed) -> None:
        """Tell, and let go who waits for it."""
        self.opened = time.monotonic()
        self._around.tell(events.Connected(self.key, len(feed.streams)))
        if self.state is State.OPEN:
            self._settled.set()

    def feed_lost(self, feed: Feed, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Tell, and let those wait who wait for it."""
        self._cause = cause
        self._settled.clear()
        self._around.tell(events.Lost(self.key, cause))
        self._around.tell(events.Retrying(self.key, attempt, seconds))

    def feed_rotated(self, reason: str) -> None:
        """Tell."""
        self._around.tell(events.Rotated(self.key, reason))

    def feed_refused(self, refusal: StreamRefused) -> None:
        """Tell the callback which streams the exchange does not serve."""
        self._around.tell(events.Refused(self.key, refusal.streams, refusal))
        self._say({"e": "error", "m": str(refusal), "key": self.key, "streams": list(refusal.streams)})

    def feed_ended(self, feed: Feed, cause: BinanceWsError | None) -> None:
        """The first feed to give up ends the socket: its key is free, its callback hears of it, once."""
        if cause is None or not self._around.release(self.identity, self):
            return
        self._cause, self._over = cause, True
        for other in self.feeds:
            if other is not feed:
                other.stop()
        self._settled.set()
        retryable = getattr(cause.__cause__ or cause, "retryable", True)
        self._around.tell(events.GivenUp(self.key, cause))
        text = GAVE_UP if retryable else str(cause)
        self._say({"e": "error", "m": text, "key": self.key, "cause": str(cause)})
        if self._ending is not None:
            self._ending()

    def _say(self, message: dict[str, Any]) -> None:
        """Call the user with a message of ours, in turn with the others."""
        self.target.turnstile.take(self.target.call, message)


_WORST_FIRST = (State.CLOSED, State.WAITING, State.NEW, State.CONNECTING, State.OPEN)
