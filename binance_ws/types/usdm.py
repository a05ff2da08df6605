"""Trades, prices and books of USD-M futures.

The exchange's pages: "Websocket Market Streams" of USDⓈ-M futures. Since June 2026 streams of the whole market
carry the symbols of both futures: ``st`` says whose symbol a message is about.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from .common import Levels, Side


class UsdmTrade(TypedDict):
    """One trade, ``<symbol>@trade``; on no page of the exchange, so it may end any day."""

    e: Literal["trade"]
    E: int
    """Event time, ms."""
    T: int
    """Trade time, ms."""
    s: str
    """Symbol."""
    t: int
    """Trade id, one more than that of the trade before."""
    p: str
    """Price."""
    q: str
    """Quantity."""
    X: str
    """Kind of trade: ``MARKET``, ``INSURANCE_FUND`` and others."""
    m: bool
    """Whether the buyer was the maker: the trade hit a bid."""


class UsdmAggTrade(TypedDict):
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
    """Quantity of all its trades."""
    nq: str
    """Quantity without retail price improvement orders."""
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


class UsdmMarkPrice(TypedDict):
    """Mark price and funding, ``<symbol>@markPrice``, ``!markPrice@arr`` (a list of them).

    Pages: "Mark Price Stream", "Mark Price Stream for All market".
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
    ap: str
    """Moving average of the mark price."""
    P: str
    """Estimated settle price; of use in the last hour before a settlement."""
    r: str
    """Funding rate; empty for a contract that is delivered."""
    T: int
    """Next funding time, ms; 0 for a contract that is delivered."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class UsdmBookTicker(TypedDict):
    """Best bid and ask, ``<symbol>@bookTicker``, ``!bookTicker``.

    Pages: "Individual Symbol Book Ticker Streams", "All Book Tickers Stream".
    """

    e: Literal["bookTicker"]
    u: int
    """Update id of the book."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    s: str
    """Symbol."""
    ps: str
    """Pair."""
    b: str
    """Best bid's price."""
    B: str
    """Best bid's quantity."""
    a: str
    """Best ask's price."""
    A: str
    """Best ask's quantity."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class UsdmDepth(TypedDict):
    """Changes of the order book, ``<symbol>@depth``. Page: "Diff. Book Depth Streams"."""

    e: Literal["depthUpdate"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    s: str
    """Symbol."""
    ps: str
    """Pair."""
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
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class UsdmPartialDepth(UsdmDepth):
    """The best levels, ``<symbol>@depth<levels>``. Page: "Partial Book Depth Streams"."""


class UsdmRpiDepth(UsdmDepth):
    """Changes of the book with retail price improvement orders, ``<symbol>@rpiDepth@500ms``.

    Page: "RPI Diff. Book Depth Streams".
    """


class Liquidation(TypedDict):
    """The order that ends a position."""

    s: str
    """Symbol."""
    S: Side
    """Side of the order."""
    o: str
    """Order type: ``LIMIT``."""
    f: str
    """Time in force: ``IOC``."""
    q: str
    """Quantity."""
    p: str
    """Price."""
    ap: str
    """Average price of its trades."""
    X: str
    """Status: ``FILLED`` and others."""
    l: str  # noqa: E741
    """Last filled quantity."""
    z: str
    """Filled quantity in all."""
    T: int
    """Trade time, ms."""


class _ForceOrderOfAll(TypedDict, total=False):
    ps: str
    """Pair; in ``!forceOrder@arr`` alone."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M; in ``!forceOrder@arr`` alone."""


class UsdmForceOrder(_ForceOrderOfAll):
    """A liquidation, ``<symbol>@forceOrder``, ``!forceOrder@arr`` (one at a time, its name notwithstanding).

    Pages: "Liquidation Order Streams", "All Market Liquidation Order Streams".
    """

    e: Literal["forceOrder"]
    E: int
    """Event time, ms."""
    o: Liquidation
    """The order."""
