"""The messages of USD-M and COIN-M, with the exchange's keys in the exchange's order for each of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .amounts import mean, percent, to_text
from .book import Best, Book, Diff, Level
from .candles import HOUR, Candle, Trade
from .payloads import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .contracts import Contract
    from .instrument import AggTrade

Payload = dict[str, Any]
_FUNDING = 8 * HOUR


def trade(of: Contract, each: Trade) -> Payload:
    """``<symbol>@trade``, which no page of the exchange names."""
    return {
        "e": "trade",
        "E": each.time,
        "T": each.time,
        "s": of.name,
        "t": each.id,
        "p": of.price_text(each.price),
        "q": of.lot_text(each.quantity),
        "X": "MARKET",
        "m": each.maker,
    }


def agg_trade(of: Contract, each: AggTrade) -> Payload:
    """``<symbol>@aggTrade``; ``nq`` (on USD-M) is the quantity without RPI orders, of which there are none."""
    quantity = of.lot_text(each.quantity)
    number = {"s": of.name, "a": each.id} if of.linear else {"a": each.id, "s": of.name}
    return {
        "e": "aggTrade",
        "E": each.time,
        **number,
        "p": of.price_text(each.price),
        "q": quantity,
        **({"nq": quantity} if of.linear else {}),
        "f": each.first,
        "l": each.last,
        "T": each.time,
        "m": each.maker,
        "st": of.st,
    }


def book_ticker(of: Contract, best: Best, time: int) -> Payload:
    """``<symbol>@bookTicker``."""
    sides = {
        "b": of.price_text(best.bid),
        "B": of.lot_text(best.bid_quantity),
        "a": of.price_text(best.ask),
        "A": of.lot_text(best.ask_quantity),
    }
    head = {"e": "bookTicker", "u": best.update}
    if of.linear:
        return {**head, "E": time, "T": time, "s": of.name, "ps": of.pair, **sides, "st": of.st}
    return {**head, "s": of.name, **sides, "T": time, "E": time, "ps": of.pair, "st": of.st}


def levels(of: Contract, sides: Iterable[Level]) -> list[list[str]]:
    """Levels as pairs of text."""
    return [[of.price_text(price), of.lot_text(quantity)] for price, quantity in sides]


def depth(of: Contract, diff: Diff, before: int) -> Payload:
    """``<symbol>@depth``; ``before`` is the last update id of the message before."""
    bids, asks = sorted(diff.bids, reverse=True), sorted(diff.asks)
    return _book(of, diff.time, (diff.first, diff.last, before), bids, asks)


def partial_depth(of: Contract, book: Book, count: int, time: int, before: int) -> Payload:
    """``<symbol>@depth<levels>``."""
    ids = (min(before + 1, book.last), book.last, before)
    return _book(of, time, ids, book.bids.top(count), book.asks.top(count))


def _book(
    of: Contract, time: int, ids: tuple[int, int, int], bids: Iterable[Level], asks: Iterable[Level]
) -> Payload:
    changes = {**dict(zip(("U", "u", "pu"), ids, strict=True)), "b": levels(of, bids), "a": levels(of, asks)}
    head = {"e": "depthUpdate", "E": time, "T": time, "s": of.name}
    if of.linear:
        return {**head, **changes, "ps": of.pair, "st": of.st}
    return {**head, "ps": of.pair, **changes, "st": of.st}


# Klines.


def kline(of: Contract, interval: str, candle: Candle, end: int, now: int) -> Payload:
    """``<symbol>@kline_<interval>``; ``end`` is when the next kline begins."""
    return {"e": "kline", "E": now, "s": of.name, "k": candle_of(of, interval, candle, end, now, of.name)}


def continuous_kline(of: Contract, interval: str, candle: Candle, end: int, now: int) -> Payload:
    """``<pair>_<contract>@continuousKline_<interval>``."""
    told = candle_of(of, interval, candle, end, now)
    return {"e": "continuous_kline", "E": now, "ps": of.pair, "ct": of.contract, "k": told}


def price_kline(event: str, of: Contract, interval: str, candle: Candle, end: int, now: int) -> Payload:
    """Klines of the mark and of the index price: no volume, and times for ids."""
    told = candle_of(of, interval, candle, end, now, of.name if event.startswith("mark") else "0")
    told.update({"f": candle.time, "L": min(now, end - 1)}, v="0", q="0", V="0", Q="0")
    return {"e": event, "E": now, "ps": of.pair, "k": told}


def candle_of(
    of: Contract, interval: str, candle: Candle, end: int, now: int, symbol: str | None = None
) -> Payload:
    """What stands in ``k``; without a symbol it has no ``s``."""
    return {
        "t": candle.time,
        "T": end - 1,
        **({} if symbol is None else {"s": symbol}),
        "i": interval,
        "f": candle.first,
        "L": candle.last,
        "o": of.price_text(candle.open),
        "c": of.price_text(candle.close),
        "h": of.price_text(candle.high),
        "l": of.price_text(candle.low),
        "v": of.lot_text(candle.volume),
        "n": candle.count,
        "x": now >= end,
        "q": of.worth(candle.quote, candle.volume),
        "V": of.lot_text(candle.buy_volume),
        "Q": of.worth(candle.buy_quote, candle.buy_volume),
        "B": "0",
    }


# Tickers.


def mini_ticker(of: Contract, window: Window) -> Payload:
    """``<symbol>@miniTicker``."""
    head = {"e": "24hrMiniTicker", "E": window.end, "s": of.name}
    told = {"c": of.price_text(window.candle.close), **_prices(of, window.candle)}
    if of.linear:
        return {**head, **told, "ps": of.pair, "st": of.st}
    return {**head, "ps": of.pair, **told, "st": of.st}


def _prices(of: Contract, candle: Candle) -> Payload:
    return {
        "o": of.price_text(candle.open),
        "h": of.price_text(candle.high),
        "l": of.price_text(candle.low),
        "v": of.lot_text(candle.volume),
        "q": of.worth(candle.quote, candle.volume),
    }


def ticker(of: Contract, window: Window, last: int) -> Payload:
    """``<symbol>@ticker``; ``last`` is the quantity of the last trade."""
    candle = window.candle
    change = candle.close - candle.open
    return {
        "e": "24hrTicker",
        "E": window.end,
        "s": of.name,
        "p": of.price_text(change),
        "P": percent(change, candle.open),
        "w": to_text(mean(candle.quote, candle.volume) or candle.close),
        "c": of.price_text(candle.close),
        "Q": of.lot_text(last),
        **_prices(of, candle),
        "O": window.start,
        "C": window.end,
        "F": candle.first,
        "L": candle.last,
        "n": candle.count,
        "ps": of.pair,
        "st": of.st,
    }


# Prices that nobody trades at.


def mark_price(of: Contract, mark: int, now: int) -> Payload:
    """``<symbol>@markPrice``; contracts that are delivered have no funding, only USD-M has the average ``ap``."""
    price, index, settled = to_text(mark), to_text(index_of(mark)), to_text(mark)
    funding = {"r": "0.00010000", "T": now // _FUNDING * _FUNDING + _FUNDING}
    unfunded = {"r": "", "T": 0}
    rate = funding if of.perpetual else unfunded
    head = {"e": "markPriceUpdate", "E": now, "s": of.name, "p": price}
    if not of.linear:
        return {**head, "P": settled, "i": index, **rate, "st": of.st}
    told = {**head, "i": index, "P": settled, "r": rate["r"], "ap": price}
    return {**told, "T": rate["T"], "st": of.st}


def index_of(price: int) -> int:
    """The index price beside a price."""
    return price - price // 5_000


def index_price(of: Contract, price: int, now: int) -> Payload:
    """``<pair>@indexPrice``."""
    return {"e": "indexPriceUpdate", "E": now, "s": of.pair, "p": to_text(index_of(price))}


def composite_index(of: Contract, price: int, now: int) -> Payload:
    """``<symbol>@compositeIndex``, of one component."""
    base, quote = of.assets
    part = {"b": base, "q": quote, "w": "1.00000000", "W": "1.00000000", "i": to_text(price)}
    return {"e": "compositeIndex", "E": now, "s": of.name, "p": to_text(price), "C": "baseAsset", "c": [part]}


def asset_index(asset: str, price: int, now: int) -> Payload:
    """``<asset>@assetIndex``: the index, and what bids and asks are worth with the exchange's buffers."""
    low, high = to_text(price * 9 // 10), to_text(price * 11 // 10)
    auto_low, auto_high = to_text(price * 95 // 100), to_text(price * 105 // 100)
    return {
        "e": "assetIndexUpdate",
        "E": now,
        "s": asset,
        "i": to_text(price),
        "b": "0.10000000",
        "a": "0.10000000",
        "B": low,
        "A": high,
        "q": "0.05000000",
        "g": "0.05000000",
        "Q": auto_low,
        "G": auto_high,
    }
