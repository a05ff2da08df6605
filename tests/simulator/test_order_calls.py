"""Tests of the calls about one order."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.simulator import Exchange
from tests.simulator.users import User

CALLS = [
    ("spot", "BNBUSDT", "/api/v3", {}),
    ("margin", "BNBUSDT", "/sapi/v1/margin", {}),
    ("isolated_margin:BNBUSDT", "BNBUSDT", "/sapi/v1/margin", {"isIsolated": "TRUE"}),
    ("usdm", "BTCUSDT", "/fapi/v1", {}),
    ("coinm", "BTCUSD_PERP", "/dapi/v1", {}),
]
each_account = pytest.mark.parametrize(
    ("name", "symbol", "prefix", "own"), CALLS, ids=[row[0] for row in CALLS]
)


@each_account
def test_one_order(exchange: Exchange, user: User, name: str, symbol: str, prefix: str, own: Any) -> None:
    """It is told as the call for all orders tells it, by its number or by the client's name for it."""
    account = exchange.account(name)
    account.deposit("USDT", 1000)
    account.order(symbol, "BUY", 1, 10)
    order = account.order(symbol, "BUY", 2, 10, client_order_id="mine")
    account.cancel(order)
    row = user.get(f"{prefix}/allOrders", symbol=symbol, **own)[1]
    assert row["status"] == "CANCELED"
    assert user.get(f"{prefix}/order", symbol=symbol, orderId=order.id, **own) == row
    assert user.get(f"{prefix}/order", symbol=symbol, origClientOrderId="mine", **own) == row


@each_account
def test_no_such_order(exchange: Exchange, user: User, name: str, symbol: str, prefix: str, own: Any) -> None:
    """-2013 for another number or another symbol, -1102 for a call that names none."""
    account = exchange.account(name)
    account.deposit("USDT", 1000)
    order = account.order(symbol, "BUY", 1, 10)
    for given in ({"symbol": symbol, "orderId": 7}, {"symbol": symbol, "origClientOrderId": "none"}):
        answer = user.signed("GET", f"{prefix}/order", **own, **given)
        assert (answer.status_code, answer.json()["code"]) == (400, -2013)
    if not own:
        other = user.signed("GET", f"{prefix}/order", symbol="ETHUSDT", orderId=order.id)
        assert other.json()["code"] == -2013
    assert user.signed("GET", f"{prefix}/order", symbol=symbol, **own).json()["code"] == -1102
