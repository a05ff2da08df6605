"""The limits of the exchange are kept, by the whole process; without that it would ban us."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.config import Environment
from binance_ws.errors import ApiError, HandshakeError, RateLimited
from binance_ws.net.limits import forget_budgets
from binance_ws.simulator import Exchange, Rules

from ..peer import SECONDS

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
    assert "waits" in caplog.text


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
