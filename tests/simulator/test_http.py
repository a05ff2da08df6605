"""REST over HTTP: headers, weights, methods, connections."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import requests

from binance_ws.simulator import Exchange
from tests.peer import SECONDS
from tests.simulator.conftest import Make
from tests.simulator.markets import REST
from tests.simulator.users import User


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Keeps connections."""
    with requests.Session() as session:
        yield session


WEIGHTS = {
    "ping": 1,
    "time": 1,
    "exchangeInfo": 20,
    "trades?symbol=BTCUSDT": 25,
    "historicalTrades?symbol=BTCUSDT": 25,
    "aggTrades?symbol=BTCUSDT": 4,
    "klines?symbol=X": 2,
    "depth?symbol=BTCUSDT": 5,
    "depth?symbol=BTCUSDT&limit=100": 5,
    "depth?symbol=BTCUSDT&limit=101": 25,
    "depth?symbol=BTCUSDT&limit=501": 50,
    "depth?symbol=BTCUSDT&limit=1001": 250,
}


def test_a_call_has_its_weight(exchange: Exchange, session: requests.Session) -> None:
    """The documented weight is counted and told, of errors too."""
    for path, weight in WEIGHTS.items():
        exchange.pardon()
        answer = session.get(f"{exchange.url}/api/v3/{path}", timeout=SECONDS)
        assert (path, answer.headers["X-MBX-USED-WEIGHT-1M"]) == (path, str(weight))


@pytest.mark.parametrize(
    ("account", "header"),
    [
        ("usdm", "X-MBX-USED-WEIGHT-1M"),
        ("portfolio", "X-MBX-USED-WEIGHT-1M"),
        ("margin", "X-SAPI-USED-IP-WEIGHT-1M"),
        ("margin_risk", "X-SAPI-USED-UID-WEIGHT-1M"),
    ],
)
def test_each_host_tells_the_weight_in_its_way(make: Make, account: str, header: str) -> None:
    """Margin says whether the address or the account has used it; nothing of it is spot's."""
    exchange = make(user_data="listen_key")
    told = User(exchange).keep("POST", account).headers
    assert {name: told[name] for name in told if name.endswith("1M")} == {header: "1"}
    assert User(exchange).call("GET", "/api/v3/ping").headers["X-MBX-USED-WEIGHT-1M"] == "1"


def test_errors_are_json(exchange: Exchange, session: requests.Session) -> None:
    """An error is 400 with the exchange's code."""
    answer = session.get(f"{exchange.url}/api/v3/depth?symbol=NOBODY", timeout=SECONDS)
    assert (answer.status_code, answer.json()) == (400, REST["rest_error"])
    assert answer.headers["Content-Type"].startswith("application/json")


def test_other_paths_and_methods(exchange: Exchange, session: requests.Session) -> None:
    """A path that does not exist is 404, a method that a call has not is 405; the connection goes on."""
    assert session.get(f"{exchange.url}/api/v3/nothing", timeout=SECONDS).status_code == 404
    assert session.get(exchange.url, timeout=SECONDS).status_code == 404
    assert session.post(f"{exchange.url}/api/v3/ping", data={"x": "1"}, timeout=SECONDS).status_code == 405
    assert session.get(f"{exchange.url}/api/v3/ping", timeout=SECONDS).json() == {}


def test_the_time_is_that_of_this_machine(exchange: Exchange, session: requests.Session) -> None:
    """``time`` is the clock of accounts, not that of the market; in microseconds on request."""
    url = f"{exchange.url}/api/v3/time"
    coarse = session.get(url, timeout=SECONDS).json()
    assert list(coarse) == list(REST["spot_rest_time"])
    fine = session.get(url, headers={"X-MBX-TIME-UNIT": "MICROSECOND"}, timeout=SECONDS).json()
    assert fine["serverTime"] // 1000 - coarse["serverTime"] < 60_000


def test_requests_may_come_in_pieces_and_together(exchange: Exchange) -> None:
    """A request byte by byte, and two in one packet, are all answered in order."""
    request = b"GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(exchange.host.split(":"), timeout=SECONDS) as sock:  # type: ignore[arg-type]
        for byte in request:
            sock.sendall(bytes([byte]))
        sock.sendall(request * 2)
        answers = b""
        while answers.count(b"{}") < 3:
            answers += sock.recv(4096)
    assert answers.count(b"HTTP/1.1 200") == 3


def test_nonsense_is_a_bad_request(exchange: Exchange) -> None:
    """What is no HTTP is 400 and the end."""
    with socket.create_connection(exchange.host.split(":"), timeout=SECONDS) as sock:  # type: ignore[arg-type]
        sock.sendall(b"hello\r\n\r\n")
        assert sock.recv(4096).startswith(b"HTTP/1.1 400")


def test_an_upgrade_without_a_key_is_a_bad_request(exchange: Exchange) -> None:
    """An incomplete handshake is 400."""
    with socket.create_connection(exchange.host.split(":"), timeout=SECONDS) as sock:  # type: ignore[arg-type]
        sock.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert sock.recv(4096).startswith(b"HTTP/1.1 400")


def test_rest_and_sockets_agree(make: Make, session: requests.Session) -> None:
    """A market on its own clock shows by REST what it is now."""
    exchange = make("demo", speed=100)
    assert exchange.wait_for(lambda: exchange.rounds >= 1)
    url = f"{exchange.url}/api/v3/klines?symbol=BTCUSDT&interval=1s&limit=3"
    rows = session.get(url, timeout=SECONDS).json()
    assert abs(rows[-1][0] - exchange.market_time) < 5000 * 100
