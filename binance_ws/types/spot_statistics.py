"""Candles and tickers of spot. The exchange's page: "WebSocket Streams for Binance", a section each."""

from __future__ import annotations

from typing import Literal, TypedDict


class KlineBar(TypedDict):
    """The candle in a :class:`Kline`."""

    t: int
    """Open time, ms."""
    T: int
    """Close time, ms: the last that belongs to it."""
    s: str
    """Symbol."""
    i: str
    """Interval: ``"1m"``."""
    f: int
    """First trade id; -1 where nothing was traded."""
    L: int
    """Last trade id; -1 where nothing was traded."""
    o: str
    """Open price."""
    c: str
    """Close price, or the last one so far."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    v: str
    """Volume in the base asset; of COIN-M in contracts."""
    n: int
    """Number of trades."""
    x: bool
    """Whether it is closed: it will not change any more."""
    q: str
    """Volume in the quote asset; of COIN-M in the base asset."""
    V: str
    """The part of ``v`` that takers bought."""
    Q: str
    """The part of ``q`` that takers bought."""
    B: str
    """To be ignored."""


class Kline(TypedDict):
    """The current candle, ``<symbol>@kline_<interval>``. Section "Kline/Candlestick Streams"."""

    e: Literal["kline"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    k: KlineBar
    """The candle."""


class MiniTicker(TypedDict):
    """The last 24 hours in short, ``<symbol>@miniTicker``, ``!miniTicker@arr`` (a list of them).

    Sections "Individual Symbol Mini Ticker Stream", "All Market Mini Tickers Stream".
    """

    e: Literal["24hrMiniTicker"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    c: str
    """Last price."""
    o: str
    """Price 24 hours ago."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    v: str
    """Volume in the base asset."""
    q: str
    """Volume in the quote asset."""


class Ticker(TypedDict):
    """The last 24 hours, ``<symbol>@ticker``. Section "Individual Symbol Ticker Streams"."""

    e: Literal["24hrTicker"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    p: str
    """Change of the price."""
    P: str
    """Change of the price in per cent."""
    w: str
    """Average price, weighted by volume."""
    x: str
    """Price of the trade before the window."""
    c: str
    """Last price."""
    Q: str
    """Last quantity."""
    b: str
    """Best bid's price."""
    B: str
    """Best bid's quantity."""
    a: str
    """Best ask's price."""
    A: str
    """Best ask's quantity."""
    o: str
    """First price of the window."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    v: str
    """Volume in the base asset."""
    q: str
    """Volume in the quote asset."""
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


class WindowTicker(TypedDict):
    """The last 1, 4 or 24 hours, ``<symbol>@ticker_<window>``, ``!ticker_<window>@arr`` (a list of them).

    Sections "Individual Symbol Rolling Window Statistics Streams", "All Market Rolling Window Statistics Streams".
    """

    e: Literal["1hTicker", "4hTicker", "1dTicker"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    p: str
    """Change of the price."""
    P: str
    """Change of the price in per cent."""
    o: str
    """First price of the window."""
    h: str
    """High price."""
    l: str  # noqa: E741
    """Low price."""
    c: str
    """Last price."""
    w: str
    """Average price, weighted by volume."""
    v: str
    """Volume in the base asset."""
    q: str
    """Volume in the quote asset."""
    O: int  # noqa: E741
    """Begin of the window, ms: on a minute, so that the window may be up to a minute longer."""
    C: int
    """End of the window, ms."""
    F: int
    """First trade id."""
    L: int
    """Last trade id."""
    n: int
    """Number of trades."""
