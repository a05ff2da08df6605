"""The streams of every market, one row a kind; a new stream is a new row here and a builder in ``names``.

Sources: the exchange's pages "WebSocket Streams" (spot), "Websocket Market Streams" (USD-M, COIN-M, options),
with their change logs up to 2026-10.
"""

from __future__ import annotations

from ..enums import Market
from .kinds import Kind, Order, Route

_FUTURES_INTERVALS = tuple("1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split())
_SPOT_INTERVALS = ("1s", *_FUTURES_INTERVALS)
_OPTIONS_INTERVALS = tuple("1m 3m 5m 15m 30m 1h 2h 4h 6h 12h 1d 3d 1w".split())

_SPOT_KLINE = {"interval": _SPOT_INTERVALS}
_KLINE = {"interval": _FUTURES_INTERVALS}
_CONTINUOUS = {"contract": ("perpetual", "current_quarter", "next_quarter"), **_KLINE}
_USDM_CONTINUOUS = {
    "contract": (*_CONTINUOUS["contract"], "tradifi_perpetual"),
    "interval": _SPOT_INTERVALS,
}
_WINDOW = {"window": ("1h", "4h", "1d")}
_LEVELS = {"levels": ("5", "10", "20")}
_SPOT_SPEEDS = ("", "@100ms")
_FUTURES_SPEEDS = ("", "@500ms", "@100ms", "@0ms")
_OPTIONS_SPEEDS = ("@100ms", "@500ms")
_FAST = ("", "@1s")
_ZONES = ("", "@+08:00")
_WINDOW_EVENT = "1hTicker 4hTicker 1dTicker"
_SESSIONS = "EquityUpdate CommodityUpdate KR_EquityUpdate HK_EquityUpdate CN_EquityUpdate"


def _spot() -> tuple[Kind, ...]:
    m = Market.SPOT
    return (
        Kind(m, "agg_trade", "<symbol>@aggTrade", "aggTrade", Order.AGGREGATE_ID),
        Kind(m, "trade", "<symbol>@trade", "trade", Order.TRADE_ID),
        Kind(m, "block_trade", "<symbol>@blockTrade", "blockTrade"),
        Kind(m, "reference_price", "<symbol>@referencePrice", "referencePrice", period=5),
        Kind(
            m, "kline", "<symbol>@kline_<interval>", "kline", Order.KLINE, values=_SPOT_KLINE, suffixes=_ZONES
        ),
        Kind(m, "mini_ticker", "<symbol>@miniTicker", "24hrMiniTicker", Order.EVENT_TIME),
        Kind(m, "all_mini_tickers", "!miniTicker@arr", "24hrMiniTicker", array=True, period=10),
        Kind(m, "ticker", "<symbol>@ticker", "24hrTicker", Order.EVENT_TIME),
        Kind(m, "window_ticker", "<symbol>@ticker_<window>", _WINDOW_EVENT, Order.EVENT_TIME, values=_WINDOW),
        Kind(
            m,
            "all_window_tickers",
            "!ticker_<window>@arr",
            _WINDOW_EVENT,
            values=_WINDOW,
            array=True,
            period=10,
        ),
        Kind(m, "book_ticker", "<symbol>@bookTicker", "", Order.UPDATE_ID),
        Kind(m, "avg_price", "<symbol>@avgPrice", "avgPrice", Order.EVENT_TIME),
        Kind(
            m,
            "partial_depth",
            "<symbol>@depth<levels>",
            "",
            Order.LAST_UPDATE_ID,
            values=_LEVELS,
            suffixes=_SPOT_SPEEDS,
        ),
        Kind(m, "depth", "<symbol>@depth", "depthUpdate", Order.UPDATE_RANGE, suffixes=_SPOT_SPEEDS),
        # Served on binance.us and on request by the simulated exchange; elsewhere the library makes them.
        Kind(m, "all_tickers", "!ticker@arr", "24hrTicker", array=True, documented=False),
        Kind(m, "all_book_tickers", "!bookTicker", "", documented=False),
    )


def _futures(m: Market, public: Route, market: Route) -> tuple[Kind, ...]:
    """What USD-M and COIN-M have in common."""
    return (
        Kind(m, "agg_trade", "<symbol>@aggTrade", "aggTrade", Order.AGGREGATE_ID, market),
        Kind(
            m,
            "mark_price",
            "<symbol>@markPrice",
            "markPriceUpdate",
            Order.EVENT_TIME,
            market,
            suffixes=_FAST,
            period=15,
        ),
        Kind(
            m,
            "all_mark_prices",
            "!markPrice@arr",
            "markPriceUpdate",
            route=market,
            suffixes=_FAST,
            array=True,
            period=15,
        ),
        Kind(m, "kline", "<symbol>@kline_<interval>", "kline", Order.KLINE, market, values=_KLINE),
        Kind(m, "mini_ticker", "<symbol>@miniTicker", "24hrMiniTicker", Order.EVENT_TIME, market),
        Kind(m, "all_mini_tickers", "!miniTicker@arr", "24hrMiniTicker", route=market, array=True, period=10),
        Kind(m, "ticker", "<symbol>@ticker", "24hrTicker", Order.EVENT_TIME, market),
        Kind(m, "all_tickers", "!ticker@arr", "24hrTicker", route=market, array=True, period=10),
        Kind(m, "book_ticker", "<symbol>@bookTicker", "bookTicker", Order.UPDATE_ID, public),
        Kind(m, "all_book_tickers", "!bookTicker", "bookTicker", route=public, period=30),
        Kind(m, "force_order", "<symbol>@forceOrder", "forceOrder", route=market),
        Kind(m, "all_force_orders", "!forceOrder@arr", "forceOrder", route=market),
        Kind(
            m,
            "partial_depth",
            "<symbol>@depth<levels>",
            "depthUpdate",
            Order.UPDATE_ID,
            public,
            values=_LEVELS,
            suffixes=_FUTURES_SPEEDS,
        ),
        Kind(
            m,
            "depth",
            "<symbol>@depth",
            "depthUpdate",
            Order.PREVIOUS_UPDATE,
            public,
            suffixes=_FUTURES_SPEEDS,
        ),
        Kind(m, "contract_info", "!contractInfo", "contractInfo", route=market),
    )


def _usdm() -> tuple[Kind, ...]:
    m, public, market = Market.USDM, Route.PUBLIC, Route.MARKET
    return (
        *_futures(m, public, market),
        Kind(
            m,
            "rpi_depth",
            "<symbol>@rpiDepth",
            "depthUpdate",
            Order.PREVIOUS_UPDATE,
            public,
            suffixes=("@500ms",),
        ),
        Kind(
            m,
            "continuous_kline",
            "<pair>_<contract>@continuousKline_<interval>",
            "continuous_kline",
            Order.KLINE,
            market,
            values=_USDM_CONTINUOUS,
        ),
        Kind(
            m,
            "composite_index",
            "<symbol>@compositeIndex",
            "compositeIndex",
            Order.EVENT_TIME,
            market,
            period=10,
        ),
        Kind(m, "asset_index", "<asset>@assetIndex", "assetIndexUpdate", Order.EVENT_TIME, market, period=10),
        Kind(
            m, "all_asset_indexes", "!assetIndex@arr", "assetIndexUpdate", route=market, array=True, period=10
        ),
        Kind(m, "trading_session", "tradingSession", _SESSIONS, route=market, period=10),
        # Delivered on /public, but named on no page of the exchange.
        Kind(m, "trade", "<symbol>@trade", "trade", Order.TRADE_ID, public, documented=False),
    )


def _coinm() -> tuple[Kind, ...]:
    m = Market.COINM
    return (
        # Before the symbols' mark price, whose template matches a pair too.
        Kind(
            m,
            "pair_mark_prices",
            "<pair>@markPrice",
            "markPriceUpdate",
            suffixes=_FAST,
            array=True,
            period=15,
        ),
        *_futures(m, Route.NONE, Route.NONE),
        Kind(m, "index_price", "<pair>@indexPrice", "indexPriceUpdate", Order.EVENT_TIME, period=10),
        Kind(
            m,
            "continuous_kline",
            "<pair>_<contract>@continuousKline_<interval>",
            "continuous_kline",
            Order.KLINE,
            values=_CONTINUOUS,
        ),
        Kind(
            m,
            "index_price_kline",
            "<pair>@indexPriceKline_<interval>",
            "indexPrice_kline",
            Order.KLINE,
            values=_KLINE,
        ),
        Kind(
            m,
            "mark_price_kline",
            "<symbol>@markPriceKline_<interval>",
            "markPrice_kline",
            Order.KLINE,
            values=_KLINE,
        ),
    )


def _options() -> tuple[Kind, ...]:
    m, public, market = Market.OPTIONS, Route.PUBLIC, Route.MARKET
    return (
        Kind(m, "option_trade", "<symbol>@optionTrade", "trade", Order.NONE, public),
        Kind(m, "option_ticker", "<symbol>@optionTicker", "24hrTicker", Order.EVENT_TIME, public),
        Kind(m, "expiry_tickers", "<underlying>@optionTicker@<date>", "24hrTicker", route=public, array=True),
        Kind(m, "book_ticker", "<symbol>@bookTicker", "bookTicker", Order.UPDATE_ID, public),
        Kind(
            m,
            "partial_depth",
            "<symbol>@depth<levels>",
            "depthUpdate",
            Order.UPDATE_ID,
            public,
            values=_LEVELS,
            suffixes=_OPTIONS_SPEEDS,
        ),
        Kind(
            m,
            "depth",
            "<symbol>@depth",
            "depthUpdate",
            Order.PREVIOUS_UPDATE,
            public,
            suffixes=_OPTIONS_SPEEDS,
        ),
        Kind(
            m,
            "kline",
            "<symbol>@kline_<interval>",
            "kline",
            Order.KLINE,
            market,
            values={"interval": _OPTIONS_INTERVALS},
        ),
        Kind(
            m,
            "option_mark_prices",
            "<underlying>@optionMarkPrice",
            "markPrice",
            route=market,
            array=True,
            period=10,
        ),
        Kind(
            m,
            "open_interest",
            "<underlying>@openInterest@<date>",
            "openInterest",
            route=market,
            array=True,
            period=180,
        ),
        Kind(m, "index_prices", "!index@arr", "indexPrice", route=market, array=True, period=10),
        Kind(m, "new_symbols", "!optionSymbol", "optionSymbol", route=market),
    )


CATALOGUE: tuple[Kind, ...] = (*_spot(), *_usdm(), *_coinm(), *_options())
"""Every kind of stream, markets in a row."""

KINDS: dict[tuple[Market, str], Kind] = {(kind.market, kind.name): kind for kind in CATALOGUE}
"""A kind by its market and name."""
