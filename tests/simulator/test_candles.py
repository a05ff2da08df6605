"""Klines: the buckets of intervals, and the sums of trades."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.simulator.candles import DAY, HOUR, MINUTE, Candle, Candles, Trade, bucket

UTC = datetime.timezone.utc


def at(*moment: int) -> int:
    """A moment of UTC in ms."""
    return int(datetime.datetime(*moment, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]


NOW = at(2024, 8, 8, 23, 59, 59)  # a Thursday


@pytest.mark.parametrize(
    ("interval", "zone", "start", "end"),
    [
        ("1s", 0, at(2024, 8, 8, 23, 59, 59), at(2024, 8, 9)),
        ("1m", 0, at(2024, 8, 8, 23, 59), at(2024, 8, 9)),
        ("15m", 0, at(2024, 8, 8, 23, 45), at(2024, 8, 9)),
        ("1h", 0, at(2024, 8, 8, 23), at(2024, 8, 9)),
        ("1d", 0, at(2024, 8, 8), at(2024, 8, 9)),
        ("1d", 8 * HOUR, at(2024, 8, 8, 16), at(2024, 8, 9, 16)),
        ("1w", 0, at(2024, 8, 5), at(2024, 8, 12)),
        ("1M", 0, at(2024, 8, 1), at(2024, 9, 1)),
        ("1M", 8 * HOUR, at(2024, 7, 31, 16), at(2024, 8, 31, 16)),
    ],
)
def test_an_interval_has_its_bucket(interval: str, zone: int, start: int, end: int) -> None:
    """The kline that a moment lies in begins and ends where the exchange's does."""
    assert bucket(interval, NOW, zone) == (start, end)


@given(
    st.sampled_from("1s 3m 4h 3d 1w 1M".split()), st.integers(0, 30_000 * DAY), st.sampled_from((0, 8 * HOUR))
)
def test_buckets_follow_one_another(interval: str, moment: int, zone: int) -> None:
    """A bucket contains its moment, and the next one begins where it ends."""
    start, end = bucket(interval, moment, zone)
    assert start <= moment < end
    assert bucket(interval, end, zone)[0] == end
    assert bucket(interval, end - 1, zone) == (start, end)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.booleans(), st.integers(0, 90_000)), min_size=1
    )
)
def test_a_kline_is_the_sum_of_its_trades(given: list[tuple[int, int, bool, int]]) -> None:
    """First, highest, lowest and last price, volumes and counts are those of the trades within."""
    candles = Candles()
    times = sorted(each[3] for each in given)
    trades = [Trade(n, p, q, t, m) for n, ((p, q, m, _), t) in enumerate(zip(given, times, strict=True))]
    for trade in trades:
        candles.add(trade)
    inside = [t for t in trades if t.time < 60_000]
    candle = candles.kline("1m", 0, 60_000)
    if not inside:
        assert candle is None
        return
    assert candle is not None
    prices = [t.price for t in inside]
    assert (candle.open, candle.high, candle.low, candle.close) == (
        prices[0],
        max(prices),
        min(prices),
        prices[-1],
    )
    assert (candle.first, candle.last, candle.count) == (inside[0].id, inside[-1].id, len(inside))
    assert candle.volume == sum(t.quantity for t in inside)
    assert candle.quote == sum(t.quantity * t.price for t in inside)
    assert candle.buy_volume == sum(t.quantity for t in inside if not t.maker)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12 * 60 - 1)), max_size=40),
    st.integers(0, 12 * 60),
    st.integers(0, 12 * 60),
)
def test_a_long_span_is_the_sum_of_its_minutes(given: list[tuple[int, int]], one: int, other: int) -> None:
    """However it lies across the hours, of which full ones are not summed up anew."""
    candles, (start, end) = Candles(), (MINUTE * minute for minute in sorted((one, other)))
    for number, (price, minute) in enumerate(sorted(given, key=lambda each: each[1])):
        candles.add(Trade(number, price, 3, minute * MINUTE + 5, bool(number % 2)))
    found, minutes = candles.between(start, end), candles.minutes.between(start, end)
    fields = Candle.__slots__
    assert [found and getattr(found, name) for name in fields] == [
        minutes and getattr(minutes, name) for name in fields
    ]


def test_a_bucket_without_trades_is_flat() -> None:
    """Where nobody traded the kline stays at the last price and counts nothing."""
    candles = Candles()
    candles.add(Trade(7, 100, 5, 1_000, True))
    candle = candles.kline("1m", 120_000, 180_000)
    assert candle is not None
    assert (candle.open, candle.close, candle.volume, candle.first, candle.count) == (100, 100, 0, -1, 0)
