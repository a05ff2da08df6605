"""The streams of every market, one row a kind; a new stream is a new row here and a builder in ``names``.

Sources: the exchange's pages "WebSocket Streams" (spot), "Websocket Market Streams" (USD-M, COIN-M, options),
with their change logs up to 2026-10.
"""

from __future__ import annotations

from ..enums import Market
from .futures import COINM, LEVELS, SPOT_INTERVALS, USDM
from .kinds import Kind, Order, Route

_SPOT_KLINE = {"interval": SPOT_INTERVALS}
_WINDOW = {"window": ("1h", "4h", "1d")}
_SPOT_SPEEDS = ("", "@100ms")
_OPTIONS_SPEEDS = ("@100ms", "@500ms")
_ZONES = ("", "@+08:00")
_WINDOW_EVENT = "1hTicker 4hTicker 1dTicker"
_OPTIONS_INTERVALS = tuple("1m 3m 5m 15m 30m 1h 2h 4h 6h 12h 1d 3d 1w".split())

_SPOT: tuple[Kind, ...] = (
    Kind(Market.SPOT, "agg_trade", "<symbol>@aggTrade", "aggTrade", Order.AGGREGATE_ID),
    Kind(Market.SPOT, "trade", "<symbol>@trade", "trade", Order.TRADE_ID),
    Kind(Market.SPOT, "block_trade", "<symbol>@blockTrade", "blockTrade"),
    Kind(Market.SPOT, "reference_price", "<symbol>@referencePrice", "referencePrice", period=5),
    Kind(
        Market.SPOT,
        "kline",
        "<symbol>@kline_<interval>",
        "kline",
        Order.KLINE,
        values=_SPOT_KLINE,
        suffixes=_ZONES,
    ),
    Kind(Market.SPOT, "mini_ticker", "<symbol>@miniTicker", "24hrMiniTicker", Order.EVENT_TIME),
    Kind(Market.SPOT, "all_mini_tickers", "!miniTicker@arr", "24hrMiniTicker", array=True, period=10),
    Kind(Market.SPOT, "ticker", "<symbol>@ticker", "24hrTicker", Order.EVENT_TIME),
    Kind(
        Market.SPOT,
        "window_ticker",
        "<symbol>@ticker_<window>",
        _WINDOW_EVENT,
        Order.EVENT_TIME,
        values=_WINDOW,
    ),
    Kind(
        Market.SPOT,
        "all_window_tickers",
        "!ticker_<window>@arr",
        _WINDOW_EVENT,
        values=_WINDOW,
        array=True,
        period=10,
    ),
    Kind(Market.SPOT, "book_ticker", "<symbol>@bookTicker", "", Order.UPDATE_ID),
    Kind(Market.SPOT, "avg_price", "<symbol>@avgPrice", "avgPrice", Order.EVENT_TIME),
    Kind(
        Market.SPOT,
        "partial_depth",
        "<symbol>@depth<levels>",
        "",
        Order.LAST_UPDATE_ID,
        values=LEVELS,
        suffixes=_SPOT_SPEEDS,
    ),
    Kind(Market.SPOT, "depth", "<symbol>@depth", "depthUpdate", Order.UPDATE_RANGE, suffixes=_SPOT_SPEEDS),
    # Served on binance.us and on request by the simulated exchange; elsewhere the library makes them.
    Kind(Market.SPOT, "all_tickers", "!ticker@arr", "24hrTicker", array=True, documented=False),
    Kind(Market.SPOT, "all_book_tickers", "!bookTicker", "", documented=False),
)


_OPTIONS: tuple[Kind, ...] = (
    Kind(Market.OPTIONS, "option_trade", "<symbol>@optionTrade", "trade", Order.NONE, Route.PUBLIC),
    Kind(
        Market.OPTIONS, "option_ticker", "<symbol>@optionTicker", "24hrTicker", Order.EVENT_TIME, Route.PUBLIC
    ),
    Kind(
        Market.OPTIONS,
        "expiry_tickers",
        "<underlying>@optionTicker@<date>",
        "24hrTicker",
        route=Route.PUBLIC,
        array=True,
    ),
    Kind(Market.OPTIONS, "book_ticker", "<symbol>@bookTicker", "bookTicker", Order.UPDATE_ID, Route.PUBLIC),
    Kind(
        Market.OPTIONS,
        "partial_depth",
        "<symbol>@depth<levels>",
        "depthUpdate",
        Order.UPDATE_ID,
        Route.PUBLIC,
        values=LEVELS,
        suffixes=_OPTIONS_SPEEDS,
    ),
    Kind(
        Market.OPTIONS,
        "depth",
        "<symbol>@depth",
        "depthUpdate",
        Order.PREVIOUS_UPDATE,
        Route.PUBLIC,
        suffixes=_OPTIONS_SPEEDS,
    ),
    Kind(
        Market.OPTIONS,
        "kline",
        "<symbol>@kline_<interval>",
        "kline",
        Order.KLINE,
        Route.MARKET,
        values={"interval": _OPTIONS_INTERVALS},
    ),
    Kind(
        Market.OPTIONS,
        "option_mark_prices",
        "<underlying>@optionMarkPrice",
        "markPrice",
        route=Route.MARKET,
        array=True,
        period=10,
    ),
    Kind(
        Market.OPTIONS,
        "open_interest",
        "<underlying>@openInterest@<date>",
        "openInterest",
        route=Route.MARKET,
        array=True,
        period=180,
    ),
    Kind(
        Market.OPTIONS, "index_prices", "!index@arr", "indexPrice", route=Route.MARKET, array=True, period=10
    ),
    Kind(Market.OPTIONS, "new_symbols", "!optionSymbol", "optionSymbol", route=Route.MARKET),
)


CATALOGUE: tuple[Kind, ...] = (*_SPOT, *USDM, *COINM, *_OPTIONS)
"""Every kind of stream, markets in a row."""

KINDS: dict[tuple[Market, str], Kind] = {(kind.market, kind.name): kind for kind in CATALOGUE}
"""A kind by its market and name."""
