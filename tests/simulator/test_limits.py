"""The exchange's rules, over real sockets."""

from __future__ import annotations

import pytest
import requests
from wsproto.events import Ping, Pong

from binance_ws.simulator import OFF, Exchange, Rules
from tests.simulator.client import Client, Refused
from tests.simulator.conftest import Connect, Make

QUIET = "nobody@trade"


def next_ping(client: Client) -> bytes:
    """The payload of the next ping."""
    while not isinstance(event := client.event(), Ping):
        pass
    return bytes(event.payload)


def test_pongs_that_echo_keep_a_connection(make: Make, connect: Connect) -> None:
    """A connection whose pings are answered outlives many pong deadlines."""
    exchange = make(rules=Rules.off(ping_interval=0.01, pong_deadline=0.2))
    client = connect(exchange, f"/ws/{QUIET}")
    for _ in range(50):
        client.send(Pong(next_ping(client)))
    assert len(exchange.connections) == 1


@pytest.mark.parametrize("payload", [None, b"", b"something else"])
def test_a_ping_without_its_pong_ends_the_connection(
    make: Make, connect: Connect, payload: bytes | None
) -> None:
    """No pong, an unsolicited one and a wrong one all end with 1008 and the reason that the exchange gives."""
    exchange = make(rules=Rules.off(ping_interval=0.05, pong_deadline=0.1))
    client = connect(exchange, f"/ws/{QUIET}")
    assert next_ping(client).isdigit()
    if payload is not None:
        client.send(Pong(payload))
    closed = client.closed()
    assert (closed.code, closed.reason) == (1008, "Pong timeout")
    assert client.ended() is False
    client.close()
    assert exchange.wait_for(lambda: not exchange.connections)


def test_one_pong_answers_all_pings_before_it(make: Make, connect: Connect) -> None:
    """A client may answer the newest of several pings alone."""
    exchange = make(rules=Rules.off(ping_interval=0.02, pong_deadline=0.3))
    client = connect(exchange, f"/ws/{QUIET}")
    for _ in range(8):
        pings = [next_ping(client) for _ in range(5)]
        client.send(Pong(pings[-1]))
    assert len(exchange.connections) == 1


def test_a_connection_has_its_life(make: Make, connect: Connect) -> None:
    """At the end of its life it is ended without a close frame."""
    client = connect(make(rules=Rules.off(life=0.05)), f"/ws/{QUIET}")
    assert client.ended() is False


def test_five_messages_a_second(make: Make, connect: Connect) -> None:
    """The sixth message within a second, of whatever kind, ends the connection."""
    exchange = make(rules=Rules.off(messages=5))
    client = connect(exchange, "/ws")
    for id in range(3):
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": id})
    client.send(Ping())
    client.send(Pong())
    assert [m["id"] for m in (client.json(), client.json(), client.json())] == [0, 1, 2]
    client.say({"method": "LIST_SUBSCRIPTIONS", "id": 3})
    assert client.closed().code == 1008


def test_slower_messages_are_allowed(make: Make, connect: Connect) -> None:
    """When the second is over a client may send again; here a second is short."""
    exchange = make(rules=Rules.off(messages=5, scale=0.000_01))
    client = connect(exchange, "/ws")
    for id in range(40):
        assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": id})["id"] == id


def test_1024_streams_and_no_more(make: Make, connect: Connect) -> None:
    """1024 streams are fine; the next one is an error reply and the end."""
    exchange = make(rules=Rules.off(streams=None))
    client = connect(exchange, "/stream")
    names = [f"x{n}usdt@trade" for n in range(1025)]
    assert client.ask({"method": "SUBSCRIBE", "params": names[:1024], "id": 1}) == {"result": None, "id": 1}
    answer = client.ask({"method": "SUBSCRIBE", "params": names[1024:], "id": 2})
    assert (answer["code"], answer["id"]) == (2, 2)
    assert client.closed().code == 1008


def test_too_many_streams_in_the_url(make: Make, connect: Connect) -> None:
    """A URL with too many names is accepted, told, and ended."""
    client = connect(make(rules=Rules.off(streams=2)), "/ws/a@trade/b@trade/c@trade")
    assert client.json()["code"] == 2
    assert client.closed().code == 1008


def test_connection_attempts_are_counted(make: Make, connect: Connect) -> None:
    """One attempt too many is 429 with the seconds to wait; REST is not meant."""
    exchange = make(rules=Rules.off(connects=3))
    for _ in range(3):
        connect(exchange, "/ws")
    with pytest.raises(Refused) as refused:
        connect(exchange, "/ws")
    assert refused.value.status == 429
    assert 290 <= int(refused.value.headers["retry-after"]) <= 300
    assert requests.get(f"{exchange.url}/api/v3/ping", timeout=5).status_code == 200


def test_who_goes_on_is_banned(make: Make, connect: Connect) -> None:
    """After some 429 comes 418, for sockets and REST, until it is over."""
    exchange = make(rules=Rules.off(connects=1, strikes=2))
    connect(exchange, "/ws")
    statuses = []
    for _ in range(4):
        with pytest.raises(Refused) as refused:
            connect(exchange, "/ws")
        statuses.append(refused.value.status)
    assert statuses == [429, 429, 418, 418]
    answer = requests.get(f"{exchange.url}/api/v3/ping", timeout=5)
    assert answer.status_code == 418
    assert 110 <= int(answer.headers["Retry-After"]) <= 120
    assert "IP banned until" in answer.json()["msg"]
    exchange.pardon()
    connect(exchange, "/ws")


def test_too_many_messages_again_and_again_is_a_ban(make: Make, connect: Connect) -> None:
    """Connections ended for too many messages count towards a ban."""
    exchange = make(rules=Rules.off(messages=1, strikes=1))
    for _ in range(2):
        client = connect(exchange, "/ws")
        client.send(Ping())
        client.send(Ping())
        client.closed()
    with pytest.raises(Refused) as refused:
        connect(exchange, "/ws")
    assert refused.value.status == 418


def test_weight_is_counted_and_limited(make: Make) -> None:
    """Answers carry the weight used; too much of it is 429 with -1003 and the seconds to wait."""
    exchange = make(rules=Rules.off(weight=51, strikes=OFF))
    with requests.Session() as session:
        get = session.get
        answers = [get(f"{exchange.url}/api/v3/trades?symbol=BNBBTC", timeout=5) for _ in range(2)]
        used = [int(a.headers["X-MBX-USED-WEIGHT-1M"]) for a in answers]
        assert used in ([25, 50], [25, 25])  # the minute may turn
        refused = [get(f"{exchange.url}/api/v3/trades?symbol=BNBBTC", timeout=5) for _ in range(4)][-1]
    assert (refused.status_code, refused.json()["code"]) == (429, -1003)
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_a_client_that_does_not_read_is_cut_off(make: Make, connect: Connect) -> None:
    """A market on its own clock drops who lags too far behind."""
    exchange: Exchange = make("demo", speed=1000, rules=Rules.off(backlog=100_000))
    client = connect(exchange, "/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker")
    assert exchange.wait_for(lambda: exchange.requests and not exchange.connections)
    assert client.ended() is True


def test_the_slowest_client_sets_the_pace(make: Make, connect: Connect) -> None:
    """At full speed the market waits for a client that does not read, and then goes on without a gap."""
    exchange = make()
    client = connect(exchange, "/ws/bnbbtc@trade")
    server = exchange._server
    assert exchange.wait_for(lambda: server.crowd)
    stopped = exchange.sent("bnbbtc@trade")[-1]["t"]
    ids = [m["t"] for m in client.several(1000)]
    assert ids == list(range(ids[0], ids[0] + 1000))
    while client.json()["t"] < stopped + 1000:
        pass


def test_who_reads_nothing_at_full_speed_is_cut_off_in_the_end(make: Make, connect: Connect) -> None:
    """A client that takes nothing for too long no longer holds the market."""
    exchange = make(rules=Rules.off(patience=0.1))
    connect(exchange, "/ws/bnbbtc@trade")
    assert exchange.wait_for(lambda: exchange._server.crowd)
    assert exchange.wait_for(lambda: not exchange._server.sessions)
