"""Tests of what the lines of accounts have in common: when nothing comes any more, and when they end."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.accounts.line import AccountLine
from binance_ws.events import Lost
from binance_ws.simulator import Exchange

from ..peer import SECONDS
from ..waiting import Inbox, wait_event
from .test_relief import means


def test_a_callback_that_takes_its_time_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection on which something waits unread is healthy, however long nothing was read."""
    means(monkeypatch)
    inside, gate, watched, watch = (
        threading.Event(),
        threading.Event(),
        threading.Semaphore(0),
        AccountLine._watch,
    )

    def counted(line: AccountLine, opening: int) -> None:
        watch(line, opening)
        watched.release()

    def hold(event: Any) -> None:
        if event["d"] == "1":
            inside.set()
            gate.wait(SECONDS)

    monkeypatch.setattr(AccountLine, "_watch", counted)
    inbox, heard = Inbox(hold), Inbox()
    with Exchange() as exchange:
        client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
        with BinanceSocketManager(client, stale_after=1.0, on_event=heard) as manager:
            manager.start_account_socket(inbox, "spot")
            manager.wait_connected(timeout=SECONDS)
            exchange.account("spot").emit({"e": "balanceUpdate", "d": "1"})
            wait_event(inside)
            for number in "23":
                exchange.account("spot").emit({"e": "balanceUpdate", "d": number})
            for _ in range(4):
                assert watched.acquire(timeout=SECONDS)
            gate.set()
            assert [event["d"] for event in inbox.wait(3)] == list("123")
            assert not [event for event in heard.messages if isinstance(event, Lost)]
        manager.join(SECONDS)
        client.close()


def test_a_stopped_account_is_forgotten() -> None:
    """Though its connection was to be replaced hours later, nothing holds on to its callback."""
    inbox = Inbox()
    known = weakref.ref(inbox)
    with Exchange() as exchange:
        client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
        with BinanceSocketManager(client) as manager:
            for start in (manager.start_user_socket, manager.start_futures_user_socket):
                key = start(inbox)
                manager.wait_connected(timeout=SECONDS)
                manager.stop_socket(key)
            del inbox, start
            gc.collect()
            assert known() is None
        client.close()
