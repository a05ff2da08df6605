"""Which targets are sockets."""

from __future__ import annotations

import pytest

from binance_ws.enums import Market
from binance_ws.simulator.routes import BadTimeUnit, Endpoint, parse

SPOT = Market.SPOT


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/ws", Endpoint(SPOT, False)),
        ("/ws/", Endpoint(SPOT, False)),
        ("/stream", Endpoint(SPOT, True)),
        ("/ws/btcusdt@trade", Endpoint(SPOT, False, ("btcusdt@trade",))),
        ("/ws/btcusdt@trade/bnbbtc@kline_1m", Endpoint(SPOT, False, ("btcusdt@trade", "bnbbtc@kline_1m"))),
        ("/ws/a@trade/a@trade", Endpoint(SPOT, False, ("a@trade",))),
        ("/stream?streams=a@trade/b@depth@100ms", Endpoint(SPOT, True, ("a@trade", "b@depth@100ms"))),
        ("/stream?streams=a%40trade%2Fb%40depth", Endpoint(SPOT, True, ("a@trade", "b@depth"))),
        ("/ws/btcusdt@kline_1d@+08:00", Endpoint(SPOT, False, ("btcusdt@kline_1d@+08:00",))),
        ("/stream?streams=btcusdt@kline_1d@+08:00", Endpoint(SPOT, True, ("btcusdt@kline_1d@+08:00",))),
        ("/ws/%E8%BF%99@trade", Endpoint(SPOT, False, ("这@trade",))),
        ("/ws/a@trade?timeUnit=MICROSECOND", Endpoint(SPOT, False, ("a@trade",), True)),
        ("/stream?streams=a@trade&timeUnit=microsecond", Endpoint(SPOT, True, ("a@trade",), True)),
        ("/", None),
        ("/wss", None),
        ("/streams?streams=a@trade", None),
        ("/api/v3/ping", None),
    ],
)
def test_a_target_is_an_endpoint_or_none(target: str, expected: Endpoint | None) -> None:
    """Paths, combined paths, percent-encoding and units are understood; other paths are no sockets."""
    assert parse(target) == expected


def test_an_unknown_unit_is_refused() -> None:
    """A time unit that does not exist is an error of its own."""
    with pytest.raises(BadTimeUnit):
        parse("/ws/a@trade?timeUnit=SECOND")
