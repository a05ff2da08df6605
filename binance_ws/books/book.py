"""The handle of a local order book: what users read, wait for, and close."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from .. import events
from ..core.levels import Best, BookSnapshot
from ..core.orderbook import OrderBook
from ..core.reading import Readable
from ..enums import Market
from ..errors import Closed, NotConnected, StaleBook
from ..streams.kinds import Stream
from . import show
from .follower import Follower, News
from .group import Group

if TYPE_CHECKING:
    from ..notebook.view import View


class Home(Protocol):
    """What keeps a book."""

    @property
    def running(self) -> bool:
        """Whether books are being kept up to date."""

    def look_at(self, book: Book) -> None:
        """Have the thread look at a book."""

    def free(self, book: Book) -> None:
        """The book is closed."""


class Book(Readable):
    """A local order book that follows the exchange; made by ``manager.start_order_book``.

    Reading is safe from any thread, gives the book of one moment, never waits for the socket, and the socket never
    waits for it. Prices and quantities are the exchange's own text unless a method says otherwise. While the book
    is not up to date, every read raises :class:`StaleBook`; with ``stale_ok`` the last state is read, which is
    empty before the first snapshot. Works in ``with``.
    """

    def __init__(
        self,
        stream: Stream,
        depth: int | None,
        callback: Callable[[Book], object] | None,
        stale_ok: bool,
        home: Home,
    ) -> None:
        self.depth = depth
        self.stale_ok = stale_ok
        self.group: Group | None = None
        self.placed = threading.Event()  # it has a group, or never will
        self._callback = callback
        self._home = home
        listened = callback is not None
        self.follower = Follower(stream, depth, self._told, lambda: home.look_at(self), listened)

    # ---- what it is -------------------------------------------------------------------------------------

    @property
    def symbol(self) -> str:
        """The symbol, in upper case."""
        return self.follower.symbol

    @property
    def market(self) -> Market:
        """The market."""
        return self.follower.stream.market

    @property
    def stale(self) -> bool:
        """Whether it is not up to date: not yet, not while it catches up, or, once it is closed, no more."""
        return not self.follower.fresh

    @property
    def closed(self) -> bool:
        """Whether it follows the exchange no more."""
        return self.follower.ended

    @property
    def reason(self) -> str:
        """Why it is stale; empty where it is not."""
        return self.follower.reason

    @property
    def error(self) -> BaseException | None:
        """What went wrong last while it was brought up to date; ``None`` where nothing did."""
        return self.follower.error

    @property
    def snapshots(self) -> int:
        """How many snapshots of the exchange it has been built from: one, and one more for each gap."""
        return self.follower.snapshots

    @property
    def update_id(self) -> int:
        """The last update that it contains; 0 before the first snapshot."""
        return self.follower.book.update_id

    @property
    def time(self) -> int | None:
        """The exchange's time of that update, in ms or the client's unit; ``None`` where it did not tell."""
        return self.follower.book.time

    def wait_ready(self, timeout: float | None = None) -> Book:
        """Wait until it is up to date; the book itself.

        Args:
            timeout: seconds; ``None`` for as long as it takes.

        Raises:
            NotConnected: it is not in time, is closed, or the manager is not started, or this is called inside a
                callback that holds the book up; what went wrong last is the ``__cause__``.
        """
        follower = self.follower
        if not follower.ended and not self._home.running:
            raise NotConnected("the manager is not started: call start() first")
        follower.wanted = True
        until = None if timeout is None else time.monotonic() + timeout
        self.placed.wait(timeout)
        group = self.group
        if group is not None and group.has_turn and not follower.settled.is_set():
            raise NotConnected(f"the book of {self.symbol} cannot become ready before this callback returns")
        left = None if until is None else max(0.0, until - time.monotonic())
        if follower.settled.wait(left) and not follower.ended:
            return self
        raise NotConnected(f"the book of {self.symbol} is not ready: {follower.why}") from self.error

    def refresh(self) -> None:
        """Have a new snapshot take its place; it goes on meanwhile, and is not stale."""
        group = self.group
        if group is not None:
            group.turn(lambda _: self.follower.renew(), None)

    def close(self) -> None:
        """Follow the exchange no more; from any thread, any number of times."""
        self._callback = None
        self.follower.end("it was closed", Closed(f"the book of {self.symbol} was closed"))

    def fail(self, error: BaseException) -> None:
        """The exchange has no such book: end it."""
        self.follower.end(f"the exchange does not give it: {error}", error)

    # ---- reading ----------------------------------------------------------------------------------------

    def _now(self) -> OrderBook:
        follower = self.follower
        if not (follower.fresh or self.stale_ok):
            follower.wanted = True
            raise StaleBook(f"the book of {self.symbol} is stale: {follower.why}") from self.error
        return follower.book

    def best(self) -> Best:
        """The best bid and ask."""
        return self._now().best()

    def top(self, count: int) -> BookSnapshot:
        """The best levels of both sides, of one moment; no more than ``depth``."""
        return self._now().top(count)

    def snapshot(self) -> BookSnapshot:
        """All levels of both sides, of one moment; it never changes."""
        return self._now().snapshot()

    # ---- showing ----------------------------------------------------------------------------------------

    def to_frame(self, count: int | None = None) -> Any:
        """A data frame of pandas or, where that is not installed, of polars: ``side``, ``price``, ``quantity``.

        Args:
            count: levels of each side, the best first; ``None`` for all.

        Raises:
            MissingExtra: neither is installed.
        """
        now = self._now()
        return show.frame(now.snapshot() if count is None else now.top(count))

    def watch(self, levels: int = 10, seconds: float | None = None, every: float = 0.25) -> View | None:
        """Show the best levels live: in a notebook as a widget, which does not block and is the value of the call;
        elsewhere as text, until it is interrupted or closed.

        Args:
            levels: of each side.
            seconds: how long; ``None`` for as long as the book is not closed.
            every: seconds between two looks.

        Raises:
            MissingExtra: it is a notebook, and anywidget is not installed.
        """
        return show.watch(self, levels, seconds, every)

    def _repr_html_(self) -> str:
        return show.html(self, 10)

    def __repr__(self) -> str:
        state = "closed" if self.closed else "stale" if self.stale else "up to date"
        return f"<Book {self.symbol} {self.market} {state}, update {self.update_id}>"

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # ---- in the turn ------------------------------------------------------------------------------------

    def _told(self, news: News) -> None:
        group, stream = self.group, self.follower.stream.name
        if news is News.ENDED:
            self.placed.set()
            self._home.free(self)
        elif group is not None and news is News.SYNCED:
            group.told(events.BookSynced, stream, self.update_id)
        elif group is not None and news is News.STALE:
            group.told(events.BookStale, stream, self.reason)
        callback = self._callback
        if callback is None or group is None or news is News.SYNCED:
            return
        if news is News.ENDED and self.error is None:
            return
        try:
            callback(self)
        except BaseException:
            group.raised()
