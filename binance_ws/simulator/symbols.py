"""What is traded: names, first prices, ticks, states; and how ``exchangeInfo`` tells it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .amounts import ONE, to_int, to_text

_QUOTES = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "BRL", "USD")
_ORDER_TYPES = [
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
]
_PREVENTION = ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]

TRADING = "TRADING"


@dataclass(frozen=True)
class Symbol:
    """A traded pair.

    Args:
        name: in capitals.
        price: the first price of the seeded market, as text; empty for one made from the name.
        tick: the smallest step of a price, as text.
        status: ``"TRADING"``, ``"HALT"`` or ``"BREAK"``; streams are silent but for the first.
        lot: the smallest step of a quantity, as text.
    """

    name: str
    price: str = ""
    tick: str = "0.00000100"
    status: str = TRADING
    lot: str = "0.001"

    @property
    def assets(self) -> tuple[str, str]:
        """The base and the quote asset."""
        for quote in _QUOTES:
            if self.name.endswith(quote) and self.name != quote:
                return self.name[: -len(quote)], quote
        return self.name, "USDT"

    @property
    def ticks(self) -> int:
        """The first price in ticks."""
        first = to_int(self.price) if self.price else (10 + zlib.crc32(self.name.encode()) % 90) * ONE // 1000
        return max(first // to_int(self.tick), 500)


DEFAULT = (
    Symbol("BTCUSDT", "61837.64", "0.01"),
    Symbol("ETHUSDT", "2683.80", "0.01"),
    Symbol("BNBBTC", "0.00834500", "0.00000100"),
    Symbol("NEOBTC", "0.00015200", "0.00000010"),
    Symbol("BNBUSDT", "516.10", "0.01"),
    Symbol("ETHBTC", "0.04340000", "0.00001000"),
    Symbol("LTCBTC", "0.00098300", "0.00000010"),
    Symbol("SOLUSDT", "154.57", "0.01"),
    Symbol("XRPUSDT", "0.61540000", "0.0001"),
    Symbol("DOGEUSDT", "0.10512000", "0.00001"),
    Symbol("BCCBTC", status="BREAK"),
    Symbol("VENBTC", status="BREAK"),
    Symbol("LUNAUSDT", status="HALT"),
)
"""Ten symbols that trade and three that do not."""

_KNOWN = {symbol.name: symbol for symbol in DEFAULT}


def listing(symbols: int | Iterable[str | Symbol]) -> tuple[Symbol, ...]:
    """The symbols meant by the argument of the exchange.

    Args:
        symbols: names or :class:`Symbol` objects, or a number of symbols that trade: the default ones and as
            many more as it takes, called ``X0001USDT`` and so on.
    """
    if isinstance(symbols, int):
        trading = [s for s in DEFAULT if s.status == TRADING]
        more = [Symbol(f"X{n:04d}USDT") for n in range(1, symbols - len(trading) + 1)]
        return (*trading[:symbols], *more, *(s for s in DEFAULT if s.status != TRADING))
    return tuple(named(symbol) for symbol in symbols)


def named(symbol: str | Symbol) -> Symbol:
    """A symbol by its name, with the figures of the default one where there is one."""
    if isinstance(symbol, Symbol):
        return symbol
    return _KNOWN.get(symbol.upper()) or Symbol(symbol.upper())


def describe(symbol: Symbol) -> dict[str, Any]:
    """The symbol's entry in ``exchangeInfo``."""
    base, quote = symbol.assets
    trades = symbol.status == TRADING
    return {
        "symbol": symbol.name,
        "status": symbol.status,
        "baseAsset": base,
        "baseAssetPrecision": 8,
        "quoteAsset": quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": _ORDER_TYPES,
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "isSpotTradingAllowed": trades,
        "isMarginTradingAllowed": trades,
        "filters": _filters(to_text(to_int(symbol.tick))),
        "permissions": [],
        "permissionSets": [["SPOT", "MARGIN"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": _PREVENTION,
    }


def _filters(tick: str) -> list[dict[str, Any]]:
    return [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "1000000.00000000", "tickSize": tick},
        {
            "filterType": "LOT_SIZE",
            "minQty": "0.00001000",
            "maxQty": "9000.00000000",
            "stepSize": "0.00001000",
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": "5.00000000",
            "applyMinToMarket": True,
            "maxNotional": "9000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
    ]
