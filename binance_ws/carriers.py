"""Which connection of a socket carries which stream, as streams come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from .core.lifecycle import State
from .feed import Feed
from .info import Counts
from .net.timer import Timer
from .streams.kinds import Order, Stream
from .streams.urls import shards
from .target import Target

_WORST_FIRST = (State.CLOSED, State.WAITING, State.NEW, State.CONNECTING, State.OPEN)


class Carriers:
    """The feeds of a socket. It decides; whoever asks starts and stops what he is given.

    Args:
        make: makes a feed for some streams, given its number.
        target: the socket's way to its callback.
        timer: of the manager.
        overlap: seconds for which two connections are heard while streams move from one to the other.

    Attributes:
        feeds: those that carry something, in a tuple that never changes.
    """

    def __init__(
        self, make: Callable[[Sequence[Stream], int], Feed], target: Target, timer: Timer, overlap: float
    ) -> None:
        self.feeds: tuple[Feed, ...] = ()
        self._make = make
        self._target = target
        self._timer = timer
        self._overlap = overlap
        self._number = 0
        self._leaving: tuple[Feed, ...] = ()  # those that carry nothing any more and have not ended yet
        self._past = Counts()
        self._opened = self._closed = False
        # Guards all of the above: streams come and go by any thread, and what is asked of the exchange must come
        # in the order in which it was decided.
        self._lock = threading.Lock()

    # ---- what there is ----------------------------------------------------------------------------------

    @property
    def all(self) -> tuple[Feed, ...]:
        """Every feed that has a connection, those that carry nothing any more as well."""
        with self._lock:
            return self.feeds + self._leaving

    @property
    def state(self) -> State:
        """The state of the connection that is furthest from open; where nothing is carried, none is missing."""
        states = {feed.line.connection.state for feed in self.feeds} or {self._idle}
        return next(state for state in _WORST_FIRST if state in states)

    @property
    def _idle(self) -> State:
        return State.CLOSED if self._closed else State.OPEN if self._opened else State.NEW

    @property
    def settled(self) -> bool:
        """Whether the exchange has answered every request."""
        return all(feed.line.settled for feed in self.feeds)

    def counted(self) -> tuple[tuple[Feed, ...], Counts]:
        """The feeds, and what those have counted that are there no more."""
        with self._lock:
            return self.feeds + self._leaving, self._past

    # ---- what is decided --------------------------------------------------------------------------------

    def begin(self, streams: Sequence[Stream]) -> None:
        """Carry these; none where they are to be found out: one feed waits for them."""
        for group in list(shards(streams)) or [[]]:
            self._add(group)

    def spread(self, streams: Sequence[Stream]) -> Sequence[Feed]:
        """Give what was found out to the feed that waits for it, and each further group a feed of its own."""
        with self._lock:
            first, *others = shards(streams)
            self.feeds[0].streams = first
            self._target.follow(first)
            return self._to_start([self._add(group) for group in others])

    def open(self) -> Sequence[Feed]:
        """The feeds to be started; from now on each is to be started that is new."""
        with self._lock:
            self._opened = True
            return () if self._closed else self.feeds

    def close(self) -> Sequence[Feed]:
        """The feeds to be stopped; from now on none is to be started."""
        with self._lock:
            self._closed = True
            return self.feeds + self._leaving

    def add(self, streams: Sequence[Stream]) -> Sequence[Feed]:
        """Carry more streams: over the connections that have room; the new feeds for the rest, to be started."""
        with self._lock:
            fresh = [stream for stream in streams if stream.name not in self._target.tracks]
            self._target.follow(fresh)
            for feed in self.feeds:
                fitting = dict.fromkeys([stream for stream in fresh if feed.fits(stream)][: feed.room])
                if fitting:
                    feed.add(list(fitting))
                    fresh = [stream for stream in fresh if stream not in fitting]
            return self._to_start([self._add(group) for group in shards(fresh)])

    def _to_start(self, made: Sequence[Feed]) -> Sequence[Feed]:
        return made if self._opened and not self._closed else ()

    def _add(self, streams: Sequence[Stream]) -> Feed:
        self._target.follow(streams)
        feed = self._make(streams, self._number)
        self._number += 1
        self.feeds += (feed,)
        return feed

    def remove(self, streams: Sequence[Stream]) -> Sequence[Feed]:
        """Carry some streams no more; the feeds that are left with none, to be stopped."""
        with self._lock:
            gone, emptied = set(streams), []
            for feed in self.feeds:
                mine = [stream for stream in feed.streams if stream in gone]
                if len(mine) == len(feed.streams):
                    emptied.append(feed)
                elif mine:
                    feed.remove(mine)
            for stream in streams:
                self._target.forget(stream)
            for feed in emptied:
                self._leave(feed)
            self._pack()
            return emptied

    def _leave(self, feed: Feed) -> None:
        self.feeds = tuple(other for other in self.feeds if other is not feed)
        if self._opened:
            self._leaving += (feed,)

    def _pack(self) -> None:
        """Where one connection has room for what another carries, it takes that over and the other is closed.

        For a moment both are heard, so only streams whose order tells what is repeated are moved.
        """
        for feed in sorted(self.feeds, key=lambda feed: len(feed.streams)):
            moved = feed.streams
            others = [o for o in self.feeds if o is not feed and o.fits(moved[0]) and o.room >= len(moved)]
            if others and all(stream.kind.order is not Order.NONE for stream in moved):
                others[0].add(moved)
                self._leave(feed)
                if self._opened:
                    self._timer.after(self._overlap, self._retire, feed)

    def _retire(self, feed: Feed) -> None:
        """Stop a feed as soon as others are heard in its stead; on the timer's thread."""
        if self.state is State.OPEN and self.settled:
            feed.stop()
        elif not self._closed:
            self._timer.after(self._overlap, self._retire, feed)

    def ended(self, feed: Feed) -> bool:
        """A connection of a feed has ended for good; whether that matters."""
        with self._lock:
            if feed in self._leaving and all(c.state is State.CLOSED for c in feed.connections):
                self._leaving = tuple(other for other in self._leaving if other is not feed)
                self._past = self._past.plus(feed)
            return feed in self.feeds
