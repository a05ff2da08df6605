"""Carriers: streams come and go; connections with nothing to carry end, and none is left behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.config import LIMITS
from binance_ws.core.lifecycle import State
from binance_ws.enums import Market
from binance_ws.errors import ArgumentError, ConnectionLost
from binance_ws.plans import Plan
from binance_ws.simulator import OFF, Exchange, Rules
from binance_ws.streams import Stream, classify
from binance_ws.target import Shape

from .peer import SECONDS
from .waiting import Inbox, in_thread

TWO = ["btcusdt@trade", "ethusdt@trade"]
THREE = [*TWO, "solusdt@trade"]


class Room:
    """An exchange, a manager, and what one callback got."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.inbox, self.events = exchange, Inbox(), list[events.Event]()
        client = Client(environment=exchange.environment)
        self.manager = BinanceSocketManager(client, max_retries=5, on_event=self.events.append)
        self.socket: Any = None

    def start(self, names: list[str], opened: bool = True, **options: Any) -> str:
        """A socket of some streams; its key."""
        key = self.manager.start_socket(self.inbox, *names, **options)
        (self.socket,) = self.manager._registry.all()
        if opened:
            self.manager.start()
            self.manager.wait_connected(key, SECONDS)
        return str(key)

    def carries(self, *expected: str) -> bool:
        """Whether the connections that the exchange has carry these streams, all in all, each once."""
        return self.exchange.wait_for(
            lambda: sorted(s for c in self.exchange.connections for s in c.streams) == sorted(expected),
            2 * SECONDS,
        )


@pytest.fixture
def room() -> Iterator[Room]:
    """One whose exchange takes any number of connections."""
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        made = Room(exchange)
        yield made
        made.manager.close()
        made.manager.join(SECONDS)


@pytest.fixture
def two_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection takes two streams."""
    monkeypatch.setitem(LIMITS, Market.SPOT, dataclasses.replace(LIMITS[Market.SPOT], streams=2))


def test_a_socket_without_streams(room: Room) -> None:
    """It has no connection and nothing to wait for; the next stream opens one, which outlives a fault."""
    key = room.start(TWO)
    room.manager.unsubscribe(key, TWO)
    assert room.carries()
    room.manager.wait_connected(key, SECONDS)
    (info,) = room.manager.sockets()
    assert (info.state, info.streams) == (State.OPEN, 0)
    room.manager.subscribe(key, ["solusdt@trade"])
    room.manager.wait_connected(key, SECONDS)
    room.inbox.wait_for(lambda messages: any(m["stream"] == "solusdt@trade" for m in messages))
    assert room.carries("solusdt@trade")
    room.exchange.faults.reset()
    seen = len(room.inbox.messages)
    assert room.exchange.wait_for(lambda: any(isinstance(e, events.Lost) for e in room.events), SECONDS)
    room.inbox.wait_for(lambda messages: len(messages) > seen + 1)
    assert len(room.manager.sockets()) == 1


def test_what_was_never_started_is_forgotten(room: Room) -> None:
    """Its end would never come."""
    key = room.start(TWO, opened=False)
    room.manager.unsubscribe(key, TWO)
    assert (room.socket._carriers.all, room.socket.threads) == ((), [])


def test_what_has_ended_is_forgotten_but_for_its_numbers(room: Room) -> None:
    """However often streams come and go, no connection is held on to, and no number becomes less."""
    key = room.start(TWO)
    room.inbox.wait(3)
    room.manager.unsubscribe(key, TWO)
    assert room.exchange.wait_for(lambda: room.socket._carriers.all == (), SECONDS)
    (info,) = room.manager.sockets()
    assert info.messages >= 3
    assert info.bytes > 0
    assert room.socket.threads == []


def test_one_stream_stays(room: Room) -> None:
    """What refuses more streams refuses fewer."""
    key = room.start(TWO[:1])
    for change in (room.manager.subscribe, room.manager.unsubscribe):
        with pytest.raises(ArgumentError, match="carries one stream"):
            change(key, TWO[:1])
    assert room.carries(TWO[0])


def test_a_socket_without_streams_closes(room: Room) -> None:
    """Before the start, and after the end, its state is what it would be with streams."""
    key = room.start(TWO, opened=False)
    room.manager.unsubscribe(key, TWO)
    states = [room.socket.state]
    room.manager.start()
    room.manager.wait_connected(key, SECONDS)
    room.manager.close()
    assert [*states, room.socket.state] == [State.NEW, State.CLOSED]
    assert len(room.exchange.requests) == 0


@pytest.mark.usefixtures("two_a_connection")
def test_a_packed_connection_ends_with_its_socket(room: Room) -> None:
    """Also where that is stopped while two connections are still heard."""
    key = room.start(THREE)
    before = room.socket.threads
    room.manager.unsubscribe(key, THREE[:1])
    assert len(room.socket.feeds) == 1
    room.manager.close()
    assert [thread.is_alive() for thread in before] == [False, False]
    assert room.carries()


@pytest.mark.usefixtures("two_a_connection")
def test_two_are_heard_until_the_exchange_has_answered(room: Room) -> None:
    """A connection whose streams move goes on until the other has been answered, however long that takes."""
    key = room.start(THREE)
    leaving, heir = room.socket.feeds
    room.manager.unsubscribe(key, THREE[:1])
    assert room.socket.feeds == (heir,)
    heir.line._pending[0] = ("SUBSCRIBE", [])
    room.socket._carriers._retire(leaving)
    assert not leaving._stopping
    del heir.line._pending[0]
    assert room.exchange.wait_for(lambda: leaving._stopping, 2 * SECONDS)
    assert room.carries(*THREE[1:])


@pytest.mark.usefixtures("two_a_connection")
def test_what_leaves_is_missed_by_nobody(room: Room) -> None:
    """A connection that carries nothing any more is not told of, and its end ends nothing."""
    key = room.start(THREE)
    leaving, _ = room.socket.feeds
    room.manager.unsubscribe(key, THREE[:1])
    count = len(room.events)
    room.socket.feed_lost(leaving, ConnectionLost("a test"), 1, 1.0)
    room.socket.feed_opened(leaving)
    room.socket.feed_ended(leaving, ConnectionLost("a test"))
    assert room.events[count:] == []
    room.manager.wait_connected(key, SECONDS)


@pytest.mark.usefixtures("two_a_connection")
def test_who_waits_is_let_go_when_what_he_waits_for_leaves(room: Room) -> None:
    """The one connection that is not open may be the one that has nothing to carry any more."""
    key = room.start(THREE)
    closed = room.socket.feeds[1]
    room.socket.feed_lost(closed, ConnectionLost("a test"), 1, 60.0)
    waiting = in_thread(lambda: room.manager.wait_connected(key, SECONDS))
    room.manager.unsubscribe(key, THREE[2:])
    waiting.join(SECONDS)
    room.socket.wait_open(0)


def test_who_waits_is_let_go_by_a_rotation(room: Room) -> None:
    """The connection that takes over is open, whatever became of the one before."""
    room.start(TWO)
    room.socket.feed_lost(room.socket.feeds[0], ConnectionLost("a test"), 1, 60.0)
    room.socket.feed_rotated("its age")
    room.socket.wait_open(0)


@pytest.mark.usefixtures("two_a_connection")
@pytest.mark.parametrize("end", ["stopped", "given up"])
def test_nothing_is_opened_after_the_end(room: Room, end: str) -> None:
    """Who subscribes while a socket ends opens no connection that nobody would close."""
    key = room.start(TWO)
    if end == "stopped":
        room.manager.stop_socket(key)
    else:
        room.socket.feed_ended(room.socket.feeds[0], ConnectionLost("a test"))
    room.socket.add(THREE)
    assert room.carries()
    assert [thread for thread in room.socket.threads if thread.ident and thread.name.endswith(" 2")] == []


@pytest.mark.usefixtures("two_a_connection")
def test_before_the_start_nothing_is_opened(room: Room) -> None:
    """Streams that come before the start, and need a connection of their own, get it with the start."""
    key = room.start(TWO, opened=False)
    room.manager.subscribe(key, THREE)
    assert len(room.exchange.requests) == 0
    room.manager.start()
    room.manager.wait_connected(key, SECONDS)
    assert room.carries(*THREE)


@pytest.mark.usefixtures("two_a_connection")
def test_streams_are_found_out_once(room: Room) -> None:
    """However many connections they take."""
    asked: list[int] = []

    def find() -> list[Stream]:
        asked.append(1)
        return [classify(name) for name in (*THREE, "bnbbtc@trade", "ltcbtc@trade")]

    room.manager.start()
    room.manager._claim(room.inbox, Plan(Market.SPOT, "found", find, Shape()))
    assert room.carries(*THREE, "bnbbtc@trade", "ltcbtc@trade")
    assert asked == [1]


@pytest.mark.usefixtures("two_a_connection")
def test_many_threads_subscribe_at_once(room: Room) -> None:
    """No stream is carried twice, and no connection carries more than it may."""
    key = room.start(TWO)
    names = [
        f"{s}@{k}" for s in ("bnbbtc", "solusdt", "btcusdt") for k in ("aggTrade", "trade", "bookTicker")
    ]
    threads = [in_thread(lambda: room.manager.subscribe(key, names)) for _ in range(4)]
    for thread in threads:
        thread.join(SECONDS)
    carried = [stream.name for feed in room.socket.feeds for stream in feed.streams]
    assert sorted(carried) == sorted({*TWO, *names})
    assert max(len(feed.streams) for feed in room.socket.feeds) == 2


def test_mail_ends_with_what_is_given_up(room: Room) -> None:
    """What waits is still brought, the last word last; then the thread ends."""
    room.start(TWO, maxsize=1000)
    courier = room.socket._courier
    room.socket.feed_ended(room.socket.feeds[0], ConnectionLost("a test"))
    courier.thread.join(SECONDS)
    assert not courier.thread.is_alive()
    assert room.inbox.messages[-1]["e"] == "error"
