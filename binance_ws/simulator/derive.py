"""Streams that are sent once a period, made from the state of the market while somebody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ..streams.kinds import Stream
from . import payloads
from .amounts import mean
from .book import Diff
from .candles import DAY, HOUR, MINUTE, SECOND, Candle, bucket
from .instrument import Instrument

_WINDOWS = {"1h": HOUR, "4h": 4 * HOUR, "1d": DAY}
_AVERAGED = 5 * MINUTE


class Market(Protocol):
    """What feeds see of the market."""

    def instrument(self, symbol: str) -> Instrument: ...
    def instruments(self) -> Iterable[Instrument]: ...


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
    stop: Callable[[], None] = lambda: None


def feed(stream: Stream, market: Market) -> Feed | None:
    """The feed of a stream; ``None`` for those that follow from an event at once."""
    maker = _FEEDS.get(stream.kind.name)
    if maker is None or stream.name.endswith("@depth@100ms"):
        return None
    found = stream.kind.pattern.fullmatch(stream.name)
    return maker(stream, market, found.groupdict() if found else {})


def _one(
    make: Callable[[Instrument, int], dict[str, Any] | None],
) -> Callable[[Stream, Market, dict[str, str]], Feed]:
    """A feed of one message each second about one symbol."""

    def factory(stream: Stream, market: Market, _: dict[str, str]) -> Feed:
        instrument = market.instrument(stream.symbol)
        return Feed(SECOND, lambda now: filter(None, [make(instrument, now)]))

    return factory


def _many(
    make: Callable[[Instrument, int], dict[str, Any] | None], market: Market
) -> Callable[[int], Iterator[list[dict[str, Any]]]]:
    """A maker of one array each second about the symbols that traded since the last one."""
    seen: dict[str, int] = {}

    def arrays(now: int) -> Iterator[list[dict[str, Any]]]:
        made = []
        for instrument in market.instruments():
            last = instrument.last_trade
            if last and seen.get(instrument.name) != last.id:
                seen[instrument.name] = last.id
                made.append(make(instrument, now))
        if made:
            yield [each for each in made if each]

    return arrays


def window(instrument: Instrument, length: int, now: int, exact: bool) -> payloads.Window | None:
    """A rolling window; it begins on a minute, or says that it is exact; ``None`` before the first trade."""
    minutes = instrument.candles.minutes
    start = (now - length) // MINUTE * MINUTE
    candle, previous = minutes.between(start, now + MINUTE), minutes.before(start)
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


def _window_ticker(length: str) -> Callable[[Instrument, int], dict[str, Any] | None]:
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


def _single_window(stream: Stream, market: Market, values: dict[str, str]) -> Feed:
    return _one(_window_ticker(values["window"]))(stream, market, values)


def _all_windows(_: Stream, market: Market, values: dict[str, str]) -> Feed:
    return Feed(SECOND, _many(_window_ticker(values["window"]), market))


def _kline(stream: Stream, market: Market, values: dict[str, str]) -> Feed:
    instrument, interval = market.instrument(stream.symbol), values["interval"]
    zone = 8 * HOUR if values["suffix"] else 0
    period = SECOND if interval == "1s" else 2 * SECOND

    def make(now: int) -> Iterator[dict[str, Any]]:
        spans = dict.fromkeys((bucket(interval, now - period, zone), bucket(interval, now, zone)))
        for start, end in spans:
            candle = instrument.candles.kline(interval, start, end)
            if candle:
                yield payloads.kline(instrument.name, interval, candle, end, now)

    return Feed(period, make)


def _partial_depth(stream: Stream, market: Market, values: dict[str, str]) -> Feed:
    instrument, levels = market.instrument(stream.symbol), int(values["levels"])
    period = 100 if values["suffix"] else SECOND
    return Feed(period, lambda _: [payloads.partial_depth(instrument.book, levels)])


class _Gathered:
    """The changes of a second, as one."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._diffs: list[Diff] = []
        instrument.on_diff.append(self._diffs.append)
        self._listening = self._instrument.on_diff[-1]

    def make(self, now: int) -> Iterator[dict[str, Any]]:
        if self._diffs:
            bids = dict(level for diff in self._diffs for level in diff.bids)
            asks = dict(level for diff in self._diffs for level in diff.asks)
            first, last = self._diffs[0].first, self._diffs[-1].last
            self._diffs.clear()
            yield payloads.depth(
                self._instrument.name, Diff(first, last, tuple(bids.items()), tuple(asks.items()), now)
            )

    def stop(self) -> None:
        self._instrument.on_diff.remove(self._listening)


def _depth(stream: Stream, market: Market, _: dict[str, str]) -> Feed:
    gathered = _Gathered(market.instrument(stream.symbol))
    return Feed(SECOND, gathered.make, gathered.stop)


_FEEDS: dict[str, Callable[[Stream, Market, dict[str, str]], Feed]] = {
    "reference_price": _one(_reference),
    "kline": _kline,
    "mini_ticker": _one(mini_ticker),
    "all_mini_tickers": lambda _, market, __: Feed(SECOND, _many(mini_ticker, market)),
    "ticker": _one(ticker),
    "all_tickers": lambda _, market, __: Feed(SECOND, _many(ticker, market)),
    "window_ticker": _single_window,
    "all_window_tickers": _all_windows,
    "avg_price": _one(average),
    "partial_depth": _partial_depth,
    "depth": _depth,
}
