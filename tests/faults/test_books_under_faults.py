"""Fifty books at once on an exchange with faults: each is the exchange's own again, and was stale in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_ws.books import Book
from binance_ws.simulator import Exchange

from ..booking import Room, plenty
from ..peer import SECONDS

BOOKS = 50
Throw = Callable[[Exchange, str], Any]

LOSING: dict[str, Throw] = {
    "reset": lambda e, s: e.faults.reset(),
    "close frame": lambda e, s: e.faults.drop(code=1008),
    "end without a word": lambda e, s: e.faults.end_life(),
    "half a frame": lambda e, s: e.faults.truncate(),
    "bytes that are no text": lambda e, s: e.faults.raw_bytes(b"\x81\x02\xff\xfe"),
    "vanished machine": lambda e, s: e.faults.half_open(),
    "mute": lambda e, s: e.faults.mute(),
    "stall": lambda e, s: e.faults.stall(),
    "sent late": lambda e, s: e.faults.stall(lose=False),
}
"""What every book loses its connection, or messages, by."""

SINGLE: dict[str, Throw] = {
    "gap of one": lambda e, s: e.faults.gap(s, 1),
    "gap of five": lambda e, s: e.faults.gap(s, 5),
    "other order": lambda e, s: e.faults.reorder(s, 3),
}
"""What one book loses messages by."""

HARMLESS: dict[str, Throw] = {
    "repeated": lambda e, s: e.faults.repeat(s, 3),
    "no JSON": lambda e, s: e.faults.corrupt(),
    "going down": lambda e, s: e.faults.shutdown_event(),
}
"""What no book is stale by."""

REST: dict[str, Throw] = {
    "503": lambda e, s: e.faults.status(503, upgrades=False, times=20),
    "429": lambda e, s: e.faults.status(429, upgrades=False, retry_after=1, times=2),
    "rubbish": lambda e, s: e.faults.status(200, upgrades=False, body=b'{"bids": 7}', times=20),
    "418": lambda e, s: e.faults.status(418, upgrades=False, retry_after=1, times=1),
    "no answer in time": lambda e, s: e.faults.black_hole("/api/v3/depth"),
    "no answer at first": lambda e, s: e.faults.refuse(),
}
"""What snapshots are hindered by."""


class Awake:
    """Somebody else who listens, so that the market goes on while nobody hears it."""

    form = 0

    def push(self, frame: bytes) -> None:
        """Nothing is made of it."""


class Fifty(Room):
    """A room with fifty books."""

    def __init__(self) -> None:
        super().__init__(BOOKS, timeout=2, max_retries=None, stale_after=1.0)
        self.exchange._server.loop.ask(self._stay_awake)
        self.manager.start()
        self.books = [
            self.open(symbol, depth=20 if number % 2 else None) for number, symbol in enumerate(self.symbols)
        ]
        self.wait_ready()

    def _stay_awake(self) -> None:
        for symbol in self.symbols:
            channel = self.exchange._server.world.spot.channel(f"{symbol.lower()}@trade")
            assert channel is not None
            channel.join(Awake())

    def wait_ready(self) -> None:
        """Until every book is up to date."""
        for book in self.books:
            book.wait_ready(SECONDS)

    def wait_stale(self, since: int, symbols: set[str]) -> None:
        """Until those books have been marked stale since an event."""
        assert self.wait_for(lambda: symbols <= self.stale(since), SECONDS), symbols - self.stale(since)

    def all_equal(self) -> list[Book]:
        """The books that do not become the exchange's own."""
        return [book for book in self.books if not self.equal(book, SECONDS)]


@pytest.fixture(scope="module")
def fifty() -> Iterator[Fifty]:
    """One room for all tests, so that each begins with what the one before has left."""
    with plenty():
        made = Fifty()
        yield made
        made.close()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> None:
    """The room outlives each test, and its threads come and go; closing it ends them."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", LOSING)
def test_every_book_comes_back(fifty: Fifty, name: str) -> None:
    """All are marked stale, and then the exchange's own again."""
    fifty.wait_ready()
    before = len(fifty.events)
    with LOSING[name](fifty.exchange, ""):
        if name != "sent late":
            fifty.wait_stale(before, set(fifty.symbols))
    assert fifty.all_equal() == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", SINGLE)
def test_one_book_comes_back_alone(fifty: Fifty, name: str) -> None:
    """That one is marked stale and then the exchange's own; no other one is stale."""
    fifty.wait_ready()
    before, book = len(fifty.events), fifty.books[7]
    with SINGLE[name](fifty.exchange, book.follower.stream.name):
        fifty.wait_stale(before, {book.symbol})
    assert fifty.all_equal() == []
    assert fifty.stale(before) == {book.symbol}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HARMLESS)
def test_no_book_is_stale_for_nothing(fifty: Fifty, name: str) -> None:
    """Nothing is lost, so nothing is stale."""
    fifty.wait_ready()
    before, snapshots = len(fifty.events), [book.snapshots for book in fifty.books]
    with HARMLESS[name](fifty.exchange, fifty.books[3].follower.stream.name):
        assert fifty.all_equal() == []
    assert fifty.stale(before) == set()
    assert [book.snapshots for book in fifty.books] == snapshots


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", REST)
def test_snapshots_that_fail_are_asked_for_again(fifty: Fifty, name: str) -> None:
    """Books that need one stay stale until the exchange gives it."""
    fifty.wait_ready()
    before, some = len(fifty.events), fifty.books[10:15]
    faults = fifty.exchange.faults
    with REST[name](fifty.exchange, ""):
        gaps = [faults.gap(book.follower.stream.name, 1) for book in some]
        fifty.wait_stale(before, {book.symbol for book in some})
        for gap in gaps:
            gap.stop()
    assert fifty.all_equal() == []
