"""Spot, cross-margin and isolated-margin accounts: free and locked balances, and the events that tell of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..errors import ArgumentError
from . import reports
from .accounts import ISOLATED_MARGIN, on_loop
from .loop import Loop
from .orders import ZERO, Fill, Number, Order, Trader, decimal, fixed, floor
from .symbols import named

_FEE = Decimal("0.001")
_BEGINNING = {"BTC": "10", "ETH": "100", "BNB": "1000", "USDT": "1000000"}
_PAIR = ("1000", "100000")


class Wallet(Trader):
    """An account that owns what it trades. It begins with some BTC, ETH, BNB and USDT, an isolated one with
    the two assets of its symbol. A fill costs 0.1 % of what it brings."""

    def __init__(self, name: str, user: str, loop: Loop, now: Callable[[], int]) -> None:
        super().__init__(name, user, loop, now)
        self._executions = 0
        self.symbol = name.partition(":")[2] if name.startswith(ISOLATED_MARGIN) else ""
        self.changed = now()
        begin = dict(zip(self.pair, _PAIR, strict=True)) if self.symbol else _BEGINNING
        self.free = {asset: Decimal(amount) for asset, amount in begin.items()}
        self.locked: dict[str, Decimal] = {}

    @on_loop
    def deposit(self, asset: str, amount: Number) -> None:
        """Credit an amount that comes from elsewhere.

        Args:
            asset: such as ``"BNB"``.
            amount: below 0 for a withdrawal.

        Raises:
            ArgumentError: the account has not so much.
        """
        self._move(asset, decimal(amount))
        self.emit(
            {"e": "balanceUpdate", "E": self.now(), "a": asset, "d": fixed(decimal(amount)), "T": self.now()}
        )
        self._position(asset)

    def withdraw(self, asset: str, amount: Number) -> None:
        """Debit an amount that goes elsewhere.

        Raises:
            ArgumentError: the account has not so much.
        """
        self.deposit(asset, -decimal(amount))

    def balance(self, asset: str) -> tuple[Decimal, Decimal]:
        """What is free and what is locked."""
        return self.free.get(asset, ZERO), self.locked.get(asset, ZERO)

    @property
    def pair(self) -> tuple[str, str]:
        """Base and quote asset of an isolated account."""
        return named(self.symbol).assets

    @property
    def assets(self) -> list[str]:
        """The assets that the account knows."""
        return list(dict.fromkeys((*self.free, *self.locked)))

    def _move(self, asset: str, amount: Decimal, locked: Decimal = ZERO) -> None:
        free, held = self.balance(asset)
        if free + amount < 0:
            raise ArgumentError(f"the account {self.name} has {fixed(free)} {asset} free; deposit some first")
        self.free[asset] = free + amount
        if locked:
            self.locked[asset] = held + locked
        self.changed = self.now()

    @staticmethod
    def _held(order: Order, quantity: Decimal) -> tuple[str, Decimal]:
        """What a quantity of an order keeps locked."""
        base, quote = named(order.symbol).assets
        return (quote, quantity * order.limit) if order.buys else (base, quantity)

    def _reserve(self, order: Order) -> None:
        if self.symbol and order.symbol != self.symbol:
            raise ArgumentError(f"the account {self.name} trades {self.symbol} alone")
        if order.price is not None:
            asset, amount = self._held(order, order.quantity)
            self._move(asset, -amount, amount)

    def _release(self, order: Order) -> None:
        if order.price is not None:
            asset, amount = self._held(order, order.left)
            self._move(asset, amount, -amount)

    def _settle(self, order: Order, fill: Fill) -> None:
        base, quote = named(order.symbol).assets
        value = fill.quantity * fill.price
        paid, got, gain = (quote, base, fill.quantity) if order.buys else (base, quote, value)
        cost = value if order.buys else fill.quantity
        held = self._held(order, fill.quantity)[1] if order.price is not None else ZERO
        fill.asset, fill.commission = got, floor(gain * _FEE)
        self._move(paid, held - cost, -held)
        self._move(got, gain - fill.commission)

    # Events.

    def _report(self, order: Order, kind: str, fill: Fill | None = None) -> None:
        self._executions += 1
        self.emit(reports.execution_report(order, kind, fill, self._executions, self.now()))
        self._position(*named(order.symbol).assets)

    def _position(self, *assets: str) -> None:
        self.emit(
            reports.position({asset: self.balance(asset) for asset in assets}, self.changed, self.now())
        )

    def _placed(self, order: Order) -> None:
        self._report(order, "NEW")

    def _filled(self, order: Order, fill: Fill) -> None:
        self._report(order, "TRADE", fill)

    def _over(self, order: Order) -> None:
        self._report(order, order.status)
