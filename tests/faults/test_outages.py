"""Long troubles: an outage of the exchange, connections that live for a day, a peer that is dead."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events, manager
from binance_ws.config import Environment
from binance_ws.means import Means
from binance_ws.net.dial import SEND_SECONDS, dial
from binance_ws.net.limits import forget_budgets
from binance_ws.net.network import Network
from binance_ws.net.reader import _TLS_SECONDS
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS, peer
from .soak.trail import Ledger, judge


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """Each test begins with nothing used."""
    forget_budgets()
    yield
    forget_budgets()


class Events:
    """``on_event`` with waiting."""

    def __init__(self) -> None:
        self.told: list[events.Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: events.Event) -> None:
        with self._changed:
            self.told.append(event)
            self._changed.notify_all()

    def count(self, kind: type[events.Event]) -> int:
        """How many of a kind were told."""
        return sum(isinstance(event, kind) for event in self.told)

    def wait(self, kind: type[events.Event], count: int) -> None:
        """Until so many of a kind were told."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.count(kind) >= count, SECONDS), self.told


def test_after_an_outage_all_come_back_within_the_budget() -> None:
    """Forty sockets that were lost together come back, and at no time does the exchange see too many attempts."""
    sockets, period = 40, 0.5
    rules = Rules(connects=16, connects_window=period, strikes=0, ban=600)
    told = Events()
    with Exchange(speed=5, symbols=sockets, rules=rules) as exchange:
        client = Client(environment=Environment.local(exchange.host, connects=(12, 1.2 * period)))
        with BinanceSocketManager(client, max_retries=None, on_event=told) as opened:
            for row in client.exchange_info()["symbols"][:sockets]:
                opened.start_trade_socket(row["symbol"], lambda message: None)
            opened.wait_connected(timeout=SECONDS)
            with exchange.faults.refuse():
                exchange.faults.reset()
                told.wait(events.Retrying, sockets)
            opened.wait_connected(timeout=SECONDS)
            assert told.count(events.Connected) == 2 * sockets
            refused = [request for request in exchange.requests if request.status in (418, 429)]
        opened.join(SECONDS)
        client.close()
    assert refused == []


def test_connections_are_replaced_before_their_day_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each before the exchange would end it, again and again; nothing is lost or repeated."""
    monkeypatch.setattr(manager, "Means", partial(Means, life=0.4, overlap=0.05))
    told, ledger = Events(), Ledger()
    with Exchange(speed=20, rules=Rules(connects=OFF, life=30)) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client, on_event=told) as opened:
            for name in ("btcusdt@trade", "bnbbtc@aggTrade", "bnbbtc@kline_1s"):
                opened.start_socket(ledger.single(name), name)
            told.wait(events.Rotated, 9)
            infos = opened.sockets()
        opened.join(SECONDS)
    assert {event.reason for event in told.told if isinstance(event, events.Rotated)} == {"its age"}
    assert all(info.rotations > 1 and not info.reconnects for info in infos)
    assert judge(ledger) == []


def test_without_backfill_a_gap_is_told_and_nothing_waits() -> None:
    """Its first and last id; the exchange is not asked for anything."""
    told = Events()
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client, backfill=False, on_event=told) as opened:
            ledger = Ledger()
            opened.start_trade_socket("BTCUSDT", ledger.single("btcusdt@trade"))
            opened.wait_connected(timeout=SECONDS)
            assert exchange.wait_for(lambda: len(ledger.ids["btcusdt@trade"]) > 5, SECONDS)
            exchange.faults.gap("btcusdt@trade", 3)
            told.wait(events.Missed, 1)
        opened.join(SECONDS)
        (missed,) = [event for event in told.told if isinstance(event, events.Missed)]
        assert missed.last - missed.first == 2
        assert ledger.ids["btcusdt@trade"].pairs == [(missed.first - 1, missed.last + 1)]
        assert [request.path for request in exchange.requests] == ["/ws/btcusdt@trade"]


@pytest.mark.skipif(
    sys.platform != "linux", reason="other systems name these options otherwise, or lack them"
)
def test_a_dead_peer_is_noticed_within_half_a_minute() -> None:
    """Without traffic by keep-alive, with something unacknowledged by the user timeout."""

    def option(name: str) -> Any:
        return sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))

    with peer() as host, dial(f"ws://{host.host}/ws", Network(SECONDS), lambda sock: None) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert option("TCP_KEEPIDLE") + option("TCP_KEEPINTVL") * option("TCP_KEEPCNT") <= 30
        assert 0 < option("TCP_USER_TIMEOUT") <= 30_000


def test_a_peer_that_does_not_read_holds_up_a_write_for_as_long_with_tls_as_without() -> None:
    """The system bounds a plain socket's writes; those of TLS have the timeout that its reads have."""
    assert _TLS_SECONDS == SEND_SECONDS <= 2
