"""Messages to be taken: a blocking iterator over streams, and callbacks behind a mailbox."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, pull_methods
from binance_ws.errors import ArgumentError, Closed, GaveUp
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox, in_thread


@pytest.fixture
def manager() -> Iterator[BinanceSocketManager]:
    """A started manager on a busy exchange."""
    with Exchange(speed=20) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client, max_retries=0) as made:
            made.exchange = exchange  # type: ignore[attr-defined]
            yield made
        made.join(SECONDS)
        client.close()


def test_it_iterates(manager: BinanceSocketManager) -> None:
    """Several streams come wrapped, in order; iterator tools work; leaving ``with`` frees the key."""
    with manager.stream("btcusdt@trade", "ethusdt@kline_1m") as stream:
        first = list(itertools.islice(stream, 20))
        assert {message["stream"] for message in first} <= {"btcusdt@trade", "ethusdt@kline_1m"}
        latest: Any = stream.latest("btcusdt@trade")
        assert latest["data"]["e"] == "trade"
    assert manager.sockets() == []


def test_one_stream_comes_bare(manager: BinanceSocketManager) -> None:
    """get, wait_for, collect and latest; it ends when the manager is closed."""
    stream = manager.stream("btcusdt@trade")
    first = stream.get(SECONDS)
    found = stream.wait_for(lambda m: m["t"] >= first["t"] + 5, SECONDS)
    assert found["t"] == first["t"] + 5
    assert [m["t"] for m in stream.collect(3)] == [found["t"] + 1, found["t"] + 2, found["t"] + 3]
    latest: Any = stream.latest()
    assert latest["t"] >= found["t"] + 3
    assert stream.latest("btcusdt@trade") is not None
    assert stream.collect(seconds=0.05) is not None
    with pytest.raises(ArgumentError, match="open already"):
        manager.stream("btcusdt@trade")
    manager.close()
    assert isinstance(list(stream), list)
    with pytest.raises(Closed):
        stream.get()


def test_at_a_prompt_it_takes_the_place_of_its_elder(
    manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell that is run again neither doubles the socket nor fails; what is no iterator is left alone."""
    monkeypatch.setattr(pull_methods, "is_interactive", lambda: True)
    elder = manager.stream("btcusdt@trade")
    heir = manager.stream("btcusdt@trade")
    assert heir.get(SECONDS)["e"] == "trade"
    assert len(manager.sockets()) == 1
    with pytest.raises(Closed):
        elder.wait_for(lambda message: False, SECONDS)
    other = manager.stream("btcusdt@aggTrade", market="usdm")
    manager.stream("btcusdt@aggTrade")
    assert other.get(SECONDS)["e"] == "aggTrade"
    manager.start_trade_socket("ETHUSDT", lambda message: None)
    with pytest.raises(ArgumentError, match="open already"):
        manager.stream("ethusdt@trade")


def test_collecting_ends(manager: BinanceSocketManager) -> None:
    """After its seconds, though messages wait always; without an end it is refused."""
    stream = manager.stream("btcusdt@trade")
    box = stream._mailbox
    box.get = lambda timeout=None: {"e": "trade"}  # type: ignore[method-assign]
    assert stream.collect(seconds=0.05)
    with pytest.raises(ArgumentError, match="needs an end"):
        stream.collect()
    with pytest.raises(TimeoutError):
        stream.wait_for(lambda message: False, 0.05)


def test_what_nobody_takes_is_counted(manager: BinanceSocketManager) -> None:
    """``sockets()`` tells how many messages wait, and how many were dropped because too many did."""
    stream = manager.stream("btcusdt@trade", maxsize=2, overflow="drop_oldest")
    exchange = manager.exchange  # type: ignore[attr-defined]
    assert exchange.wait_for(lambda: manager.sockets()[0].dropped > 3, SECONDS)
    assert manager.sockets()[0].waiting in (1, 2)
    assert manager.sockets()[0].messages >= 5
    stream.close()


def test_a_lost_connection_is_an_error(manager: BinanceSocketManager) -> None:
    """Where the connection is given up the iterator raises, with the cause."""
    stream = manager.stream("btcusdt@trade")
    stream.get(SECONDS)
    faults = manager.exchange.faults  # type: ignore[attr-defined]
    with faults.refuse(), faults.reset(), pytest.raises(GaveUp):
        stream.wait_for(lambda message: False, SECONDS)
    latest: Any = stream.latest()
    assert latest["e"] == "trade"


def test_a_slow_callback_behind_a_mailbox(manager: BinanceSocketManager) -> None:
    """It has a thread of its own; reading does not wait for it, and a stop from inside it works."""
    gate, done = threading.Event(), threading.Event()
    fast = Inbox()

    def slow(message: Any) -> None:
        gate.wait(SECONDS)
        manager.stop_socket(key)
        done.set()

    key = manager.start_socket(slow, "btcusdt@trade", maxsize=5, overflow="drop_oldest")
    manager.start_socket(fast, "btcusdt@aggTrade")
    fast.wait(20)
    exchange = manager.exchange  # type: ignore[attr-defined]
    assert exchange.wait_for(lambda: manager.sockets()[0].dropped > 5, SECONDS)
    assert manager.sockets()[0].waiting in (4, 5)  # one is dropped before the next comes in
    gate.set()
    assert done.wait(SECONDS)
    assert [info.key for info in manager.sockets()] == ["btcusdt@aggTrade"]


def test_callbacks_in_turn() -> None:
    """With serialize_callbacks no two callbacks of a manager overlap."""
    inside = threading.Lock()
    clashes: list[Any] = []

    def check(message: Any) -> None:
        if not inside.acquire(blocking=False):
            clashes.append(message)
            return
        inbox(message)
        inside.release()

    inbox = Inbox()
    with Exchange(speed=20) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client, serialize_callbacks=True) as manager:
            for symbol in ("BTCUSDT", "ETHUSDT", "BNBBTC"):
                manager.start_trade_socket(symbol, check)
                manager.start_symbol_book_ticker_socket(symbol, check)
            inbox.wait(200)
        manager.join(SECONDS)
    assert clashes == []


def test_iterating_in_another_thread_ends_with_close(manager: BinanceSocketManager) -> None:
    """A thread that waits for a message is let go."""
    stream = manager.stream("lunausdt@trade")
    taken: list[Any] = []
    waiter = in_thread(lambda: taken.extend(stream))
    manager.close()
    waiter.join(SECONDS)
    assert not waiter.is_alive()
