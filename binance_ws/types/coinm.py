"""Market data of COIN-M futures; what has no keys of its own here has those of USD-M.

The exchange's pages: "Websocket Market Streams" of COIN-M futures.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from .spot_statistics import Kline, KlineBar
from .usdm import Liquidation, UsdmBookTicker, UsdmDepth
from .usdm_notices import UsdmContractInfo
from .usdm_statistics import UsdmContinuousKline, UsdmMiniTicker, UsdmTicker


class CoinmAggTrade(TypedDict):
    """What one taker order traded at one price, ``<symbol>@aggTrade``. Page: "Aggregate Trade Streams"."""

    e: Literal["aggTrade"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    a: int
    """Aggregate trade id, one more than the one before."""
    p: str
    """Price."""
    q: str
    """Quantity of all its trades, in contracts."""
    f: int
    """First trade id."""
    l: int  # noqa: E741
    """Last trade id."""
    T: int
    """Trade time, ms."""
    m: bool
    """Whether the buyer was the maker: the trade hit a bid."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class CoinmMarkPrice(TypedDict):
    """Mark price and funding, ``<symbol>@markPrice``, ``<pair>@markPrice`` and ``!markPrice@arr`` (lists of them).

    Pages: "Mark Price Stream", "Mark Price of All Symbols of a Pair".
    """

    e: Literal["markPriceUpdate"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    p: str
    """Mark price."""
    i: str
    """Index price."""
    P: str
    """Estimated settle price; of use in the last hour before a settlement."""
    r: str
    """Funding rate; empty for a contract that is delivered."""
    T: int
    """Next funding time, ms; 0 for a contract that is delivered."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class CoinmIndexPrice(TypedDict):
    """The index price of a pair, ``<pair>@indexPrice``. Page: "Index Price Stream"."""

    e: Literal["indexPriceUpdate"]
    E: int
    """Event time, ms."""
    s: str
    """Pair; called ``i`` before July 2026."""
    p: str
    """Index price."""


class CoinmKline(Kline):
    """The current candle, ``<symbol>@kline_<interval>``. Page: "Kline/Candlestick Streams"."""


class CoinmContinuousKline(UsdmContinuousKline):
    """The current candle of a pair's contract type. Page: "Continuous Contract Kline/Candlestick Streams"."""


class _PriceKline(TypedDict):
    E: int
    """Event time, ms."""
    ps: str
    """Pair."""
    k: KlineBar
    """The candle: no volume; ``f`` and ``L`` are times, ``n`` counts prices."""


class CoinmIndexPriceKline(_PriceKline):
    """The current candle of the index price, ``<pair>@indexPriceKline_<interval>``.

    Page: "Index Kline/Candlestick Streams".
    """

    e: Literal["indexPrice_kline"]


class CoinmMarkPriceKline(_PriceKline):
    """The current candle of the mark price, ``<symbol>@markPriceKline_<interval>``.

    Page: "Mark Price Kline/Candlestick Streams".
    """

    e: Literal["markPrice_kline"]


class CoinmMiniTicker(UsdmMiniTicker):
    """The last 24 hours in short, ``<symbol>@miniTicker``, ``!miniTicker@arr`` (a list of them).

    Pages: "Individual Symbol Mini Ticker Stream", "All Market Mini Tickers Stream".
    """


class CoinmTicker(UsdmTicker):
    """The last 24 hours, ``<symbol>@ticker``, ``!ticker@arr`` (a list of them).

    Pages: "Individual Symbol Ticker Streams", "All Market Tickers Streams".
    """


class CoinmBookTicker(UsdmBookTicker):
    """Best bid and ask, ``<symbol>@bookTicker``, ``!bookTicker``.

    Pages: "Individual Symbol Book Ticker Streams", "All Book Tickers Stream".
    """


class CoinmDepth(UsdmDepth):
    """Changes of the order book, ``<symbol>@depth``. Page: "Diff. Book Depth Streams"."""


class CoinmPartialDepth(UsdmDepth):
    """The best levels, ``<symbol>@depth<levels>``. Page: "Partial Book Depth Streams"."""


class CoinmLiquidation(Liquidation):
    """The order that ends a position."""

    ps: str
    """Pair."""


class _ForceOrderOfAll(TypedDict, total=False):
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M; in ``!forceOrder@arr`` alone."""


class CoinmForceOrder(_ForceOrderOfAll):
    """A liquidation, ``<symbol>@forceOrder``, ``!forceOrder@arr`` (one at a time, its name notwithstanding).

    Pages: "Liquidation Order Streams", "All Market Liquidation Order Streams".
    """

    e: Literal["forceOrder"]
    E: int
    """Event time, ms."""
    o: CoinmLiquidation
    """The order."""


class CoinmContractInfo(UsdmContractInfo):
    """A contract was listed, settled, or has new brackets, ``!contractInfo``. Page: "Contract Info Stream"."""

    ps: str
    """Pair."""
