"""Trades, prices and books of spot. The exchange's page: "WebSocket Streams for Binance", a section each."""

from __future__ import annotations

from typing import Literal, TypedDict, final

from .common import Levels


class Trade(TypedDict):
    """One trade, ``<symbol>@trade``. Section "Trade Streams"."""

    e: Literal["trade"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    t: int
    """Trade id, one more than that of the trade before."""
    p: str
    """Price."""
    q: str
    """Quantity."""
    T: int
    """Trade time, ms."""
    m: bool
    """Whether the buyer was the maker: the trade hit a bid."""
    M: bool
    """To be ignored."""


class AggTrade(TypedDict):
    """What one taker order traded at one price, ``<symbol>@aggTrade``. Section "Aggregate Trade Streams"."""

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
    f: int
    """First trade id."""
    l: int  # noqa: E741
    """Last trade id."""
    T: int
    """Trade time, ms."""
    m: bool
    """Whether the buyer was the maker: the trade hit a bid."""
    M: bool
    """To be ignored."""


class BlockTrade(TypedDict):
    """One block trade, ``<symbol>@blockTrade``. Section "Block Trade Streams"."""

    e: Literal["blockTrade"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    t: int
    """Block trade id."""
    p: str
    """Price."""
    q: str
    """Quantity."""
    T: int
    """Trade time, ms."""
    m: bool
    """Whether the buyer was the maker."""


class ReferencePrice(TypedDict):
    """The reference price, ``<symbol>@referencePrice``. Section "Reference Price Streams"."""

    e: Literal["referencePrice"]
    s: str
    """Symbol."""
    r: str | None
    """Reference price, where there is one."""
    t: int
    """The engine's time, ms."""


class AvgPrice(TypedDict):
    """The average price of some minutes, ``<symbol>@avgPrice``. Section "Average Price"."""

    e: Literal["avgPrice"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    i: str
    """Of how long: ``"5m"``."""
    w: str
    """Average price."""
    T: int
    """Time of the last trade, ms."""


# Neither has "e": what is final can be told from an ErrorMessage by that.


@final
class BookTicker(TypedDict):
    """Best bid and ask, ``<symbol>@bookTicker``; has no ``e``. Section "Individual Symbol Book Ticker Streams"."""

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


@final
class PartialDepth(TypedDict):
    """The best levels, ``<symbol>@depth<levels>``; no ``e``, no symbol. Section "Partial Book Depth Streams"."""

    lastUpdateId: int
    """Update id of the book."""
    bids: Levels
    """The highest price first."""
    asks: Levels
    """The lowest price first."""


class Depth(TypedDict):
    """Changes of the order book, ``<symbol>@depth``. Section "Diff. Depth Stream"."""

    e: Literal["depthUpdate"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    U: int
    """First update id; one more than ``u`` of the message before."""
    u: int
    """Last update id."""
    b: Levels
    """Bids that changed."""
    a: Levels
    """Asks that changed."""
