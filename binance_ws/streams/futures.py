"""The rows of the catalogue for USD-M and COIN-M futures, which have most kinds of stream in common."""

from __future__ import annotations

from ..enums import Market
from .kinds import Kind, Order, Route

_INTERVALS = tuple("1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split())
SPOT_INTERVALS = ("1s", *_INTERVALS)
"""The intervals of spot, which USD-M's continuous contracts have too."""

LEVELS = {"levels": ("5", "10", "20")}
"""How many levels a partial book may have, on every market."""

_KLINE = {"interval": _INTERVALS}
_CONTINUOUS = {"contract": ("perpetual", "current_quarter", "next_quarter"), **_KLINE}
_USDM_CONTINUOUS = {
    "contract": (*_CONTINUOUS["contract"], "tradifi_perpetual"),
    "interval": SPOT_INTERVALS,
}
# "@0ms" is on no page, but captures of 2024 have it, and they are replayed.
_FUTURES_SPEEDS = ("", "@500ms", "@100ms", "@0ms")
_FAST = ("", "@1s")
_SESSIONS = "EquityUpdate CommodityUpdate KR_EquityUpdate HK_EquityUpdate CN_EquityUpdate"


def _futures_prices(m: Market, market: Route) -> tuple[Kind, ...]:
    """What USD-M and COIN-M have in common of trades and prices."""
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
    )


def _futures_books(m: Market, public: Route, market: Route) -> tuple[Kind, ...]:
    """What USD-M and COIN-M have in common of books and notices."""
    return (
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
            values=LEVELS,
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


USDM: tuple[Kind, ...] = (
    *_futures_prices(Market.USDM, Route.MARKET),
    *_futures_books(Market.USDM, Route.PUBLIC, Route.MARKET),
    Kind(
        Market.USDM,
        "rpi_depth",
        "<symbol>@rpiDepth",
        "depthUpdate",
        Order.PREVIOUS_UPDATE,
        Route.PUBLIC,
        suffixes=("@500ms",),
    ),
    Kind(
        Market.USDM,
        "continuous_kline",
        "<pair>_<contract>@continuousKline_<interval>",
        "continuous_kline",
        Order.KLINE,
        Route.MARKET,
        values=_USDM_CONTINUOUS,
    ),
    Kind(
        Market.USDM,
        "composite_index",
        "<symbol>@compositeIndex",
        "compositeIndex",
        Order.EVENT_TIME,
        Route.MARKET,
        period=10,
    ),
    Kind(
        Market.USDM,
        "asset_index",
        "<asset>@assetIndex",
        "assetIndexUpdate",
        Order.EVENT_TIME,
        Route.MARKET,
        period=10,
    ),
    Kind(
        Market.USDM,
        "all_asset_indexes",
        "!assetIndex@arr",
        "assetIndexUpdate",
        route=Route.MARKET,
        array=True,
        period=10,
    ),
    Kind(Market.USDM, "trading_session", "tradingSession", _SESSIONS, route=Route.MARKET, period=10),
    # Delivered on /public, but named on no page of the exchange.
    Kind(Market.USDM, "trade", "<symbol>@trade", "trade", Order.TRADE_ID, Route.PUBLIC, documented=False),
)


COINM: tuple[Kind, ...] = (
    # Before the symbols' mark price, whose template matches a pair too.
    Kind(
        Market.COINM,
        "pair_mark_prices",
        "<pair>@markPrice",
        "markPriceUpdate",
        suffixes=_FAST,
        array=True,
        period=15,
    ),
    *_futures_prices(Market.COINM, Route.NONE),
    *_futures_books(Market.COINM, Route.NONE, Route.NONE),
    Kind(Market.COINM, "index_price", "<pair>@indexPrice", "indexPriceUpdate", Order.EVENT_TIME, period=10),
    Kind(
        Market.COINM,
        "continuous_kline",
        "<pair>_<contract>@continuousKline_<interval>",
        "continuous_kline",
        Order.KLINE,
        values=_CONTINUOUS,
    ),
    Kind(
        Market.COINM,
        "index_price_kline",
        "<pair>@indexPriceKline_<interval>",
        "indexPrice_kline",
        Order.KLINE,
        values=_KLINE,
    ),
    Kind(
        Market.COINM,
        "mark_price_kline",
        "<symbol>@markPriceKline_<interval>",
        "markPrice_kline",
        Order.KLINE,
        values=_KLINE,
    ),
)
