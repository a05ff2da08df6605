"""Streams that are sent once a period, made from the state of the market while somebody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ..streams.kinds import Stream
from . import payloads
from .amounts import mean
from .book import Diff
from .candles import DAY, HOUR, MINUTE, SECOND, Candle, bucket

if TYPE_CHECKING:
    from .instrument import Instrument

_WINDOWS = {"1h": HOUR, "4h": 4 * HOUR, "1d": DAY}
_AVERAGED = 5 * MINUTE

Told = Callable[["Instrument", int], "dict[str, Any] | None"]
"""Makes the message about a symbol at a moment in ms; ``None`` where there is nothing to say yet."""


class Market(Protocol):
    """What feeds see of the market."""

    def instrument(self, symbol: str) -> Instrument:
        """The market of a symbol."""

    def instruments(self) -> Iterable[Instrument]:
        """The markets of all symbols that trade."""


def nothing() -> None:
    """What a feed does that need not be stopped."""


@dataclass
class Feed:
    """What is sent once a period.

    Args:
        period: in ms; the feed is asked when the market's clock passes a multiple of it.
        make: the payloads of a moment in ms.
        stop: called when nobody listens any more.
    """

    period: int
    make: Callable[[int], Iterable[Any]]
    stop: Callable[[], None] = nothing


def feed(stream: Stream, values: dict[str, str], market: Market) -> Feed | None:
    """The feed of a stream of spot; ``None`` for those that follow from an event at once."""
    maker = _FEEDS.get(stream.kind.name)
    if maker is None or stream.name.endswith("@depth@100ms"):
        return None
    return maker(stream, values, market)


# What feeds of all hosts are made of.


def one(instrument: Instrument, make: Told, period: int) -> Feed:
    """A feed of one message each period about one symbol."""
    return Feed(period, lambda now: filter(None, [make(instrument, now)]))


def changed(market: Market, make: Told) -> Callable[[int], list[dict[str, Any]]]:
    """A maker of messages about the symbols that traded since the last time."""
    seen: dict[str, int] = {}

    def make_all(now: int) -> list[dict[str, Any]]:
        made = []
        for instrument in market.instruments():
            last = instrument.last_trade
            if last and seen.get(instrument.name) != last.id:
                seen[instrument.name] = last.id
                made.append(make(instrument, now))
        return [each for each in made if each]

    return make_all


def array(make: Callable[[int], list[dict[str, Any]]], period: int = SECOND) -> Feed:
    """A feed of one array each period, where there is anything to put into it."""
    return Feed(period, lambda now: filter(None, [make(now)]))


def klines(
    instrument: Instrument,
    interval: str,
    period: int,
    make: Callable[[Candle, int, int], dict[str, Any]],
    zone: int = 0,
) -> Feed:
    """A feed of klines, each one for the last time when it has closed.

    Args:
        instrument: whose.
        interval: ``"1s"`` to ``"1M"``.
        period: ms between two messages.
        make: makes a message of a candle, the start of the next one, and the moment.
        zone: ms east of UTC in whose days the intervals begin.
    """

    def messages(now: int) -> Iterator[dict[str, Any]]:
        spans = dict.fromkeys((bucket(interval, now - period, zone), bucket(interval, now, zone)))
        for start, end in spans:
            candle = instrument.candles.kline(interval, start, end)
            if candle:
                yield make(candle, end, now)

    return Feed(period, messages)


class _Gathered:
    """The changes of a period, as one."""

    def __init__(self, instrument: Instrument, make: Callable[[Any, Diff, int], Any]) -> None:
        self._instrument, self._make = instrument, make
        self._last = instrument.book.last
        self._diffs: list[Diff] = []
        instrument.on_diff.append(self._diffs.append)
        self._listening = self._instrument.on_diff[-1]

    def make(self, now: int) -> Iterator[dict[str, Any]]:
        if self._diffs:
            bids = dict(level for diff in self._diffs for level in diff.bids)
            asks = dict(level for diff in self._diffs for level in diff.asks)
            first, before = self._diffs[0].first, self._last
            self._last = self._diffs[-1].last
            self._diffs.clear()
            diff = Diff(first, self._last, tuple(bids.items()), tuple(asks.items()), now)
            yield self._make(self._instrument.symbol, diff, before)

    def stop(self) -> None:
        self._instrument.on_diff.remove(self._listening)


def gathered(instrument: Instrument, period: int, make: Callable[[Any, Diff, int], Any]) -> Feed:
    """A feed of the changes of the book; ``make`` gets the symbol, the change, and the update id before it."""
    changes = _Gathered(instrument, make)
    return Feed(period, changes.make, changes.stop)


def window(instrument: Instrument, length: int, now: int, exact: bool) -> payloads.Window | None:
    """A rolling window; it begins on a minute, or says that it is exact; ``None`` before the first trade."""
    candles = instrument.candles
    start, end = (now - length) // MINUTE * MINUTE, now // MINUTE * MINUTE + MINUTE
    candle, previous = candles.between(start, end), candles.minutes.before(start)
    if candle is None:
        if previous is None:
            return None
        candle = Candle(start, previous.close)
    before = previous.close if previous else candle.open
    return payloads.Window(now - length if exact else start, now, candle, before)


def mini_ticker(instrument: Instrument, now: int) -> dict[str, Any] | None:
    """The 24-hour mini ticker of a symbol."""
    found = window(instrument, DAY, now, exact=True)
    return found and payloads.mini_ticker(instrument.name, found)


def ticker(instrument: Instrument, now: int) -> dict[str, Any] | None:
    """The 24-hour ticker of a symbol."""
    found, last = window(instrument, DAY, now, exact=True), instrument.last_trade
    return found and payloads.ticker(instrument.name, found, last.quantity if last else 0, instrument.best)


def _window_ticker(length: str) -> Told:
    def make(instrument: Instrument, now: int) -> dict[str, Any] | None:
        found = window(instrument, _WINDOWS[length], now, exact=False)
        return found and payloads.window_ticker(instrument.name, length, found)

    return make


def average(instrument: Instrument, now: int) -> dict[str, Any] | None:
    """The average price of five minutes."""
    found, last = window(instrument, _AVERAGED, now, exact=False), instrument.last_trade
    if found is None or last is None:
        return None
    price = mean(found.candle.quote, found.candle.volume) or found.candle.close
    return payloads.avg_price(instrument.name, price, last.time, now)


def _reference(instrument: Instrument, now: int) -> dict[str, Any]:
    return payloads.reference_price(instrument.name, instrument.middle, now)


_Maker = Callable[[Stream, "dict[str, str]", Market], Feed]


def _one(make: Told) -> _Maker:
    return lambda stream, _, market: one(market.instrument(stream.symbol), make, SECOND)


def _all(make: Told) -> _Maker:
    return lambda _, __, market: array(changed(market, make))


def _kline(stream: Stream, values: dict[str, str], market: Market) -> Feed:
    instrument, interval = market.instrument(stream.symbol), values["interval"]
    zone = 8 * HOUR if values["suffix"] else 0
    period = SECOND if interval == "1s" else 2 * SECOND

    def make(candle: Candle, end: int, now: int) -> dict[str, Any]:
        return payloads.kline(instrument.name, interval, candle, end, now)

    return klines(instrument, interval, period, make, zone)


def _partial_depth(stream: Stream, values: dict[str, str], market: Market) -> Feed:
    instrument, levels = market.instrument(stream.symbol), int(values["levels"])
    period = 100 if values["suffix"] else SECOND
    return Feed(period, lambda _: [payloads.partial_depth(instrument.book, levels)])


def _depth(stream: Stream, _: dict[str, str], market: Market) -> Feed:
    return gathered(
        market.instrument(stream.symbol), SECOND, lambda symbol, diff, _: payloads.depth(symbol.name, diff)
    )


_FEEDS: dict[str, _Maker] = {
    "reference_price": _one(_reference),
    "kline": _kline,
    "mini_ticker": _one(mini_ticker),
    "all_mini_tickers": _all(mini_ticker),
    "ticker": _one(ticker),
    "all_tickers": _all(ticker),
    "window_ticker": lambda s, values, m: _one(_window_ticker(values["window"]))(s, values, m),
    "all_window_tickers": lambda s, values, m: _all(_window_ticker(values["window"]))(s, values, m),
    "avg_price": _one(average),
    "partial_depth": _partial_depth,
    "depth": _depth,
}
