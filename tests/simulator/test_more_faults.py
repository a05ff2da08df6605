"""Faults of order, of time and of chance; and what the exchange remembers to compare with."""

from __future__ import annotations

import math

import pytest
import requests

from binance_ws.errors import ArgumentError
from binance_ws.simulator import KINDS, Exchange, Rules
from binance_ws.simulator.history import KEPT
from tests.peer import SECONDS
from tests.simulator.client import Client, Ended
from tests.simulator.conftest import Connect, Make
from tests.simulator.test_faults import ids, silence

TRADE = "bnbbtc@trade"
AGGREGATE = "btcusdt@aggTrade"


def test_reorder(exchange: Exchange, connect: Connect) -> None:
    """So many messages come in the opposite order, all others where they belong."""
    with exchange.faults.reorder(TRADE, 3, after=2) as fault:
        seen = ids(connect(exchange, f"/ws/{TRADE}"), 8)
        assert [each - seen[0] for each in seen] == [0, 1, 4, 3, 2, 5, 6, 7]
        assert fault.hits == 3


def test_a_reordering_that_ends_early_loses_nothing(exchange: Exchange, connect: Connect) -> None:
    """What it holds when it ends is sent then."""
    fault = exchange.faults.reorder(TRADE, 10**6)
    client = connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: fault.hits > 5)
    fault.stop()
    seen = ids(client, 20)
    assert seen == list(range(seen[0], seen[0] + 20))
    with pytest.raises(ArgumentError, match="two"):
        exchange.faults.reorder(TRADE, 1)


@pytest.mark.parametrize("kind", ["gap", "repeat", "reorder"])
def test_faults_of_other_markets(exchange: Exchange, connect: Connect, kind: str) -> None:
    """A stream of that name on another market is not meant."""
    with getattr(exchange.faults, kind)(AGGREGATE, 3, after=2, market="usdm") as fault:
        spot, usdm = (connect(exchange, f"{path}/ws/{AGGREGATE}") for path in ("", "/fstream/market"))
        good, bad = ([m["a"] for m in client.several(8)] for client in (spot, usdm))
        assert good == list(range(good[0], good[0] + 8))
        assert bad != list(range(bad[0], bad[0] + 8))
        assert fault.hits == 3
    with pytest.raises(ArgumentError, match="nobody"):
        getattr(exchange.faults, kind)("nobodyusd@aggTrade", 3, market="coinm")


def test_truncate(exchange: Exchange, connect: Connect) -> None:
    """A frame begins and does not end: FIN follows in the midst of it."""
    client = connect(exchange, "/ws/nobody@trade")
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.truncate()
    data = b""
    while piece := client.socket.recv(4096):
        data += piece
    assert data[0] == 0x81
    assert 2 < len(data) < 2 + data[1]


def test_end_life(exchange: Exchange, connect: Connect) -> None:
    """The connections meant end with FIN, without a close frame."""
    client, other = connect(exchange, "/ws/nobody@trade"), connect(exchange, f"/stream?streams={TRADE}")
    assert exchange.wait_for(lambda: len(exchange.connections) == 2)
    exchange.faults.end_life("/ws")
    with pytest.raises(Ended) as ended:
        client.event()
    assert not ended.value.reset
    assert other.json()["stream"] == TRADE


def test_half_open(make: Make, connect: Connect) -> None:
    """Nothing comes, nothing is read, no FIN, while others and newcomers are served; in the end comes RST."""
    exchange = make(speed=1000)
    client = connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: exchange.connections)
    with exchange.faults.half_open() as fault:
        assert fault.hits == 1
        received = exchange.connections[0].received
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        assert connect(exchange, f"/ws/{TRADE}").json()["e"] == "trade"
        client.socket.settimeout(0.05)
        silence(client)
        assert exchange.connections[0].received == received
        with exchange.faults.stall():
            pass
        silence(client)
    client.socket.settimeout(SECONDS)
    assert client.ended() is True
    assert exchange.wait_for(lambda: len(exchange.connections) == 1)


def test_a_half_open_connection_does_not_hold_the_exchange(make: Make, connect: Connect) -> None:
    """An exchange that stops in the midst of it ends it."""
    exchange = make(rules=Rules.off(ping_interval=0.01, pong_deadline=0.01, life=0.02))
    client = connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.half_open()
    exchange.stop()
    client.ended()


def test_a_stall_that_loses_nothing(make: Make, connect: Connect) -> None:
    """All that was held comes when it ends, in order, and what follows behind it."""
    exchange = make(speed=1000)
    client = connect(exchange, f"/ws/{TRADE}")
    first = ids(client, 1)[0]
    with exchange.faults.stall(lose=False) as fault:
        assert fault.hits == 1
        assert exchange.wait_for(lambda: exchange.made(TRADE)[-1][-1] > first + 500)
        client.socket.settimeout(0.05)
        silence(client)
    client.socket.settimeout(SECONDS)
    rest = ids(client, 1000)
    assert rest[-1] - rest[0] == 999
    assert rest == list(range(rest[0], rest[0] + 1000))


def test_held_messages_have_a_limit(make: Make, connect: Connect) -> None:
    """A client whose backlog grows too large is cut off as a slow one is."""
    exchange = make(rules=Rules.off(backlog=10_000))
    client = connect(exchange, f"/ws/{TRADE}")
    with exchange.faults.stall(lose=False):
        assert client.ended() is True


@pytest.mark.parametrize("seconds", [0.02, 0.0])
def test_delay(make: Make, connect: Connect, seconds: float) -> None:
    """Messages come late, in order, none lost, also when the delay ends."""
    exchange = make(speed=500)
    client = connect(exchange, f"/ws/{TRADE}")
    seen = ids(client, 5)
    with exchange.faults.delay(seconds):
        seen += ids(client, 100)
    seen += ids(client, 100)
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_a_delay_delays(make: Make, connect: Connect) -> None:
    """What is sent under a delay that has no end is there only when it is ended; a shorter one overtakes it."""
    exchange = make()
    client = connect(exchange, "/ws")
    with exchange.faults.delay(math.inf), exchange.faults.delay(0.01):
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        assert exchange.wait_for(lambda: exchange.connections and exchange.connections[0].received == 1)
        client.socket.settimeout(0.05)
        silence(client)
    client.socket.settimeout(SECONDS)
    assert client.json() == {"result": [], "id": 1}


@pytest.mark.parametrize("path", ["/ws", "/stream", "/fstream/market/ws", "/dstream/stream"])
def test_shutdown_event(exchange: Exchange, connect: Connect, path: str) -> None:
    """``serverShutdown`` comes on every product in the connection's own form."""
    client = connect(exchange, path)
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.shutdown_event()
    message = client.json()
    assert ("stream" in message) == path.endswith("stream")
    assert message.get("data", message)["e"] == "serverShutdown"


# At random.


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_thrown(make: Make, kind: str) -> None:
    """Each kind alone: it is thrown and told, and over when it is stopped."""
    exchange = make(speed=50)
    chaos = exchange.faults.random(7, 0.01, kinds=[kind], lasting=0.02)
    client = (
        Client(exchange.host, "/stream").upgraded()
        if kind not in ("refuse", "black_hole", "status")
        else None
    )
    if client:
        client.say({"method": "SUBSCRIBE", "params": [TRADE], "id": 1})
    assert exchange.wait_for(lambda: chaos.hits >= 1)
    chaos.stop()
    thrown = chaos.log[0]
    assert thrown.kind == kind
    assert thrown.at >= 0
    assert thrown.target == "" or TRADE in thrown.target or "connection" in thrown.target
    if client:
        client.close()
    again = Client(exchange.host, f"/ws/{TRADE}").upgraded()
    assert again.json()["e"] == "trade"
    again.close()
    assert requests.get(f"{exchange.url}/api/v3/ping", timeout=SECONDS).status_code == 200


def test_the_same_seed_throws_the_same(make: Make) -> None:
    """Kinds and lengths follow from the seed alone where no connection is needed."""
    logs = []
    for seed in (1, 1, 2):
        exchange = make()
        kinds = ("status", "slow_handshake", "black_hole")
        with exchange.faults.random(seed, 0.001, kinds=kinds, lasting=0.01) as chaos:
            assert exchange.wait_for(lambda chaos=chaos: chaos.hits >= 8)  # type: ignore[misc]
        logs.append([(each.kind, each.seconds) for each in chaos.log[:8]])
    assert logs[0] == logs[1] != logs[2]


def test_unknown_kinds_are_refused(exchange: Exchange) -> None:
    """The message names those that there are."""
    with pytest.raises(ArgumentError, match="half_open"):
        exchange.faults.random(kinds=["earthquake"])
    with pytest.raises(ArgumentError, match="half_open"):
        exchange.faults.random(kinds=[])


def test_a_client_that_repairs_gets_everything(make: Make) -> None:
    """Under random faults REST has all that the sockets lost: with it the ids have no hole."""
    exchange = make(speed=200)
    kinds = ("gap", "repeat", "reorder", "reset", "end_life", "drop", "truncate", "delay", "hold")
    got: set[int] = set()
    with exchange.faults.random(3, 0.02, kinds=kinds, lasting=0.05) as chaos:
        while chaos.hits < 25:
            client = Client(exchange.host, f"/fstream/market/ws/{AGGREGATE}").upgraded()
            try:
                while chaos.hits < 25:
                    got.add(client.json()["a"])
            except (Ended, AssertionError, TimeoutError):
                pass
            finally:
                client.close()
    first, last = min(got), max(got)
    missing = [each for each in range(first, last) if each not in got]
    for start in missing:
        if start not in got:
            answer = requests.get(
                f"{exchange.url}/fapi/v1/aggTrades?symbol=BTCUSDT&fromId={start}&limit=1000", timeout=SECONDS
            )
            got |= {each["a"] for each in answer.json()}
    made = exchange.made(AGGREGATE, "usdm")
    assert set(range(first, last + 1)) <= got
    assert any(first in run and last in run for run in made)


# What it remembers.


def test_made_are_all_ids_since_the_start(exchange: Exchange, connect: Connect) -> None:
    """Trades, aggregates and closed klines, sent or not, as unbroken runs."""
    names = [f"bnbbtc@{name}" for name in ("trade", "aggTrade", "kline_1s", "kline_1m")]
    client = connect(exchange, f"/stream?streams={'/'.join(names)}")
    seen: dict[str, list[int]] = {name: [] for name in names}
    while not seen["bnbbtc@kline_1m"]:
        message = client.json()
        data = message["data"]
        kline = data.get("k", {"x": True})
        if kline["x"]:
            seen[message["stream"]].append(kline["t"] if "k" in data else data.get("a", data.get("t")))
    client.close()
    for name in names:
        runs = exchange.made(name)
        assert len(runs) == 1
        assert seen[name] == list(runs[0])[: len(seen[name])]


@pytest.mark.parametrize(
    ("name", "market"),
    [
        ("btcusdt@kline_1M", "spot"),
        ("btcusdt_perpetual@continuousKline_1s", "usdm"),
        ("btcusd_perp@aggTrade", "coinm"),
        ("btc-261225-60000-c@optionTrade", "options"),
    ],
)
def test_made_of_every_market(exchange: Exchange, connect: Connect, name: str, market: str) -> None:
    """Every market counts what it makes; months are closed when they are over."""
    connect(exchange, "/ws/btcusdt@kline_1s").several(20)
    made = exchange.made(name, market)
    assert bool(made) == (not name.endswith("1M"))


def test_what_has_no_ids_was_not_counted(exchange: Exchange) -> None:
    """Other kinds of stream, and names that are none, are refused."""
    for name in ("btcusdt@depth", "nobody@trade", "btcusdt@rubbish"):
        with pytest.raises(ArgumentError, match=name.partition("@")[0]):
            exchange.made(name)


def test_rest_remembers_enough() -> None:
    """The trades of several minutes at high speed stay there."""
    assert KEPT >= 100_000
