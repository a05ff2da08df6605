"""The limits of the exchange are kept, by the whole process; without that it would ban us."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
import requests

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.config import Environment
from binance_ws.core.budget import Penalty, Window
from binance_ws.errors import ApiError, HandshakeError, RateLimited
from binance_ws.net.limits import forget_budgets, standings
from binance_ws.simulator import Exchange, Rules

from ..peer import SECONDS
from ..waiting import Inbox

LIMIT = 20


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """Each test begins with nothing used."""
    forget_budgets()
    yield
    forget_budgets()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """An exchange that lets an address connect twenty times in five minutes and bans whoever goes on."""
    with Exchange(speed=5, rules=Rules(connects=LIMIT, connects_window=300, strikes=3)) as made:
        yield made


def open_many(environment: Environment, exchange: Exchange, count: int, enough: int) -> list[events.Event]:
    """Start many sockets and wait until so many attempts were made; what was told."""
    told: list[events.Event] = []
    manager = BinanceSocketManager(Client(environment=environment), max_retries=None, on_event=told.append)
    for number in range(count):
        manager.start_trade_socket(f"S{number}USDT", lambda message: None)
    with manager:
        assert exchange.wait_for(lambda: attempts(exchange) >= enough, SECONDS)
        exchange.wait_for(lambda: attempts(exchange) > enough, 0.3)
        states = [info.state for info in manager.sockets()]
    manager.join(SECONDS)
    assert len(states) == count
    return told


def attempts(exchange: Exchange) -> int:
    """Upgrades that were asked for."""
    return sum(request.upgrade for request in exchange.requests)


def test_more_sockets_than_the_limit_take_their_time(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    """As many connect as may; the others wait, which is said, and nobody is refused."""
    environment = Environment.local(exchange.host, connects=(LIMIT, 300.0))
    told = open_many(environment, exchange, LIMIT + 15, LIMIT)
    assert attempts(exchange) == LIMIT
    assert {request.status for request in exchange.requests} == {101}
    assert not any(isinstance(event, events.Lost) for event in told)
    assert len(re.findall("connections wait up to (299|300) s", caplog.text)) == 1


def test_two_managers_share_the_budget(exchange: Exchange) -> None:
    """It is the process's, for each host."""
    environment = Environment.local(exchange.host, connects=(LIMIT, 300.0))
    open_many(environment, exchange, LIMIT - 5, LIMIT - 5)
    open_many(environment, exchange, 10, LIMIT)
    assert attempts(exchange) == LIMIT


def test_without_the_budget_we_are_refused(exchange: Exchange) -> None:
    """The exchange's rule is real: with the budget off it answers 429, which is then obeyed by all."""
    environment = Environment.local(exchange.host, connects=None)
    told = open_many(environment, exchange, LIMIT + 15, LIMIT + 1)
    causes = [event.cause for event in told if isinstance(event, events.Lost)]
    assert any(isinstance(cause, HandshakeError) and cause.status in (418, 429) for cause in causes)


def test_a_budget_that_counts_wrongly_gets_us_banned(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the window broken and a refusal not obeyed, the exchange would ban us: here it is seen to do so."""
    monkeypatch.setattr(Window, "reserve", lambda self, now: now)
    monkeypatch.setattr(Penalty, "wait", lambda self, now: 0.0)
    environment = Environment.local(exchange.host, connects=(LIMIT, 300.0))
    open_many(environment, exchange, LIMIT + 15, LIMIT + 5)
    assert 418 in {request.status for request in exchange.requests}


@pytest.mark.parametrize(("status", "seconds"), [(403, 120), (418, 60), (429, 60)])
def test_a_refused_socket_keeps_rest_away_too(exchange: Exchange, status: int, seconds: int) -> None:
    """For the minutes of the firewall or of the limit, where the exchange does not say how long."""
    told: list[events.Event] = []
    client = Client(environment=Environment.local(exchange.host, connects=None))
    with BinanceSocketManager(client, max_retries=None, on_event=told.append) as manager:
        with exchange.faults.status(status, times=1, rest=False):
            manager.start_trade_socket("BTCUSDT", lambda message: None)
            lost = (events.Lost, events.Retrying)
            assert exchange.wait_for(lambda: {type(event) for event in told} >= {*lost}, SECONDS)
        with pytest.raises(RateLimited, match="not sent") as refused:
            client.time()
    manager.join(SECONDS)
    assert seconds - SECONDS < refused.value.retry_after <= seconds
    assert [event.seconds for event in told if isinstance(event, events.Retrying)] == [seconds]
    assert len(exchange.requests) == 1
    client.close()


def test_the_firewall_is_left_alone_for_minutes(exchange: Exchange) -> None:
    """403 on a call means what it means on an upgrade: everything of the process stays away."""
    client = Client(environment=Environment.local(exchange.host, connects=None))
    with exchange.faults.status(403, times=1), pytest.raises(RateLimited) as first:
        client.time()
    assert (first.value.status, first.value.retry_after) == (403, 120)
    with pytest.raises(RateLimited, match="not sent"):
        client.time()
    assert len(exchange.requests) == 1
    client.close()


@pytest.mark.parametrize("status", [418, 429])
def test_a_ban_is_obeyed_by_everything(exchange: Exchange, status: int) -> None:
    """After Retry-After on one call, neither REST nor sockets of the process ask again before it is over."""
    client = Client(environment=Environment.local(exchange.host, connects=None))
    with exchange.faults.status(status, retry_after=60, rest=True), pytest.raises(RateLimited) as first:
        client.time()
    assert first.value.retry_after == 60
    asked = len(exchange.requests)
    with pytest.raises(RateLimited, match="not sent"):
        Client(environment=client.environment).exchange_info()
    with BinanceSocketManager(client) as manager:
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        exchange.wait_for(lambda: len(exchange.requests) > asked, 0.3)
    manager.join(SECONDS)
    assert len(exchange.requests) == asked
    client.close()


@pytest.mark.parametrize(("status", "seconds"), [(403, 120), (429, 60)])
def test_a_refused_connection_stops_everything(exchange: Exchange, status: int, seconds: int) -> None:
    """Where the exchange refuses one connection for its rate, REST and the other sockets stay away too."""
    told = Inbox()
    client = Client(environment=Environment.local(exchange.host, connects=None))
    with (
        exchange.faults.status(status, rest=False),
        BinanceSocketManager(client, on_event=told) as manager,
    ):
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        (retrying,) = told.wait_for(lambda seen: any(isinstance(e, events.Retrying) for e in seen))[1:]
        manager.start_trade_socket("ETHUSDT", lambda message: None)
        with pytest.raises(RateLimited, match="not sent") as refused:
            client.time()
        exchange.wait_for(lambda: len(exchange.requests) > 1, 0.3)
    manager.join(SECONDS)
    client.close()
    assert retrying.seconds == seconds
    assert seconds - 5 < refused.value.retry_after <= seconds
    assert [request.status for request in exchange.requests] == [status]


def test_a_minute_has_so_much_weight(exchange: Exchange) -> None:
    """A request that would go over the limit is not sent, and says when it may be."""
    client = Client(environment=exchange.environment)
    refused: ApiError | None = None
    sent = 0
    while refused is None and sent < 60:
        try:
            client.depth("BTCUSDT", 5000)
            sent += 1
        except ApiError as error:
            refused = error
    assert isinstance(refused, RateLimited)
    assert 0 < refused.retry_after <= 60
    assert 15 <= sent <= 45
    assert {request.status for request in exchange.requests} == {200}
    client.close()


def test_closing_while_waiting_for_the_budget(exchange: Exchange) -> None:
    """A manager whose sockets wait for minutes closes at once, and leaves no thread."""
    environment = Environment.local(exchange.host, connects=(1, 300.0))
    open_many(environment, exchange, 30, 1)
    assert [t.name for t in threading.enumerate() if t.name.startswith("binance_ws s")] == []


def test_weight_that_others_have_used_counts(exchange: Exchange) -> None:
    """The exchange's answers say how much of the minute everybody behind this address has used."""
    url = f"http://{exchange.host}/api/v3/depth"
    for _ in range(3):
        requests.get(url, {"symbol": "BTCUSDT", "limit": "5000"}, timeout=SECONDS).close()
    client = Client(environment=exchange.environment)
    client.time()
    client.close()
    assert [standing.weights["spot"][0] for standing in standings()] == [751]


def test_requests_keep_to_the_pace_of_a_connection(exchange: Exchange) -> None:
    """Streams that are asked for one by one do not make the exchange hang up: it allows five messages a second."""
    told: list[events.Event] = []
    names = [f"{symbol.lower()}@trade" for symbol in ("BNBBTC", "ETHUSDT", "SOLUSDT", "XRPUSDT", "LTCBTC")]
    with BinanceSocketManager(Client(environment=exchange.environment), on_event=told.append) as manager:
        key = str(manager.start_multiplex_socket(["btcusdt@trade"], lambda message: None))
        manager.wait_connected(timeout=SECONDS)
        for name in names:
            manager.subscribe(key, [name])
            manager.subscribe(key, [name.replace("trade", "aggTrade")])
        assert exchange.wait_for(lambda: len(exchange.connections[0].streams) == 11, SECONDS)
    manager.join(SECONDS)
    assert not any(isinstance(event, events.Lost) for event in told)
