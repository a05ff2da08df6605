"""Orders, trades and balances of spot and margin in the exchange's words: as events, and as REST tells them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .orders import ZERO, Fill, Order, fixed

_NONE = fixed(ZERO)
_ORDER = "e E s c S o f q p P F g C x X r i l z L n N T t I w m M O Z Y Q W V".split()


def execution_report(order: Order, kind: str, fill: Fill | None, execution: int, now: int) -> dict[str, Any]:
    """``executionReport``.

    Args:
        order: in its state after what is told.
        kind: what happened: ``"NEW"``, ``"TRADE"``, ``"CANCELED"`` or ``"EXPIRED"``.
        fill: of a trade.
        execution: the number of the report.
        now: ms.
    """
    report = {
        "e": "executionReport",
        "E": now,
        "s": order.symbol,
        "c": order.client_id if kind != "CANCELED" else f"cancel{order.client_id}"[:36],
        "S": order.side,
        "o": order.type,
        "f": order.time_in_force,
        "q": fixed(order.quantity),
        "p": fixed(order.limit),
        "P": _NONE,
        "F": _NONE,
        "g": -1,
        "C": order.client_id if kind == "CANCELED" else "",
        "x": kind,
        "X": order.status,
        "r": "NONE",
        "i": order.id,
        **_last(fill),
        "z": fixed(order.executed),
        "T": order.updated,
        "I": execution,
        "w": order.open,
        "M": fill is not None,
        "O": order.time,
        "Z": fixed(order.quote),
        "Q": _NONE,
        "W": order.time,
        "V": "NONE",
    }
    return {name: report[name] for name in _ORDER if name != "W" or order.price is not None}


def _last(fill: Fill | None) -> dict[str, Any]:
    """The fields of the last trade."""
    if fill is None:
        return {"l": _NONE, "L": _NONE, "n": "0", "N": None, "t": -1, "m": False, "Y": _NONE}
    return {
        "l": fixed(fill.quantity),
        "L": fixed(fill.price),
        "n": fixed(fill.commission),
        "N": fill.asset,
        "t": fill.id,
        "m": fill.maker,
        "Y": fixed(fill.quantity * fill.price),
    }


def position(balances: Mapping[str, tuple[Decimal, Decimal]], changed: int, now: int) -> dict[str, Any]:
    """``outboundAccountPosition`` of the assets that may have changed; times in ms."""
    rows = [{"a": asset, "f": fixed(free), "l": fixed(locked)} for asset, (free, locked) in balances.items()]
    return {"e": "outboundAccountPosition", "E": now, "u": changed, "B": rows}


def order_row(order: Order, unit: int = 1) -> dict[str, Any]:
    """An order as ``/api/v3/allOrders`` tells it; ``unit`` of its times are a millisecond."""
    return {
        "symbol": order.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "price": fixed(order.limit),
        "origQty": fixed(order.quantity),
        "executedQty": fixed(order.executed),
        "origQuoteOrderQty": _NONE,
        "cummulativeQuoteQty": fixed(order.quote),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "side": order.side,
        "stopPrice": _NONE,
        "icebergQty": _NONE,
        "time": order.time * unit,
        "updateTime": order.updated * unit,
        "isWorking": True,
        "workingTime": order.time * unit,
        "selfTradePreventionMode": "NONE",
    }


def trade_row(fill: Fill, unit: int = 1) -> dict[str, Any]:
    """A fill as ``/api/v3/myTrades`` tells it; ``unit`` of its times are a millisecond."""
    return {
        "symbol": fill.order.symbol,
        "id": fill.id,
        "orderId": fill.order.id,
        "orderListId": -1,
        "price": fixed(fill.price),
        "qty": fixed(fill.quantity),
        "quoteQty": fixed(fill.quantity * fill.price),
        "commission": fixed(fill.commission),
        "commissionAsset": fill.asset,
        "time": fill.time * unit,
        "isBuyer": fill.order.buys,
        "isMaker": fill.maker,
        "isBestMatch": True,
    }


def account(balances: Mapping[str, tuple[Decimal, Decimal]], changed: int) -> dict[str, Any]:
    """``/api/v3/account``."""
    rows = [
        {"asset": asset, "free": fixed(free), "locked": fixed(locked)}
        for asset, (free, locked) in balances.items()
    ]
    rates = {"maker": "0.00100000", "taker": "0.00100000", "buyer": _NONE, "seller": _NONE}
    return {
        "makerCommission": 10,
        "takerCommission": 10,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": rates,
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": changed,
        "accountType": "SPOT",
        "balances": rows,
        "permissions": ["SPOT"],
        "uid": 354937868,
    }


def margin_asset(asset: str, free: Decimal, locked: Decimal) -> dict[str, Any]:
    """An asset of ``/sapi/v1/margin/account``; nothing is borrowed."""
    return {
        "asset": asset,
        "borrowed": _NONE,
        "free": fixed(free),
        "interest": _NONE,
        "locked": fixed(locked),
        "netAsset": fixed(free + locked),
    }


def margin_account(balances: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, Any]:
    """``/sapi/v1/margin/account``."""
    return {
        "created": True,
        "borrowEnabled": True,
        "marginLevel": "999.00000000",
        "collateralMarginLevel": "999.00000000",
        "tradeEnabled": True,
        "transferInEnabled": True,
        "transferOutEnabled": True,
        "accountType": "MARGIN_1",
        "userAssets": [margin_asset(asset, *amounts) for asset, amounts in balances.items()],
    }


def isolated_account(symbol: str, base: dict[str, Any], quote: dict[str, Any]) -> dict[str, Any]:
    """An entry of ``/sapi/v1/margin/isolated/account``."""
    return {
        "baseAsset": {**base, "borrowEnabled": True, "repayEnabled": True},
        "quoteAsset": {**quote, "borrowEnabled": True, "repayEnabled": True},
        "symbol": symbol,
        "isolatedCreated": True,
        "enabled": True,
        "marginLevel": "999.00000000",
        "marginLevelStatus": "EXCESSIVE",
        "tradeEnabled": True,
    }
