"""Asks REST what happened to an account while its stream was down; the exchange sends nothing again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.account_shapes import FuturesShape, Shape, SpotShape
from ..core.recovered import Known
from ..streams.accounts import Lookups

MOST_SYMBOLS = 20
"""Symbols whose orders are asked for, those that were heard of last."""

PAGE, MOST_PAGES = 500, 10
"""Orders that one answer tells, and answers that are asked for one symbol at most."""

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
        self._learnt = False
        self.known = Known(shape)

    def hear(self, event: Any) -> None:
        """Take note of an event that was delivered."""
        self.known.hear(event)

    def learn(self) -> None:
        """Find out what is open and what there is, before anything can be missed."""
        self.known.learn(self._open_orders(), self._balances())
        self._learnt = True

    def missed(self, since: int, now: int, held: list[Any]) -> list[dict[str, Any]]:
        """The events since a moment that were not heard.

        Args:
            since: milliseconds.
            now: milliseconds.
            held: events that came since, and wait; looked at when REST has answered.
        """
        since -= SLACK_MS
        rows = self._open_orders()
        still = {row["orderId"] for row in rows}
        symbols = dict.fromkeys([row["symbol"] for row in rows] + self.known.symbols(MOST_SYMBOLS))
        for symbol in list(symbols)[:MOST_SYMBOLS]:
            gone = [o.id for o in self.known.open_orders(symbol) if o.id not in still]
            rows += self._from(symbol, min(gone)) if gone else self._orders(symbol, startTime=since)
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

    def _from(self, symbol: str, first: int) -> list[Any]:
        """Orders from one on: the times by which orders can be asked for are those at which they were made."""
        rows: list[Any] = []
        for _ in range(MOST_PAGES):
            page = self._orders(symbol, orderId=first)
            rows += page
            if len(page) < PAGE:
                break
            first = max(row["orderId"] for row in page) + 1
        return rows

    def _balances(self) -> Any:
        path, weight = self._lookups.balances
        return self._ask(path, {"symbols": self._symbol} if self._symbol else {}, weight)

    def _call(self, lookup: tuple[str, int], **params: Any) -> Any:
        path, weight = lookup
        return self._ask(path, {**self._lookups.params, **params}, weight)
