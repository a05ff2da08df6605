"""The REST calls about one order, added to those about accounts. No sockets here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import futures_reports, reports, user_calls
from .accounts import COINM, SPOT, USDM
from .answers import Bad
from .orders import Order, Trader
from .user_calls import Asked, UserCall


def _order(asked: Asked, account: Trader) -> Order:
    """The order that an id, or the client's name for it, means."""
    symbol, id, name = asked.need("symbol"), asked.number("orderId"), asked.given.get("origClientOrderId")
    if id is None and not name:
        raise Bad(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
    for order in account.orders.values():
        if order.symbol == symbol and (order.client_id == name if id is None else order.id == id):
            return order
    raise Bad(-2013, "Order does not exist.")


def _margin(asked: Asked) -> Any:
    account = asked.margin()
    return {**reports.order_row(_order(asked, account)), "isIsolated": bool(account.symbol)}


def _futures(name: str) -> Callable[[Asked], Any]:
    return lambda asked: futures_reports.order_row(_order(asked, asked.futures(name)))


CALLS: dict[str, UserCall] = {
    **user_calls.CALLS,
    "/api/v3/order": UserCall(lambda a: reports.order_row(_order(a, a.wallet(SPOT)), a.unit), weight=4),
    "/sapi/v1/margin/order": UserCall(_margin, weight=10),
    "/fapi/v1/order": UserCall(_futures(USDM)),
    "/dapi/v1/order": UserCall(_futures(COINM)),
}
"""The calls about accounts by path, those about one order among them."""
