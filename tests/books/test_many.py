"""Many books and the request weight of the exchange: as many come up as it allows, and the others wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.books import Book, desk
from binance_ws.core import pools
from binance_ws.errors import RateLimited
from binance_ws.net import limits
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS
from ..waiting import Inbox

WEIGHT = 500
EACH = 25
A_MINUTE = int((WEIGHT * 0.9 - 20) / EACH)
"""Snapshots of a minute, when the list of symbols was asked for in it."""


@pytest.fixture(autouse=True)
def little_weight(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The exchange gives a twelfth of its weight, and we know."""
    monkeypatch.setattr(pools, "weight_of", lambda pool: WEIGHT)
    limits.forget_budgets()
    yield
    limits.forget_budgets()


@contextmanager
def books(count: int, weight: float, told: Inbox) -> Iterator[tuple[Exchange, list[Book]]]:
    """So many books, opened at once."""
    with Exchange(symbols=count, rules=Rules(connects=OFF, weight=weight, strikes=1)) as exchange:
        client = Client(environment=exchange.environment)
        symbols = [row["symbol"] for row in client.exchange_info()["symbols"]][:count]
        with BinanceSocketManager(client, on_event=told) as manager:
            yield exchange, [manager.start_order_book(symbol, depth=20) for symbol in symbols]
        manager.join(SECONDS)
        client.close()


def refused(exchange: Exchange) -> list[int]:
    """What the exchange answered to those who asked too much."""
    return [request.status for request in exchange.requests if request.status in (418, 429)]


def test_more_books_than_the_weight_allows_wait_and_nobody_is_banned() -> None:
    """Those that wait know why."""
    told = Inbox()
    with books(A_MINUTE + 3 * desk.AT_ONCE, WEIGHT, told) as (exchange, opened):
        told.wait_for(lambda _: sum(not book.stale for book in opened) >= A_MINUTE)
        # The minute may be over meanwhile, and then they are up.
        assert exchange.wait_for(lambda: all(book.error or not book.stale for book in opened), SECONDS)
        told_why = [book.error for book in opened if book.stale]
        assert all(isinstance(error, RateLimited) and "not sent" in str(error) for error in told_why)
        assert refused(exchange) == []


def test_they_come_up_when_the_next_minute_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here soon, by a clock that is ahead; what the exchange says is used in its own minute is not heard."""
    ahead = 57 - time.time() % 60
    clock: Any = SimpleNamespace(time=lambda: time.time() + ahead, monotonic=time.monotonic)
    monkeypatch.setattr(limits, "time", clock)
    monkeypatch.setattr(limits.HostBudget, "used", lambda *told: None)
    with books(A_MINUTE + 5, OFF, Inbox()) as (exchange, opened):
        for book in opened:
            book.wait_ready(SECONDS)
        assert refused(exchange) == []
        assert [book.snapshots for book in opened] == [1] * len(opened)
