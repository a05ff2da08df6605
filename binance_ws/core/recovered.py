"""What was heard of an account, and what is new in what REST says of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .account_shapes import Balances, Order, Row, Shape, order_key
from .times import microseconds

_MOST = 10_000


class Known:
    """What was heard of an account's orders and balances.

    Args:
        shape: of the account's events.
    """

    def __init__(self, shape: Shape) -> None:
        self.orders: dict[tuple[str, int], Order] = {}
        self.balances: Balances = {}
        self._shape = shape

    def hear(self, event: Row) -> None:
        """Take note of an event; one of another shape says nothing here."""
        try:
            order = self._shape.order(event)
            self.balances.update(self._shape.balances(event))
        except (KeyError, TypeError, ArithmeticError):
            return
        if order is not None:
            self.orders.pop(order.key, None)
            self.orders[order.key] = order
            if len(self.orders) > _MOST:
                del self.orders[next(iter(self.orders))]

    def learn(self, rows: Iterable[Row], answer: Row) -> None:
        """Take note of what REST says, where nothing newer was heard."""
        for row in rows:
            self.orders.setdefault(order_key(row), self._shape.known_order(row))
        self.balances = self._shape.known_balances(answer) | self.balances

    def symbols(self, most: int) -> list[str]:
        """Symbols of orders, those heard of last first."""
        return list(dict.fromkeys(order.symbol for order in reversed(list(self.orders.values()))))[:most]

    def open_orders(self) -> list[Order]:
        """The orders to which something may still have happened, those heard of last first."""
        return [order for order in reversed(list(self.orders.values())) if order.open]

    def forget(self, order: Order) -> None:
        """The exchange has forgotten an order too."""
        self.orders.pop(order.key, None)

    def news(
        self, rows: Iterable[Row], answer: Row, later: Known, since: int, now: int
    ) -> list[dict[str, Any]]:
        """The events that were missed.

        Args:
            rows: orders, as REST tells them, times in milliseconds or microseconds; one may be there twice.
            answer: the account's balances, as REST tells them.
            later: what was heard since: it is newer, and not told again.
            since: milliseconds; closed orders that have not changed since are no news.
            now: milliseconds, for events that have no time of their own.
        """
        unique = {order_key(row): row for row in rows}
        told = [row for key, row in unique.items() if key not in later.orders and self._is_news(row, since)]
        found = [
            self._shape.order_event(row, self.orders.get(order_key(row)))
            for row in sorted(told, key=lambda row: int(row["updateTime"]))
        ]
        changed = [
            name for name, amounts in self._shape.known_balances(answer).items() if self._moved(name, amounts)
        ]
        names = [name for name in changed if name not in later.balances]
        return found + ([self._shape.balance_event(answer, names, now)] if names else [])

    def _is_news(self, row: Row, since: int) -> bool:
        before = self.orders.get(order_key(row))
        if before is None:
            return microseconds(int(row["updateTime"])) >= microseconds(since)
        order = self._shape.known_order(row)
        return (order.status, order.executed) != (before.status, before.executed)

    def _moved(self, name: tuple[str, ...], amounts: tuple[Decimal, ...]) -> bool:
        return self.balances.get(name, (Decimal(0),) * len(amounts))[: len(amounts)] != amounts
