"""Request weight is counted by pool: spot, futures, options, portfolio margin, each call of margin."""

from __future__ import annotations

import pytest

from binance_ws import Client, Environment
from binance_ws.enums import Market
from binance_ws.errors import RateLimited
from binance_ws.net.limits import HostBudget, pool_of
from binance_ws.simulator import Exchange


@pytest.mark.parametrize(
    ("url", "pool"),
    [
        ("https://api.binance.com/api/v3/depth", "spot"),
        ("https://api.binance.com/sapi/v1/userListenToken", "/sapi/v1/userListenToken"),
        ("https://papi.binance.com/papi/v1/listenKey", "portfolio"),
        ("https://fapi.binance.com/fapi/v1/depth", "futures"),
        ("http://127.0.0.1:8765/dapi/v1/depth", "futures"),
        ("https://eapi.binance.com/eapi/v1/depth", "options"),
    ],
)
def test_the_pool_of_a_url(url: str, pool: str) -> None:
    """The path says it, since a local host has them all."""
    assert pool_of(url) == pool


def test_pools_are_used_up_one_by_one() -> None:
    """Futures allow less a minute than spot, and neither takes from the other."""
    budget = HostBudget("h", None)
    assert budget.request(2100, "futures") == 0
    assert budget.request(100, "futures") > 0
    assert budget.request(5000) == 0
    assert budget.request(1000) > 0


def test_margin_takes_nothing_from_spot() -> None:
    """Each call of margin has a limit of its own, and its share is left to others."""
    budget, margin = HostBudget("h", None), "/sapi/v1/margin/allOrders"
    assert [budget.request(200, margin) > 0 for _ in range(55)] == [False] * 54 + [True]
    assert budget.request(10, "/sapi/v1/margin/openOrders") == 0
    assert budget.request(5400) == 0
    assert budget.request(1) > 0
    assert budget.standing().weights[margin] == (10_800, 10_800)


def test_what_margin_says_counts() -> None:
    """The weight that others have used of a call of margin is heard too, by address and by account."""
    with Exchange() as exchange:
        ours, theirs = (
            Client(exchange.api_key, exchange.api_secret, environment=exchange.environment) for _ in range(2)
        )
        path = "/sapi/v1/margin/allOrders"
        for client in (theirs, ours):
            client.signed("GET", path, symbol="BTCUSDT", weight=200)
        budget = ours.budget(exchange.url)
        budget.used(0, path)
        ours.signed("GET", path, symbol="BTCUSDT", weight=0)
        assert budget.standing().weights == {path: (600, 10_800)}
        ours.close()
        theirs.close()


def test_what_the_exchange_says_counts() -> None:
    """The weight that others behind this address have used is heard from the answers' headers."""
    with Exchange() as exchange:
        ours, theirs = (Client(environment=Environment.local(exchange.host)) for _ in range(2))
        theirs.depth("BTCUSDT", 1000, Market.USDM)
        budget = ours.budget(exchange.url)
        budget.used(0, "futures")
        ours.time(Market.USDM)
        assert budget._weights["futures"]._used >= 20
        budget.used(2400, "futures")
        with pytest.raises(RateLimited):
            ours.depth("BTCUSDT", market=Market.USDM)
        ours.depth("BTCUSDT")
        ours.close()
        theirs.close()
