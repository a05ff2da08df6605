"""The messages of options, with the exchange's keys in the exchange's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .amounts import mean, percent, to_text
from .book import Best, Book, Diff, Level
from .candles import Candle, Trade
from .payloads import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .option_symbols import Option

Payload = dict[str, Any]


def trade(of: Option, each: Trade) -> Payload:
    """``<symbol>@optionTrade``."""
    return {
        "e": "trade",
        "E": each.time,
        "T": each.time,
        "s": of.name,
        "t": each.id,
        "p": of.price_text(each.price),
        "q": of.lot_text(each.quantity),
        "X": "MARKET",
        "S": "SELL" if each.maker else "BUY",
        "m": each.maker,
    }


def book_ticker(of: Option, best: Best, time: int) -> Payload:
    """``<symbol>@bookTicker``."""
    return {
        "e": "bookTicker",
        "u": best.update,
        "s": of.name,
        "b": of.price_text(best.bid),
        "B": of.lot_text(best.bid_quantity),
        "a": of.price_text(best.ask),
        "A": of.lot_text(best.ask_quantity),
        "T": time,
        "E": time,
    }


def levels(of: Option, sides: Iterable[Level]) -> list[list[str]]:
    """Levels as pairs of text."""
    return [[of.price_text(price), of.lot_text(quantity)] for price, quantity in sides]


def depth(of: Option, diff: Diff, before: int) -> Payload:
    """``<symbol>@depth``; ``before`` is the last update id of the message before."""
    bids, asks = sorted(diff.bids, reverse=True), sorted(diff.asks)
    return _book(of, diff.time, (diff.first, diff.last, before), bids, asks)


def partial_depth(of: Option, book: Book, count: int, time: int, before: int) -> Payload:
    """``<symbol>@depth<levels>``."""
    ids = (min(before + 1, book.last), book.last, before)
    return _book(of, time, ids, book.bids.top(count), book.asks.top(count))


def _book(
    of: Option, time: int, ids: tuple[int, int, int], bids: Iterable[Level], asks: Iterable[Level]
) -> Payload:
    return {
        "e": "depthUpdate",
        "E": time,
        "T": time,
        "s": of.name,
        **dict(zip(("U", "u", "pu"), ids, strict=True)),
        "b": levels(of, bids),
        "a": levels(of, asks),
    }


def kline(of: Option, interval: str, candle: Candle, end: int, now: int) -> Payload:
    """``<symbol>@kline_<interval>``; ``end`` is when the next kline begins."""
    return {
        "e": "kline",
        "E": now,
        "s": of.name,
        "k": {
            "t": candle.time,
            "T": end - 1,
            "s": of.name,
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
            "q": of.lot_text(mean(candle.quote, 10**8)),
            "V": of.lot_text(candle.buy_volume),
            "Q": of.lot_text(mean(candle.buy_quote, 10**8)),
        },
    }


def ticker(of: Option, window: Window, last: int) -> Payload:
    """``<symbol>@optionTicker``; ``last`` is the quantity of the last trade."""
    candle = window.candle
    change = candle.close - candle.open
    return {
        "e": "24hrTicker",
        "E": window.end,
        "s": of.name,
        "p": of.lot_text(change),
        "P": percent(change, candle.open),
        "w": of.lot_text(mean(candle.quote, candle.volume) or candle.close),
        "c": of.lot_text(candle.close),
        "Q": of.lot_text(last),
        "o": of.lot_text(candle.open),
        "h": of.lot_text(candle.high),
        "l": of.lot_text(candle.low),
        "v": of.lot_text(candle.volume),
        "q": of.lot_text(mean(candle.quote, 10**8)),
        "O": window.start,
        "C": window.end,
        "F": candle.first,
        "L": candle.last,
        "n": candle.count,
    }


def mark_price(of: Option, best: Best, index: int, now: int) -> Payload:
    """One of the elements of ``<underlying>@optionMarkPrice``; the greeks are rough."""
    mark = (best.bid + best.ask) // 2
    delta = "0.50000000" if of.call else "-0.50000000"
    return {
        "s": of.name,
        "mp": of.price_text(mark),
        "E": now,
        "e": "markPrice",
        "i": to_text(index),
        "P": "0.000",
        "bo": of.price_text(best.bid),
        "ao": of.price_text(best.ask),
        "bq": of.lot_text(best.bid_quantity),
        "aq": of.lot_text(best.ask_quantity),
        "b": "0.58161161",
        "a": "0.61161161",
        "hl": of.price_text(mark * 6 // 5),
        "ll": of.price_text(mark * 4 // 5),
        "vo": "0.5958058",
        "rf": "0.0",
        "d": delta,
        "t": "-16.42670261",
        "g": "0.00001245",
        "v": "30.63855919",
    }


def open_interest(of: Option, amount: int, worth: int, now: int) -> Payload:
    """One of the elements of ``<underlying>@openInterest@<date>``."""
    return {"e": "openInterest", "E": now, "s": of.name, "o": to_text(amount, 2), "h": to_text(worth)}


def index_price(underlying: str, price: int, now: int) -> Payload:
    """One of the elements of ``!index@arr``."""
    return {"e": "indexPrice", "E": now, "s": underlying, "p": to_text(price)}


def new_symbol(of: Option, now: int) -> Payload:
    """``!optionSymbol``: an option has been listed."""
    return {
        "e": "optionSymbol",
        "E": now,
        "s": of.name,
        "ps": of.underlying,
        "qa": "USDT",
        "d": "CALL" if of.call else "PUT",
        "sp": of.parts[2],
        "dt": of.expiry,
        "u": 1,
        "ot": 1_569_398_400_000,
        "cs": of.status,
    }
