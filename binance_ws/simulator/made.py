"""What a stream had to tell since the market began, whether or not anybody listened."""

from __future__ import annotations

from ..errors import ArgumentError
from .candles import HOUR, bucket
from .dialect import recognised
from .instrument import Instrument
from .market import Market

_MS = 1_000_000
_TRADES = frozenset(("trade", "option_trade"))
_KLINES = frozenset(("kline", "continuous_kline"))


def made(market: Market, name: str) -> list[range]:
    """The ids of trades or aggregate trades, or the opening times of closed klines, each run as a range.

    Raises:
        ArgumentError: the market has no such stream, or it is of another kind.
    """
    stream = market.stream(name)
    _, values = (stream and recognised(name, stream.market)) or (None, {})
    kind = stream.kind.name if stream else ""
    if stream is None or kind not in (*_TRADES, *_KLINES, "agg_trade"):
        raise ArgumentError(f"what was made is known of trades, aggregate trades and klines, not of {name!r}")
    instrument = market.find(market.about(name)[0])
    assert instrument is not None
    if kind in _KLINES:
        return _closed(instrument, values, market.now // _MS)
    return (instrument.trades if kind in _TRADES else instrument.aggregates).ids


def _closed(instrument: Instrument, values: dict[str, str], now: int) -> list[range]:
    interval, zone = values["interval"], 8 * HOUR if values["suffix"] else 0
    first = instrument.candles.series(interval).first
    if first is None:
        return []
    if interval != "1M":
        start, end = bucket(interval, first, zone)
        last = bucket(interval, now, zone)[0]
        return [range(start, last, end - start)] if last > start else []
    return [range(start, start + 1) for start in _months(first, now, zone)]


def _months(moment: int, now: int, zone: int) -> list[int]:
    starts = []
    start, end = bucket("1M", moment, zone)
    while end <= now:
        starts.append(start)
        start, end = bucket("1M", end, zone)
    return starts
