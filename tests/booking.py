"""Order books in tests: a room with an exchange and a manager, and what its books have been."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.books import Book
from binance_ws.config import Environment
from binance_ws.core import pools
from binance_ws.errors import RateLimited
from binance_ws.simulator import OFF, Exchange, Rules

from .peer import SECONDS

State = tuple[int, Any, Any]


class Room:
    """An exchange, a manager, books, each state that they had, and what was told of them.

    Args:
        symbols: how many are listed.
        unknown: what the exchange does with streams that it does not know.
        timeout: of the client.
        options: of the manager.
    """

    def __init__(
        self, symbols: int = 8, unknown: str = "ignore", timeout: float = SECONDS, **options: Any
    ) -> None:
        rules = Rules(connects=OFF, weight=OFF, futures_weight=OFF, unknown_streams=unknown)
        self.exchange = Exchange(symbols=symbols, rules=rules, seed=5).start()
        self.client = Client(
            environment=Environment.local(self.exchange.host, connects=None), timeout=timeout
        )
        self.manager = BinanceSocketManager(self.client, on_event=self._hear, **options)
        self.symbols = [row["symbol"] for row in self.client.exchange_info()["symbols"]][:symbols]
        self.events: list[events.Event] = []
        self._states: dict[str, deque[State]] = {}
        self._changed = threading.Condition()

    def open(self, symbol: str, **options: Any) -> Book:
        """A book whose states are remembered."""
        self._states[symbol] = deque(maxlen=100)
        return self.manager.start_order_book(symbol, self._remember, **options)

    def _remember(self, book: Book) -> None:
        if not book.stale:
            now = book.snapshot()
            self._states[book.symbol].append((now.update_id, now.bids, now.asks))
        with self._changed:
            self._changed.notify_all()

    def _hear(self, event: events.Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, true: Callable[[], object], seconds: float = SECONDS) -> bool:
        """Wait until something is true, looked at after each change and event; whether it is."""
        with self._changed:
            return bool(self._changed.wait_for(true, seconds))

    def stale(self, since: int = 0) -> set[str]:
        """The symbols of the books that became stale, from an event on."""
        found = (e.stream for e in self.events[since:] if isinstance(e, events.BookStale))
        return {stream.partition("@")[0].upper() for stream in found}

    def equal(self, book: Book, seconds: float = SECONDS) -> bool:
        """Whether a book is the exchange's own at some moment from now on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                own = self.client.depth(book.symbol, 1000, book.market)
            except RateLimited as error:
                self.wait_for(lambda: False, error.retry_after)
                continue
            self._wait_past(book.symbol, own["lastUpdateId"], until)
            for state in list(self._states[book.symbol]):
                if state[0] == own["lastUpdateId"]:
                    sides = [tuple(map(tuple, own[side][: book.depth])) for side in ("bids", "asks")]
                    return [*state[1:]] == sides
        return False

    def _wait_past(self, symbol: str, update: int, until: float) -> None:
        states = self._states[symbol]
        self.wait_for(lambda: any(s[0] >= update for s in list(states)), until - time.monotonic())

    def close(self) -> None:
        """End it."""
        self.manager.close()
        self.manager.join(SECONDS)
        self.client.close()
        self.exchange.stop()


@contextmanager
def plenty() -> Iterator[None]:
    """As much request weight as tests may want."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "weight_of", lambda pool: 10**9)
        yield


@contextmanager
def room(symbols: int = 8, started: bool = True, **options: Any) -> Iterator[Room]:
    """A room, closed at the end."""
    with plenty():
        made = Room(symbols, **options)
        try:
            if started:
                made.manager.start()
            yield made
        finally:
            made.close()
