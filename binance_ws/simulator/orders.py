"""Orders and their fills, and an account that has them: the course that is the same for every product."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from ..errors import ArgumentError
from .accounts import Account, on_loop
from .loop import Loop

Number = str | int | float | Decimal
ZERO = Decimal(0)
_EIGHTH = Decimal("1E-8")
_SIDES = ("BUY", "SELL")
OPEN = ("NEW", "PARTIALLY_FILLED")


def decimal(value: Number) -> Decimal:
    """A price or a quantity as it is counted here."""
    return Decimal(str(value))


def floor(value: Decimal) -> Decimal:
    """The value with eight decimals; what is behind them is cut off."""
    return value.quantize(_EIGHTH, ROUND_DOWN)


def fixed(value: Decimal) -> str:
    """``"0.50000000"``, as spot and margin write it."""
    return f"{value:.8f}"


def short(value: Decimal) -> str:
    """``"0.5"``, as futures write it."""
    text = f"{value:.8f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@dataclass(eq=False)
class Order:
    """An order. Its state is written by the exchange's thread.

    Args:
        id: its number.
        symbol: what is traded.
        side: ``"BUY"`` or ``"SELL"``.
        quantity: how much.
        price: the limit; ``None`` for an order at the market.
        client_id: the client's name for it.
        time: when it came, in ms.
        time_in_force: ``"GTC"`` and so on.
    """

    id: int
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal | None
    client_id: str
    time: int
    time_in_force: str = "GTC"
    status: str = "NEW"
    executed: Decimal = ZERO
    quote: Decimal = ZERO
    updated: int = 0
    fills: list[Fill] = field(default_factory=list, repr=False)

    @property
    def type(self) -> str:
        """``"LIMIT"`` or ``"MARKET"``."""
        return "MARKET" if self.price is None else "LIMIT"

    @property
    def limit(self) -> Decimal:
        """The price; 0 for an order at the market."""
        return self.price or ZERO

    @property
    def buys(self) -> bool:
        """Whether it buys."""
        return self.side == "BUY"

    @property
    def open(self) -> bool:
        """Whether there is more to come."""
        return self.status in OPEN

    @property
    def left(self) -> Decimal:
        """What is not yet filled."""
        return self.quantity - self.executed

    @property
    def average(self) -> Decimal:
        """The mean price of its fills; 0 before the first one."""
        return self.quote / self.executed if self.executed else ZERO


@dataclass(eq=False)
class Fill:
    """A trade of an order; ``commission`` in ``asset``, ``realized`` in the margin asset of futures."""

    id: int
    order: Order
    quantity: Decimal
    price: Decimal
    time: int
    maker: bool
    commission: Decimal = ZERO
    asset: str = ""
    realized: Decimal = ZERO


class Trader(Account):
    """An account with orders; subclasses say what an order does to balances and which events tell of it."""

    def __init__(self, name: str, user: str, loop: Loop, now: Callable[[], int]) -> None:
        super().__init__(name, user, loop, now)
        self.orders: dict[int, Order] = {}
        self.fills: list[Fill] = []
        self._order_ids = itertools.count(1_000_001)
        self._fill_ids = itertools.count(5_001)

    @on_loop
    def order(
        self,
        symbol: str,
        side: str,
        quantity: Number,
        price: Number | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: str = "GTC",
    ) -> Order:
        """Place an order that rests until it is filled or cancelled.

        Args:
            symbol: what is traded; it need not be listed.
            side: ``"BUY"`` or ``"SELL"``.
            quantity: above 0.
            price: the limit; ``None`` for an order at the market, whose fills name a price.
            client_order_id: ``None`` for a made one.
            time_in_force: what reports say.

        Raises:
            ArgumentError: an argument cannot be used, or the account has not enough.
        """
        self._check(side, quantity, price)
        id, now, limit = next(self._order_ids), self.now(), None if price is None else decimal(price)
        name = client_order_id or f"simulated{id}"
        order = Order(
            id, symbol.upper(), side, decimal(quantity), limit, name, now, time_in_force, updated=now
        )
        self._reserve(order)
        self.orders[id] = order
        self._placed(order)
        return order

    @on_loop
    def fill(
        self,
        order: Order | int,
        quantity: Number | None = None,
        price: Number | None = None,
        *,
        maker: bool | None = None,
    ) -> Fill:
        """Fill an order.

        Args:
            order: the order or its number.
            quantity: ``None`` for all that is left.
            price: ``None`` for the order's own.
            maker: whether it rested in the book; ``None`` for yes with a limit.

        Raises:
            ArgumentError: the order is not open, or cannot be filled so.
        """
        found = self._open(order)
        size = found.left if quantity is None else decimal(quantity)
        at = found.price if price is None else decimal(price)
        if at is None or not 0 < size <= found.left or not self._acceptable(found, at):
            raise ArgumentError("a fill is at most what is left of the order, at its limit or better")
        rested = found.price is not None if maker is None else maker
        fill = Fill(next(self._fill_ids), found, size, at, self.now(), rested)
        self._settle(found, fill)
        found.executed += size
        found.quote += size * at
        found.status, found.updated = "PARTIALLY_FILLED" if found.left else "FILLED", fill.time
        found.fills.append(fill)
        self.fills.append(fill)
        self._filled(found, fill)
        return fill

    @on_loop
    def cancel(self, order: Order | int) -> Order:
        """Cancel what is left of an order.

        Raises:
            ArgumentError: the order is not open.
        """
        return self._ended(order, "CANCELED")

    @on_loop
    def expire(self, order: Order | int) -> Order:
        """Let the exchange end what is left of an order.

        Raises:
            ArgumentError: the order is not open.
        """
        return self._ended(order, "EXPIRED")

    def _ended(self, order: Order | int, status: str) -> Order:
        found = self._open(order)
        self._release(found)
        found.status, found.updated = status, self.now()
        self._over(found)
        return found

    def open_orders(self) -> Iterable[Order]:
        """The orders that are open, oldest first."""
        return [order for order in self.orders.values() if order.open]

    def _open(self, order: Order | int) -> Order:
        found = self.orders.get(order.id if isinstance(order, Order) else order)
        if found is None or not found.open:
            raise ArgumentError("only an open order of this account can be filled, cancelled or expire")
        return found

    @staticmethod
    def _acceptable(order: Order, price: Decimal) -> bool:
        if order.price is None:
            return price > 0
        return 0 < price <= order.price if order.buys else price >= order.price

    @staticmethod
    def _check(side: str, quantity: Number, price: Number | None) -> None:
        if side not in _SIDES:
            raise ArgumentError(f"a side is 'BUY' or 'SELL', not {side!r}")
        if not decimal(quantity) > 0 or not (price is None or decimal(price) > 0):
            raise ArgumentError("quantity and price are numbers above 0")

    # What products say to it.

    @abstractmethod
    def _reserve(self, order: Order) -> None:
        """Set aside what an order may cost.

        Raises:
            ArgumentError: there is not enough.
        """

    @abstractmethod
    def _settle(self, order: Order, fill: Fill) -> None:
        """Move balances, and set the commission; the order itself is not yet changed."""

    @abstractmethod
    def _release(self, order: Order) -> None:
        """Give back what was set aside for the rest of an order."""

    @abstractmethod
    def _placed(self, order: Order) -> None:
        """Tell of a new order."""

    @abstractmethod
    def _filled(self, order: Order, fill: Fill) -> None:
        """Tell of a fill."""

    @abstractmethod
    def _over(self, order: Order) -> None:
        """Tell of an order's end without a fill."""
