"""Market data of options. The exchange's pages: "Websocket Market Streams" of options trading."""

from __future__ import annotations

from typing import Literal, TypedDict

from .common import Candle, Levels, Side


class OptionsTrade(TypedDict):
    """One trade, ``<symbol>@optionTrade``, ``<underlying>@optionTrade``. Page: "Trade Streams"."""

    e: Literal["trade"]
    E: int
    """Event time, ms."""
    T: int
    """Trade time, ms."""
    s: str
    """Symbol, such as ``BTC-251226-110000-C``."""
    t: int
    """Trade id."""
    p: str
    """Price."""
    q: str
    """Quantity."""
    X: str
    """Kind of trade: ``MARKET`` or ``BLOCK``."""
    S: Side
    """Whether the taker bought or sold."""
    m: bool
    """Whether the buyer was the maker."""


class OptionsTicker(TypedDict):
    """The last 24 hours, ``<symbol>@optionTicker``, ``<underlying>@optionTicker@<date>`` (a list of them).

    Page: "24-hour TICKER".
    """

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
    """Volume in contracts."""
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


class OptionsBookTicker(TypedDict):
    """Best bid and ask, ``<symbol>@bookTicker``. Page: "Individual Symbol Book Ticker Streams"."""

    e: Literal["bookTicker"]
    u: int
    """Update id of the book."""
    s: str
    """Symbol."""
    b: str
    """Best bid's price."""
    B: str
    """Best bid's quantity."""
    a: str
    """Best ask's price."""
    A: str
    """Best ask's quantity."""
    T: int
    """Transaction time, ms."""
    E: int
    """Event time, ms."""


class OptionsDepth(TypedDict):
    """Changes of the order book, ``<symbol>@depth@100ms``. Page: "Diff Book Depth Streams"."""

    e: Literal["depthUpdate"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    s: str
    """Symbol."""
    U: int
    """First update id."""
    u: int
    """Last update id."""
    pu: int
    """``u`` of the message before: where it differs, something is missing."""
    b: Levels
    """Bids."""
    a: Levels
    """Asks."""


class OptionsPartialDepth(OptionsDepth):
    """The best levels, ``<symbol>@depth<levels>@100ms``. Page: "Partial Book Depth Streams"."""


class OptionsBar(Candle):
    """The candle in an :class:`OptionsKline`."""

    s: str
    """Symbol."""


class OptionsKline(TypedDict):
    """The current candle, ``<symbol>@kline_<interval>``. Page: "Kline/Candlestick Streams"."""

    e: Literal["kline"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    k: OptionsBar
    """The candle."""


class OptionsMarkPrice(TypedDict):
    """Mark price and greeks, ``<underlying>@optionMarkPrice`` (a list of them). Page: "Mark Price"."""

    e: Literal["markPrice"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    mp: str
    """Mark price."""
    i: str
    """Index price of the underlying."""
    P: str
    """Estimated settle price; of use in the last half hour before a settlement."""
    bo: str
    """Best bid's price."""
    ao: str
    """Best ask's price."""
    bq: str
    """Best bid's quantity."""
    aq: str
    """Best ask's quantity."""
    b: str
    """Implied volatility of the best bid."""
    a: str
    """Implied volatility of the best ask."""
    hl: str
    """Highest price of a buy order."""
    ll: str
    """Lowest price of a sell order."""
    vo: str
    """Implied volatility of the mark price."""
    rf: str
    """Risk-free interest rate."""
    d: str
    """Delta."""
    t: str
    """Theta."""
    g: str
    """Gamma."""
    v: str
    """Vega."""


class OptionsOpenInterest(TypedDict):
    """Open interest, ``<underlying>@openInterest@<date>`` (a list of them). Page: "Open Interest"."""

    e: Literal["openInterest"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    o: str
    """Open interest in contracts."""
    h: str
    """Open interest in USDT."""


class OptionsIndexPrice(TypedDict):
    """The index price of an underlying, ``!index@arr`` (a list of them). Page: "Index Price Streams"."""

    e: Literal["indexPrice"]
    E: int
    """Event time, ms."""
    s: str
    """Underlying, such as ``ETHUSDT``."""
    p: str
    """Index price."""


class OptionsNewSymbol(TypedDict):
    """An option was listed, ``!optionSymbol``. Page: "New Symbol Info"."""

    e: Literal["optionSymbol"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    ps: str
    """Underlying."""
    qa: str
    """Quote asset."""
    d: str
    """``CALL`` or ``PUT``."""
    sp: str
    """Strike price."""
    dt: int
    """Expiry, ms."""
    u: int
    """Unit: how much of the underlying a contract is."""
    ot: int
    """Time of listing, ms."""
    cs: str
    """Status: ``TRADING`` and others."""
