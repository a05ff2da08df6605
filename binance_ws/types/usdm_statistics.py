"""Candles and tickers of USD-M futures.

The exchange's pages: "Websocket Market Streams" of USDⓈ-M futures. Since June 2026 streams of the whole market
carry the symbols of both futures: ``st`` says whose symbol a message is about.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from .common import Candle
from .spot_statistics import Kline


class UsdmKline(Kline):
    """The current candle, ``<symbol>@kline_<interval>``. Page: "Kline/Candlestick Streams"."""


class ContinuousBar(Candle):
    """The candle in a :class:`UsdmContinuousKline`; ``f`` and ``L`` are update ids."""

    B: str
    """To be ignored."""


class UsdmContinuousKline(TypedDict):
    """The current candle of a pair's contract type. Page: "Continuous Contract Kline/Candlestick Streams"."""

    e: Literal["continuous_kline"]
    E: int
    """Event time, ms."""
    ps: str
    """Pair."""
    ct: str
    """Contract type: ``PERPETUAL``, ``CURRENT_QUARTER``, ``NEXT_QUARTER``, ``TRADIFI_PERPETUAL``."""
    k: ContinuousBar
    """The candle."""


class UsdmMiniTicker(TypedDict):
    """The last 24 hours in short, ``<symbol>@miniTicker``, ``!miniTicker@arr`` (a list of them).

    Pages: "Individual Symbol Mini Ticker Stream", "All Market Mini Tickers Stream".
    """

    e: Literal["24hrMiniTicker"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    ps: str
    """Pair."""
    c: str
    """Last price."""
    o: str
    """Price 24 hours ago."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    v: str
    """Volume in the base asset; of COIN-M in contracts."""
    q: str
    """Volume in the quote asset; of COIN-M in the base asset."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class UsdmTicker(TypedDict):
    """The last 24 hours, ``<symbol>@ticker``, ``!ticker@arr`` (a list of them).

    Pages: "Individual Symbol Ticker Streams", "All Market Tickers Streams".
    """

    e: Literal["24hrTicker"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    ps: str
    """Pair."""
    p: str
    """Change of the price."""
    P: str
    """Change of the price in per cent."""
    w: str
    """Average price, weighted by volume."""
    c: str
    """Last price."""
    Q: str
    """Last quantity."""
    o: str
    """First price of the window."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    v: str
    """Volume in the base asset; of COIN-M in contracts."""
    q: str
    """Volume in the quote asset; of COIN-M in the base asset."""
    O: int  # noqa: E741
    """Begin of the window, ms."""
    C: int
    """End of the window, ms."""
    F: int
    """First trade id."""
    L: int
    """Last trade id."""
    n: int
    """Number of trades."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""
