"""Whether a message is the next of its stream, a repeated one, or one after a gap; a tracker for each order.

A tracker's ``step`` runs once a message, so it does the ordinary case in as few steps as Python allows. Its
answer is ``None`` for the next message, which is nearly every one; after a gap it goes on from what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..streams.kinds import Order, Stream
from .intervals import following
from .times import scale

Message = dict[str, Any]


@dataclass(frozen=True)
class Gap:
    """What is missing before a message: ids, update ids or open times of candles, ``first`` to ``last``."""

    first: int
    last: int


class Repeated:
    """A message that was delivered before, or is older than one that was."""


REPEATED = Repeated()

_RESTART = 10**6
"""By how much numbers must fall to mean that the exchange has begun to count anew, as test networks do."""


def _restarted(last: int, number: int) -> bool:
    return last - number > _RESTART * scale(last)


Verdict = Gap | Repeated | None


class Tracker:
    """Takes the messages of a stream in no particular order: each is the next."""

    __slots__ = ()

    def step(self, data: Any) -> Verdict:
        """What a message is; it counts as delivered unless it is a repeated one."""
        if isinstance(data, (dict, list)):
            return None
        raise TypeError("neither an object nor a list")


class ByOne(Tracker):
    """Ids that rise by one: trades and aggregated trades."""

    __slots__ = ("_key", "last")

    def __init__(self, key: str) -> None:
        self._key = key
        self.last: int | None = None

    def step(self, data: Message) -> Verdict:
        number: int = data[self._key]
        last = self.last
        if last is None or number == last + 1:
            self.last = number
            return None
        if number <= last and not _restarted(last, number):
            return REPEATED
        self.last = number
        return Gap(last + 1, number - 1) if number > last else None


class Rising(Tracker):
    """Numbers that rise by any step: event times, update ids of best prices and of partial books."""

    __slots__ = ("_key", "last")

    def __init__(self, key: str) -> None:
        self._key = key
        self.last: int = -1

    def step(self, data: Message) -> Verdict:
        number: int = data[self._key]
        if number > self.last or _restarted(self.last, number):
            self.last = number
            return None
        return REPEATED


class Ranges(Tracker):
    """Diffs of a spot book: each begins where the last ended."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: int | None = None

    def step(self, data: Message) -> Verdict:
        first: int = data["U"]
        last = self.last
        if last is None or first == last + 1:
            self.last = data["u"]
            return None
        if data["u"] <= last and not _restarted(last, data["u"]):
            return REPEATED
        self.last = data["u"]
        return Gap(last + 1, first - 1) if first > last else None


class Linked(Tracker):
    """Diffs of a futures book: each names the last one's end."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last: int | None = None

    def step(self, data: Message) -> Verdict:
        before: int = data["pu"]
        last = self.last
        if last is None or before == last:
            self.last = data["u"]
            return None
        if data["u"] <= last and not _restarted(last, data["u"]):
            return REPEATED
        self.last = data["u"]
        return Gap(last + 1, before) if before > last else None


class Candles(Tracker):
    """Klines: the current one is sent again and again until it is closed, then the next one follows."""

    __slots__ = ("_closed", "_event", "_interval", "_utc8", "last")

    def __init__(self, interval: str, utc8: bool = False) -> None:
        self._interval = interval
        self._utc8 = utc8
        self._event = -1
        self._closed = False
        self.last: int | None = None

    def step(self, data: Message) -> Verdict:
        candle = data["k"]
        opened: int = candle["t"]
        event: int = data["E"]
        last = self.last
        if last is not None:
            # The next candle may begin in the very millisecond in which the last one is told to be closed.
            if opened < last or (opened == last and (self._closed or event <= self._event)):
                return REPEATED
            if opened > last:
                expected = following(last, self._interval, self._utc8) if self._closed else last
                self._take(opened, event, candle["x"])
                return self._gap(expected, opened) if expected < opened else None
        self._take(opened, event, candle["x"])
        return None

    def _gap(self, expected: int, opened: int) -> Gap:
        return Gap(expected, max(expected, following(opened, self._interval, self._utc8, -1)))

    def _take(self, opened: int, event: int, closed: bool) -> None:
        self.last, self._event, self._closed = opened, event, closed


def tracker(stream: Stream) -> Tracker:
    """A fresh tracker for a stream, by its row in the catalogue."""
    return _MADE[stream.kind.order](stream)


_MADE: dict[Order, Callable[[Stream], Tracker]] = {
    Order.NONE: lambda stream: Tracker(),
    Order.TRADE_ID: lambda stream: ByOne("t"),
    Order.AGGREGATE_ID: lambda stream: ByOne("a"),
    Order.UPDATE_RANGE: lambda stream: Ranges(),
    Order.PREVIOUS_UPDATE: lambda stream: Linked(),
    Order.UPDATE_ID: lambda stream: Rising("u"),
    Order.LAST_UPDATE_ID: lambda stream: Rising("lastUpdateId"),
    Order.EVENT_TIME: lambda stream: Rising("E"),
    Order.KLINE: lambda stream: Candles(interval_of(stream), stream.name.endswith("@+08:00")),
}


def interval_of(stream: Stream) -> str:
    """The interval in a kline stream's name."""
    found = stream.kind.pattern.fullmatch(stream.name)
    return found["interval"] if found else "1m"
