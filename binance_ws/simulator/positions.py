"""Positions of futures: what a trade does to amount, entry price and realized profit. No sockets here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .orders import ZERO, floor

_CENT, _DIME = Decimal(100), Decimal(10)


@dataclass(frozen=True)
class Contract:
    """What one contract is worth.

    Args:
        symbol: its name.
        inverse: whether it is worth dollars and settled in coins, as those of COIN-M are.
    """

    symbol: str
    inverse: bool

    @property
    def size(self) -> Decimal:
        """Dollars of an inverse contract."""
        return _CENT if self.symbol.startswith("BTC") else _DIME

    def value(self, quantity: Decimal, price: Decimal) -> Decimal:
        """What a quantity is worth in the margin asset."""
        return quantity * self.size / price if self.inverse else quantity * price

    def price(self, quantity: Decimal, value: Decimal) -> Decimal:
        """The price at which a quantity is worth so much."""
        if not quantity or not value:
            return ZERO
        return quantity * self.size / value if self.inverse else value / quantity


@dataclass
class Position:
    """A position in one-way mode.

    Args:
        contract: of what.
        amount: contracts; below 0 for a short one.
        cost: what the open amount was worth when it was opened, in the margin asset.
        realized: profit that was realized so far, fees left out.
    """

    contract: Contract
    amount: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    updated: int = 0

    @property
    def entry(self) -> Decimal:
        """The mean price at which it was entered."""
        return floor(self.contract.price(abs(self.amount), self.cost))

    def trade(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Change by a signed quantity; the profit that this realizes."""
        against = bool(self.amount) and (self.amount > 0) != (quantity > 0)
        closing = min(abs(quantity), abs(self.amount)) if against else ZERO
        profit = self._close(closing, price) if closing else ZERO
        if opening := abs(quantity) - closing:
            self.cost += self.contract.value(opening, price)
            self.amount += opening.copy_sign(quantity)
        self.realized += profit
        return profit

    def _close(self, quantity: Decimal, price: Decimal) -> Decimal:
        part = self.cost * quantity / abs(self.amount)
        gain = self.contract.value(quantity, price) - part
        grows = (self.amount > 0) != self.contract.inverse
        self.cost -= part
        self.amount -= quantity.copy_sign(self.amount)
        return floor(gain if grows else -gain)
