"""The panes of a view: each keeps the latest of one stream or book, in bounded memory, and says how it stands.

``take`` runs on a socket's thread for each message, so it only stores. ``now`` runs a few times a second, and only
while somebody looks.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ..core.times import lag, microseconds
from ..errors import StaleBook
from ..streams.kinds import Stream
from .quotes import Message, quote

POINTS = 300
"""Seconds of prices that a sparkline shows."""

CANDLES = 200
"""Candles that a chart shows."""

State = dict[str, Any]


class Pane(Protocol):
    """One part of a view."""

    @property
    def count(self) -> int | None:
        """Messages so far; ``None`` where they are not counted."""

    def about(self) -> State:
        """What never changes: which kind of pane it is, and its titles."""

    def now(self) -> State:
        """How it stands, but for its series."""

    def series(self, since: int) -> dict[int, Any]:
        """Its points or candles from a time on, by their times."""

    def fetch(self) -> bool:
        """Ask for what was before, once; whether there was something to ask. On a thread that may wait."""


class Series:
    """The latest values by their times, so many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._live: dict[int, Any] = {}
        self._before: dict[int, Any] = {}

    def put(self, moment: int, value: Any) -> None:
        """The newest value of a moment."""
        live = self._live
        live[moment] = value
        if len(live) > self._most:
            del live[next(iter(live))]

    def precede(self, values: Mapping[int, Any]) -> None:
        """What was before, and counts where nothing live has taken its place."""
        self._before = dict(values)

    def since(self, moment: int) -> dict[int, Any]:
        """Those from a moment on, oldest first."""
        merged = {**self._before, **self._live.copy()}
        return {at: merged[at] for at in sorted(merged)[-self._most :] if at >= moment}


class Tile:
    """The latest message of a stream; the base of the panes of streams.

    Args:
        stream: the stream.
    """

    kind = "price"

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._count = 0
        self._last: Any = None
        self._at = 0.0

    @property
    def count(self) -> int | None:
        """Messages so far."""
        return self._count

    def take(self, message: Any) -> None:
        """Keep a message."""
        self._count += 1
        self._last, self._at = message, time.time()

    def about(self) -> State:
        """What never changes."""
        name, _, rest = self.stream.name.partition("@")
        return {
            "kind": self.kind,
            "title": name.upper() if rest else name,
            "subtitle": rest,
            "market": "" if self.stream.market == "spot" else self.stream.market.value,
        }

    def now(self) -> State:
        """How it stands."""
        return {"lag": lag(self._last, self._at)}

    def series(self, since: int) -> dict[int, Any]:
        """None here."""
        return {}

    def fetch(self) -> bool:
        """Nothing to ask."""
        return False


class Price(Tile):
    """The price of a stream, and what it was in each of the last seconds."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self._points = Series(POINTS)

    def take(self, message: Any) -> None:
        """Keep a message, as the last one of its second."""
        super().take(message)
        self._points.put(int(self._at), message)

    def now(self) -> State:
        """How it stands."""
        said = quote(self.stream.kind.name, self._last)
        return {**super().now(), "price": said.price, "change": said.change, "note": said.note}

    def series(self, since: int) -> dict[int, Any]:
        """The price of each second."""
        kind, points = self.stream.kind.name, self._points.since(since)
        prices = {second: quote(kind, message).price for second, message in points.items()}
        return {second: price for second, price in prices.items() if price is not None}


class Candles(Tile):
    """The candles of a kline stream.

    Args:
        stream: the stream.
        ask: brings the candles before, as messages of the stream; ``None`` where they cannot be had.
    """

    kind = "candles"

    def __init__(self, stream: Stream, ask: Callable[[], Iterable[Message]] | None = None) -> None:
        super().__init__(stream)
        self._candles = Series(CANDLES)
        self._ask = ask

    def take(self, message: Any) -> None:
        """Keep a message in the place of the one before of its candle."""
        super().take(message)
        candle = message["k"]
        self._candles.put(_opened(candle), candle)

    def series(self, since: int) -> dict[int, Any]:
        """Open, high, low, close and volume of each candle."""
        return {at: [candle[key] for key in "ohlcv"] for at, candle in self._candles.since(since).items()}

    def fetch(self) -> bool:
        """Ask for the candles before."""
        ask, self._ask = self._ask, None
        if ask is not None:
            self._candles.precede({_opened(message["k"]): message["k"] for message in ask()})
        return ask is not None


def _opened(candle: Mapping[str, Any]) -> int:
    """When a candle opened, in milliseconds."""
    return microseconds(candle["t"]) // 1000


class Ladder(Tile):
    """The levels that a partial book stream sends."""

    kind = "ladder"

    def now(self) -> State:
        """How it stands."""
        last = self._last or {}
        return {
            **super().now(),
            "bids": last.get("bids", last.get("b", [])),
            "asks": last.get("asks", last.get("a", [])),
            "stale": "" if last else "nothing has come yet",
        }


class Shown(Protocol):
    """An order book, as far as a pane shows it."""

    @property
    def symbol(self) -> str:
        """The symbol."""

    @property
    def market(self) -> Any:
        """The market."""

    @property
    def time(self) -> int | None:
        """The exchange's time of its last update."""

    @property
    def closed(self) -> bool:
        """Whether it changes no more."""

    @property
    def stale(self) -> bool:
        """Whether it is not up to date."""

    @property
    def reason(self) -> str:
        """Why it is stale."""

    def top(self, count: int) -> Any:
        """The best levels."""


class Depth:
    """The best levels of a local order book, which is not kept for its sake: notebooks remember all they showed.

    Args:
        book: the book.
        levels: of each side.
    """

    def __init__(self, book: Shown, levels: int) -> None:
        self._book = weakref.ref(book)
        self._levels = levels
        self._about = {
            "kind": "ladder",
            "title": book.symbol,
            "subtitle": "order book",
            "market": "" if book.market == "spot" else str(book.market),
        }

    @property
    def state(self) -> str:
        """Where the book stands, in a word."""
        book = self._book()
        return "closed" if book is None or book.closed else "stale" if book.stale else "open"

    @property
    def count(self) -> int | None:
        """Not counted."""
        return None

    def about(self) -> State:
        """What never changes."""
        return self._about

    def now(self) -> State:
        """How it stands; while it is stale, without levels."""
        book = self._book()
        if book is None:
            return {"stale": "it was closed"}
        try:
            top = book.top(self._levels)
        except StaleBook:
            return {"bids": [], "asks": [], "stale": book.reason, "lag": None}
        late = lag({"E": book.time}, time.time())
        return {"bids": top.bids, "asks": top.asks, "stale": book.reason, "lag": late}

    def series(self, since: int) -> dict[int, Any]:
        """None here."""
        return {}

    def fetch(self) -> bool:
        """Nothing to ask."""
        return False
