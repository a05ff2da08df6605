"""A manager is closed at the worst moments: what is under way ends, and nothing is called afterwards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, manager
from binance_ws.config import Environment
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS
from ..waiting import Inbox, wait_event

TRADES = "btcusdt@trade"


class Room:
    """An exchange, and a manager with one socket."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange, self.inbox = exchange, Inbox()
        self.client = Client(environment=Environment.local(exchange.host, connects=None), timeout=2)
        self.manager = BinanceSocketManager(self.client, max_retries=None)
        self.manager.start_trade_socket("BTCUSDT", self.inbox)
        self.manager.start()
        self.inbox.wait(5)

    def rotate(self) -> None:
        """Begin to replace the connection."""
        socket: Any = self.manager._registry.all()[0]
        socket.feeds[0].rotate("its age")

    def asked(self, path: str, count: int = 1) -> None:
        """Wait until so many requests for a path have come."""
        assert self.exchange.wait_for(
            lambda: sum(path in request.target for request in self.exchange.requests) >= count, SECONDS
        )

    def close(self) -> None:
        """Close the manager; nothing comes after that."""
        self.manager.close()
        count = len(self.inbox.messages)
        assert self.manager.sockets() == []
        self.manager.join(SECONDS)
        assert not self.manager.is_alive()
        self.exchange.wait_for(lambda: len(self.inbox.messages) > count, 0.1)
        assert len(self.inbox.messages) == count
        self.client.close()


@pytest.fixture
def room() -> Iterator[Room]:
    """One where messages come."""
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        yield Room(exchange)


def test_while_the_next_connection_opens(room: Room) -> None:
    """The replacement is given up together with what it was to replace."""
    with room.exchange.faults.black_hole(f"/ws/{TRADES}"):
        room.rotate()
        room.asked(TRADES, 2)
        room.close()
    assert room.exchange.wait_for(lambda: not room.exchange.connections, SECONDS)


def test_while_both_connections_are_heard(room: Room) -> None:
    """Both are hung up."""
    room.rotate()
    assert room.exchange.wait_for(lambda: len(room.exchange.connections) == 2, SECONDS)
    room.close()
    assert room.exchange.wait_for(lambda: not room.exchange.connections, SECONDS)


@pytest.mark.parametrize("trouble", ["no answer", "503", "429"])
def test_while_a_gap_is_being_filled(room: Room, trouble: str) -> None:
    """Neither what is missing nor what waits for it is delivered any more."""
    faults = room.exchange.faults
    broken = (
        faults.black_hole("/api") if trouble == "no answer" else faults.status(int(trouble), upgrades=False)
    )
    with broken, faults.gap(TRADES, 2):
        room.asked("historicalTrades")
        room.close()


def test_while_it_waits_to_connect_again(room: Room) -> None:
    """The wait ends at once."""
    with room.exchange.faults.status(503):
        room.exchange.faults.reset()
        room.asked(TRADES, 4)
        room.close()


def test_in_a_callback_that_never_returns_while_a_gap_is_filled(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """close() waits for a moment, names the socket that it does not wait for any longer, and returns."""
    monkeypatch.setattr(manager, "CLOSE_SECONDS", 0.2)
    gate, stuck = threading.Event(), threading.Event()

    def never(message: Any) -> None:
        stuck.set()
        gate.wait(2 * SECONDS)

    room.manager.start_aggtrade_socket("BTCUSDT", never)
    wait_event(stuck)
    with room.exchange.faults.gap(TRADES, 2), caplog.at_level(logging.WARNING):
        room.close()
        gate.set()
    assert "btcusdt@aggTrade has not ended" in caplog.text
