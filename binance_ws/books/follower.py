"""How one book follows its stream: what it keeps, when it wants a snapshot, how it joins the two.

Everything that changes a follower runs in the turn of its socket, so one thread at a time does; only its end may
come from anywhere, and whatever is under way then changes nothing any more that is seen. Other threads read single
fields. A snapshot is joined with the diffs that were kept beside the old book, and only then takes its place:
readers see the old state, marked stale, or the new one, and nothing in between.
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

_NEW = "it has not had its first snapshot yet"
_MISSING = "changes before the last one are missing"
_USED_UP = "the levels that its snapshot had are used up"

Diff = Mapping[str, Any]


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
        self._told = told
        self._wake = wake
        self._listened = self.wanted = listened
        self.book = self._new_book()
        self.cause: BaseException | None = None
        self.since = time.monotonic()
        self.due = inf
        self.snapshots = 0
        self.settled = threading.Event()
        self.over = threading.Event()
        self.ended = False
        self.heard = self._up = False
        self._fresh = False
        self._reason = _NEW
        self._ending: tuple[str, BaseException | None] = ("", None)
        self._kept: deque[Diff] | None = deque(maxlen=WAITING)
        self._failed = 0

    def _new_book(self) -> OrderBook:
        rule = SPOT if self.stream.market is Market.SPOT else FUTURES
        return OrderBook(self.symbol, rule, self._depth, self.size.limit)

    @property
    def fresh(self) -> bool:
        """Whether the book is up to date."""
        return self._fresh and not self.ended

    @property
    def reason(self) -> str:
        """Why it is not; empty where it is."""
        return self._ending[0] or self._reason

    @property
    def error(self) -> BaseException | None:
        """What went wrong last while it was brought up to date, or why it ended."""
        return self._ending[1] if self.ended else self.cause

    @property
    def why(self) -> str:
        """The reason, and what went wrong last where that does not say it."""
        reason, error = self.reason, self.error
        return reason if error is None or str(error) in reason else f"{reason} ({error})"

    @property
    def urgency(self) -> tuple[bool, float]:
        """Sorts the most urgent book first: one that is waited for, then the one that is stale the longest."""
        return not self.wanted, inf if self.fresh else self.since

    # ---- from the socket --------------------------------------------------------------------------------

    def take(self, diff: Diff) -> None:
        """A message of the stream."""
        if self.ended:
            return
        book = self.book
        verdict = book.apply_diff(diff) if book.synced else None
        if verdict is GAP:
            self._soil(_USED_UP if book.update_id == diff["u"] else _MISSING)
            self._want(0.0)
        elif verdict is APPLIED:
            self._applied(book)
        if (kept := self._kept) is not None:
            self._keep(kept, diff)
        if verdict is APPLIED:
            self._told(News.CHANGED)

    def _applied(self, book: OrderBook) -> None:
        if not self._fresh:
            self._freshen()
        elif book.low:
            self.renew()

    def _keep(self, kept: deque[Diff], diff: Diff) -> None:
        kept.append(diff)
        if not self.heard:
            self.heard = True
            self._want(0.0)

    def opened(self) -> None:
        """The connection is open and is asked, or has been asked, to carry the stream: give it some time."""
        self._up, self.heard = True, False
        if not self.fresh and not self.ended:
            self._want(PATIENCE)

    def lost(self, reason: str = "its connection is lost", cause: BaseException | None = None) -> None:
        """The connection is lost, or nobody knows what it has lost."""
        self._up, self.due = False, inf
        self.cause = cause or self.cause
        self._soil(reason)

    # ---- from the desk, in the turn ---------------------------------------------------------------------

    def hindered(self, cause: BaseException) -> None:
        """It cannot have a snapshot now, should it want one."""
        if not self.fresh:
            self.cause = cause

    def begin(self) -> None:
        """A snapshot is about to be asked for: keep every diff from here on."""
        self.due = inf
        if self._kept is not None:
            self._kept = deque(self._kept, maxlen=ASKED)

    def wait(self, cause: BaseException | None = None) -> None:
        """There was no snapshot that fits: ask for one again, sooner or later."""
        if self._kept is not None:
            self._failed += 1
            self._again(min(_PAUSE * 2**self._failed, _LONGEST_PAUSE), cause)

    def postpone(self, cause: BaseException | None = None) -> None:
        """It was not its turn yet."""
        self._again(0.0, cause)

    def _again(self, seconds: float, cause: BaseException | None) -> None:
        if self._kept is not None and not self.ended:
            self._kept = deque(self._kept, maxlen=WAITING)
            self.cause = cause
            if self._up:
                self._want(seconds)

    def join(self, snapshot: Mapping[str, Any]) -> None:
        """Begin anew from a snapshot and the diffs that were kept, if they meet."""
        if self._kept is None or self.ended or not self._up:
            return
        book = self._new_book()
        try:
            book.apply_snapshot(snapshot)
            meets = all(book.apply_diff(diff) is not GAP for diff in self._kept)
        # The exchange, or somebody on the way, sent rubbish.
        except (KeyError, TypeError, ValueError) as error:
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
        if not self._fresh:
            self._fresh, self._reason = True, ""
            self.settled.set()
            self._told(News.SYNCED)

    def _soil(self, reason: str) -> None:
        if not self._fresh or self.ended:
            return
        self._fresh, self._reason, self.since = False, reason, time.monotonic()
        self._kept = deque(maxlen=WAITING) if self._kept is None else self._kept
        self.settled.clear()
        if self.ended:  # meanwhile: nobody may wait for more
            self.settled.set()
        self._told(News.STALE)

    # ---- its end, on any thread -------------------------------------------------------------------------

    def end(self, reason: str, cause: BaseException | None = None) -> None:
        """Follow no more; a cause means that nobody wanted that."""
        if self.ended:
            return
        self._ending = (reason, cause)
        self.ended, self.due = True, inf
        self.settled.set()
        self.over.set()
        self._told(News.ENDED)

    def disown(self, reason: str) -> None:
        """In a forked child: it is not kept up to date there."""
        self._fresh, self._reason = False, reason
