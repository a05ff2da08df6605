"""Tests of what stands in for Twisted's reactor."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.compat import Reactor, reactor
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox, in_thread, wait_event


@pytest.fixture
def own() -> Iterator[Reactor]:
    """A reactor of the test's own, stopped behind it."""
    made = Reactor()
    yield made
    made.stop()


def _manager(exchange: Exchange, callback: Any) -> BinanceSocketManager:
    manager = BinanceSocketManager(Client(environment=exchange.environment))
    manager.start_trade_socket("BTCUSDT", callback)
    manager.start()
    return manager


def test_stop_closes_every_manager() -> None:
    """It runs while managers stream; ``stop`` ends them all, and any further time is silent."""
    with Exchange(speed=20) as exchange:
        inboxes = [Inbox(), Inbox()]
        managers = [_manager(exchange, inbox) for inbox in inboxes]
        for inbox in inboxes:
            inbox.wait()
        assert reactor.running
        reactor.stop()
        assert not reactor.running
        assert [manager.sockets() for manager in managers] == [[], []]
        reactor.stop()


def test_stop_in_a_callback_ends_the_script() -> None:
    """What joins the manager goes on."""
    with Exchange(speed=20) as exchange:
        manager = _manager(exchange, lambda message: reactor.stop())
        manager.join(SECONDS)
        assert not manager.is_alive()


def test_a_manager_that_nobody_keeps_is_not_kept() -> None:
    """It is known weakly; making and losing managers does not fill the memory."""
    BinanceSocketManager()
    reactor.stop()
    assert not reactor.running


def test_run_blocks_until_stop(own: Reactor) -> None:
    """It returns when another thread, or a delayed call, stops it; again and again."""
    for _ in range(2):
        thread = in_thread(own.run)
        own.callLater(0, own.stop)
        thread.join(SECONDS)
        assert not thread.is_alive()
        assert not own.running


def test_ctrl_c_ends_run(own: Reactor) -> None:
    """As Twisted's did, it returns rather than raises."""
    main = threading.main_thread().ident
    assert main is not None

    def press() -> None:
        while not own.running:
            threading.Event().wait(0.001)
        signal.pthread_kill(main, signal.SIGINT)

    own.callFromThread(press)
    own.run()
    assert not own.running


def test_calls_come_in_order_on_one_thread(own: Reactor) -> None:
    """With their arguments, by position and by name; earlier ones first."""
    came: list[Any] = []
    done = threading.Event()
    own.callFromThread(lambda *args, **named: came.append((args, named)), 1, b=2)
    own.callLater(0.02, done.set)
    own.callLater(0.01, lambda: came.append(threading.current_thread().name))
    wait_event(done)
    assert came == [((1,), {"b": 2}), "binance_ws reactor"]


def test_a_delayed_call_can_be_cancelled(own: Reactor) -> None:
    """It is active until it is called or cancelled, which may be done twice."""
    done = threading.Event()
    never = own.callLater(0, pytest.fail, "it was cancelled")
    never.cancel()
    never.cancel()
    called = own.callLater(0.01, done.set)
    assert (never.active(), called.active()) == (False, True)
    wait_event(done)
    assert not called.active()


def test_what_a_call_raises_is_logged(own: Reactor, caplog: pytest.LogCaptureFixture) -> None:
    """The next one is called all the same."""
    done = threading.Event()
    with caplog.at_level(logging.ERROR):
        own.callFromThread(int, "nought")
        own.callFromThread(done.set)
        wait_event(done)
    assert "invalid literal" in caplog.text


def test_stop_forgets_what_was_to_come(own: Reactor) -> None:
    """After it, new calls are taken again."""
    own.callLater(3600, pytest.fail, "it was forgotten")
    own.stop()
    done = threading.Event()
    own.callLater(0, done.set)
    wait_event(done)
