"""The spot messages that the market makes, with the exchange's keys in the exchange's order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .amounts import mean, percent, to_text
from .book import Best, Book, Diff, Level
from .candles import Candle, Trade

if TYPE_CHECKING:
    from .instrument import AggTrade, Block

Payload = dict[str, Any]


class Window(NamedTuple):
    """A rolling window of a ticker: its ends in ms, what happened in it, the close before it."""

    start: int
    end: int
    candle: Candle
    before: int


def levels(sides: Iterable[Level]) -> list[list[str]]:
    """Levels as pairs of text."""
    return [[to_text(price), to_text(quantity)] for price, quantity in sides]


def trade(symbol: str, each: Trade) -> Payload:
    """``<symbol>@trade``."""
    return {
        "e": "trade",
        "E": each.time,
        "s": symbol,
        "t": each.id,
        "p": to_text(each.price),
        "q": to_text(each.quantity),
        "T": each.time,
        "m": each.maker,
        "M": True,
    }


def agg_trade(symbol: str, each: AggTrade) -> Payload:
    """``<symbol>@aggTrade``."""
    return {
        "e": "aggTrade",
        "E": each.time,
        "s": symbol,
        "a": each.id,
        "p": to_text(each.price),
        "q": to_text(each.quantity),
        "f": each.first,
        "l": each.last,
        "T": each.time,
        "m": each.maker,
        "M": True,
    }


def block_trade(symbol: str, each: Block) -> Payload:
    """``<symbol>@blockTrade``."""
    return {
        "e": "blockTrade",
        "E": each.time,
        "s": symbol,
        "t": each.id,
        "p": to_text(each.price),
        "q": to_text(each.quantity),
        "T": each.time,
        "m": each.maker,
    }


def book_ticker(symbol: str, best: Best) -> Payload:
    """``<symbol>@bookTicker``: no event, no time."""
    return {
        "u": best.update,
        "s": symbol,
        "b": to_text(best.bid),
        "B": to_text(best.bid_quantity),
        "a": to_text(best.ask),
        "A": to_text(best.ask_quantity),
    }


def depth(symbol: str, diff: Diff) -> Payload:
    """``<symbol>@depth``: bids from the highest, asks from the lowest price."""
    return {
        "e": "depthUpdate",
        "E": diff.time,
        "s": symbol,
        "U": diff.first,
        "u": diff.last,
        "b": levels(sorted(diff.bids, reverse=True)),
        "a": levels(sorted(diff.asks)),
    }


def partial_depth(book: Book, count: int | None) -> Payload:
    """``<symbol>@depth<levels>``, and the snapshot of REST: no event, no symbol."""
    return {
        "lastUpdateId": book.last,
        "bids": levels(book.bids.top(count)),
        "asks": levels(book.asks.top(count)),
    }


def kline(symbol: str, interval: str, candle: Candle, end: int, now: int) -> Payload:
    """``<symbol>@kline_<interval>``; ``end`` is when the next kline begins."""
    return {
        "e": "kline",
        "E": now,
        "s": symbol,
        "k": {
            "t": candle.time,
            "T": end - 1,
            "s": symbol,
            "i": interval,
            "f": candle.first,
            "L": candle.last,
            "o": to_text(candle.open),
            "c": to_text(candle.close),
            "h": to_text(candle.high),
            "l": to_text(candle.low),
            "v": to_text(candle.volume),
            "n": candle.count,
            "x": now >= end,
            "q": to_text(mean(candle.quote, 10**8)),
            "V": to_text(candle.buy_volume),
            "Q": to_text(mean(candle.buy_quote, 10**8)),
            "B": "0",
        },
    }


def mini_ticker(symbol: str, window: Window) -> Payload:
    """``<symbol>@miniTicker``."""
    candle = window.candle
    return {
        "e": "24hrMiniTicker",
        "E": window.end,
        "s": symbol,
        "c": to_text(candle.close),
        "o": to_text(candle.open),
        "h": to_text(candle.high),
        "l": to_text(candle.low),
        "v": to_text(candle.volume),
        "q": to_text(mean(candle.quote, 10**8)),
    }


def ticker(symbol: str, window: Window, last: int, best: Best) -> Payload:
    """``<symbol>@ticker``; ``last`` is the quantity of the last trade."""
    candle = window.candle
    change = candle.close - candle.open
    return {
        "e": "24hrTicker",
        "E": window.end,
        "s": symbol,
        "p": to_text(change),
        "P": percent(change, candle.open),
        "w": to_text(mean(candle.quote, candle.volume) or candle.close),
        "x": to_text(window.before),
        "c": to_text(candle.close),
        "Q": to_text(last),
        "b": to_text(best.bid),
        "B": to_text(best.bid_quantity),
        "a": to_text(best.ask),
        "A": to_text(best.ask_quantity),
        "o": to_text(candle.open),
        "h": to_text(candle.high),
        "l": to_text(candle.low),
        "v": to_text(candle.volume),
        "q": to_text(mean(candle.quote, 10**8)),
        **_extent(window),
    }


def window_ticker(symbol: str, length: str, window: Window) -> Payload:
    """``<symbol>@ticker_<window>``."""
    candle = window.candle
    change = candle.close - candle.open
    return {
        "e": f"{length}Ticker",
        "E": window.end,
        "s": symbol,
        "p": to_text(change),
        "P": percent(change, candle.open),
        "o": to_text(candle.open),
        "h": to_text(candle.high),
        "l": to_text(candle.low),
        "c": to_text(candle.close),
        "w": to_text(mean(candle.quote, candle.volume) or candle.close),
        "v": to_text(candle.volume),
        "q": to_text(mean(candle.quote, 10**8)),
        **_extent(window),
    }


def _extent(window: Window) -> Payload:
    candle = window.candle
    return {
        "O": window.start,
        "C": window.end,
        "F": candle.first,
        "L": candle.last,
        "n": candle.count,
    }


def avg_price(symbol: str, price: int, last: int, now: int) -> Payload:
    """``<symbol>@avgPrice``; ``last`` is the time of the last trade."""
    return {"e": "avgPrice", "E": now, "s": symbol, "i": "5m", "w": to_text(price), "T": last}


def reference_price(symbol: str, price: int, now: int) -> Payload:
    """``<symbol>@referencePrice``: no event time, the price may be null."""
    return {"e": "referencePrice", "s": symbol, "r": to_text(price) if price else None, "t": now}
