"""The sockets of the exchange: paths, envelopes, requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
import websocket
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from binance_ws.simulator import Exchange, Rules
from tests import payloads
from tests.peer import SECONDS
from tests.simulator.client import Client, Refused
from tests.simulator.conftest import Connect, Make

TRADE = "bnbbtc@trade"


def test_a_raw_path_sends_bare_messages(exchange: Exchange, connect: Connect) -> None:
    """``/ws/<name>`` sends the payload and nothing around it."""
    assert connect(exchange, f"/ws/{TRADE}").json()["e"] == "trade"


def test_several_names_share_a_raw_path(exchange: Exchange, connect: Connect) -> None:
    """``/ws/<name>/<name>`` sends the messages of both."""
    messages = connect(exchange, f"/ws/{TRADE}/bnbbtc@depth5").several(30)
    assert {message.get("e") for message in messages} == {"trade", None}


def test_a_combined_path_sends_envelopes(exchange: Exchange, connect: Connect) -> None:
    """``/stream?streams=`` wraps each message with its stream's name."""
    messages = connect(exchange, f"/stream?streams={TRADE}/neobtc@aggTrade").several(30)
    assert {m["stream"] for m in messages} == {TRADE, "neobtc@aggTrade"}
    assert all(list(m) == ["stream", "data"] for m in messages)


@pytest.mark.parametrize("target", ["/ws", "/stream"])
def test_bare_paths_wait_for_a_subscription(exchange: Exchange, connect: Connect, target: str) -> None:
    """A bare path sends nothing before SUBSCRIBE, then in the form of its path."""
    client = connect(exchange, target)
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 3}) == {"result": [], "id": 3}
    assert client.ask({"method": "SUBSCRIBE", "params": [TRADE], "id": 1}) == {"result": None, "id": 1}
    assert ("stream" in client.json()) is (target == "/stream")


def test_unsubscribed_streams_fall_silent(exchange: Exchange, connect: Connect) -> None:
    """After the answer to UNSUBSCRIBE nothing of that stream comes."""
    client = connect(exchange, f"/ws/{TRADE}/bnbbtc@depth5")
    client.ask({"method": "UNSUBSCRIBE", "params": [TRADE], "id": 1})
    assert all("e" not in m for m in client.several(30))
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 2})["result"] == ["bnbbtc@depth5"]
    assert exchange.wait_for(lambda: exchange.connections[0].streams == ("bnbbtc@depth5",))


def test_the_envelope_can_be_turned_on_and_off(exchange: Exchange, connect: Connect) -> None:
    """SET_PROPERTY changes the form of the messages behind its answer, without losing one."""
    client = connect(exchange, f"/ws/{TRADE}")
    for combined in (True, False):
        client.say({"method": "SET_PROPERTY", "params": ["combined", combined], "id": 5})
        while "result" not in (message := client.json()):
            assert ("stream" in message) is not combined
        assert message == {"result": None, "id": 5}
        assert all(("stream" in m) is combined for m in client.several(20))
        assert client.ask({"method": "GET_PROPERTY", "params": ["combined"], "id": 2})["result"] is combined


def test_no_message_is_lost_when_the_form_changes(make: Make, connect: Connect) -> None:
    """Trade ids go on without a gap while the envelope is turned on."""
    client = connect(make(), f"/ws/{TRADE}")
    client.say({"method": "SET_PROPERTY", "params": ["combined", True], "id": 5})
    messages = [m.get("data", m) for m in client.several(500)]
    ids = [m["t"] for m in messages if "t" in m]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("hello", "invalid_json"),
        ('{"method":"FLY","id":1}', "unknown_variant"),
        ('{"method":"GET_PROPERTY","params":["x"],"id":5}', "unknown_property"),
    ],
)
def test_a_bad_request_is_answered_and_the_stream_goes_on(
    exchange: Exchange, connect: Connect, said: str, file: str
) -> None:
    """An error reply ends nothing."""
    client = connect(exchange, f"/ws/{TRADE}")
    assert client.ask(said)["code"] == payloads.load(f"spot_control_error_{file}.json")["code"]
    assert client.json()["e"] == "trade"


@pytest.mark.parametrize(("host", "refused"), [("", False), ("/fstream/public", True), ("/dstream", True)])
def test_a_host_has_its_own_ids(exchange: Exchange, connect: Connect, host: str, refused: bool) -> None:
    """A word is an id of spot alone; what the URL names is subscribed on every host."""
    symbol = "btcusd_perp" if host == "/dstream" else "btcusdt"
    client = connect(exchange, f"{host}/ws/{symbol}@bookTicker")
    answer = client.ask({"method": "LIST_SUBSCRIPTIONS", "id": "word"})
    assert ("code" in answer) is refused
    assert client.json()["s"] == symbol.upper()


def test_times_in_microseconds(exchange: Exchange, connect: Connect) -> None:
    """``timeUnit`` makes all times of that connection microseconds, and of no other."""
    fine = connect(exchange, f"/ws/{TRADE}?timeUnit=MICROSECOND").json()
    coarse = connect(exchange, f"/ws/{TRADE}").json()
    assert (len(str(fine["E"])), len(str(coarse["E"]))) == (16, 13)


@pytest.mark.parametrize(
    ("target", "status"),
    [("/", 404), ("/wss/x", 404), ("/api/v3/ping", 404), ("/ws/a@trade?timeUnit=x", 400)],
)
def test_other_targets_are_refused(exchange: Exchange, target: str, status: int) -> None:
    """What is no socket is answered with a status, and noted."""
    client = Client(exchange.host, target)
    with pytest.raises(Refused) as refused:
        client.upgraded()
    client.close()
    assert refused.value.status == status
    assert (exchange.requests[-1].status, exchange.requests[-1].target) == (status, target)


@pytest.mark.parametrize(
    "name", ["nobody@trade", "bnbbtc@nothing", "!ticker@arr", "BNBBTC@trade", "bccbtc@trade"]
)
def test_an_unknown_stream_is_acknowledged_and_silent(
    exchange: Exchange, connect: Connect, name: str
) -> None:
    """As on the exchange, nothing says that a stream does not exist."""
    client = connect(exchange, f"/ws/{name}")
    assert client.ask({"method": "SUBSCRIBE", "params": [name, TRADE], "id": 1}) == {"result": None, "id": 1}
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 2})["result"] == [name, TRADE]
    assert {m["s"] for m in client.several(20)} == {"BNBBTC"}


def test_an_unknown_stream_may_be_refused(make: Make, connect: Connect) -> None:
    """Where the rules say so it is an error, and nothing of the request is subscribed."""
    exchange = make(rules=Rules.off(unknown_streams="refuse"))
    client = connect(exchange, "/ws")
    answer = client.ask({"method": "SUBSCRIBE", "params": [TRADE, "nobody@trade"], "id": 1})
    assert (answer["code"], answer["id"]) == (2, 1)
    assert "nobody@trade" in answer["msg"]
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 2})["result"] == []
    with pytest.raises(Refused):
        connect(exchange, "/ws/nobody@trade")


@pytest.mark.parametrize("name", ["!ticker@arr", "!bookTicker"])
def test_the_whole_market_is_served_on_request(make: Make, connect: Connect, name: str) -> None:
    """``whole_market`` brings back the streams that spot no longer has."""
    exchange = make(whole_market=True)
    assert exchange.environment.whole_market
    message = connect(exchange, f"/ws/{name}").json()
    assert "s" in (message[0] if isinstance(message, list) else message)


def test_a_message_in_fragments_is_one_request(exchange: Exchange, connect: Connect) -> None:
    """A request may come in several frames, and byte by byte."""
    client = connect(exchange, "/ws")
    text = json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    client.send(TextMessage(text[:9], message_finished=False))
    client.send(TextMessage(text[9:]))
    assert client.json() == {"result": [], "id": 1}


def test_a_ping_of_the_client_is_answered(exchange: Exchange, connect: Connect) -> None:
    """Its payload comes back."""
    client = connect(exchange, "/ws")
    client.send(Ping(b"hello"))
    answer = client.event()
    assert isinstance(answer, Pong)
    assert answer.payload == b"hello"


def test_a_close_is_answered(exchange: Exchange, connect: Connect) -> None:
    """A close frame gets one back, then the connection ends, and the exchange forgets it."""
    client = connect(exchange, f"/ws/{TRADE}")
    client.send(CloseConnection(1000))
    assert client.closed().code == 1000
    client.close()
    assert exchange.wait_for(lambda: not exchange.connections)


def test_binary_messages_are_refused(exchange: Exchange, connect: Connect) -> None:
    """Only text is understood."""
    client = connect(exchange, "/ws")
    client.send(BytesMessage(b"x"))
    assert client.closed().code == 1003


def test_garbage_ends_with_1002(exchange: Exchange, connect: Connect) -> None:
    """A frame with reserved bits is a protocol error."""
    client = connect(exchange, "/ws")
    client.socket.sendall(b"\xf1\x80aaaa")
    assert client.closed().code == 1002


def test_a_client_that_vanishes_is_forgotten(exchange: Exchange, connect: Connect) -> None:
    """When the socket closes without a word, the connection is gone."""
    client = connect(exchange, f"/ws/{TRADE}")
    assert exchange.wait_for(lambda: exchange.connections)
    client.close()
    assert exchange.wait_for(lambda: not exchange.connections)


def test_websocket_client_is_a_client(exchange: Exchange) -> None:
    """The library that users have gets what the exchange says that it sent."""
    socket = websocket.create_connection(f"ws://{exchange.host}/ws/{TRADE}", timeout=SECONDS)
    try:
        got: list[Any] = [json.loads(socket.recv()) for _ in range(200)]
    finally:
        socket.close()
    assert got == exchange.sent(TRADE)[:200]


def test_all_clients_get_the_same(make: Make, connect: Connect) -> None:
    """Fifty connections of one stream each get every message, in order."""
    exchange = make(epoch=1_722_470_400_000)
    clients = [connect(exchange, "/ws") for _ in range(50)]
    for client in clients:
        client.say({"method": "SUBSCRIBE", "params": [TRADE], "id": 1})
    got = [[m["t"] for m in client.several(100) if "t" in m] for client in clients]
    last = min(ids[-1] for ids in got)
    for ids in got:
        assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert last > 0


def test_a_replay_is_sent_byte_for_byte(make: Make, connect: Connect) -> None:
    """What a client reads of a recorded stream are the recorded bytes."""
    exchange = make("demo")
    client = connect(exchange, "/ws/btcusdt@trade")
    texts = [client.text() for _ in range(300)]
    assert [t.encode() for t in texts] == exchange.sent_bytes("btcusdt@trade")[:300]
    recorded = json.loads(texts[0])
    assert list(recorded) == ["e", "E", "s", "t", "p", "q", "T", "m", "M"]
    assert recorded["t"] > 3_735_683_000
