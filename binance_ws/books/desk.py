"""Where the books of one run are put on connections, and where their snapshots are asked for.

The desk belongs to one thread. It picks the most urgent books, and has the snapshots of a few of them asked for at
once, each on a thread of its own: neither a long way to the exchange nor a request that hangs holds up the others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from typing import Any

from ..enums import Market
from ..errors import ApiError, RateLimited
from .book import Book
from .follower import Follower
from .group import Group

log = logging.getLogger(__name__)

Ask = Callable[..., Any]
Aside = Callable[[str, Callable[[], None]], None]

AT_ONCE = 4
"""Snapshots that are asked for at once: all that the weight allows, with a second to the exchange and back."""

WEIGHT_AT_ONCE = 200
"""Their weight, unless one alone is heavier: what the exchange has not answered yet it has not told as used."""

_LEAST_PAUSE = 1.0


class Desk:
    """What is done for the books of one run.

    Args:
        ask: one REST call: path, market, weight and parameters; raises where the budget is used up.
        group: makes a group of a market.
        aside: has a call done on a thread of a name.
        wake: has the thread look again; called when a request has come to its end.
    """

    def __init__(
        self, ask: Ask, group: Callable[[Market], Group], aside: Aside, wake: Callable[[], None]
    ) -> None:
        self._ask = ask
        self._new_group = group
        self._aside = aside
        self._wake = wake
        self._groups: list[Group] = []
        self._placed: dict[Book, Group] = {}
        self._blocked: dict[Market, float] = {}
        self._asking: set[Book] = set()

    # ---- connections ------------------------------------------------------------------------------------

    def look_at(self, books: Iterable[Book]) -> None:
        """Open those that are new, and leave those that are closed."""
        self._groups = [group for group in self._groups if not group.ended]
        new: dict[Market, list[Book]] = {}
        for book in books:
            if book.closed:
                self._leave(book)
            elif book not in self._placed:
                new.setdefault(book.market, []).append(book)
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
            for book in placed:
                book.placed.set()

    # ---- snapshots --------------------------------------------------------------------------------------

    def rest(self) -> float:
        """Seconds until there is something to ask; 0 where there is."""
        left = min(map(self._moment, self._placed), default=inf) - time.monotonic()
        return inf if self._asking and left <= 0 else max(0.0, left)  # the end of a request wakes

    def _moment(self, book: Book) -> float:
        """When the snapshot of a book may be asked for."""
        return inf if book in self._asking else max(book.follower.due, self._blocked.get(book.market, 0.0))

    def ask_next(self) -> None:
        """Begin to ask for the snapshots of the most urgent books, as many as may be asked for now."""
        now = time.monotonic()
        due = [book for book in self._placed if self._moment(book) <= now]
        for book in sorted(due, key=lambda book: book.follower.urgency):
            if self._moment(book) > now:
                continue  # another one's request has met a limit meanwhile
            if not self._may_ask(book):
                break
            group = self._placed[book]
            if book.follower.heard or group.settled:
                self._begin(book, group)
            else:
                group.turn(Follower.opened, book.follower)

    def _may_ask(self, book: Book) -> bool:
        """Whether there is a hand free; a book less urgent must not come before one that waits for it."""
        weights = [other.follower.size.weight for other in list(self._asking)]
        weight = sum(weights) + book.follower.size.weight
        return not weights or (len(weights) < AT_ONCE and weight <= WEIGHT_AT_ONCE)

    def _begin(self, book: Book, group: Group) -> None:
        group.turn(Follower.begin, book.follower)
        self._asking.add(book)
        self._aside(f"binance_ws snapshot {book.symbol}", partial(self._fetch, book, group))

    def _fetch(self, book: Book, group: Group) -> None:
        """Ask, and have the outcome done in the turn; on a thread of its own."""
        try:
            group.turn(_carry_out, self._asked(book))
        finally:
            self._asking.discard(book)
            self._wake()

    def _asked(self, book: Book) -> Callable[[], None]:
        follower, market = book.follower, book.market
        limit, weight = follower.size
        try:
            return partial(follower.join, self._ask("depth", market, weight, symbol=book.symbol, limit=limit))
        except RateLimited as error:
            log.info("%s: the next snapshot of a book waits: %s", market, error)
            self._blocked[market] = time.monotonic() + max(error.retry_after, _LEAST_PAUSE)
            for group in self._groups:
                if group.market is market:
                    group.turn(group.hindered, error)
            return partial(follower.postpone, error)
        except Exception as error:
            log.warning("%s: no snapshot: %s", follower.stream, error)
            final = isinstance(error, ApiError) and not error.retryable
            return partial(book.fail, error) if final else partial(follower.wait, error)


def _carry_out(outcome: Callable[[], None]) -> None:
    outcome()
