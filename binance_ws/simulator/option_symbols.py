"""The options that are listed: underlying, expiry, strike, side; and how ``exchangeInfo`` tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .amounts import to_text
from .symbols import Symbol

NAME = re.compile(r"([A-Z0-9]+)-(\d{6})-([\d.]+)-([CP])")
_HOURS = 8


@dataclass(frozen=True)
class Option(Symbol):
    """An option, called ``BTC-261225-60000-C``."""

    tick: str = "1.000"
    lot: str = "0.0100"

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """The base asset, the day of expiry, the strike, ``"C"`` or ``"P"``."""
        base, date, strike, side = self.name.split("-")
        return base, date, strike, side

    @property
    def underlying(self) -> str:
        """``"BTCUSDT"``."""
        return f"{self.parts[0]}USDT"

    @property
    def assets(self) -> tuple[str, str]:
        """The base and the quote asset."""
        return self.parts[0], "USDT"

    @property
    def call(self) -> bool:
        """Whether it is a call."""
        return self.parts[3] == "C"

    @property
    def expiry(self) -> int:
        """When it expires, in ms."""
        day = datetime.strptime(self.parts[1], "%y%m%d").replace(hour=_HOURS, tzinfo=timezone.utc)
        return int(day.timestamp()) * 1000

    def price_text(self, price: int) -> str:
        """A price as the exchange writes it."""
        return to_text(price, 3)

    def lot_text(self, quantity: int) -> str:
        """A quantity as the exchange writes it."""
        return to_text(quantity, 4)


DEFAULT = (
    Option("BTC-261225-60000-C", "8410"),
    Option("BTC-261225-60000-P", "5230"),
    Option("BTC-261225-70000-C", "4120"),
    Option("BTC-261225-70000-P", "10940"),
    Option("BTC-270326-60000-C", "10650"),
    Option("ETH-261225-2500-C", "512", "0.500"),
    Option("ETH-261225-2500-P", "301", "0.500"),
)
"""A few options on two coins, of two days of expiry."""


def options(symbols: Iterable[Symbol]) -> tuple[Option, ...]:
    """The options that are listed: a few, and those that were asked for."""
    known = {option.name: option for option in DEFAULT}
    known.update((symbol.name, symbol) for symbol in symbols if isinstance(symbol, Option))
    return tuple(known.values())


def named(name: str) -> Option:
    """An option by its name."""
    return next((option for option in DEFAULT if option.name == name), None) or Option(name)


def describe(option: Option) -> dict[str, Any]:
    """The option's entry in ``exchangeInfo``."""
    return {
        "symbol": option.name,
        "status": option.status,
        "side": "CALL" if option.call else "PUT",
        "strikePrice": f"{option.parts[2]}.000",
        "underlying": option.underlying,
        "quoteAsset": "USDT",
        "unit": 1,
        "expiryDate": option.expiry,
        "minQty": option.lot,
        "priceScale": 3,
        "quantityScale": 4,
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": option.tick},
            {"filterType": "LOT_SIZE", "stepSize": option.lot},
        ],
    }
