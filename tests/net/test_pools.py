"""Request weight is counted by pool: spot, futures, options."""

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
        ("https://api.binance.com/sapi/v1/userListenToken", "spot"),
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
