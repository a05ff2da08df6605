"""The REST calls of spot: weights, checked parameters, answers in the exchange's shapes. No sockets here."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..enums import Market as Product
from . import payloads
from .amounts import mean, to_text
from .answers import Bad
from .candles import HOUR, MINUTE, Candle, Trade, bucket
from .instrument import AggTrade, Block, Instrument
from .market import Market
from .symbols import describe

_INTERVALS = frozenset("1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split())
_SYMBOL = r"^((?![a-z])[\w\-.]){1,50}$"
_NUMBER = r"^[0-9]{1,20}$"
_ZONE = re.compile(r"([+-]?)(\d{1,2})(?::(\d\d))?")
_MS = 1_000_000


class Query:
    """The parameters of a request, checked as they are read."""

    def __init__(self, given: dict[str, str], market: Market, unit: int = 1, key: str | None = None) -> None:
        self._given, self._market = given, market
        self.unit, self.key = unit, key

    def time(self, moment: int, end: bool = False) -> int:
        """A moment in ms in the unit that was asked for; the last microsecond of it where it is an end."""
        return moment * self.unit + (self.unit - 1 if end else 0)

    def text(self, name: str, pattern: str) -> str | None:
        """A parameter, or ``None``."""
        value = self._given.get(name)
        if value is None or value == "":
            return None
        if not re.match(pattern, value):
            raise Bad(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'.")
        return value

    def number(self, name: str) -> int | None:
        """A whole number, or ``None``."""
        value = self.text(name, _NUMBER)
        return None if value is None else int(value)

    def moment(self, name: str) -> int | None:
        """A moment in ms, or ``None``; microseconds are understood."""
        value = self.number(name)
        return value // 1000 if value is not None and value > 10**14 else value

    def limit(self, default: int, most: int) -> int:
        """How many are asked for."""
        value = self.number("limit")
        if value == 0:
            raise Bad(-1130, "Data sent for parameter 'limit' is not valid.")
        return min(default if value is None else value, most)

    def symbol(self) -> Instrument:
        """The market that is asked about."""
        name = self.text("symbol", _SYMBOL)
        if name is None:
            raise Bad(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
        found = self._market.find(name)
        if found is None:
            raise Bad(-1121, "Invalid symbol.")
        return found

    def interval(self) -> str:
        """A kline interval."""
        value = self._given.get("interval")
        if not value:
            raise Bad(-1102, "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.")
        if value not in _INTERVALS:
            raise Bad(-1120, "Invalid interval.")
        return value

    def zone(self) -> int:
        """``timeZone`` in ms east of UTC."""
        found = _ZONE.fullmatch(self._given.get("timeZone", "0"))
        if not found:
            raise Bad(-1100, "Illegal characters found in parameter 'timeZone'.")
        size = int(found[2]) * HOUR + int(found[3] or 0) * MINUTE
        if not -12 * HOUR <= (size if found[1] != "-" else -size) <= 14 * HOUR:
            raise Bad(-1130, "Data sent for parameter 'timeZone' is not valid.")
        return -size if found[1] == "-" else size


# The answers.


def _depth(query: Query, market: Market) -> Any:
    return payloads.partial_depth(query.symbol().book, query.limit(100, 5000))


def _trade(each: Trade | Block, query: Query) -> dict[str, Any]:
    told = {
        "id": each.id,
        "price": to_text(each.price),
        "qty": to_text(each.quantity),
        "quoteQty": to_text(mean(each.price * each.quantity, 10**8)),
        "time": query.time(each.time),
        "isBuyerMaker": each.maker,
    }
    return told if isinstance(each, Block) else {**told, "isBestMatch": True}


def _trades(query: Query, market: Market) -> Any:
    return [_trade(each, query) for each in query.symbol().trades.latest(query.limit(500, 1000))]


def _historical_trades(query: Query, market: Market) -> Any:
    history, limit, first = query.symbol().trades, query.limit(500, 1000), query.number("fromId")
    found = history.latest(limit) if first is None else history.since(first, limit)
    return [_trade(each, query) for each in found]


def _historical_blocks(query: Query, market: Market) -> Any:
    history, first = query.symbol().blocks, query.number("fromId")
    if first is None:
        raise Bad(-1102, "Mandatory parameter 'fromId' was not sent, was empty/null, or malformed.")
    return [_trade(each, query) for each in history.since(first, query.limit(500, 1000))]


def _aggregate(each: AggTrade, query: Query) -> dict[str, Any]:
    told = payloads.agg_trade("", each)
    return {**{key: told[key] for key in "apqfl"}, "T": query.time(each.time), "m": each.maker, "M": True}


def _agg_trades(query: Query, market: Market) -> Any:
    instrument, limit = query.symbol(), query.limit(500, 1000)
    first, start, end = query.number("fromId"), query.moment("startTime"), query.moment("endTime")
    if first is not None and (start is not None or end is not None):
        raise Bad(-1128, "Combination of optional parameters invalid.")
    instrument.settle(market.now // _MS)
    history = instrument.aggregates
    found = history.within(start, end, limit) if first is None else history.since(first, limit)
    return [_aggregate(each, query) for each in found]


def _klines(query: Query, market: Market) -> Any:
    instrument, interval, zone = query.symbol(), query.interval(), query.zone()
    start, end, limit = query.moment("startTime"), query.moment("endTime"), query.limit(500, 1000)
    begin = instrument.candles.series(interval).start
    if begin is None:
        return []
    now = market.now // _MS
    last = min(now, now if end is None else end)
    chosen = chosen_spans(interval, zone, begin, start, last, limit)
    candles = [(instrument.candles.kline(interval, *span), span[1]) for span in chosen]
    return [_row(candle, last, query) for candle, last in candles if candle]


def chosen_spans(
    interval: str, zone: int, begin: int, start: int | None, last: int, limit: int
) -> list[tuple[int, int]]:
    """The klines that a call asks for: the first ones from ``start`` on, else the last ones up to ``last``."""
    spans = _spans(interval, zone, max(begin, start or 0), last)
    if start is not None:
        return [*islice((span for span in spans if span[0] >= start), limit)]
    return [*deque(spans, maxlen=limit)]


def _spans(interval: str, zone: int, moment: int, last: int) -> Iterable[tuple[int, int]]:
    while moment <= last:
        span = bucket(interval, moment, zone)
        yield span
        moment = span[1]


def _row(candle: Candle, end: int, query: Query) -> list[Any]:
    told = payloads.kline("", "", candle, end, 0)["k"]
    times = query.time(candle.time), query.time(end - 1, end=True)
    return [times[0], *(told[key] for key in "ohlcv"), times[1], *(told[key] for key in "qnVQB")]


def _info(query: Query, market: Market) -> list[dict[str, Any]]:
    names = query.text("symbols", r"^\[[^\]]*\]$")
    if query.text("symbol", _SYMBOL):
        return [describe(query.symbol().symbol)]
    wanted = _listed(names) if names else list(market.symbols)
    status = query.text("symbolStatus", r"^[A-Z_]+$")
    for name in wanted:
        if name not in market.symbols:
            raise Bad(-1121, "Invalid symbol.")
    found = (market.symbols[name] for name in wanted)
    return [describe(symbol) for symbol in found if status in (None, symbol.status)]


def _listed(names: str) -> list[str]:
    try:
        return [str(name) for name in json.loads(names)]
    except ValueError:
        raise Bad(-1100, "Illegal characters found in parameter 'symbols'.") from None


Limit = tuple[str, str, int, int]
"""What is limited, in how many of which interval, and how many there may be."""

_LIMITS: tuple[Limit, ...] = (
    ("ORDERS", "SECOND", 10, 100),
    ("ORDERS", "DAY", 1, 200_000),
    ("RAW_REQUESTS", "MINUTE", 5, 300_000),
)


def limits(weight: float, *others: Limit) -> list[dict[str, Any]]:
    """``rateLimits`` of ``exchangeInfo``: request weight a minute, and others."""
    rows = (("REQUEST_WEIGHT", "MINUTE", 1, int(min(weight, 1e9))), *others)
    names = ("rateLimitType", "interval", "intervalNum", "limit")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _depth_weight(given: dict[str, str]) -> int:
    limit = int(given["limit"]) if given.get("limit", "").isdecimal() else 100
    return 5 if limit <= 100 else 25 if limit <= 500 else 50 if limit <= 1000 else 250


@dataclass(frozen=True)
class Call:
    """One REST call: its weight, its answer, its methods, and whose market it is about."""

    weight: int | Callable[[dict[str, str]], int]
    answer: Callable[[Query, Market], Any]
    methods: tuple[bytes, ...] = (b"GET",)
    product: Product = Product.SPOT

    def cost(self, given: dict[str, str]) -> int:
        """The weight of a request."""
        return self.weight if isinstance(self.weight, int) else self.weight(given)


CALLS: dict[str, Call] = {
    "/api/v3/ping": Call(1, lambda query, market: {}),
    "/api/v3/depth": Call(_depth_weight, _depth),
    "/api/v3/trades": Call(25, _trades),
    "/api/v3/historicalTrades": Call(25, _historical_trades),
    "/api/v3/historicalBlockTrades": Call(25, _historical_blocks),
    "/api/v3/aggTrades": Call(4, _agg_trades),
    "/api/v3/klines": Call(2, _klines),
    "/api/v3/uiKlines": Call(2, _klines),
}
"""The calls that need nothing but the market."""


def exchange_info(query: Query, market: Market, now: int, weight: float) -> dict[str, Any]:
    """``/api/v3/exchangeInfo``."""
    return {
        "timezone": "UTC",
        "serverTime": query.time(now),
        "rateLimits": limits(weight, *_LIMITS),
        "exchangeFilters": [],
        "symbols": _info(query, market),
    }
