"""The look at the whole manager: a machine that slept, a stream that is silent alone."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.core.lifecycle import State
from binance_ws.net.timer import Timer
from binance_ws.simulator import OFF, Exchange, Rules
from binance_ws.streams import names
from binance_ws.track import Track
from binance_ws.watch import Watch

from .peer import SECONDS
from .waiting import Inbox


class Clocks:
    """The two clocks of a machine, set by hand."""

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.steady = 50.0

    def pass_(self, seconds: float, asleep: float = 0.0) -> None:
        """Time passes; the steady clock stands still while the machine sleeps."""
        self.wall += seconds + asleep
        self.steady += seconds


@pytest.fixture
def room() -> Iterator[tuple[BinanceSocketManager, Exchange, list[Any]]]:
    """A started manager on a busy exchange, and what it tells."""
    told: list[Any] = []
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        with BinanceSocketManager(Client(environment=exchange.environment), on_event=told.append) as manager:
            yield manager, exchange, told
        manager.join(SECONDS)


def test_a_machine_that_slept_connects_anew(room: tuple[BinanceSocketManager, Exchange, list[Any]]) -> None:
    """Where the wall clock ran ahead, every connection is hung up and opens again at once."""
    manager, exchange, told = room
    inbox, clocks = Inbox(), Clocks()
    manager.start_trade_socket("BTCUSDT", inbox)
    inbox.wait()
    watch = Watch(
        Timer("unused"),
        manager._registry.all,
        told.append,
        wall=lambda: clocks.wall,
        clock=lambda: clocks.steady,
    )
    watch._ahead = clocks.wall - clocks.steady
    clocks.pass_(5)
    watch.look()
    assert not any(isinstance(event, events.Lost) for event in told)
    clocks.pass_(5, asleep=3600)
    watch.look()
    assert exchange.wait_for(lambda: any(isinstance(event, events.Lost) for event in told), SECONDS)
    lost = next(event for event in told if isinstance(event, events.Lost))
    assert "slept" in str(lost.cause)
    assert exchange.wait_for(lambda: manager.sockets()[0].state == "open", SECONDS)


def test_a_stream_that_is_silent_alone_is_told_once(
    room: tuple[BinanceSocketManager, Exchange, list[Any]],
) -> None:
    """A delisted symbol's stream is silent while its connection is alive; that is told once, until it speaks."""
    manager, _, told = room
    inbox = Inbox()
    key = manager.start_multiplex_socket(["btcusdt@trade", "lunausdt@trade"], inbox)
    inbox.wait()
    (socket,) = manager._registry.all()
    steady = socket.opened
    watch = Watch(
        Timer("unused"), manager._registry.all, told.append, wall=lambda: steady, clock=lambda: steady
    )
    watch._ahead = 0.0
    watch.look()
    steady += 400
    socket.target.tracks["btcusdt@trade"].seen = steady
    watch.look()
    watch.look()
    silent = [event for event in told if isinstance(event, events.Silent)]
    assert [(event.key, event.stream) for event in silent] == [(key, "lunausdt@trade")]
    assert silent[0].seconds > 300


class Alone:
    """An open socket of one stream that has never spoken."""

    state, key, opened = State.OPEN, "k", 0.0

    def __init__(self) -> None:
        self.target = SimpleNamespace(tracks={"a": Track(names.trade("BTCUSDT"))}, look=lambda clock: None)


def test_a_stream_is_doubted_once_and_forgotten_with_its_socket() -> None:
    """Its name is in doubt after ten seconds, once in a run; nothing keeps what is known of it alive."""
    sockets: list[Any] = [Alone()]
    doubted: list[tuple[str, str]] = []
    told: list[Any] = []
    now = 5.0
    watch = Watch(
        Timer("unused"),
        lambda: sockets,
        told.append,
        lambda key, stream, seconds: doubted.append((key, stream.name)),
        wall=lambda: now,
        clock=lambda: now,
    )
    watch.look()
    assert doubted == []
    for now in (11.0, 16.0, 400.0, 405.0):  # noqa: B007
        watch.look()
    assert (doubted, len(told)) == ([("k", "btcusdt@trade")], 1)
    track = weakref.ref(sockets[0].target.tracks["a"])
    sockets.clear()
    gc.collect()
    assert track() is None


def test_a_callback_that_never_returns_is_named(
    room: tuple[BinanceSocketManager, Exchange, list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """The one that looks tells while it runs, without an end of it."""
    manager, _, told = room
    begun, over = threading.Event(), threading.Event()

    def callback(message: Any) -> None:
        begun.set()
        over.wait(SECONDS)

    key = manager.start_trade_socket("BTCUSDT", callback)
    assert begun.wait(SECONDS)
    later = time.monotonic() + 30
    watch = Watch(
        Timer("unused"), manager._registry.all, told.append, wall=lambda: later, clock=lambda: later
    )
    watch.look()
    over.set()
    assert [m for m in caplog.messages if m.startswith(f"the callback of {key} has not returned for")]
