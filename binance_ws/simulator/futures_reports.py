"""Orders, trades, balances and positions of futures in the exchange's words: as events, and as REST tells them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .accounts import COINM, OPTIONS, PORTFOLIO, USDM
from .orders import ZERO, Fill, Order, short
from .positions import Position

# The fields of an order, as each product has them.
_ORDERS = {
    USDM: "s c S o f q p ap sp x X i l z L N n T t b a m R wt ot ps cp pP si ss rp V pm gtd er".split(),
    COINM: "s c S o f q p ap sp x X i l z L ma N n T t rp b a m R wt ot ps cp pP V pm er".split(),
    OPTIONS: "s c S o f q p ap x X i l z L N n T t b a m R ot rp V".split(),
    PORTFOLIO: "s c S o f q p ap sp x X i l z L N n T t b a m R ps rp V gtd".split(),
}
_POSITIONS = {PORTFOLIO: "s pa ep cr up ps bep".split()}
_POSITION = "s pa ep bep cr up mt iw ps".split()

Wallets = Iterable[tuple[str, Decimal, Decimal]]
"""Asset, balance, and the change that is neither profit nor commission."""


def order_trade_update(
    account: str,
    order: Order,
    kind: str,
    fill: Fill | None,
    asset: str,
    notional: dict[str, Decimal],
    now: int,
) -> dict[str, Any]:
    """``ORDER_TRADE_UPDATE``.

    Args:
        account: of which product.
        order: in its state after what is told.
        kind: what happened: ``"NEW"``, ``"TRADE"``, ``"CANCELED"`` or ``"EXPIRED"``.
        fill: of a trade.
        asset: the margin asset.
        notional: of the open orders of this symbol, by side.
        now: ms.
    """
    body = {
        **_order(order, kind),
        **_last(fill, asset),
        "ma": asset,
        "b": short(notional["BUY"]),
        "a": short(notional["SELL"]),
        **_rest(order),
    }
    kept = {name: body[name] for name in _ORDERS[account]}
    return {**_head("ORDER_TRADE_UPDATE", account, now, order.updated), "o": kept}


def _head(event: str, account: str, now: int, moment: int) -> dict[str, Any]:
    """The first fields of an event; those of portfolio margin say of which futures they are."""
    futures = {"fs": "UM"} if account == PORTFOLIO else {}
    alias = {COINM: {"i": "SfsR"}, PORTFOLIO: {"i": ""}}.get(account, {})
    return {"e": event, **futures, "E": now, "T": moment, **alias}


def _order(order: Order, kind: str) -> dict[str, Any]:
    return {
        "s": order.symbol,
        "c": order.client_id,
        "S": order.side,
        "o": order.type,
        "f": order.time_in_force,
        "q": short(order.quantity),
        "p": short(order.limit),
        "ap": short(order.average),
        "sp": "0",
        "x": kind,
        "X": order.status,
        "i": order.id,
        "z": short(order.executed),
        "T": order.updated,
    }


def _last(fill: Fill | None, asset: str) -> dict[str, Any]:
    if fill is None:
        return {"l": "0", "L": "0", "N": asset, "n": "0", "t": 0, "m": False, "rp": "0"}
    return {
        "l": short(fill.quantity),
        "L": short(fill.price),
        "N": fill.asset,
        "n": short(fill.commission),
        "t": fill.id,
        "m": fill.maker,
        "rp": short(fill.realized),
    }


def _rest(order: Order) -> dict[str, Any]:
    return {
        "R": False,
        "wt": "CONTRACT_PRICE",
        "ot": order.type,
        "ps": "BOTH",
        "cp": False,
        "pP": False,
        "si": 0,
        "ss": 0,
        "V": "NONE",
        "pm": "NONE",
        "gtd": 0,
        "er": "0",
    }


def trade_lite(order: Order, fill: Fill, now: int) -> dict[str, Any]:
    """``TRADE_LITE``, which USD-M sends of a fill besides; ``now`` in ms."""
    return {
        "e": "TRADE_LITE",
        "E": now,
        "T": fill.time,
        "s": order.symbol,
        "q": short(order.quantity),
        "p": short(order.limit),
        "m": fill.maker,
        "c": order.client_id,
        "S": order.side,
        "L": short(fill.price),
        "l": short(fill.quantity),
        "t": fill.id,
        "i": order.id,
    }


def account_update(
    account: str, reason: str, wallets: Wallets, positions: Iterable[Position], now: int
) -> dict[str, Any]:
    """``ACCOUNT_UPDATE``; that of options is called ``BALANCE_POSITION_UPDATE``.

    Args:
        account: of which product.
        reason: ``"ORDER"``, ``"DEPOSIT"`` and so on.
        wallets: those that changed.
        positions: those that are told.
        now: ms.
    """
    if account == OPTIONS:
        return _balance_position_update(reason, wallets, positions, now)
    body = {
        "m": reason,
        "B": [{"a": a, "wb": short(w), "cw": short(w), "bc": short(c)} for a, w, c in wallets],
        "P": [_position(account, each) for each in positions],
    }
    if reason == "FUNDING_FEE":
        del body["P"]
    return {**_head("ACCOUNT_UPDATE", account, now, now), "a": body}


def _position(account: str, position: Position) -> dict[str, Any]:
    entry = short(position.entry)
    row = {
        "s": position.contract.symbol,
        "pa": short(position.amount),
        "ep": entry,
        "bep": entry,
        "cr": short(position.realized),
        "up": "0",
        "mt": "cross",
        "iw": "0",
        "ps": "BOTH",
    }
    return {name: row[name] for name in _POSITIONS.get(account, _POSITION)}


def _balance_position_update(
    reason: str, wallets: Wallets, positions: Iterable[Position], now: int
) -> dict[str, Any]:
    rows = [
        {"s": p.contract.symbol, "c": short(p.amount), "p": short(p.cost), "a": short(p.entry)}
        for p in positions
    ]
    balances = [{"a": asset, "b": short(wallet), "bc": short(change)} for asset, wallet, change in wallets]
    return {"e": "BALANCE_POSITION_UPDATE", "E": now, "T": now, "m": reason, "B": balances, "P": rows}


# REST.


def order_row(order: Order) -> dict[str, Any]:
    """An order as ``/fapi/v1/allOrders`` tells it."""
    return {
        "avgPrice": short(order.average),
        "clientOrderId": order.client_id,
        "cumQuote": short(order.quote),
        "executedQty": short(order.executed),
        "orderId": order.id,
        "origQty": short(order.quantity),
        "origType": order.type,
        "price": short(order.limit),
        "reduceOnly": False,
        "side": order.side,
        "positionSide": "BOTH",
        "status": order.status,
        "stopPrice": "0",
        "closePosition": False,
        "symbol": order.symbol,
        "time": order.time,
        "timeInForce": order.time_in_force,
        "type": order.type,
        "updateTime": order.updated,
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "priceMatch": "NONE",
        "selfTradePreventionMode": "NONE",
        "goodTillDate": 0,
    }


def trade_row(fill: Fill) -> dict[str, Any]:
    """A fill as ``/fapi/v1/userTrades`` tells it."""
    return {
        "buyer": fill.order.buys,
        "commission": short(fill.commission),
        "commissionAsset": fill.asset,
        "id": fill.id,
        "maker": fill.maker,
        "orderId": fill.order.id,
        "price": short(fill.price),
        "qty": short(fill.quantity),
        "quoteQty": short(fill.quantity * fill.price),
        "realizedPnl": short(fill.realized),
        "side": fill.order.side,
        "positionSide": "BOTH",
        "symbol": fill.order.symbol,
        "time": fill.time,
    }


def balance_row(asset: str, wallet: Decimal, changed: int) -> dict[str, Any]:
    """An asset of ``/fapi/v2/balance``; ``changed`` in ms."""
    text = short(wallet)
    return {
        "accountAlias": "SgsR",
        "asset": asset,
        "balance": text,
        "crossWalletBalance": text,
        "crossUnPnl": "0",
        "availableBalance": text,
        "maxWithdrawAmount": text,
        "marginAvailable": True,
        "updateTime": changed,
    }


def asset_row(asset: str, wallet: Decimal, changed: int) -> dict[str, Any]:
    """An asset of ``/fapi/v3/account``; ``changed`` in ms."""
    text = short(wallet)
    whole = ("walletBalance", "marginBalance", "crossWalletBalance", "availableBalance", "maxWithdrawAmount")
    none = ("unrealizedProfit", "maintMargin", "initialMargin", "positionInitialMargin")
    zeros = dict.fromkeys((*none, "openOrderInitialMargin", "crossUnPnl"), short(ZERO))
    return {"asset": asset, **dict.fromkeys(whole, text), **zeros, "updateTime": changed}


def position_row(position: Position) -> dict[str, Any]:
    """A position of ``/fapi/v3/account`` and ``/fapi/v3/positionRisk``."""
    return {
        "symbol": position.contract.symbol,
        "positionSide": "BOTH",
        "positionAmt": short(position.amount),
        "entryPrice": short(position.entry),
        "breakEvenPrice": short(position.entry),
        "unRealizedProfit": "0",
        "unrealizedProfit": "0",
        "isolatedMargin": "0",
        "notional": short(position.contract.value(position.amount, position.entry))
        if position.entry
        else "0",
        "isolatedWallet": "0",
        "initialMargin": "0",
        "maintMargin": "0",
        "updateTime": position.updated,
    }
