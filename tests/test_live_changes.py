"""Sockets of many streams: split over connections, changed while they run, replaced without a gap."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import threading
import weakref
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws import manager as manager_module
from binance_ws.config import LIMITS
from binance_ws.core.lifecycle import State
from binance_ws.enums import Market
from binance_ws.errors import ArgumentError, ConnectionLost, UnknownStream
from binance_ws.feed import Feed
from binance_ws.means import Means
from binance_ws.simulator import OFF, Exchange, Rules
from binance_ws.sockets import Socket

from .faults.soak import Ledger, judge
from .peer import SECONDS
from .waiting import Inbox


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A busy exchange with its rules on."""
    with Exchange(speed=20, rules=Rules(connects=OFF)) as made:
        yield made


class Told:
    """``on_event`` with waiting."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: events.Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, kind: type[events.Event]) -> events.Event:
        """The first event of a kind."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: next((e for e in self.events if isinstance(e, kind)), None), SECONDS
            )
        assert found is not None, self.events
        return found


def test_streams_come_and_go(exchange: Exchange) -> None:
    """subscribe and unsubscribe change a running socket, whose key stays; the others lose nothing."""
    ledger, inbox = Ledger(), Inbox()
    inbox._then = ledger.many
    client = Client(environment=exchange.environment)
    with BinanceSocketManager(client) as manager:
        key = manager.start_multiplex_socket(["btcusdt@trade", "ethusdt@trade"], inbox)
        assert isinstance(key, str)
        inbox.wait(20)
        manager.subscribe(key, ["bnbbtc@trade"])
        inbox.wait_for(lambda messages: any(m["stream"] == "bnbbtc@trade" for m in messages))
        manager.unsubscribe(key, ["ethusdt@trade"])
        assert exchange.wait_for(
            lambda: exchange.connections[0].streams == ("btcusdt@trade", "bnbbtc@trade"), SECONDS
        )
        assert set(manager.sockets()[0].ages) == {"btcusdt@trade", "bnbbtc@trade"}
        with pytest.raises(UnknownStream):
            manager.subscribe(key, ["bnbbtc@trad"])
        with pytest.raises(ArgumentError, match="no open socket"):
            manager.subscribe("nobody", ["bnbbtc@trade"])
        single = manager.start_trade_socket("SOLUSDT", print)
        with pytest.raises(ArgumentError, match="carries one stream"):
            manager.subscribe(str(single), ["bnbbtc@trade"])
    manager.join(SECONDS)
    assert judge(ledger) == []


def test_three_thousand_streams_under_one_key() -> None:
    """They take three connections, arrive, survive a fault, and close at once."""
    with Exchange(speed=5, symbols=750, rules=Rules(connects=OFF)) as exchange:
        symbols = [
            s["symbol"].lower() for s in Client(environment=exchange.environment).exchange_info()["symbols"]
        ]
        names = [
            f"{s}@{kind}" for s in symbols[:750] for kind in ("trade", "kline_1m", "ticker", "bookTicker")
        ]
        assert len(names) == 3000
        inbox, told = Inbox(), Told()
        with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
            key = manager.start_multiplex_socket(names, inbox)
            manager.wait_connected(key, SECONDS)
            assert exchange.wait_for(
                lambda: sum(len(c.streams) for c in exchange.connections) == 3000, SECONDS
            )
            assert sorted(len(c.streams) for c in exchange.connections) == [952, 1024, 1024]
            inbox.wait_for(lambda messages: len({m["stream"] for m in messages}) > 700)
            exchange.faults.reset()
            told.wait(events.Lost)
            assert exchange.wait_for(
                lambda: sum(len(c.streams) for c in exchange.connections) == 3000, SECONDS
            )
            (info,) = manager.sockets()
            assert (info.streams, info.reconnects) == (3000, 3)
        manager.join(SECONDS)


def test_connections_are_packed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where connections have become half empty, one takes over what another carries; nothing is lost or twice."""
    limits = dataclasses.replace(LIMITS[Market.SPOT], streams=4)
    monkeypatch.setitem(LIMITS, Market.SPOT, limits)
    names = [
        f"{s}@{kind}" for s in ("btcusdt", "ethusdt", "bnbbtc", "solusdt") for kind in ("trade", "aggTrade")
    ]
    ledger, inbox = Ledger(), Inbox()
    inbox._then = ledger.many
    with Exchange(speed=20, rules=Rules(connects=OFF)) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client) as manager:
            key = str(manager.start_multiplex_socket(names, inbox))
            inbox.wait_for(lambda messages: {m["stream"] for m in messages} == set(names))
            assert sorted(len(c.streams) for c in exchange.connections) == [4, 4]
            manager.unsubscribe(key, names[:2] + names[4:6])
            left = set(names) - {*names[:2], *names[4:6]}
            assert exchange.wait_for(
                lambda: [set(c.streams) for c in exchange.connections] == [left], SECONDS
            )
            seen = len(inbox.messages)
            inbox.wait_for(lambda messages: {m["stream"] for m in messages[seen:]} >= left)
            (info,) = manager.sockets()
            assert info.streams == 4
            assert info.messages >= seen, "what the connection that is closed has counted is not forgotten"
        manager.join(SECONDS)
    assert judge(ledger) == []


def test_a_refused_stream_is_named() -> None:
    """What the exchange refuses to subscribe is told to the callback by name; the others go on."""
    rules = Rules(connects=OFF, unknown_streams="refuse")
    with Exchange(speed=20, rules=rules) as exchange:
        inbox, told = Inbox(), Told()
        with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
            key = str(manager.start_multiplex_socket(["btcusdt@trade", "ethusdt@trade"], inbox))
            inbox.wait()
            manager.subscribe(key, ["nosuch@trade"])
            refused = told.wait(events.Refused)
            assert isinstance(refused, events.Refused)
            assert refused.streams == ("nosuch@trade",)
            said = inbox.wait_for(lambda messages: any(m.get("e") == "error" for m in messages))
            (error,) = [message for message in said if message.get("e") == "error"]
            assert "nosuch@trade" in error["m"]
            assert error["streams"] == ["nosuch@trade"]
        manager.join(SECONDS)


@pytest.mark.parametrize("reason", ["the server goes down", "age", "silence", "silence for that environment"])
def test_connections_are_replaced_without_a_gap(exchange: Exchange, reason: str) -> None:
    """On a shutdown notice, at the end of its life and when it falls silent, a new connection takes over."""
    ledger, told = Ledger(), Told()
    silence = 0.5 if "environment" in reason else None
    client = Client(environment=dataclasses.replace(exchange.environment, silence=silence))
    manager = BinanceSocketManager(client, on_event=told, stale_after=0.5 if reason == "silence" else None)
    manager.start_trade_socket("BTCUSDT", ledger.single("btcusdt@trade"))
    manager.start_kline_socket("BTCUSDT", ledger.single("btcusdt@kline_1s"), "1s")
    with manager:
        manager.wait_connected(timeout=SECONDS)
        if reason == "the server goes down":
            exchange.faults.shutdown_event("btcusdt@trade")
        elif "silence" in reason:
            fault = exchange.faults.stall("btcusdt@trade")
            assert exchange.wait_for(lambda: len(exchange.connections) == 3, SECONDS)
            fault.stop()
        else:
            socket: Any = manager._registry.all()[0]
            socket.feeds[0].rotate("its age")
        rotated = told.wait(events.Rotated)
        assert isinstance(rotated, events.Rotated)
        assert rotated.key == "btcusdt@trade"
        count = len(ledger.ids["btcusdt@trade"])
        assert exchange.wait_for(lambda: len(ledger.ids["btcusdt@trade"]) > count + 50, SECONDS)
        info = manager.sockets()[0]
        assert (info.rotations, info.reconnects) == (1, 0)
    manager.join(SECONDS)
    assert judge(ledger) == []


def test_one_at_a_time(exchange: Exchange) -> None:
    """No two connections of a manager are replaced at the same moment, and all are in the end."""
    told = Told()
    with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
        for symbol in ("BTCUSDT", "ETHUSDT", "BNBBTC"):
            manager.start_trade_socket(symbol, lambda message: None)
        manager.wait_connected(timeout=SECONDS)
        exchange.faults.shutdown_event()
        counts: set[int] = set()

        def have_all_moved() -> bool:
            counts.add(len(exchange.connections))
            return sum(isinstance(e, events.Rotated) for e in told.events) == 3

        assert exchange.wait_for(have_all_moved, SECONDS)
        assert max(counts) == 4
    manager.join(SECONDS)


def _only_feed(manager: BinanceSocketManager) -> Feed:
    (socket,) = manager._registry.all()
    assert isinstance(socket, Socket)
    (feed,) = socket.feeds
    return feed


def test_what_a_slow_callback_has_not_read_yet_is_not_thrown_away(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old connection is not hung up while something unread is left on it, long as the overlap is over."""
    told, asked, gate, seen = Told(), threading.Semaphore(0), threading.Event(), []
    let_go = Feed._let_go

    def counted(feed: Feed, *args: Any) -> None:
        let_go(feed, *args)
        asked.release()

    def take(message: Any) -> None:
        seen.append((message["U"], message["u"]))
        if len(seen) == 5:
            gate.wait(SECONDS)

    monkeypatch.setattr(Feed, "_let_go", counted)
    monkeypatch.setattr(manager_module, "Means", partial(Means, overlap=0.1))
    with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
        manager.start_socket(take, "btcusdt@depth@100ms")
        manager.wait_connected(timeout=SECONDS)
        feed = _only_feed(manager)
        assert exchange.wait_for(lambda: len(seen) == 5, SECONDS)
        feed.rotate("its age")
        assert asked.acquire(timeout=SECONDS)
        assert asked.acquire(timeout=SECONDS)
        gate.set()
        told.wait(events.Rotated)
        count = len(seen)
        assert exchange.wait_for(lambda: len(seen) > count + 20, SECONDS)
    manager.join(SECONDS)
    assert [pair for pair in itertools.pairwise(seen) if pair[1][0] != pair[0][1] + 1] == []
    assert not any(isinstance(event, events.Missed) for event in told.events)


def test_a_connection_that_breaks_while_it_is_replaced_is_not_missed(exchange: Exchange) -> None:
    """The one that is open already takes over: nothing was lost, nothing is waited for, no word of it."""
    told = Told()
    with BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager:
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        manager.wait_connected(timeout=SECONDS)
        feed = _only_feed(manager)
        feed.rotate("its age")
        assert exchange.wait_for(
            lambda: feed._next is not None and feed._next.connection.state is State.OPEN, SECONDS
        )
        feed.line.connection.hang_up(ConnectionLost("a test"))
        told.wait(events.Rotated)
        manager.wait_connected(timeout=SECONDS)
        assert (feed.reconnects, feed.rotations) == (0, 1)
    manager.join(SECONDS)
    assert not any(isinstance(event, (events.Lost, events.Retrying)) for event in told.events)


@pytest.mark.parametrize("waits", [False, True])
def test_a_stopped_socket_is_forgotten(exchange: Exchange, waits: bool) -> None:
    """Nothing holds on to its callback, though its connection was to be looked at later, or replaced."""
    inbox = Inbox()
    known = weakref.ref(inbox)
    with BinanceSocketManager(Client(environment=exchange.environment)) as manager:
        key = manager.start_trade_socket("BTCUSDT", inbox)
        manager.wait_connected(timeout=SECONDS)
        if waits:
            feed = _only_feed(manager)
            feed._means.slot.taken_by = object()  # another connection is being replaced
            feed._rotate_if(feed.line, "the server goes down")
            del feed
        manager.stop_socket(key)
        del inbox
        gc.collect()
        assert known() is None
    manager.join(SECONDS)


def test_a_host_that_bans_us_is_not_asked_for_a_replacement(exchange: Exchange) -> None:
    """Until the ban is over nothing is begun, so that nothing delivered has to be remembered; then it is done."""
    told, client = Told(), Client(environment=exchange.environment)
    with BinanceSocketManager(client, on_event=told) as manager:
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        manager.wait_connected(timeout=SECONDS)
        feed = _only_feed(manager)
        client.budget(feed.line.address).penalize(0.5)
        feed._rotate_if(feed.line, "its age")
        assert (feed.line.seen, feed._means.slot.taken_by, len(exchange.connections)) == (None, None, 1)
        told.wait(events.Rotated)
    manager.join(SECONDS)


def test_bytes_never_become_less(exchange: Exchange) -> None:
    """Those of a connection that was to take over and was lost count as well."""
    with BinanceSocketManager(Client(environment=exchange.environment)) as manager:
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        manager.wait_connected(timeout=SECONDS)
        feed = _only_feed(manager)
        feed.rotate("its age")
        assert exchange.wait_for(
            lambda: feed._next is not None and feed._next.connection.received > 0, SECONDS
        )
        following = feed._next
        assert following is not None
        following.connection.hang_up(ConnectionLost("a test"))
        assert following.connection.join(SECONDS)
        assert feed._received == following.connection.received > 0
    manager.join(SECONDS)
