"""The numbers of ``top``: the last message of each stream, how many came and how late; worked out at each look."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.figures import decimals
from ..core.rates import Rates
from ..core.times import lag
from ..core.told import Told
from ..enums import Market
from ..errors import BinanceWsError, GaveUp
from ..streams import names
from ..streams.kinds import Stream

TREND = 24
"""Prices that are remembered, one a second."""

_TRADES: dict[Market, Callable[[str, Market], Stream]] = {
    Market.SPOT: names.trade,
    Market.OPTIONS: lambda symbol, market: names.option_trade(symbol),
}
_TICKERS: dict[Market, Callable[[str, Market], Stream]] = {
    Market.OPTIONS: lambda symbol, market: names.option_ticker(symbol),
}
_KIND = {Market.USDM: 1, Market.COINM: 2}
"""What ``st`` is in a market's messages; streams of all symbols bring those of both futures markets."""

_VOLUME = {Market.COINM: "v"}
"""What tells how busy a symbol is, where that is not the volume in the quote asset."""


@dataclass(frozen=True)
class Row:
    """A symbol at a look.

    Args:
        symbol: in capitals.
        price: of the last trade, or else as the ticker has it; as the exchange wrote it.
        change: percent since 24 hours ago.
        volume: of 24 hours, in the quote asset (COIN-M: in contracts).
        rate: messages a second.
        lag: milliseconds from the last message's event time to its arrival, by this machine's clock.
        age: seconds since the last message.
        trend: prices of the last seconds, oldest first.
        decimals: of the finest price seen, so that a price can be shown without its zeros, and yet stand still.
    """

    symbol: str
    price: str | None
    change: float | None
    volume: float | None
    rate: float
    lag: float | None
    age: float | None
    trend: tuple[float, ...] = ()
    decimals: int = 0


class _Cell:
    """What came of one stream; written by the socket's thread alone."""

    __slots__ = ("at", "count", "message")

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.at = 0.0
        self.count = 0


class _Watched:
    """One symbol, and what was seen of it at earlier looks."""

    def __init__(self, symbol: str, market: Market) -> None:
        self.symbol = symbol.upper()
        self.streams = (
            _TRADES.get(market, names.agg_trade)(symbol, market),
            _TICKERS.get(market, names.mini_ticker)(symbol, market),
        )
        self.trade, self.ticker = _Cell(), _Cell()
        self._volume = _VOLUME.get(market, "q")
        self._rates: Rates[str] = Rates()
        self._trend: deque[float] = deque(maxlen=TREND)
        self._sampled = 0.0
        self._decimals = 0

    def look(self, clock: float, wall: float) -> Row:
        """The symbol now."""
        newest = max(self.trade, self.ticker, key=lambda cell: cell.at)
        price = self.trade.message.get("p") or self.ticker.message.get("c")
        symbol, count = self.symbol, self.trade.count + self.ticker.count
        self._sample(clock, price)
        self._decimals = max(self._decimals, decimals(price or ""))
        return Row(
            symbol=symbol,
            price=price,
            change=_change(price, self.ticker.message.get("o")),
            volume=_number(self.ticker.message.get(self._volume)),
            rate=self._rates.add({symbol: count}, clock)[symbol] or 0.0,
            lag=lag(newest.message, newest.at),
            age=max(0.0, wall - newest.at) if newest.count else None,
            trend=tuple(self._trend),
            decimals=self._decimals,
        )

    def _sample(self, clock: float, price: str | None) -> None:
        if price is not None and clock - self._sampled >= 1.0:
            self._trend.append(float(price))
            self._sampled = clock


class Board:
    """The callback of a socket of several streams; keeps what came last and no more.

    Args:
        symbols: in any case.
        market: whose.

    Raises:
        ArgumentError: a symbol is malformed.
    """

    def __init__(self, symbols: Sequence[str], market: Market) -> None:
        self._watched = [_Watched(symbol, market) for symbol in dict.fromkeys(map(str.upper, symbols))]
        self.streams = [stream for watched in self._watched for stream in watched.streams]
        cells = [cell for watched in self._watched for cell in (watched.trade, watched.ticker)]
        self._cells = dict(zip(map(str, self.streams), cells, strict=True))
        self.failure: BinanceWsError | None = None
        self.over = threading.Event()

    def __call__(self, message: dict[str, Any]) -> None:
        """A message, or word that there will be none."""
        cell = self._cells.get(message.get("stream", ""))
        if cell is not None:
            cell.message = message["data"]
            cell.at = time.time()
            cell.count += 1
        elif isinstance(message, Told) and isinstance(message.error, GaveUp):
            self.failure = message.error
            self.over.set()

    def look(self, by_volume: bool = False) -> list[Row]:
        """Every symbol now, in the order given or the one with the greatest volume first."""
        clock, wall = time.monotonic(), time.time()
        rows = [watched.look(clock, wall) for watched in self._watched]
        return sorted(rows, key=lambda row: -(row.volume or 0.0)) if by_volume else rows


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _change(price: str | None, before: str | None) -> float | None:
    """Percent from one price to another."""
    if price is None or before is None or not float(before):
        return None
    return (float(price) / float(before) - 1) * 100


def busiest(tickers: Sequence[dict[str, Any]], market: Market, quote: str, number: int) -> list[str]:
    """The symbols with the greatest volume of 24 hours.

    Args:
        tickers: mini tickers.
        market: whose.
        quote: the asset in which volumes are compared; where no symbol ends with it, all are.
        number: symbols at most.
    """
    key = _VOLUME.get(market, "q")
    own = [ticker for ticker in tickers if ticker.get("st", _KIND.get(market)) == _KIND.get(market)]
    fitting = [ticker for ticker in own if ticker["s"].endswith(quote.upper())] or own
    return [ticker["s"] for ticker in sorted(fitting, key=lambda t: -float(t[key]))[:number]]
