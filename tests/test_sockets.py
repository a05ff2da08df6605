"""The end of a socket: its last word, and what comes with it."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.core.told import GAVE_UP
from binance_ws.errors import ConnectionLost
from binance_ws.net.mailbox import Courier, Mailbox
from binance_ws.simulator import Exchange
from binance_ws.sockets import Socket

from .peer import SECONDS
from .waiting import in_thread, wait_event


def _socket(manager: BinanceSocketManager) -> Socket:
    (socket,) = manager._registry.all()
    assert isinstance(socket, Socket)
    return socket


def _give_up(socket: Socket) -> None:
    socket.feed_ended(socket.feeds[0], ConnectionLost("a test"))


def test_the_last_word_waits_for_what_came_before_it() -> None:
    """It is said in turn, the box is closed behind it, and whatever may still come is not delivered."""
    manager, box, begun, gate = BinanceSocketManager(Client()), Mailbox("box", 10), *_events(2)
    manager.start_trade_socket("BTCUSDT", box.put)
    socket = _socket(manager)
    socket._ending = box.close

    def deliver(_: Any) -> None:
        begun.set()
        wait_event(gate)
        socket.target.call({"t": 1})

    reader = in_thread(lambda: socket.target.turnstile.take(deliver, None))
    wait_event(begun)
    _give_up(socket)
    assert not box.closed
    gate.set()
    reader.join(SECONDS)
    assert [box.get(0), box.get(0)["m"]] == [{"t": 1}, GAVE_UP]
    assert box.closed
    assert socket.target.stopping


def _events(count: int) -> list[threading.Event]:
    return [threading.Event() for _ in range(count)]


def test_close_knows_the_mailbox_of_a_socket_that_was_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nobody but its mail thread has the socket any more, nothing is delivered after it has returned."""
    begun, gate, stopped = _events(3)
    stop = Courier.stop

    def noticed(courier: Courier) -> None:
        stop(courier)
        stopped.set()

    monkeypatch.setattr(Courier, "stop", noticed)
    came: list[Any] = []

    def slow(message: Any) -> None:
        came.append(message)
        begun.set()
        wait_event(gate)

    with Exchange() as exchange, BinanceSocketManager(Client(environment=exchange.environment)) as manager:
        manager.start_socket(slow, "btcusdt@trade", maxsize=100)
        socket: Any = _socket(manager)
        for number in range(5):
            socket.target.callback({"t": number})
        wait_event(begun)
        mail = socket._courier.thread
        _give_up(socket)
        for connection in socket._connections():
            assert connection.join(SECONDS)
        del socket, connection
        gc.collect()
        closing = in_thread(manager.close)
        wait_event(stopped)
        gate.set()
        closing.join(SECONDS)
        assert not mail.is_alive()
        assert came == [{"t": 0}]
