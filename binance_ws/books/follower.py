"""How one book follows its stream: what it keeps, when it wants a snapshot, how it joins the two.

Everything that changes a follower runs in the turn of its socket, so one thread at a time does. Other threads
read single fields. A snapshot is joined with the diffs that were kept beside the old book, and only then takes its
place: readers see the old state, marked stale, or the new one, and nothing in between.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum
from math import inf
from typing import Any

from ..core.orderbook import APPLIED, FUTURES, GAP, SPOT, OrderBook
from ..core.snapshots import size_for
from ..enums import Market
from ..streams.kinds import Stream

WAITING = 20
"""Diffs that are kept until a snapshot is asked for: the exchange may answer with one that is a little old."""

ASKED = 1000
"""Diffs that are kept while the exchange is asked: more than come in the time that an answer may take."""

PATIENCE = 2.0
"""Seconds that the first diff of a connection may take before a snapshot is asked for without it."""

_PAUSE, _LONGEST_PAUSE = 0.25, 30.0


class News(Enum):
    """What happened to a book."""

    CHANGED = "changed"
    SYNCED = "synced"
    STALE = "stale"
    ENDED = "ended"


class Follower:
    """One book and the stream that it follows.

    Args:
        stream: the diffs.
        depth: levels that the book shows; ``None`` for all.
        told: is called with what happened, in the turn.
        wake: is called when it may want a snapshot.
        listened: whether somebody waits for each change.
    """

    def __init__(
        self,
        stream: Stream,
        depth: int | None,
        told: Callable[[News], None],
        wake: Callable[[], None],
        listened: bool,
    ) -> None:
        self.stream = stream
        self.symbol = stream.symbol.upper()
        self.size = size_for(stream.market, depth)
        self._depth = depth
        self._rule = SPOT if stream.market is Market.SPOT else FUTURES
        self._told = told
        self._wake = wake
        self._listened = self.wanted = listened
        self.book = OrderBook(self.symbol, self._rule, depth)
        self.fresh = False
        self.reason = "it has not had its first snapshot yet"
        self.cause: BaseException | None = None
        self.since = time.monotonic()
        self.due = inf
        self.snapshots = 0
        self.settled = threading.Event()
        self.over = threading.Event()
        self.ended = False
        self._kept: deque[Mapping[str, Any]] | None = deque(maxlen=WAITING)
        self.heard = self._up = False
        self._failed = 0

    @property
    def urgency(self) -> tuple[bool, float]:
        """Sorts the most urgent book first: one that is waited for, then the one that is stale the longest."""
        return not self.wanted, inf if self.fresh else self.since

    # ---- from the socket --------------------------------------------------------------------------------

    def take(self, diff: Mapping[str, Any]) -> None:
        """A message of the stream."""
        if self.ended:
            return
        verdict = self.book.apply_diff(diff) if self.book.synced else None
        if verdict is GAP:
            self._soil("changes before the last one are missing")
            self._want(0.0)
        elif verdict is APPLIED and not self.fresh:
            self._freshen()
        if self._kept is not None:
            self._keep(diff)
        if verdict is APPLIED:
            self._told(News.CHANGED)

    def _keep(self, diff: Mapping[str, Any]) -> None:
        assert self._kept is not None
        self._kept.append(diff)
        if not self.heard:
            self.heard = True
            self._want(0.0)

    def opened(self) -> None:
        """The connection is open and is asked, or has been asked, to carry the stream: give it some time."""
        self._up, self.heard = True, False
        if not self.fresh and not self.ended:
            self._want(PATIENCE)

    def lost(self, reason: str = "its connection is lost") -> None:
        """The connection is lost, or nobody knows what it has lost."""
        self._up, self.due = False, inf
        if not self.ended:
            self._soil(reason)

    # ---- from the worker, in the turn -------------------------------------------------------------------

    def begin(self) -> None:
        """A snapshot is about to be asked for: keep every diff from here on."""
        self.due = inf
        if self._kept is not None:
            self._kept = deque(self._kept, maxlen=ASKED)

    def wait(self, cause: BaseException | None = None) -> None:
        """There was no snapshot that fits: ask for one again, sooner or later."""
        if self._kept is None or self.ended:
            return
        self._kept = deque(self._kept, maxlen=WAITING)
        self._failed += 1
        self.cause = cause
        if self._up:
            self._want(min(_PAUSE * 2**self._failed, _LONGEST_PAUSE))

    def postpone(self) -> None:
        """It was not its turn yet."""
        if self._kept is not None and not self.ended:
            self._kept = deque(self._kept, maxlen=WAITING)
            self.due = time.monotonic() if self._up else inf

    def join(self, snapshot: Mapping[str, Any]) -> None:
        """Begin anew from a snapshot and the diffs that were kept, if they meet."""
        if self._kept is None or self.ended or not self._up:
            return
        try:
            book = OrderBook(self.symbol, self._rule, self._depth)
            book.apply_snapshot(snapshot)
            meets = all(book.apply_diff(diff) is not GAP for diff in self._kept)
        except (
            KeyError,
            TypeError,
            ValueError,
        ) as error:  # the exchange, or somebody on the way, sent rubbish
            self.wait(error)
            return
        if meets and not (self.fresh and book.update_id < self.book.update_id):
            self.snapshots += 1
            self._freshen(book)
            self._told(News.CHANGED)
        else:
            self.wait()

    def renew(self) -> None:
        """Have a snapshot take the place of the book while it goes on."""
        if self.fresh and self._kept is None:
            self._kept, self.heard = deque(maxlen=WAITING), True
            self._want(0.0)

    def end(self, reason: str, cause: BaseException | None = None) -> None:
        """Follow no more; a cause means that nobody wanted that."""
        if self.ended:
            return
        self.ended, self.fresh, self.due = True, False, inf
        self.reason, self.cause = reason, cause
        self._kept = None
        self.settled.set()
        self.over.set()
        self._told(News.ENDED)

    # ---- how it changes ---------------------------------------------------------------------------------

    def _want(self, seconds: float) -> None:
        """Want a snapshot, not before some seconds from now."""
        self.due = time.monotonic() + seconds
        self._wake()

    def _freshen(self, book: OrderBook | None = None) -> None:
        if book is not None:
            self.book = book
        self._kept, self.due, self._failed, self.cause = None, inf, 0, None
        self.wanted = self._listened
        if not self.fresh:
            self.fresh, self.reason = True, ""
            self.settled.set()
            self._told(News.SYNCED)

    def _soil(self, reason: str) -> None:
        if self.fresh:
            self.fresh, self.reason, self.since = False, reason, time.monotonic()
            self._kept = deque(maxlen=WAITING) if self._kept is None else self._kept
            self.settled.clear()
            self._told(News.STALE)
