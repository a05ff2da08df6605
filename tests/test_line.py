"""Lines: streams that are changed at a moment when a connection is not there yet, or is just being replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.simulator import OFF, Exchange, Rules

from .peer import SECONDS
from .waiting import Inbox

BEFORE, AFTER = ["btcusdt@trade", "ethusdt@trade"], ("btcusdt@trade", "bnbbtc@trade")


class Room:
    """An exchange, a manager, and a socket of two streams."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.inbox = exchange, Inbox()
        self.manager = BinanceSocketManager(Client(environment=exchange.environment))
        self.key = str(self.manager.start_multiplex_socket(BEFORE, self.inbox))

    def change(self) -> None:
        """One stream comes and one goes."""
        self.manager.subscribe(self.key, ["bnbbtc@trade"])
        self.manager.unsubscribe(self.key, ["ethusdt@trade"])

    def rotate(self) -> None:
        """Begin to replace the connection."""
        socket: Any = self.manager._registry.all()[0]
        socket.feeds[0].rotate("its age")

    def asked(self, count: int) -> bool:
        """Whether so many connections were asked for, open or not."""
        return self.exchange.wait_for(lambda: len(self.exchange.requests) == count, SECONDS)

    def carried(self) -> bool:
        """Whether one connection is left, it carries what was wanted last, and all of that comes."""
        if not self.exchange.wait_for(
            lambda: [connection.streams for connection in self.exchange.connections] == [AFTER], SECONDS
        ):
            return False
        seen = len(self.inbox.messages)
        self.inbox.wait_for(lambda messages: {m["stream"] for m in messages[seen:]} >= set(AFTER))
        return True


@pytest.fixture
def room() -> Iterator[Room]:
    """One that is not started."""
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        made = Room(exchange)
        yield made
        made.manager.close()
        made.manager.join(SECONDS)


def test_streams_change_while_it_opens(room: Room) -> None:
    """What the URL did not ask for yet, or asked for in vain, is put right when the connection is there."""
    with room.exchange.faults.slow_handshake(delay=0.3):
        room.manager.start()
        assert room.asked(1)
        room.change()
        assert room.carried()


@pytest.mark.parametrize("moment", ["before it opens", "while both are heard"])
def test_streams_change_while_it_is_replaced(room: Room, moment: str) -> None:
    """The connection that takes over carries them too."""
    room.manager.start()
    room.inbox.wait(10)
    with room.exchange.faults.slow_handshake(delay=0.3 if moment == "before it opens" else 0.0):
        room.rotate()
        assert room.asked(2)
        if moment == "while both are heard":
            assert room.exchange.wait_for(lambda: len(room.exchange.connections) == 2, SECONDS)
        room.change()
        assert room.carried()
    assert room.manager.sockets()[0].rotations == 1


def test_a_socket_that_is_stopped_while_it_is_replaced_lets_others_be(room: Room) -> None:
    """One is replaced at a time; the turn of one that is stopped meanwhile goes to the next."""
    told: list[events.Event] = []
    room.manager._listeners.append(told.append)
    room.manager.start_trade_socket("SOLUSDT", lambda message: None)
    room.manager.start()
    room.manager.wait_connected(timeout=SECONDS)
    room.rotate()
    assert room.exchange.wait_for(lambda: len(room.exchange.connections) == 3, SECONDS)
    room.manager.stop_socket(room.key)
    room.rotate()
    assert room.exchange.wait_for(lambda: any(isinstance(event, events.Rotated) for event in told), SECONDS)


def test_what_was_to_be_done_about_an_earlier_opening_is_not_done(room: Room) -> None:
    """A connection that opens again and again is watched once, and its age counts from its last opening."""
    room.manager.start()
    room.inbox.wait(5)
    room.exchange.faults.reset()
    assert room.asked(2)
    room.inbox.wait(len(room.inbox.messages) + 5)
    socket: Any = room.manager._registry.all()[0]
    (feed,) = socket.feeds
    tasks = len(room.manager._timer._heap)
    feed._watch(feed.line, feed.line.opening - 1)
    feed._rotate_if(feed.line, "its age", feed.line.opening - 1)
    assert (feed.line.opening, feed._next, len(room.manager._timer._heap)) == (2, None, tasks)
