"""Every fault, seen from a client."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
from wsproto.events import Message, Ping, RejectConnection

from binance_ws.errors import ArgumentError
from binance_ws.simulator import Exchange, Rules
from tests import payloads
from tests.peer import SECONDS
from tests.simulator.client import Client, Refused
from tests.simulator.conftest import Connect, Make

TRADE = "bnbbtc@trade"


def ids(client: Client, count: int) -> list[int]:
    """The next trade ids."""
    return [message["t"] for message in client.several(count)]


def silence(client: Client) -> None:
    """What was under way comes, then nothing more, and no answer at all."""
    with contextlib.suppress(TimeoutError):
        while isinstance(event := client.event(), (Message, Ping)):
            assert "result" not in str(getattr(event, "data", ""))
        raise AssertionError(f"{event} came")


def test_refuse(exchange: Exchange, connect: Connect) -> None:
    """TCP is refused while it lasts; open connections stay; afterwards the same port answers."""
    client = connect(exchange, f"/ws/{TRADE}")
    with exchange.faults.refuse():
        with pytest.raises(ConnectionRefusedError):
            Client(exchange.host, "/ws")
        assert client.json()["e"] == "trade"
    connect(exchange, "/ws")


def test_black_hole(exchange: Exchange, connect: Connect) -> None:
    """Requests get no answer at all while it lasts."""
    with exchange.faults.black_hole() as fault:
        client = Client(exchange.host, "/ws")
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.event()
        client.close()
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{exchange.url}/api/v3/ping", timeout=0.1)
        assert exchange.wait_for(lambda: fault.hits == 2)
        assert {r.status for r in exchange.requests} == {0}
    connect(exchange, "/ws")


@pytest.mark.parametrize("code", [403, 404, 418, 429, 451, 500, 503])
def test_status(exchange: Exchange, connect: Connect, code: int) -> None:
    """Upgrades and calls get the status, with Retry-After where it is given."""
    with exchange.faults.status(code, retry_after=7):
        with pytest.raises(Refused) as refused:
            connect(exchange, "/ws")
        assert (refused.value.status, refused.value.headers["retry-after"]) == (code, "7")
        answer = requests.get(f"{exchange.url}/api/v3/ping", timeout=SECONDS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (code, "7")
    assert requests.get(f"{exchange.url}/api/v3/ping", timeout=SECONDS).status_code == 200


def test_status_of_some(exchange: Exchange, connect: Connect) -> None:
    """It may be for calls alone, for a path, for a stream, and for a number of requests."""

    def get(path: str) -> int:
        return requests.get(f"{exchange.url}{path}", timeout=SECONDS).status_code

    with exchange.faults.status(503, upgrades=False, match="/api/v3/time"):
        assert (get("/api/v3/time"), get("/api/v3/ping")) == (503, 200)
    with exchange.faults.status(403, match=TRADE, times=1) as fault:
        connect(exchange, "/ws/neobtc@trade")
        with pytest.raises(Refused):
            connect(exchange, f"/ws/{TRADE}")
        connect(exchange, f"/ws/{TRADE}")
        assert fault.hits == 1


@pytest.mark.parametrize("options", [{"delay": 0.05}, {"bytes_per_second": 2000}])
def test_slow_handshake(exchange: Exchange, options: dict[str, Any]) -> None:
    """The answer comes late or in pieces, and is whole in the end."""
    with exchange.faults.slow_handshake(**options) as fault:
        client = Client(exchange.host, f"/ws/{TRADE}")
        first = client.socket.recv(4, socket.MSG_PEEK)
        assert b"HTTP".startswith(first)
        assert client.upgraded().json()["e"] == "trade"
        client.close()
        assert fault.hits == 1


def test_mute(make: Make, connect: Connect) -> None:
    """A mute exchange sends nothing and answers nothing, and can be unmuted; the other connection goes on."""
    exchange = make(speed=1000)
    client, other = connect(exchange, f"/ws/{TRADE}"), connect(exchange, "/ws/neobtc@trade")
    with exchange.faults.mute(TRADE) as fault:
        assert fault.hits == 1
        client.send(Ping(b"there?"))
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        before = ids(other, 1)[0]
        while ids(other, 1)[0] < before + 200:
            pass
        client.socket.settimeout(0.05)
        silence(client)
    client.socket.settimeout(SECONDS)
    assert client.json()["e"] == "trade"


def test_a_newcomer_is_muted_too(make: Make, connect: Connect) -> None:
    """While it lasts, connections that come are meant as well, also those that subscribe later."""
    exchange = make(speed=100)
    with exchange.faults.mute(TRADE) as fault:
        connect(exchange, f"/ws/{TRADE}")
        later = connect(exchange, "/ws")
        later.say({"method": "SUBSCRIBE", "params": [TRADE], "id": 1})
        assert exchange.wait_for(lambda: fault.hits == 2)


def test_stall(make: Make, connect: Connect) -> None:
    """A stalled exchange sends no message and no ping, but takes what the client says."""
    exchange = make(speed=1000, rules=Rules.off(ping_interval=0.01, pong_deadline=0.5))
    client = connect(exchange, f"/ws/{TRADE}")
    with exchange.faults.stall():
        client.say({"method": "UNSUBSCRIBE", "params": [TRADE], "id": 1})
        assert exchange.wait_for(lambda: exchange.connections[0].streams == ())
        client.socket.settimeout(0.05)
        silence(client)
    client.socket.settimeout(SECONDS)
    while not isinstance(client.event(), Ping):
        pass


@pytest.mark.parametrize("match", [None, TRADE, "/ws", lambda connection: TRADE in connection.streams])
def test_reset(exchange: Exchange, connect: Connect, match: str | Callable[..., bool] | None) -> None:
    """The connections meant end with RST, no other one does."""
    client, other = connect(exchange, f"/ws/{TRADE}"), connect(exchange, "/stream?streams=neobtc@trade")
    assert exchange.wait_for(lambda: len(exchange.connections) == 2)
    fault = exchange.faults.reset(match)
    assert client.ended() is True
    assert fault.hits == (2 if match is None else 1)
    if match is not None:
        assert other.json()["data"]["s"] == "NEOBTC"


def test_drop(exchange: Exchange, connect: Connect) -> None:
    """With a close frame its code and reason come; without one there is only the end."""
    client = connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.drop(code=1012, reason="maintenance")
    closed = client.closed()
    assert (closed.code, closed.reason) == (1012, "maintenance")
    client.close()
    client = connect(exchange, "/ws/nobody@trade")
    assert exchange.wait_for(lambda: len(exchange.connections) == 1)
    exchange.faults.drop(frame=False)
    assert client.ended() is False


def test_corrupt(exchange: Exchange, connect: Connect) -> None:
    """A text that is no JSON comes between two messages; ids go on."""
    client = connect(exchange, f"/ws/{TRADE}")
    first = ids(client, 1)[0]
    exchange.faults.corrupt(TRADE)
    good: list[int] = []
    bad = 0
    while not bad or len(good) < 5:
        try:
            good.append(json.loads(client.text())["t"])
        except ValueError:
            bad += 1
    assert bad == 1
    assert good == list(range(first + 1, first + 1 + len(good)))


def test_raw_bytes(exchange: Exchange, connect: Connect) -> None:
    """Any bytes may stand between two frames."""
    client = connect(exchange, "/ws/nobody@trade")
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.raw_bytes(b"\xff\xff\xff")
    assert client.socket.recv(3) == b"\xff\xff\xff"


@pytest.mark.parametrize(("target", "file"), [("/ws", "raw"), ("/stream", "combined")])
def test_shutdown_event(exchange: Exchange, connect: Connect, target: str, file: str) -> None:
    """``serverShutdown`` comes in the connection's own form."""
    client = connect(exchange, target)
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.faults.shutdown_event()
    example, message = payloads.load(f"spot_server_shutdown_{file}.json"), client.json()
    event = message.get("data", message)
    assert set(message) == set(example)
    assert event["e"] == "serverShutdown"


def test_gap(exchange: Exchange, connect: Connect) -> None:
    """So many messages are left out, of that stream, after so many."""
    with exchange.faults.gap(TRADE, 3, after=2) as fault:
        seen = ids(connect(exchange, f"/ws/{TRADE}"), 10)
        assert [b - a for a, b in itertools.pairwise(seen)] == [1, 4] + [1] * 7
        assert fault.hits == 3


def test_repeat(exchange: Exchange, connect: Connect) -> None:
    """So many messages come twice."""
    with exchange.faults.repeat(TRADE, 2, after=1):
        seen = ids(connect(exchange, f"/ws/{TRADE}"), 7)
    first = seen[0]
    assert [i - first for i in seen] == [0, 1, 1, 2, 2, 3, 4]


def test_a_fault_is_over_when_it_is_stopped(exchange: Exchange, connect: Connect) -> None:
    """A stopped fault does nothing more, and stopping it twice does no harm."""
    fault = exchange.faults.gap(TRADE, 10**9)
    fault.stop()
    fault.stop()
    seen = ids(connect(exchange, f"/ws/{TRADE}"), 10)
    assert seen == list(range(seen[0], seen[0] + 10))


def test_a_stream_that_is_not_served_has_no_faults(exchange: Exchange) -> None:
    """A wrong name is told at once."""
    with pytest.raises(ArgumentError, match="nobody@trade"):
        exchange.faults.gap("nobody@trade")


def test_a_rejection_is_a_whole_answer(exchange: Exchange) -> None:
    """The refused upgrade's body can be read, and the connection ends behind it."""
    with exchange.faults.status(429):
        client = Client(exchange.host, "/ws")
        assert isinstance(client.event(), RejectConnection)
        assert client.ended() is False
        client.close()
