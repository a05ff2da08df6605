"""A socket: what one key names. Its streams, the connections that they take, its callback, its numbers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import events
from .core.lifecycle import State
from .errors import BinanceWsError, NotConnected, StreamRefused
from .feed import Feed
from .means import Means
from .net.connection import Connection
from .net.turnstile import Turnstile
from .streams.kinds import Stream
from .streams.urls import shards
from .target import Callback, Repair, Shape, Target

log = logging.getLogger(__name__)

GAVE_UP = "Max reconnect retries reached"


@dataclass(frozen=True)
class SocketInfo:
    """A snapshot of one socket.

    Args:
        key: its key.
        state: ``new``, ``connecting``, ``open``, ``waiting`` or ``closed``; of the worst of its connections.
        streams: how many streams it carries.
        messages: messages received.
        bytes: bytes received, frames' headers included.
        last: seconds since something came, pings included; ``None`` where nothing has.
        lag: milliseconds from the last message's event time to now by this machine's clock; ``None`` where
            messages carry no time.
        reconnects: times that a connection was lost, or could not be opened.
        rotations: times that a connection was replaced without a gap.
        gaps: gaps in the order of messages that were noticed.
        backfilled: messages that were missing and have been fetched.
        repeated: messages that had been delivered before, and were dropped.
        malformed: messages that were no JSON.
        errors: exceptions that the callback raised.
        ages: for each stream, seconds since it sent something; ``None`` where it has not.
    """

    key: str
    state: State
    streams: int
    messages: int
    bytes: int
    last: float | None
    lag: float | None
    reconnects: int
    rotations: int
    gaps: int
    backfilled: int
    repeated: int
    malformed: int
    errors: int
    ages: dict[str, float | None]


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
    release: Callable[[str, Socket], bool]
    tell: Callable[[events.Event], None]
    turnstile: Turnstile | None = None
    repair: Repair | None = None
    limit: int = 10_000


class Socket:
    """The connections behind one key.

    Args:
        identity: its market and path, by which the registry knows it.
        key: its key.
        streams: its streams, or a function that finds them out on the socket's own thread before it connects.
        callback: the user's function.
        shape: what the callback gets.
        around: what it needs of its manager.
    """

    def __init__(
        self,
        identity: str,
        key: str,
        streams: Sequence[Stream] | Callable[[], Sequence[Stream]],
        callback: Callback,
        shape: Shape,
        around: Surroundings,
    ) -> None:
        self.identity = identity
        self.target = Target(
            key,
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
        self._settled = threading.Event()
        self.opened = 0.0
        self._cause: BinanceWsError | None = None
        self.feeds = [self._feed(group, number) for number, group in enumerate(groups)]

    def _feed(self, streams: Sequence[Stream], number: int) -> Feed:
        name = f"binance_ws {self.key}" + (f" {number + 1}" if number else "")
        self.target.follow(streams)
        return Feed(name, self, streams, self.target, self._combined, self._around.means)

    @property
    def key(self) -> str:
        """What the user calls it."""
        return self.target.key

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads of its connections."""
        return [connection.thread for connection in self._connections()]

    def _connections(self) -> list[Connection]:
        return [connection for feed in list(self.feeds) for connection in feed.connections]

    # ---- what the manager asks --------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to connect."""
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
        self._settled.set()

    def join(self, deadline: float) -> list[threading.Thread]:
        """Wait for its threads until a moment of the monotonic clock; those that are left."""
        late = [c for c in self._connections() if not c.join(max(0.0, deadline - time.monotonic()))]
        return [connection.thread for connection in late]

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
        feeds, tracks, now = list(self.feeds), list(self.target.tracks.values()), time.monotonic()
        heard = [c.last for c in self._connections() if c.last is not None]
        lags = [lag for feed in feeds if (lag := _lag(feed.delivery.last)) is not None]
        return SocketInfo(
            key=self.key,
            state=self.state,
            streams=len(tracks),
            messages=sum(feed.delivery.messages for feed in feeds),
            bytes=sum(feed.received for feed in feeds),
            last=now - max(heard) if heard else None,
            lag=min(lags, default=None),
            reconnects=sum(feed.reconnects for feed in feeds),
            rotations=sum(feed.rotations for feed in feeds),
            gaps=sum(track.gaps for track in tracks),
            backfilled=sum(track.backfilled for track in tracks),
            repeated=sum(track.repeated for track in tracks),
            malformed=sum(feed.delivery.malformed for feed in feeds),
            errors=self.target.errors,
            ages={t.stream.name: None if t.seen is None else now - t.seen for t in tracks},
        )

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
        log.info("%s is connected", self.key)
        self._around.tell(events.Connected(self.key, len(feed.streams)))
        if self.state is State.OPEN:
            self._settled.set()

    def feed_lost(self, feed: Feed, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Log the cause and tell."""
        self._cause = cause
        self._settled.clear()
        log.warning("%s: %s; attempt %d in %.1f s", self.key, cause, attempt + 1, seconds)
        self._around.tell(events.Lost(self.key, cause))
        self._around.tell(events.Retrying(self.key, attempt, seconds))

    def feed_rotated(self, reason: str) -> None:
        """Tell."""
        self._around.tell(events.Rotated(self.key, reason))

    def feed_refused(self, refusal: StreamRefused) -> None:
        """Tell the callback which streams the exchange does not serve."""
        log.error("%s: %s", self.key, refusal)
        self._around.tell(events.Refused(self.key, refusal.streams, refusal))
        self._say({"e": "error", "m": str(refusal), "key": self.key, "streams": list(refusal.streams)})

    def feed_ended(self, feed: Feed, cause: BinanceWsError | None) -> None:
        """The first feed to give up ends the socket: its key is free, its callback hears of it, once."""
        if cause is None or not self._around.release(self.identity, self):
            return
        self._cause = cause
        for other in self.feeds:
            if other is not feed:
                other.stop()
        self._settled.set()
        retryable = getattr(cause.__cause__ or cause, "retryable", True)
        log.error("%s is given up: %s", self.key, cause)
        self._around.tell(events.GivenUp(self.key, cause))
        text = GAVE_UP if retryable else str(cause)
        self._say({"e": "error", "m": text, "key": self.key, "cause": str(cause)})

    def _say(self, message: dict[str, Any]) -> None:
        """Call the user with a message of ours, in turn with the others."""
        self.target.turnstile.take(self.target.call, message)


_WORST_FIRST = (State.CLOSED, State.WAITING, State.NEW, State.CONNECTING, State.OPEN)


def _lag(message: Any) -> float | None:
    """Milliseconds since a message's event time, in either unit; ``None`` where it has none."""
    newest = message[-1] if isinstance(message, list) and message else message
    data = newest.get("data", newest) if isinstance(newest, dict) else None
    event = data.get("E") if isinstance(data, dict) else None
    if not isinstance(event, int):
        return None
    return time.time() * 1000 - (event / 1000 if event > 10**14 else event)
