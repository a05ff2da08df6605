"""Keeps the books of a manager: one thread a run opens their sockets and sees to their snapshots.

The most urgent book's is asked for first, and where the exchange's request weight is used up all wait. So any
number of books come up as fast as the weight allows, and no faster.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from math import inf

from ..client import Client
from ..core.given import whole
from ..enums import Market
from ..errors import ArgumentError
from ..net.shift import Shift
from ..sockets import Surroundings
from ..streams import names
from ..target import check_callable
from .book import Book
from .desk import Desk
from .group import Claim, Group

log = logging.getLogger(__name__)

_PAUSE_AFTER_ERROR = 1.0


class Books:
    """The books of a manager; from any thread.

    Args:
        client: asks for snapshots.
        around: what sockets need of the manager.
        claim: enters a socket: its key and whether to connect it at once.
    """

    def __init__(self, client: Client, around: Surroundings, claim: Claim) -> None:
        self._client = client
        self._around = around
        self._claim = claim
        self._open: dict[object, Book] = {}
        self._shift: Shift[Book] | None = None
        self._numbers = itertools.count(1)

    def start(
        self,
        symbol: str,
        callback: Callable[[Book], object] | None,
        market: Market | str,
        depth: int | None,
        speed: int | str | None,
        stale_ok: bool,
    ) -> Book:
        """Open a book.

        Raises:
            ArgumentError: an argument cannot be used, or the book is open already.
        """
        if callback is not None:
            check_callable(callback, "book")
        if depth is not None:
            whole("depth", depth, "levels", otherwise="None for all")
        stream = names.depth(symbol, speed, market)
        self._client.environment.hosts(stream.market)
        book = Book(stream, depth, callback, stale_ok, self)
        if self._open.setdefault(stream, book) is not book:
            raise ArgumentError(f"the book of {stream} is open already; its close() frees it")
        self.look_at(book)
        return book

    def open(self, owner: object) -> None:
        """Bring up the books, on behalf of a run."""
        self._shift = Shift(owner, "binance_ws books")
        for book in list(self._open.values()):
            self.look_at(book)

    def close(self, owner: object) -> threading.Thread | None:
        """End every book, unless another run has begun; the thread to join, if one runs."""
        shift = self._shift
        if shift is None or shift.owner is not owner:
            return None
        for book in list(self._open.values()):
            book.close()
        return shift.end()

    def forget(self) -> None:
        """In a forked child: no book is kept up to date any more."""
        self._shift = None
        for book in list(self._open.values()):
            book.follower.disown("this process was forked; open a book of its own")

    def all(self) -> list[Book]:
        """Every open book."""
        return list(self._open.values())

    # ---- what a book asks -------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether books are being kept up to date."""
        return self._shift is not None and not self._shift.over.is_set()

    def free(self, book: Book) -> None:
        """The book is closed: another one of its stream may be opened."""
        if self._open.get(book.follower.stream) is book:
            self._open.pop(book.follower.stream, None)
        self.look_at(book)

    def look_at(self, book: Book) -> None:
        """Have the thread look at a book."""
        shift = self._shift
        if shift is not None and not shift.over.is_set():
            shift.jobs.put(book)
            shift.begin(self._work)

    def _work(self, shift: Shift[Book]) -> None:
        def group(market: Market) -> Group:
            wanted = lambda: not shift.over.is_set()  # noqa: E731
            return Group(market, next(self._numbers), self._around, self._claim, wanted)

        desk = Desk(self._client.get, group, shift.aside, lambda: shift.jobs.put(None))
        while not shift.over.is_set():
            try:
                desk.look_at(_taken(shift, desk.rest()))
                desk.ask_next()
            except Exception:
                log.exception("a book could not be brought up")
                shift.over.wait(_PAUSE_AFTER_ERROR)
        shift.rest()


def _taken(shift: Shift[Book], seconds: float) -> list[Book]:
    """The books to look at, waited for."""
    found: list[Book | None] = []
    wait: float | None = None if seconds == inf else seconds
    try:
        found.append(shift.jobs.get(timeout=wait))
        while not shift.jobs.empty():
            found.append(shift.jobs.get(block=False))
    except queue.Empty:
        pass
    return [book for book in dict.fromkeys(found) if book is not None]
