"""Trades summed up by second, by minute and by hour; every kline and ticker is read from here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
# The epoch was a Thursday, weeks begin on Mondays.
_WEEK_SHIFT = 4 * DAY


class Trade(NamedTuple):
    """A trade; ``time`` in ms, ``maker`` whether the buyer was the maker."""

    id: int
    price: int
    quantity: int
    time: int
    maker: bool


class Candle:
    """What happened in a span of time. ``quote`` and ``buy_quote`` count 1e-16."""

    __slots__ = (
        "buy_quote",
        "buy_volume",
        "close",
        "count",
        "first",
        "high",
        "last",
        "low",
        "open",
        "quote",
        "time",
        "volume",
    )

    def __init__(self, time: int, price: int) -> None:
        self.time = time
        self.open = self.high = self.low = self.close = price
        self.first = self.last = -1
        self.volume = self.quote = self.buy_volume = self.buy_quote = self.count = 0

    def add(self, trade: Trade) -> None:
        """Count a trade in."""
        price, quantity = trade.price, trade.quantity
        if not self.count:
            self.first, self.open, self.high, self.low = trade.id, price, price, price
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close, self.last = price, trade.id
        self.count += 1
        self.volume += quantity
        self.quote += price * quantity
        if not trade.maker:
            self.buy_volume += quantity
            self.buy_quote += price * quantity

    def merge(self, later: Candle) -> None:
        """Count a later candle in."""
        self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        self.close, self.last = later.close, later.last
        for name in ("volume", "quote", "buy_volume", "buy_quote", "count"):
            setattr(self, name, getattr(self, name) + getattr(later, name))


def summed(start: int, parts: Sequence[Candle]) -> Candle | None:
    """Candles in their order as one that begins at ``start``; ``None`` for none."""
    if not parts:
        return None
    total = Candle(start, parts[0].open)
    total.first = parts[0].first
    for part in parts:
        total.merge(part)
    return total


class Series:
    """Candles of one length, in order; old ones are forgotten."""

    def __init__(self, length: int, keep: int) -> None:
        self._length, self._keep = length, keep
        self.first: int | None = None
        self._times: list[int] = []
        self._candles: list[Candle] = []

    def add(self, trade: Trade) -> None:
        """Count a trade in."""
        time = trade.time - trade.time % self._length
        if not self._times or time > self._times[-1]:
            self._append(time, trade.price)
        self._candles[-1].add(trade)

    def _append(self, time: int, price: int) -> None:
        self.first = time if self.first is None else self.first
        self._times.append(time)
        self._candles.append(Candle(time, price))
        if len(self._times) > self._keep:
            del self._times[: self._keep // 8], self._candles[: self._keep // 8]

    def between(self, start: int, end: int) -> Candle | None:
        """All that happened from ``start`` to before ``end`` as one candle; ``None`` where nothing did."""
        return summed(start, self._candles[bisect_left(self._times, start) : bisect_left(self._times, end)])

    def before(self, time: int) -> Candle | None:
        """The last candle that began before a time."""
        index = bisect_left(self._times, time)
        return self._candles[index - 1] if index else None

    @property
    def start(self) -> int | None:
        """When the first candle began."""
        return self._times[0] if self._times else None


class Candles:
    """The trades of one symbol by second (for half a day), by minute and by hour (for a month)."""

    def __init__(self) -> None:
        self.seconds = Series(SECOND, 50_000)
        self.minutes = Series(MINUTE, 51_100)
        self._hours = Series(HOUR, 900)

    def add(self, trade: Trade) -> None:
        """Count a trade in."""
        self.seconds.add(trade)
        self.minutes.add(trade)
        self._hours.add(trade)

    def between(self, start: int, end: int) -> Candle | None:
        """All that happened between two full minutes as one candle; ``None`` where nothing did."""
        first, last = -(-start // HOUR) * HOUR, end // HOUR * HOUR
        if first >= last:
            return self.minutes.between(start, end)
        # A day of minutes would have to be summed up anew for each ticker of each second.
        parts = (
            self.minutes.between(start, first),
            self._hours.between(first, last),
            self.minutes.between(last, end),
        )
        return summed(start, [part for part in parts if part])

    def series(self, interval: str) -> Series:
        """The series that a kline interval is summed up from."""
        return self.seconds if interval.endswith("s") else self.minutes

    def kline(self, interval: str, start: int, end: int) -> Candle | None:
        """The kline from ``start`` to before ``end``; flat where nobody traded, ``None`` before any trade."""
        found = (self.seconds if interval.endswith("s") else self).between(start, end)
        if found is None:
            previous = self.series(interval).before(start)
            return Candle(start, previous.close) if previous else None
        return found


def bucket(interval: str, at: int, zone: int = 0) -> tuple[int, int]:
    """The kline that a moment lies in, as its start and the start of the next one.

    Args:
        interval: ``"1s"`` to ``"1M"``.
        at: ms since the epoch.
        zone: ms east of UTC in whose days, weeks and months the intervals begin.
    """
    local = at + zone
    if interval == "1M":
        start, end = _month(local)
    else:
        length = int(interval[:-1]) * _UNITS[interval[-1]]
        shift = _WEEK_SHIFT if interval == "1w" else 0
        start = local - (local - shift) % length
        end = start + length
    return start - zone, end - zone


def _month(local: int) -> tuple[int, int]:
    day = datetime.fromtimestamp(local // 1000, timezone.utc).replace(day=1, hour=0, minute=0, second=0)
    following = (day + timedelta(days=31)).replace(day=1)
    return int(day.timestamp()) * 1000, int(following.timestamp()) * 1000
