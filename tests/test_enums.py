"""Tests of the constants' values."""

from __future__ import annotations

import pytest

from binance_ws import enums
from binance_ws.enums import Market
from binance_ws.streams.catalogue import KINDS

OLD = {
    "SYMBOL_TYPE_": "SPOT",
    "ORDER_STATUS_": "NEW PARTIALLY_FILLED FILLED CANCELED PENDING_CANCEL REJECTED EXPIRED",
    "SIDE_": "BUY SELL",
    "ORDER_TYPE_": "LIMIT MARKET STOP_LOSS STOP_LOSS_LIMIT TAKE_PROFIT TAKE_PROFIT_LIMIT LIMIT_MAKER",
    "FUTURE_ORDER_TYPE_": "LIMIT MARKET STOP STOP_MARKET TAKE_PROFIT TAKE_PROFIT_MARKET LIMIT_MAKER",
    "TIME_IN_FORCE_": "GTC IOC FOK GTX",
    "ORDER_RESP_TYPE_": "ACK RESULT FULL",
    "WEBSOCKET_DEPTH_": "5 10 20",
}
"""Constants of python-binance 0.7 whose values are the ends of their names."""

UNITS = {"m": "MINUTE", "h": "HOUR", "d": "DAY", "w": "WEEK", "M": "MONTH"}
INTERVALS = "1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M"

NAMED = {prefix + value: value for prefix, values in OLD.items() for value in values.split()}
KLINES = {f"KLINE_INTERVAL_{value[:-1]}{UNITS[value[-1]]}": value for value in INTERVALS.split()}


@pytest.mark.parametrize(("name", "value"), list((NAMED | KLINES).items()))
def test_old_constants_have_their_old_values(name: str, value: str) -> None:
    """Every constant of python-binance 0.7 is here, a string, the same."""
    assert getattr(enums, name) == value


def test_intervals_are_those_of_spot_klines() -> None:
    """Each interval constant can be streamed, and each interval that can be streamed has a constant."""
    here = {value for name, value in vars(enums).items() if name.startswith("KLINE_INTERVAL_")}
    assert here == set(KINDS[Market.SPOT, "kline"].values["interval"])


def test_depths_are_those_of_partial_books() -> None:
    """Each depth constant is a number of levels that every market has."""
    here = tuple(value for name, value in vars(enums).items() if name.startswith("WEBSOCKET_DEPTH_"))
    assert all(KINDS[market, "partial_depth"].values["levels"] == here for market in Market)


@pytest.mark.parametrize("market", list(Market))
def test_a_market_is_its_value(market: Market) -> None:
    """A market is text: it prints as its value and compares with it."""
    assert str(market) == market.value == market == f"{market}"
    assert Market(market.value) is market
