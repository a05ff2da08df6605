"""Futures-like accounts (USD-M, COIN-M, options, portfolio margin): wallets, positions, and their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from . import futures_reports as told
from .accounts import COINM, OPTIONS, USDM, on_loop
from .loop import Loop
from .orders import ZERO, Fill, Number, Order, Trader, decimal, floor
from .positions import Contract, Position
from .symbols import named

_FEES = {True: Decimal("0.0002"), False: Decimal("0.0004")}
_COINS = {"BTC": "10", "ETH": "100"}
_DOLLARS = {"USDT": "100000"}


class FuturesAccount(Trader):
    """An account with positions in one-way mode. It begins with 100,000 USDT, that of COIN-M with 10 BTC and
    100 ETH; orders set nothing aside. A fill costs 0.02 % of its value in the book, 0.04 % otherwise."""

    def __init__(self, name: str, user: str, loop: Loop, now: Callable[[], int]) -> None:
        super().__init__(name, user, loop, now)
        begin = _COINS if name == COINM else _DOLLARS
        self.wallet = {asset: Decimal(amount) for asset, amount in begin.items()}
        self.positions: dict[str, Position] = {}
        self.changed = now()

    @on_loop
    def deposit(self, asset: str, amount: Number) -> None:
        """Transfer an amount in; below 0, out.

        Args:
            asset: such as ``"USDT"``.
            amount: how much.
        """
        change = decimal(amount)
        self._credit(asset, change)
        self._updated("DEPOSIT" if change > 0 else "WITHDRAW", asset, change, ())

    def withdraw(self, asset: str, amount: Number) -> None:
        """Transfer an amount out."""
        self.deposit(asset, -decimal(amount))

    @on_loop
    def funding(self, asset: str, amount: Number) -> None:
        """Pay a funding fee; below 0 for one that is received."""
        change = -decimal(amount)
        self._credit(asset, change)
        self._updated("FUNDING_FEE", asset, change, ())

    def margin_asset(self, symbol: str) -> str:
        """The asset in which a symbol is settled."""
        if self.name == OPTIONS:
            return "USDT"
        if self.name == COINM:
            return symbol.partition("USD")[0]
        return named(symbol).assets[1]

    def position(self, symbol: str) -> Position:
        """The position in a symbol."""
        return self.positions.setdefault(symbol, Position(Contract(symbol, self.name == COINM)))

    def _credit(self, asset: str, change: Decimal) -> None:
        self.wallet[asset] = self.wallet.get(asset, ZERO) + change
        self.changed = self.now()

    def _settle(self, order: Order, fill: Fill) -> None:
        position = self.position(order.symbol)
        fill.asset = self.margin_asset(order.symbol)
        fill.commission = floor(position.contract.value(fill.quantity, fill.price) * _FEES[fill.maker])
        fill.realized = position.trade(fill.quantity if order.buys else -fill.quantity, fill.price)
        position.updated = fill.time
        self._credit(fill.asset, fill.realized - fill.commission)

    def _reserve(self, order: Order) -> None:
        """Nothing is set aside."""

    def _release(self, order: Order) -> None:
        """Nothing was."""

    # Events.

    def _updated(self, reason: str, asset: str, change: Decimal, positions: Iterable[Position]) -> None:
        moment = self.now()
        wallets = [(asset, self.wallet[asset], change)]
        self.emit(told.account_update(self.name, reason, wallets, positions, moment))

    def _report(self, order: Order, kind: str, fill: Fill | None = None) -> None:
        notional = {side: self._notional(order.symbol, side) for side in ("BUY", "SELL")}
        asset = self.margin_asset(order.symbol)
        self.emit(told.order_trade_update(self.name, order, kind, fill, asset, notional, self.now()))

    def _notional(self, symbol: str, side: str) -> Decimal:
        mine = (each for each in self.open_orders() if (each.symbol, each.side) == (symbol, side))
        return sum((each.left * each.limit for each in mine), ZERO)

    def _placed(self, order: Order) -> None:
        self._report(order, "NEW")

    def _filled(self, order: Order, fill: Fill) -> None:
        if self.name == USDM:
            self.emit(told.trade_lite(order, fill, self.now()))
        # Those of COIN-M come all together.
        positions = self.positions.values() if self.name == COINM else [self.position(order.symbol)]
        self._updated("ORDER", fill.asset, ZERO, positions)
        self._report(order, "TRADE", fill)

    def _over(self, order: Order) -> None:
        self._report(order, order.status)
