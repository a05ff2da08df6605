"""The REST calls of options (``/eapi``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..enums import Market as Product
from . import option_payloads as payloads
from .amounts import mean, to_text
from .answers import Bad
from .market import Market
from .option_symbols import Option, describe
from .rest import Call, Query, chosen_spans, limits
from .rest_futures import check_depth, depth_weight
from .rules import Rules

_MS = 1_000_000
_DEPTHS = {5: 1, 10: 1, 20: 1, 50: 1, 100: 5, 500: 10, 1000: 20}


def _depth(query: Query, market: Market) -> Any:
    instrument, count = query.symbol(), check_depth(query, _DEPTHS, 100)
    of, book, now = cast(Option, instrument.symbol), instrument.book, market.now // _MS
    return {
        "bids": payloads.levels(of, book.bids.top(count)),
        "asks": payloads.levels(of, book.asks.top(count)),
        "T": now,
        "lastUpdateId": book.last,
    }


def _trades(query: Query, market: Market) -> Any:
    instrument = query.symbol()
    of = cast(Option, instrument.symbol)
    return [
        {
            "id": each.id,
            "symbol": of.name,
            "price": of.price_text(each.price),
            "qty": of.lot_text(each.quantity),
            "quoteQty": to_text(mean(each.price * each.quantity, 10**8)),
            "side": -1 if each.maker else 1,
            "time": each.time,
        }
        for each in instrument.trades.latest(query.limit(100, 500))
    ]


def _klines(query: Query, market: Market) -> Any:
    instrument, interval, now = query.symbol(), query.interval(), market.now // _MS
    if interval in ("1s", "8h", "1M"):
        raise Bad(-1120, "Invalid interval.")
    start, end, limit = query.moment("startTime"), query.moment("endTime"), query.limit(500, 1500)
    begin, last = instrument.candles.minutes.start, min(now, now if end is None else end)
    spans = [] if begin is None else chosen_spans(interval, 0, begin, start, last, limit)
    of, rows = cast(Option, instrument.symbol), []
    for start, end in spans:
        candle = instrument.candles.kline(interval, start, end)
        if candle:
            told = payloads.kline(of, interval, candle, end, now)["k"]
            rows.append([*(told[key] for key in "tohlcvTqnVQ"), "0"])
    return rows


def _info(now: int, weight: float, market: Market) -> dict[str, Any]:
    return {
        "timezone": "UTC",
        "serverTime": now,
        "rateLimits": limits(weight),
        "optionSymbols": [describe(cast(Option, symbol)) for symbol in market.symbols.values()],
    }


def calls(now: Callable[[], int], rules: Rules) -> dict[str, Call]:
    """The calls by their paths.

    Args:
        now: the exchange's clock in ms.
        rules: what clients may do.
    """
    weight = rules.futures_weight
    rows: dict[str, tuple[int | Callable[[dict[str, str]], int], Callable[[Query, Market], Any]]] = {
        "ping": (1, lambda query, market: {}),
        "time": (1, lambda query, market: {"serverTime": now()}),
        "exchangeInfo": (1, lambda query, market: _info(now(), weight, market)),
        "depth": (depth_weight(_DEPTHS, 100), _depth),
        "trades": (5, _trades),
        "klines": (1, _klines),
    }
    return {
        f"/eapi/v1/{name}": Call(cost, answer, product=Product.OPTIONS)
        for name, (cost, answer) in rows.items()
    }
