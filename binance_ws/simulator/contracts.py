"""The contracts of USD-M and COIN-M: names, pairs, precisions; and how ``exchangeInfo`` tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from ..enums import Market
from .amounts import to_text
from .symbols import TRADING, Symbol

PERPETUAL, CURRENT, NEXT = "PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER"
TRADFI = "TRADIFI_PERPETUAL"
_NEVER = 4_133_404_800_000
_ONBOARD = 1_569_398_400_000
_DELIVERED = re.compile(r"_(\d\d)(\d\d)(\d\d)$")
_ORDER_TYPES = "LIMIT MARKET STOP STOP_MARKET TAKE_PROFIT TAKE_PROFIT_MARKET TRAILING_STOP_MARKET".split()
# Coins whose contracts of COIN-M are worth 100 dollars; those of the others are worth 10.
_LARGE = ("BTC",)


@dataclass(frozen=True)
class Contract(Symbol):
    """A futures contract.

    Args:
        product: USD-M or COIN-M.
        contract: its type, ``"PERPETUAL"`` and so on.
    """

    product: Market = Market.USDM
    contract: str = PERPETUAL

    @property
    def linear(self) -> bool:
        """Whether it is one of USD-M."""
        return self.product is Market.USDM

    @property
    def st(self) -> int:
        """What the field ``st`` says: 1 for USD-M, 2 for COIN-M."""
        return 1 if self.linear else 2

    @property
    def pair(self) -> str:
        """The underlying pair, ``"BTCUSD"``."""
        return self.name.partition("_")[0]

    @property
    def assets(self) -> tuple[str, str]:
        """The base and the quote asset."""
        return Symbol(self.pair).assets

    @property
    def size(self) -> int:
        """Dollars that a contract of COIN-M is worth."""
        return 100 if self.assets[0] in _LARGE else 10

    @property
    def delivery(self) -> int:
        """When it is delivered, in ms."""
        found = _DELIVERED.search(self.name)
        if not found:
            return _NEVER
        year, month, day = map(int, found.groups())
        return int(datetime(2000 + year, month, day, 8, tzinfo=timezone.utc).timestamp()) * 1000

    @property
    def perpetual(self) -> bool:
        """Whether it is never delivered."""
        return self.delivery == _NEVER

    @cached_property
    def _digits(self) -> tuple[int, int]:
        return _decimals(self.tick), _decimals(self.lot)

    def price_text(self, price: int) -> str:
        """A price as the exchange writes it."""
        return to_text(price, self._digits[0])

    def lot_text(self, quantity: int) -> str:
        """A quantity as the exchange writes it."""
        return to_text(quantity, self._digits[1])

    def worth(self, quote: int, volume: int) -> str:
        """What a volume is worth: in the quote asset, of COIN-M in the base asset; ``quote`` counts 1e-16."""
        if self.linear:
            return to_text(quote // 10**8)
        return to_text(self.size * volume * volume * 10**8 // quote if quote else 0)


def _decimals(step: str) -> int:
    return len(step.partition(".")[2])


def _linear(symbol: Symbol) -> Contract:
    tick = "0.10" if symbol.name == "BTCUSDT" else symbol.tick.rstrip("0") or symbol.tick
    return Contract(symbol.name, symbol.price, tick)


def _inverse(name: str, price: str, tick: str, contract: str = PERPETUAL) -> Contract:
    return Contract(name, price, tick, lot="1", product=Market.COINM, contract=contract)


_EXTRA = (
    Contract("BTCUSDT_261225", "62410.10", "0.10", contract=CURRENT),
    Contract("BTCUSDT_270326", "63120.40", "0.10", contract=NEXT),
    Contract("XAUUSDT", "2427.30", "0.10", contract=TRADFI),
    Contract("DEFIUSDT", "612.40", "0.10"),
    _inverse("BTCUSD_PERP", "61840.1", "0.1"),
    _inverse("BTCUSD_261225", "62405.3", "0.1", CURRENT),
    _inverse("BTCUSD_270326", "63115.9", "0.1", NEXT),
    _inverse("ETHUSD_PERP", "2684.10", "0.01"),
    _inverse("ETHUSD_261225", "2711.55", "0.01", CURRENT),
    _inverse("BNBUSD_PERP", "516.08", "0.01"),
)
_KNOWN = {contract.name: contract for contract in _EXTRA}


def contracts(symbols: Iterable[Symbol]) -> tuple[Contract, ...]:
    """The contracts that are listed: a perpetual of each symbol of spot that trades in dollars, and a few more."""
    linear = [_linear(s) for s in symbols if s.status == TRADING and s.name.endswith(("USDT", "USDC"))]
    mine = {contract.name: contract for contract in (*linear, *_EXTRA)}
    mine.update((s.name, s) for s in symbols if isinstance(s, Contract))
    return tuple(mine.values())


def named(name: str) -> Contract:
    """A contract by its name."""
    if name in _KNOWN:
        return _KNOWN[name]
    inverse = name.partition("_")[0].endswith("USD")
    kind = CURRENT if _DELIVERED.search(name) else PERPETUAL
    return _inverse(name, "", "0.0001", kind) if inverse else _linear(Symbol(name))


def describe(contract: Contract) -> dict[str, Any]:
    """The contract's entry in ``exchangeInfo``."""
    base, quote = contract.assets
    state = "status" if contract.linear else "contractStatus"
    told = {
        "symbol": contract.name,
        "pair": contract.pair,
        "contractType": contract.contract,
        "deliveryDate": contract.delivery,
        "onboardDate": _ONBOARD,
        state: contract.status,
        "baseAsset": base,
        "quoteAsset": quote,
        "marginAsset": quote if contract.linear else base,
        "pricePrecision": _decimals(contract.tick),
        "quantityPrecision": _decimals(contract.lot),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": contract.tick},
            {"filterType": "LOT_SIZE", "stepSize": contract.lot},
        ],
        "orderTypes": _ORDER_TYPES,
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
    }
    return told if contract.linear else {**told, "contractSize": contract.size}
