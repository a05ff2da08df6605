"""Feeds whose connection is to be replaced, when the one that should take over does not come."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events, feed, manager
from binance_ws.means import Means
from binance_ws.simulator import OFF, Exchange, Rules

from .peer import SECONDS
from .waiting import Inbox


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A busy exchange that lets us connect as often as we like."""
    with Exchange(speed=20, rules=Rules(connects=OFF)) as made:
        yield made


def _told(told: Inbox, kind: type[events.Event]) -> Any:
    """The first event of a kind."""
    seen = told.wait_for(lambda seen: any(isinstance(event, kind) for event in seen))
    return next(event for event in seen if isinstance(event, kind))


def test_what_could_not_be_replaced_is_replaced_later(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes on delivering until then; neither its streams nor its user notice."""
    monkeypatch.setattr(feed, "_AGAIN_SECONDS", 0.05)
    told, inbox = Inbox(), Inbox()
    with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
        manager.start_trade_socket("BTCUSDT", inbox)
        inbox.wait()
        refusal = exchange.faults.status(503)
        socket: Any = manager._registry.all()[0]
        socket.feeds[0].rotate("its age")
        assert exchange.wait_for(lambda: refusal.hits >= 2, SECONDS)
        inbox.wait(len(inbox.messages) + 5)
        refusal.stop()
        assert _told(told, events.Rotated).reason == "its age"
        ids = [message["t"] for message in inbox.wait(len(inbox.messages) + 5)]
    manager.join(SECONDS)
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert not any(isinstance(event, events.Lost) for event in told.messages)


def test_a_connection_takes_over_when_it_has_asked_for_everything(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests go out at a pace; the old one is heard until the last of them, however short the overlap is."""
    monkeypatch.setattr(manager, "Means", partial(Means, overlap=0.05))
    asked: list[bool] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Rotated):
            asked.append(made._registry.all()[0].feeds[0].line.asked)  # type: ignore[attr-defined]

    told = Inbox(hear)
    made = BinanceSocketManager(Client(environment=exchange.environment), on_event=told)
    with made:
        names = [f"x{number:04}usdt@trade" for number in range(450)]
        made.start_multiplex_socket(names, print)
        made.wait_connected(timeout=SECONDS)
        socket: Any = made._registry.all()[0]
        socket.feeds[0].rotate("its age")
        _told(told, events.Rotated)
    made.join(SECONDS)
    assert asked == [True]


def test_what_is_silent_and_cannot_be_replaced_is_hung_up(exchange: Exchange) -> None:
    """Nothing is lost by that, and its connection is opened again as any that was lost."""
    told, inbox = Inbox(), Inbox()
    client = Client(environment=exchange.environment)
    with BinanceSocketManager(client, on_event=told, stale_after=0.3) as manager:
        manager.start_trade_socket("BTCUSDT", inbox)
        inbox.wait()
        with exchange.faults.status(503), exchange.faults.stall():
            assert str(_told(told, events.Lost).cause) == "nothing came for 0.3 s, not even a ping"
        inbox.wait(len(inbox.messages) + 5)
    manager.join(SECONDS)
