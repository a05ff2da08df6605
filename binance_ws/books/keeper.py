"""Keeps the books of a manager: one thread a run opens their sockets and asks for their snapshots.

It asks one snapshot after the other, the most urgent book's first, and rests where the exchange's request weight
is used up. So any number of books come up as fast as the weight allows, and no faster.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from typing import Any

from ..client import Client
from ..enums import Market
from ..errors import ApiError, ArgumentError, BinanceWsError, RateLimited
from ..net.shift import Shift
from ..sockets import Surroundings
from ..streams import names
from ..target import check_callable
from .book import Book
from .group import Claim, Group

log = logging.getLogger(__name__)

Ask = Callable[..., Any]


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
            check_callable(callback)
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
            book.follower.fresh, book.follower.reason = (
                False,
                "this process was forked; open a book of its own",
            )

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

        desk = Desk(self._client.get, group)
        while not shift.over.is_set():
            try:
                desk.look_at(_taken(shift, desk.rest()))
                desk.ask_next()
            except Exception:
                log.exception("a book could not be brought up")


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


class Desk:
    """What is done for the books of one run, all of it by one thread.

    Args:
        ask: one REST call: path, market, weight and parameters; raises where the budget is used up.
        group: makes a group of a market.
    """

    def __init__(self, ask: Ask, group: Callable[[Market], Group]) -> None:
        self._ask = ask
        self._new_group = group
        self._groups: list[Group] = []
        self._placed: dict[Book, Group] = {}
        self._blocked: dict[Market, float] = {}

    def look_at(self, books: Iterable[Book]) -> None:
        """Open those that are new, and leave those that are closed."""
        self._groups = [group for group in self._groups if not group.ended]
        new: dict[Market, list[Book]] = {}
        for book in books:
            if book.follower.ended:
                self._leave(book)
            elif book not in self._placed:
                new.setdefault(book.follower.stream.market, []).append(book)
        for market, found in new.items():
            self._place(market, found)

    def _leave(self, book: Book) -> None:
        group = self._placed.pop(book, None)
        if group is not None:
            group.remove(book.follower)

    def _place(self, market: Market, books: list[Book]) -> None:
        while books:
            group = next((g for g in self._groups if g.market is market and g.room > 0), None)
            if group is None:
                group = self._new_group(market)
                self._groups.append(group)
            placed, books = books[: group.room], books[group.room :]
            for book in placed:
                self._placed[book] = book.group = group
            group.add([book.follower for book in placed])

    def rest(self) -> float:
        """Seconds until there is something to ask; 0 where there is."""
        moments = (max(b.follower.due, self._blocked.get(g.market, 0.0)) for b, g in self._placed.items())
        return max(0.0, min(moments, default=inf) - time.monotonic())

    def ask_next(self) -> None:
        """Ask for the snapshot of the most urgent book, if one may be asked for now."""
        now = time.monotonic()
        due = [
            book
            for book, group in self._placed.items()
            if book.follower.due <= now and self._blocked.get(group.market, 0.0) <= now
        ]
        if due:
            book = min(due, key=lambda book: book.follower.urgency)
            group = self._placed[book]
            if book.follower.heard or group.settled:
                self._ask_for(book, group)
            else:
                group.turn(lambda _: book.follower.opened(), None)

    def _ask_for(self, book: Book, group: Group) -> None:
        follower = book.follower
        limit, weight = follower.size
        group.turn(lambda _: follower.begin(), None)
        try:
            answer = self._ask("depth", group.market, weight, symbol=follower.symbol, limit=limit)
        except RateLimited as error:
            log.info("%s: the next snapshot of a book waits: %s", group.market, error)
            self._blocked[group.market] = time.monotonic() + error.retry_after
            group.turn(lambda _: follower.postpone(), None)
        except BinanceWsError as error:
            log.warning("%s: no snapshot: %s", follower.stream, error)
            final = isinstance(error, ApiError) and not error.retryable
            fail = partial(book.fail, error) if final else partial(follower.wait, error)
            group.turn(lambda _: fail(), None)
        else:
            group.turn(follower.join, answer)
