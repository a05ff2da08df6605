"""``DepthCacheManager`` behaves as that of python-binance 0.7, and is exact."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, DepthCacheManager
from binance_ws.books import Book
from binance_ws.config import Environment
from binance_ws.depth_cache import DepthCache
from binance_ws.errors import ArgumentError, CallbackError, NotConnected

from .booking import Room, room
from .peer import SECONDS
from .waiting import Inbox


@pytest.fixture
def place() -> Iterator[Room]:
    """A room with a few symbols, started."""
    with room() as made:
        yield made


@pytest.fixture
def client(place: Room) -> Iterator[Client]:
    """A client of the room's exchange."""
    made = Client(environment=Environment.local(place.exchange.host, connects=None))
    yield made
    made.close()


def test_the_cache_is_filled_when_the_manager_is_made(client: Client) -> None:
    """Bids and asks are sorted lists of floats, best first; closing takes the cache away."""
    manager = DepthCacheManager(client, "BNBBTC")
    cache = manager.get_depth_cache()
    assert cache is not None
    bids, asks = cache.get_bids(), cache.get_asks()
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0][0] < asks[0][0]
    assert all(isinstance(part, float) for level in bids for part in level)
    assert (cache.symbol, manager.get_symbol()) == ("BNBBTC", "BNBBTC")
    manager.close()
    assert manager.get_depth_cache() is None


def test_the_callback_gets_the_cache(client: Client) -> None:
    """After each change, the same object, whose update time goes on."""
    inbox = Inbox()
    manager = DepthCacheManager(client, "BNBBTC", inbox, ws_interval=100)
    first, second = inbox.wait(2)[:2]
    assert isinstance(first, DepthCache)
    assert first is second is manager.get_depth_cache()
    inbox.wait_for(lambda _: first.update_time is not None)
    assert abs((first.update_time or 0) / 1000 - time.time()) < 3600
    manager.close(close_socket=True)


def test_many_share_a_manager(place: Room) -> None:
    """``bm`` is used, started where it is not, and closed only where ``close_socket`` says so."""
    caches = [DepthCacheManager(None, symbol, bm=place.manager) for symbol in place.symbols[:3]]
    assert len(place.manager.sockets()) == 1
    caches[0].close()
    assert place.manager.is_alive()
    assert caches[1].get_depth_cache() is not None
    caches[1].close(close_socket=True)
    assert not place.manager.is_alive() or place.manager.sockets() == []


def test_lost_changes_are_made_good(place: Room) -> None:
    """The last state stays readable, and a new snapshot takes its place."""
    manager = DepthCacheManager(None, "BTCUSDT", bm=place.manager, ws_interval=100)
    cache = manager.get_depth_cache()
    assert cache is not None
    with place.exchange.faults.gap("btcusdt@depth@100ms"):
        assert place.wait_for(lambda: place.stale() == {"BTCUSDT"})
        assert cache.get_bids()
    assert place.wait_for(lambda: manager._book.snapshots == 2)


def test_it_refreshes(place: Room) -> None:
    """After ``refresh_interval`` a new snapshot takes the place of the book."""
    seen = Inbox()
    manager = DepthCacheManager(None, "BTCUSDT", seen, 0.05, place.manager, ws_interval=100)
    seen.wait_for(lambda messages: manager._book.snapshots > 2)
    assert place.stale() == set()


def test_giving_up_is_told_with_none() -> None:
    """The callback gets ``None``, as of old."""
    with room(max_retries=0) as place:
        inbox = Inbox()
        manager = DepthCacheManager(None, "BTCUSDT", inbox, bm=place.manager)
        with place.exchange.faults.refuse():
            place.exchange.faults.reset()
            assert inbox.wait_for(lambda messages: messages[-1:] == [None])
        assert manager.get_depth_cache() is None
        assert inbox.messages.count(None) == 1


def test_it_may_be_closed_in_its_callback(place: Room, client: Client) -> None:
    """From there too it ends at once, its own manager with it, and no further call comes."""
    ended, calls = Inbox(), Inbox()
    made: list[DepthCacheManager] = []

    def process(cache: DepthCache | None) -> None:
        calls(cache)
        if made:
            made[0].close()
            ended(made[0].get_depth_cache())

    made.append(DepthCacheManager(client, "BNBBTC", process, ws_interval=100))
    assert ended.wait() == [None]
    made[0]._bm.join(SECONDS)
    assert not made[0]._bm.is_alive()
    assert len(ended.messages) == 1
    assert None not in calls.messages


@pytest.mark.parametrize(
    ("symbol", "options", "error"),
    [
        ("NOSUCHTHING", {}, NotConnected),
        ("BNBBTC", {"ws_interval": 7}, ArgumentError),
        ("", {}, ArgumentError),
        ("BNBBTC", {"callback": lambda: 1}, CallbackError),
    ],
)
def test_what_cannot_be_had_raises(
    client: Client, symbol: str, options: dict[str, Any], error: type[Exception]
) -> None:
    """The caller hears of it, and nothing is left running."""
    with pytest.raises(error):
        DepthCacheManager(client, symbol, **options)


def test_it_may_be_closed_before_its_constructor_returns(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first callback may be quicker than the thread that waits for it: what it closed raises nothing."""
    bm, closed, wait_ready = BinanceSocketManager(client), threading.Event(), Book.wait_ready

    def callback(cache: DepthCache | None) -> None:
        bm.close()
        closed.set()

    def late(book: Book, timeout: float | None = None) -> Book:
        assert closed.wait(SECONDS)
        return wait_ready(book, timeout)

    monkeypatch.setattr(Book, "wait_ready", late)
    manager = DepthCacheManager(client, "BNBBTC", callback, bm=bm)
    assert manager.get_depth_cache() is None
    bm.join(SECONDS)


def test_sorting_as_of_old() -> None:
    """``sort_depth`` sorts by the price's value."""
    assert DepthCache.sort_depth({"9": 1.0, "10": 2.0}, reverse=True) == [[10.0, 2.0], [9.0, 1.0]]


def test_a_closed_manager_of_its_own_ends(client: Client) -> None:
    """``close`` ends the manager that was made for it."""
    manager = DepthCacheManager(client, "BNBBTC")
    own: BinanceSocketManager = manager._bm
    manager.close()
    own.join(SECONDS)
    assert not own.is_alive()
