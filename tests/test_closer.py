"""Tests of a script's life after its manager was closed inside a callback."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import wait_event

DEAD = "ws://127.0.0.1:1/"


def _close(manager: BinanceSocketManager, key: str) -> None:
    manager.close()


def _stop_and_close(manager: BinanceSocketManager, key: str) -> None:
    manager.stop_socket(key)
    manager.close()


@pytest.mark.parametrize("end", [_close, _stop_and_close])
@pytest.mark.parametrize("url", ["", DEAD])
def test_the_manager_outlives_a_callback_that_closes_it(
    url: str, end: Callable[[BinanceSocketManager, str], None]
) -> None:
    """Whether its socket was stopped before, or given up: what the callback does next is not cut off."""
    closed, go_on = threading.Event(), threading.Event()

    def process_message(message: Any) -> None:
        if not closed.is_set():
            end(manager, "bnbbtc@trade")
            closed.set()
            wait_event(go_on)

    with Exchange(speed=20) as exchange:
        manager = BinanceSocketManager(Client(environment=exchange.environment), max_retries=0)
        if url:
            manager.STREAM_URL = url
        manager.start_trade_socket("BNBBTC", process_message)
        manager.start()
        wait_event(closed)
        manager.join(0.05)
        assert manager.is_alive()
        go_on.set()
        manager.join(SECONDS)
        assert not manager.is_alive()
