"""The exchange as an object: its life, its arguments, what it tells."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from binance_ws.config import UserData
from binance_ws.errors import ArgumentError
from binance_ws.simulator import Exchange, Rules, Symbol
from tests.peer import SECONDS
from tests.simulator.client import Client, connected
from tests.simulator.conftest import Connect, Make

TRADE = "bnbbtc@trade"


def descriptors() -> int:
    """How many files and sockets this process has open."""
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.is_dir() else 0


def test_nothing_is_left_behind() -> None:
    """After the end there is no thread and no descriptor more than before, whatever clients did."""
    threads, files = threading.active_count(), descriptors()
    with Exchange(speed="max") as exchange:
        clients = [Client(exchange.host, f"/ws/{TRADE}") for _ in range(20)]
        for client in clients[:10]:
            client.upgraded().json()
        for client in clients[5:15]:
            client.close()
    for client in clients:
        client.close()
    assert threading.active_count() <= threads
    assert descriptors() <= files


def test_it_can_be_started_again_on_its_port() -> None:
    """Stop and start may be called in any order and number; the port stays, the market goes on."""
    exchange = Exchange(speed="max", rules=Rules.off())
    exchange.stop()
    exchange.start()
    exchange.start()
    host = exchange.host
    with connected(host, f"/ws/{TRADE}") as client:
        before = client.json()["t"]
    exchange.stop()
    exchange.stop()
    with pytest.raises(ConnectionRefusedError):
        Client(host, "/ws")
    with exchange, connected(host, f"/ws/{TRADE}") as client:
        assert exchange.host == host
        assert client.json()["t"] > before


def test_clients_are_hung_up_on_at_the_end(connect: Connect) -> None:
    """The end of the exchange is the end of its connections."""
    with Exchange() as exchange:
        client = connect(exchange, "/ws")
    client.ended()


def test_a_port_that_is_taken_is_told() -> None:
    """Two exchanges cannot share a port; the error names it."""
    with Exchange() as exchange:
        port = int(exchange.host.rpartition(":")[2])
        with pytest.raises(ArgumentError, match=str(port)):
            Exchange(port=port).start()


@pytest.mark.parametrize(
    "wrong", [{"speed": 0}, {"speed": "fast"}, {"recording": "/nowhere"}, {"user_data": "tomorrow"}]
)
def test_bad_arguments_are_told_at_once(wrong: dict[str, Any]) -> None:
    """What cannot be used is an error of the constructor."""
    with pytest.raises(ArgumentError):
        Exchange(**wrong)


@pytest.mark.parametrize(
    ("word", "mechanism"), [("today", UserData.SIGNATURE), ("listen_key", UserData.LISTEN_KEY)]
)
def test_the_environment_leads_to_it(word: str, mechanism: UserData) -> None:
    """The environment names its host, and the mechanism of user data."""
    with Exchange(user_data=word) as exchange:
        environment = exchange.environment
        assert environment.spot.stream == f"ws://{exchange.host}"
        assert environment.spot.user_data is mechanism
        answer = requests.get(f"{environment.spot.rest}/api/v3/time", timeout=SECONDS)
        assert answer.status_code == 200


def test_requests_are_noted_without_secrets(exchange: Exchange, connect: Connect) -> None:
    """Paths and queries are kept as they were sent, the values of secret headers are not."""
    connect(exchange, "/stream?streams=bnbbtc%40trade")
    headers = {"X-MBX-APIKEY": "very secret", "User-Agent": "me"}
    requests.get(f"{exchange.url}/api/v3/depth?symbol=BNBBTC", headers=headers, timeout=SECONDS)
    upgrade, call = exchange.requests
    assert (upgrade.target, upgrade.upgrade, upgrade.status) == ("/stream?streams=bnbbtc%40trade", True, 101)
    assert (call.method, call.path, call.query) == ("GET", "/api/v3/depth", {"symbol": "BNBBTC"})
    assert (call.headers["x-mbx-apikey"], call.headers["user-agent"]) == ("<secret>", "me")


def test_connections_are_told(exchange: Exchange, connect: Connect) -> None:
    """For each open connection its path, streams, form and counters."""
    client = connect(exchange, f"/stream?streams={TRADE}")
    client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    (told,) = exchange.connections
    assert (told.target, told.streams, told.combined) == (f"/stream?streams={TRADE}", (TRADE,), True)
    assert told.received == 1
    assert told.sent > 100


def test_what_was_sent_can_be_compared(exchange: Exchange, connect: Connect) -> None:
    """``sent`` has what a client got, in order; nothing of a stream that nobody had."""
    got = connect(exchange, f"/ws/{TRADE}").several(50)
    assert exchange.sent(TRADE)[:50] == got
    assert exchange.sent("neobtc@trade") == []


def test_waiting_ends_with_truth_time_or_error(exchange: Exchange) -> None:
    """``wait_for`` says whether it became true, and passes errors of the predicate on."""
    assert exchange.wait_for(lambda: True)
    assert not exchange.wait_for(lambda: False, timeout=0.01)
    with pytest.raises(ZeroDivisionError):
        exchange.wait_for(lambda: 1 / 0)


def test_the_market_runs_on_its_clock(make: Make) -> None:
    """At a thousandfold speed a minute of the market passes in a moment; without listeners, too."""
    exchange = make(speed=1000)
    start = exchange.market_time
    assert exchange.wait_for(lambda: exchange.market_time > start + 60_000)


def test_at_full_speed_nothing_happens_without_listeners(make: Make, connect: Connect) -> None:
    """The market begins with its first listener, so that two runs are the same from their first message on."""
    runs = []
    for _ in range(2):
        exchange = make(epoch=1_722_470_400_000)
        runs.append(connect(exchange, f"/stream?streams={TRADE}/bnbbtc@depth/neobtc@kline_1s").several(200))
    assert runs[0] == runs[1]


def test_a_recording_ends_and_rounds_are_counted(make: Make, connect: Connect) -> None:
    """Without a loop it says that it is finished; with one it counts."""
    once, again = make("demo", loop=False), make("demo")
    for exchange in (once, again):
        client = connect(exchange, "/ws/btcusdt@kline_1s")
        while not (exchange.finished or exchange.rounds):
            client.several(10)
    assert (once.finished, once.rounds) == (True, 0)
    assert not again.finished


def test_symbols_may_be_named(make: Make, connect: Connect) -> None:
    """Names and symbols of one's own are listed, Unicode ones too."""
    exchange = make(symbols=["btcusdt", Symbol("这是测试币456", price="3.5", tick="0.001")])
    client = connect(exchange, "/stream?streams=%E8%BF%99%E6%98%AF%E6%B5%8B%E8%AF%95%E5%B8%81456@trade")
    message = client.json()
    assert message["stream"] == "这是测试币456@trade"
    assert 3 < float(message["data"]["p"]) < 4
    answer = requests.get(f"{exchange.url}/api/v3/depth", params={"symbol": "这是测试币456"}, timeout=SECONDS)
    assert answer.json()["bids"]
    assert not exchange.errors


def test_a_thousand_clients_cost_no_thread(make: Make, connect: Connect) -> None:
    """Clients that connect and say nothing are all served by one thread."""
    before = threading.active_count()
    exchange = make(speed=1)
    for _ in range(300):
        connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: len(exchange.connections) == 300)
    assert threading.active_count() == before + 1


def test_it_speaks_ipv6_where_there_is_any(connect: Connect) -> None:
    """The address may be one of version 6."""
    exchange = Exchange(host="::1", speed="max")
    try:
        exchange.start()
    except ArgumentError:
        pytest.skip("this machine has no IPv6")
    with exchange:
        assert exchange.host.startswith("[::1]:")
        answer = requests.get(f"{exchange.url}/api/v3/ping", timeout=SECONDS)
        assert answer.status_code == 200
