"""Tests of the threads that ask what accounts have missed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from binance_ws import BinanceSocketManager, Client
from binance_ws.events import Connected
from binance_ws.simulator import Exchange

from ..peer import SECONDS
from ..waiting import Inbox, wait_event


@contextlib.contextmanager
def missing(callback: Callable[[Any], object]) -> Iterator[tuple[Exchange, BinanceSocketManager, Inbox]]:
    """A spot account that has missed that an order was filled; what the manager tells."""
    heard = Inbox()
    with Exchange() as exchange:
        client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
        manager = BinanceSocketManager(client, on_event=heard)
        made = Inbox(callback)
        manager.start_account_socket(made, "spot", reconcile=True)
        manager.start()
        manager.wait_connected(timeout=SECONDS)
        order = exchange.account("spot").order("BNBBTC", "BUY", "1", "0.0083")
        made.wait()
        with exchange.faults.refuse():
            exchange.faults.reset()
            exchange.account("spot").fill(order)
        yield exchange, manager, heard
        manager.close()
        manager.join(SECONDS)
        client.close()


def _opened(key: str, times: int, heard: list[Any]) -> bool:
    return sum(isinstance(event, Connected) and event.key == key for event in heard) >= times


def test_no_account_waits_for_the_callback_of_another() -> None:
    """While one is told what it missed, another asks, and gets what it missed and what comes."""
    inside, gate, other = threading.Event(), threading.Event(), Inbox()

    def hold(event: Any) -> None:
        if event.get("recovered"):
            inside.set()
            gate.wait(3 * SECONDS)

    with missing(hold) as (exchange, manager, heard):
        wait_event(inside)
        manager.start_account_socket(other, "usdm", reconcile=True)
        heard.wait_for(partial(_opened, "usdm_user", 1))
        exchange.faults.reset()
        heard.wait_for(partial(_opened, "usdm_user", 2))
        exchange.account("usdm").emit({"e": "X"})
        other.wait_for(lambda events: any(event["e"] == "X" for event in events))
        names = {thread.name for thread in threading.enumerate()}
        assert {"binance_ws user reconcile", "binance_ws usdm_user reconcile"} <= names
        manager.stop_socket("usdm_user")
        assert "binance_ws usdm_user reconcile" not in {thread.name for thread in threading.enumerate()}
        gate.set()


def test_a_callback_that_is_told_what_was_missed_may_close() -> None:
    """It is on no thread of a connection: that is known, and the manager outlives it."""
    closed, gate, managers = threading.Event(), threading.Event(), Inbox()

    def close(event: Any) -> None:
        if event.get("recovered") and not closed.is_set():
            managers.wait()[0].close()
            closed.set()
            gate.wait(3 * SECONDS)

    with missing(close) as (_, manager, _):
        managers(manager)
        wait_event(closed)
        manager.join(0.05)
        assert manager.is_alive()
        gate.set()
        manager.join(SECONDS)
        assert not manager.is_alive()
