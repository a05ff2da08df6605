"""What came of each stream, in a few numbers however long it runs: the first id, the last one, wrong steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from binance_ws import events
from binance_ws.core.intervals import following

KEPT = 200
"""Wrong steps of a stream, and spans that it missed, that are remembered; other wrong steps are counted."""


@dataclass
class Trail:
    """The numbers of one stream: ids, or the open times of closed candles.

    Args:
        step: from one number to the next.
        wrong: how often the next number was another one.
        pairs: the first of these, each with the number before it.
    """

    step: int = 1
    first: int | None = None
    last: int | None = None
    count: int = 0
    wrong: int = 0
    pairs: list[tuple[int, int]] = field(default_factory=list)

    def take(self, number: int) -> None:
        """The next number that came."""
        if self.last is None:
            self.first = number
        elif number != self.last + self.step:
            self.wrong += 1
            if len(self.pairs) < KEPT:
                self.pairs.append((self.last, number))
        self.last = number
        self.count += 1

    def __len__(self) -> int:
        return self.count


@dataclass
class Ledger:
    """What came of all streams; those of other markets than spot are called ``usdm:btcusdt@trade``.

    Args:
        ids: the trails of streams that have numbers.
        told: the events, by kind.
        missed: what was told to be missing of these, first to last; the gaps of books are not filled.
        markets: by the key of a socket, what the names of its streams begin with here.
    """

    ids: dict[str, Trail] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    markets: dict[str, str] = field(default_factory=dict)

    def trail(self, name: str) -> Trail:
        """The trail of a stream."""
        trail = self.ids.get(name)
        if trail is None:
            trail = self.ids[name] = Trail(step_of(name))
        return trail

    def single(self, name: str) -> Callable[[Any], None]:
        """A callback for one stream."""
        trail = self.trail(name)

        def take(message: Any) -> None:
            number = number_of(name, message)
            if number is not None:
                trail.take(number)

        return take

    def many(self, message: Any, market: str = "") -> None:
        """A callback for wrapped messages, of a market whose name is ``"usdm:"`` or the like."""
        stream = message.get("stream")
        if stream is not None and (number := number_of(stream, message["data"])) is not None:
            self.trail(market + stream).take(number)

    def hear(self, event: events.Event) -> None:
        """``on_event``."""
        self.told[type(event).__name__] += 1
        if isinstance(event, events.Missed) and "@depth" not in event.stream:
            name = self.markets.get(event.key, "") + event.stream
            spans = self.missed.setdefault(name, [])
            spans += [(event.first, event.last)][: KEPT - len(spans)]


def number_of(stream: str, message: Any) -> int | None:
    """The id, or the open time of a closed candle; ``None`` where a message has no number."""
    if not isinstance(message, dict) or message.get("e") == "error":
        return None
    kind = stream.partition("@")[2]
    if kind in ("trade", "aggTrade"):
        return int(message["t" if kind == "trade" else "a"])
    if kind.startswith("kline") and message["k"]["x"]:
        return int(message["k"]["t"])
    return None


def step_of(stream: str) -> int:
    """From one number of a stream to the next: 1, or the milliseconds of its candles."""
    interval = stream.partition("@kline_")[2]
    return following(0, interval) if interval else 1


def judge(ledger: Ledger) -> list[str]:
    """What is wrong by itself: numbers that are missing, repeated or out of order."""
    return [
        f"{name}: {trail.wrong} wrong steps among {trail.count}, the first ones {trail.pairs[:3]}"
        for name, trail in sorted(ledger.ids.items())
        if trail.wrong
    ]
