"""Which pool of request weight a call draws from."""

from __future__ import annotations

import pytest

from binance_ws.core.pools import FUTURES, OPTIONS, PORTFOLIO, SPOT, pool_of, weight_of


@pytest.mark.parametrize(
    ("path", "pool", "weight"),
    [
        ("/api/v3/depth", SPOT, 6000),
        ("", SPOT, 6000),
        ("/fapi/v1/depth", FUTURES, 2400),
        ("/dapi/v1/depth", FUTURES, 2400),
        ("/eapi/v1/depth", OPTIONS, 2400),
        ("/papi/v1/listenKey", PORTFOLIO, 6000),
        ("/sapi/v1/margin/account", "/sapi/v1/margin/account", 12_000),
        ("/sapi/v1/userListenToken", "/sapi/v1/userListenToken", 180_000),
    ],
)
def test_a_path_has_its_pool(path: str, pool: str, weight: int) -> None:
    """Its first part says it; a call of margin is a pool by itself, larger where it is counted by account."""
    assert (pool_of(path), weight_of(pool_of(path))) == (pool, weight)
