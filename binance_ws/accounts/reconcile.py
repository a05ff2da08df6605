"""Asks REST what happened to an account while its stream was down; the exchange sends nothing again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice
from typing import Any

from ..core.account_shapes import FuturesShape, Order, Shape, SpotShape, order_key
from ..core.recovered import Known
from ..errors import ApiError
from ..streams.accounts import ORDER_GONE, Lookups

log = logging.getLogger(__name__)

MOST_SYMBOLS = 20
"""Symbols whose orders are asked for, those that were heard of last."""

PAGE, MOST_PAGES = 500, 10
"""Orders that one answer tells, and answers that are asked for one symbol at most."""

MOST_SINGLE = 200
"""Orders that are asked for one by one at most; others are asked for after the next reconnect."""

SLACK_MS = 1000
"""How much earlier than the last event we ask: events of different kinds are not in one order."""

Ask = Callable[[str, dict[str, Any], int], Any]
"""One signed GET: path, parameters, weight."""


def shape_of(product: str) -> Shape:
    """How the events of a product's accounts look."""
    return FuturesShape() if product in ("usdm", "coinm") else SpotShape()


class Reconciler:
    """Knows an account by its events, and finds out what it has not heard.

    An order of a symbol that was never heard of, made and closed while the stream was down, is not found: the
    exchange has no call for it. Its effect on the balances is.

    Args:
        ask: one signed GET; raises what :meth:`binance_ws.Client.signed` does.
        lookups: the calls that tell the state of the account.
        shape: how its events look.
        symbol: of an isolated-margin account; empty for others.
    """

    def __init__(self, ask: Ask, lookups: Lookups, shape: Shape, symbol: str = "") -> None:
        self._ask = ask
        self._lookups = lookups
        self._shape = shape
        self._symbol = symbol
        self.known = Known(shape)

    def hear(self, event: Any) -> None:
        """Take note of an event that was delivered."""
        self.known.hear(event)

    def learn(self) -> None:
        """Find out what is open and what there is, before anything can be missed."""
        self.known.learn(self._open_orders(), self._balances())

    def missed(self, since: int, now: int, held: list[Any]) -> list[dict[str, Any]]:
        """The events since a moment that were not heard.

        Args:
            since: milliseconds.
            now: milliseconds.
            held: events that came since, and wait; looked at when REST has answered.
        """
        since -= SLACK_MS
        rows = self._open_orders()
        symbols = dict.fromkeys([row["symbol"] for row in rows] + self.known.symbols(MOST_SYMBOLS))
        for symbol in list(symbols)[:MOST_SYMBOLS]:
            rows += self._made_since(symbol, since)
        told = {order_key(row) for row in rows}
        gone = (order for order in self.known.open_orders() if order.key not in told)
        for order in islice(gone, MOST_SINGLE):
            rows += self._one(order)
        balances = self._balances()
        later = Known(self._shape)
        for event in list(held):
            later.hear(event)
        return self.known.news(rows, balances, later, since, now)

    def _open_orders(self) -> list[Any]:
        rows: list[Any] = self._call(self._lookups.open_orders, symbol=self._symbol or None)
        return rows

    def _orders(self, symbol: str, **where: Any) -> list[Any]:
        rows: list[Any] = self._call(self._lookups.orders, symbol=symbol, limit=PAGE, **where)
        return rows

    def _made_since(self, symbol: str, since: int) -> list[Any]:
        """Orders made since a moment; what happened to older ones cannot be asked for by time."""
        rows = page = self._orders(symbol, startTime=since)
        for _ in range(MOST_PAGES - 1):
            if len(page) < PAGE:
                break
            page = self._orders(symbol, orderId=max(row["orderId"] for row in page) + 1)
            rows = rows + page
        return rows

    def _one(self, order: Order) -> list[Any]:
        """One order; none where the exchange has forgotten it, as futures do after three days without a fill."""
        try:
            return [self._call(self._lookups.order, symbol=order.symbol, orderId=order.id)]
        except ApiError as error:
            if error.code != ORDER_GONE:
                raise
        log.warning(
            "%s: what became of order %d is not known to the exchange any more", order.symbol, order.id
        )
        self.known.forget(order)
        return []

    def _balances(self) -> Any:
        path, weight = self._lookups.balances
        return self._ask(path, {"symbols": self._symbol} if self._symbol else {}, weight)

    def _call(self, lookup: tuple[str, int], **params: Any) -> Any:
        path, weight = lookup
        return self._ask(path, {**self._lookups.params, **params}, weight)
