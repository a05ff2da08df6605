"""Messages to be taken: a blocking iterator over streams, and callbacks behind a mailbox."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, pull_methods
from binance_ws.core.told import last_word, refused
from binance_ws.errors import (
    ArgumentError,
    BinanceWsError,
    Closed,
    ConnectionLost,
    GaveUp,
    NotConnected,
    OpenError,
    Overflow,
    StreamRefused,
)
from binance_ws.net.mailbox import Mailbox
from binance_ws.pull import MessageStream
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox, in_thread

TRADE = "btcusdt@trade"


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


@pytest.mark.parametrize(
    ("last", "room", "kind"),
    [
        (last_word("k", OpenError("no route")), 4, GaveUp),
        (refused("k", StreamRefused("no such stream", (TRADE,))), 4, StreamRefused),
        ({"e": "trade", "t": 3}, 3, Overflow),
    ],
)
def test_what_came_before_an_error_is_not_lost(last: Any, room: int, kind: type[BinanceWsError]) -> None:
    """``collect`` returns it, the next call raises the error; one before which nothing came is raised at once."""
    box = Mailbox("box", room, "error")
    stream = MessageStream(box, TRADE)
    for message in ({"e": "trade", "t": 0}, {"e": "trade", "t": 1}, {"e": "trade", "t": 2}, last):
        stream.bring(message)
    assert [message["t"] for message in stream.collect(10)] == [0, 1, 2]
    with pytest.raises(kind):
        stream.collect(10)
    box.put(last_word("k", OpenError("no route")))
    box.close()
    with pytest.raises(Overflow if kind is Overflow else GaveUp):
        stream.collect(10)
    assert stream.latest() == {"e": "trade", "t": 3 if kind is Overflow else 2}


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
    with faults.refuse(), faults.reset(), pytest.raises(GaveUp) as caught:
        stream.wait_for(lambda message: False, SECONDS)
    assert isinstance(caught.value.__cause__, (ConnectionLost, OpenError))
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


def test_nobody_waits_for_a_manager_that_is_not_started(manager: BinanceSocketManager) -> None:
    """Taking says what to do; a stream that was closed meanwhile just ends; once started, it goes on."""
    later = BinanceSocketManager(manager._client)
    stream = later.stream("btcusdt@trade")
    assert stream.key == "btcusdt@trade"
    for take in (stream.get, lambda: next(stream), lambda: stream.collect(1)):
        with pytest.raises(NotConnected, match=r"call start\(\) first"):
            take()
    later.start()
    assert stream.get(SECONDS)["e"] == "trade"
    later.close()
    later.join(SECONDS)
    unused = later.stream("btcusdt@trade")
    later.close()
    assert list(unused) == []


def test_a_stream_that_nobody_takes_is_named(
    manager: BinanceSocketManager, caplog: pytest.LogCaptureFixture
) -> None:
    """The socket's target knows that there is no callback to wait for."""
    stream = manager.stream("btcusdt@trade", "ethusdt@trade", maxsize=1)
    manager.subscribe(stream.key, "bnbbtc@trade")
    socket: Any = manager._registry.get(stream.key)
    exchange = manager.exchange  # type: ignore[attr-defined]
    assert exchange.wait_for(lambda: socket.target.since is not None, SECONDS)
    while not caplog.messages:
        socket.target.look(time.monotonic() + 100)
    assert "nobody takes the messages of streams=" in caplog.messages[0]
    assert manager.sockets()[0].streams == 3
    stream.close()


def test_iterating_in_another_thread_ends_with_close(manager: BinanceSocketManager) -> None:
    """A thread that waits for a message is let go."""
    stream = manager.stream("lunausdt@trade")
    taken: list[Any] = []
    waiter = in_thread(lambda: taken.extend(stream))
    manager.close()
    waiter.join(SECONDS)
    assert not waiter.is_alive()
