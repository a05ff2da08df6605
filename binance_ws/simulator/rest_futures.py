"""The REST calls of USD-M (``/fapi``) and COIN-M (``/dapi``), which draw from one pool of weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..enums import Market as Product
from . import futures_payloads as payloads
from .amounts import mean, to_text
from .answers import Bad
from .candles import DAY, Candle, Trade
from .contracts import Contract, describe
from .instrument import Instrument
from .market import Market
from .rest import Call, Limit, Query, chosen_spans, limits
from .rules import Rules

_MS = 1_000_000
_DEPTHS = {5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1000: 20}
_ORDERS: tuple[Limit, ...] = (("ORDERS", "MINUTE", 1, 1_200), ("ORDERS", "SECOND", 10, 300))
_OLDEST = 2 * DAY
_PREFIXES = {Product.USDM: "/fapi/v1", Product.COINM: "/dapi/v1"}
Answer = Callable[[Query, Market], Any]


def check_depth(query: Query, known: dict[int, int], default: int) -> int:
    """The number of levels that is asked for, one of those that are known.

    Raises:
        Bad: -4021.
    """
    value = query.number("limit")
    if value is not None and value not in known:
        raise Bad(-4021, f"{value} is not valid depth limit.")
    return default if value is None else value


def depth_weight(known: dict[int, int], default: int) -> Callable[[dict[str, str]], int]:
    """The weight of ``depth`` by its limit."""

    def weight(given: dict[str, str]) -> int:
        text = given.get("limit", "")
        return known.get(int(text) if text.isdecimal() else default, 1)

    return weight


def _contract(instrument: Instrument) -> Contract:
    return cast(Contract, instrument.symbol)


def _asked(query: Query, product: Product | None) -> Instrument:
    """The market that is asked about; of another product it is none."""
    found = query.symbol()
    if product and _contract(found).product is not product:
        raise Bad(-1121, "Invalid symbol.")
    return found


def _trade(of: Contract, each: Trade) -> dict[str, Any]:
    linear = mean(each.price * each.quantity, 10**8)
    worth = {"quoteQty": to_text(linear)}
    if not of.linear:
        worth = {"baseQty": of.worth(each.price * each.quantity, each.quantity)}
    told = {
        "id": each.id,
        "price": of.price_text(each.price),
        "qty": of.lot_text(each.quantity),
        **worth,
        "time": each.time,
        "isBuyerMaker": each.maker,
    }
    return {**told, "isRPITrade": False} if of.linear else told


class _Host:
    """The calls of one of the two products.

    Args:
        product: which one.
    """

    def __init__(self, product: Product) -> None:
        self._product = product

    def depth(self, query: Query, market: Market) -> Any:
        instrument, count = _asked(query, self._product), check_depth(query, _DEPTHS, 500)
        of, book, now = _contract(instrument), instrument.book, market.now // _MS
        return {
            "lastUpdateId": book.last,
            **({} if of.linear else {"symbol": of.name, "pair": of.pair}),
            "E": now,
            "T": now,
            "bids": payloads.levels(of, book.bids.top(count)),
            "asks": payloads.levels(of, book.asks.top(count)),
        }

    def trades(self, query: Query, market: Market) -> Any:
        instrument = _asked(query, self._product)
        return [_trade(_contract(instrument), t) for t in instrument.trades.latest(query.limit(500, 1000))]

    def historical_trades(self, query: Query, market: Market) -> Any:
        if not query.key:
            raise Bad(-2014, "API-key format invalid.", 401)
        instrument, limit = _asked(query, self._product), query.limit(100, 500)
        first, history = query.number("fromId"), instrument.trades
        found = history.latest(limit) if first is None else history.since(first, limit)
        return [_trade(_contract(instrument), t) for t in found]

    def agg_trades(self, query: Query, market: Market) -> Any:
        instrument, limit, now = _asked(query, self._product), query.limit(500, 1000), market.now // _MS
        first, start, end = query.number("fromId"), query.moment("startTime"), query.moment("endTime")
        if start is not None and start < now - _OLDEST:
            raise Bad(-4166, "Search window is restricted to recent 2 days only.")
        instrument.settle(now)
        history = instrument.aggregates
        found = history.within(start, end, limit) if first is None else history.since(first, limit)
        told = (payloads.agg_trade(_contract(instrument), each) for each in found)
        keys = ("a", "p", "q", *(["nq"] if self._product is Product.USDM else []), "f", "l", "T", "m")
        return [{key: each[key] for key in keys} for each in told]


def _klines(find: Answer, *, traded: bool = True, seconds: bool = False) -> Answer:
    """``klines`` and the like: of which symbol, whether there is a volume, whether there are intervals of 1 s."""

    def answer(query: Query, market: Market) -> Any:
        instrument, interval, now = find(query, market), query.interval(), market.now // _MS
        if interval == "1s" and not seconds:
            raise Bad(-1120, "Invalid interval.")
        start, end, limit = query.moment("startTime"), query.moment("endTime"), query.limit(500, 1500)
        begin, last = instrument.candles.series(interval).start, min(now, now if end is None else end)
        spans = [] if begin is None else chosen_spans(interval, 0, begin, start, last, limit)
        candles = [(instrument.candles.kline(interval, *span), span[1]) for span in spans]
        return [_row(_contract(instrument), candle, end, traded) for candle, end in candles if candle]

    return answer


def _row(of: Contract, candle: Candle, end: int, traded: bool) -> list[Any]:
    told = payloads.candle_of(of, "", candle, end, 0)
    if not traded:
        told.update(v="0", q="0", V="0", Q="0")
    return [told[key] for key in "tohlcvTqnVQB"]


def _by_symbol(query: Query, _: Market) -> Instrument:
    return query.symbol()


def _by_pair(query: Query, market: Market) -> Instrument:
    pair = query.text("pair", r"^\w{1,50}$") or ""
    kind = query.text("contractType", r"^\w{1,50}$") or "PERPETUAL"
    for symbol in market.symbols.values():
        contract = cast(Contract, symbol)
        if (contract.pair, contract.contract) == (pair, kind):
            found = market.find(contract.name)
            if found:
                return found
    raise Bad(-1121, "Invalid symbol.")


def _kline_weight(given: dict[str, str]) -> int:
    text = given.get("limit", "")
    limit = int(text) if text.isdecimal() else 500
    return 1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10


def _info(product: Product, now: int, weight: float, market: Market) -> dict[str, Any]:
    mine = [cast(Contract, symbol) for symbol in market.symbols.values()]
    return {
        "timezone": "UTC",
        "serverTime": now,
        "rateLimits": limits(weight, *_ORDERS),
        "exchangeFilters": [],
        "symbols": [describe(contract) for contract in mine if contract.product is product],
    }


def _of(product: Product, now: Callable[[], int], weight: float) -> dict[str, Call]:
    host, answers = _Host(product), (b"GET",)
    rows: dict[str, tuple[int | Callable[[dict[str, str]], int], Answer]] = {
        "ping": (1, lambda query, market: {}),
        "time": (1, lambda query, market: {"serverTime": now()}),
        "exchangeInfo": (1, lambda query, market: _info(product, now(), weight, market)),
        "depth": (depth_weight(_DEPTHS, 500), host.depth),
        "trades": (5, host.trades),
        "historicalTrades": (200, host.historical_trades),
        "aggTrades": (20, host.agg_trades),
        "klines": (_kline_weight, _klines(_by_symbol)),
        "continuousKlines": (_kline_weight, _klines(_by_pair, seconds=True)),
        "markPriceKlines": (_kline_weight, _klines(_by_symbol, traded=False)),
        "indexPriceKlines": (_kline_weight, _klines(_by_pair, traded=False)),
    }
    if product is Product.USDM:
        rows["rpiDepth"] = (20, host.depth)
    return {
        f"{_PREFIXES[product]}/{name}": Call(cost, answer, answers, product)
        for name, (cost, answer) in rows.items()
    }


def calls(now: Callable[[], int], rules: Rules) -> dict[str, Call]:
    """The calls of both products by their paths.

    Args:
        now: the exchange's clock in ms.
        rules: what clients may do.
    """
    weight = rules.futures_weight
    return {**_of(Product.USDM, now, weight), **_of(Product.COINM, now, weight)}
