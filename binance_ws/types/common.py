"""What messages of every product have in common: levels, envelopes, and the words of the library itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar

Level = list[str]
"""A price level: its price and its quantity, as decimal text; a quantity of 0 removes it."""

Levels = list[Level]
"""The levels of one side, the best first."""

Side = Literal["BUY", "SELL"]
"""Whether an order buys or sells."""

PositionSide = Literal["BOTH", "LONG", "SHORT"]
"""The side of a futures position; ``"BOTH"`` in one-way mode."""

T = TypeVar("T")

if TYPE_CHECKING:

    class Combined(TypedDict, Generic[T]):
        """A message with its stream's name, as ``Combined[Trade]``: several streams under one key."""

        stream: str
        """The stream's name, such as ``"btcusdt@trade"``."""
        data: T
        """The message."""

else:

    class Combined(TypedDict):
        """A message with its stream's name, as ``Combined[Trade]``: several streams under one key."""

        # Before Python 3.11 a TypedDict cannot be generic where it runs; it can be subscripted all the same.
        stream: str
        data: Any


class _Context(TypedDict, total=False):
    key: str
    """The key of the socket."""
    cause: str
    """What went wrong last."""
    streams: list[str]
    """The streams that the exchange refused."""


class ErrorMessage(_Context):
    """What the library itself tells a callback: its socket is given up, or was refused some streams."""

    e: Literal["error"]
    m: str
    """What has happened, in a sentence."""


class ServerShutdown(TypedDict):
    """The server is about to go down, ``!serverShutdown``. Page: "WebSocket Streams", server shutdown."""

    e: Literal["serverShutdown"]
    E: int
    """Event time, ms."""


class ListenKeyExpired(TypedDict):
    """The listen key is dead, and its stream with it. Page: "User Data Stream Expired"."""

    e: Literal["listenKeyExpired"]
    E: int
    """Event time, ms."""
    listenKey: str
    """The key: a secret."""


class Recovered(TypedDict, total=False):
    """What an event of an account has that was asked of REST after a gap, with ``reconcile=True``."""

    recovered: bool
    """True, where it is there."""


class Candle(TypedDict):
    """What candles have in common that are no :class:`KlineBar`."""

    t: int
    """Open time, ms."""
    T: int
    """Close time, ms: the last that belongs to it."""
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
