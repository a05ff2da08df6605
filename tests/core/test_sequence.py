"""Trackers: which message is the next, which was seen before, which comes after a gap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.intervals import following
from binance_ws.core.sequence import REPEATED, Gap, tracker
from binance_ws.enums import Market
from binance_ws.streams import classify, names
from binance_ws.streams.kinds import Order, Stream

TRADE = names.trade("BTCUSDT")
MINUTE = 60_000


def verdicts(stream: Stream, *messages: Any) -> list[Any]:
    """What each message is, in turn."""
    track = tracker(stream)
    return [track.step(message) for message in messages]


def candle(opened: int, event: int, closed: bool = False) -> dict[str, Any]:
    """A kline message."""
    return {"E": event, "k": {"t": opened, "x": closed}}


@pytest.mark.parametrize(
    ("stream", "messages", "expected"),
    [
        (
            TRADE,
            [{"t": 5}, {"t": 6}, {"t": 6}, {"t": 9}, {"t": 8}, {"t": 10}],
            [None, None, REPEATED, Gap(7, 8), REPEATED, None],
        ),
        (names.agg_trade("B"), [{"a": 1}, {"a": 3}], [None, Gap(2, 2)]),
        (
            names.depth("B"),
            [{"U": 1, "u": 4}, {"U": 5, "u": 5}, {"U": 5, "u": 5}, {"U": 8, "u": 9}],
            [None, None, REPEATED, Gap(6, 7)],
        ),
        (
            names.depth("B", market=Market.USDM),
            [
                {"pu": 0, "U": 3, "u": 4},
                {"pu": 4, "U": 9, "u": 12},
                {"pu": 4, "U": 9, "u": 12},
                {"pu": 15, "U": 16, "u": 17},
            ],
            [None, None, REPEATED, Gap(13, 15)],
        ),
        (names.book_ticker("B"), [{"u": 3}, {"u": 9}, {"u": 9}, {"u": 4}], [None, None, REPEATED, REPEATED]),
        (names.partial_depth("B", 5), [{"lastUpdateId": 3}, {"lastUpdateId": 3}], [None, REPEATED]),
        (names.ticker("B"), [{"E": 1}, {"E": 5}, {"E": 5}], [None, None, REPEATED]),
        (names.all_mini_tickers(), [[{"E": 1}], [{"E": 1}]], [None, None]),
        (
            names.kline("B", "1m"),
            [
                candle(0, 1),
                candle(0, 2),
                candle(0, 2),
                candle(0, MINUTE, closed=True),
                candle(0, MINUTE + 1),
                candle(MINUTE, MINUTE + 2),
                candle(2 * MINUTE, 2 * MINUTE + 1),
                candle(2 * MINUTE, 2 * MINUTE + 2, closed=True),
                candle(5 * MINUTE, 5 * MINUTE + 1),
                candle(5 * MINUTE, 6 * MINUTE, closed=True),
                candle(6 * MINUTE, 6 * MINUTE),
                candle(6 * MINUTE, 6 * MINUTE),
                candle(5 * MINUTE, 7 * MINUTE),
            ],
            [
                None,
                None,
                REPEATED,
                None,
                REPEATED,
                None,
                Gap(MINUTE, MINUTE),
                None,
                Gap(3 * MINUTE, 4 * MINUTE),
                None,
                None,
                REPEATED,
                REPEATED,
            ],
        ),
    ],
)
def test_verdicts(stream: Stream, messages: list[Any], expected: list[Any]) -> None:
    """Each order has its own idea of the next message."""
    assert verdicts(stream, *messages) == expected


def test_every_order_has_a_tracker() -> None:
    """Also those of streams that do not say what follows what."""
    from binance_ws.core import sequence

    assert set(sequence._MADE) == set(Order)


@given(st.lists(st.integers(1, 60), max_size=60))
def test_next_and_gaps_are_the_whole_truth(ids: list[int]) -> None:
    """What passes, with what the gaps name, is one rising run without holes; what was seen never passes."""
    track = tracker(TRADE)
    told: list[int] = []
    for number in ids:
        verdict = track.step({"t": number})
        if verdict is REPEATED:
            assert told
            assert number <= told[-1]
            continue
        if isinstance(verdict, Gap):
            told.extend(range(verdict.first, verdict.last + 1))
        told.append(number)
    assert told == list(range(told[0], told[-1] + 1)) if told else not ids


@pytest.mark.parametrize(
    ("opened", "interval", "utc8", "expected"),
    [
        (0, "1s", False, 1_000),
        (0, "15m", False, 900_000),
        (0, "1w", False, 604_800_000),
        (1_704_067_200_000, "1M", False, 1_706_745_600_000),
        (1_733_011_200_000, "1M", False, 1_735_689_600_000),
        (1_704_038_400_000, "1M", True, 1_706_716_800_000),
        (1_704_067_200_000_000, "1m", False, 1_704_067_260_000_000),
        (1_704_067_200_000_000, "1M", False, 1_706_745_600_000_000),
    ],
)
def test_the_following_kline(opened: int, interval: str, utc8: bool, expected: int) -> None:
    """Months are as long as they are; microseconds stay microseconds."""
    assert following(opened, interval, utc8) == expected


@pytest.mark.parametrize("utc8", [False, True])
@pytest.mark.parametrize("interval", ["1s", "12h", "1w", "1M"])
@given(steps=st.integers(1, 100), unit=st.sampled_from([1, 1000]))
def test_klines_are_counted_both_ways(interval: str, utc8: bool, steps: int, unit: int) -> None:
    """So many on, or one after the other; and back again. None is older than the epoch."""
    opened = following(1_700_000_000_000 * unit, "1M", utc8)
    behind = opened
    for _ in range(steps):
        behind = following(behind, interval, utc8)
    assert following(opened, interval, utc8, steps) == behind
    assert following(behind, interval, utc8, -steps) == opened
    assert following(opened, "1M", False, -(10**6)) == 0


def test_a_gap_ends_with_the_last_candle_that_is_missing() -> None:
    """A single one reads as one; one that opens where none should makes no gap that ends before it began."""
    second = names.kline("B", "1s")
    assert verdicts(second, candle(1000, 2000, closed=True), candle(3000, 3500))[1] == Gap(2000, 2000)
    assert verdicts(second, candle(1000, 1500), candle(1001, 3500))[1] == Gap(1000, 1000)
    january, march = 1_704_067_200_000, 1_709_251_200_000
    month = names.kline("B", "1M")
    assert verdicts(month, candle(january, january + 1), candle(march, march + 1))[1] == Gap(
        january, 1_706_745_600_000
    )


@pytest.mark.parametrize("name", ["btcusdt@kline_1M@+08:00", "btcusdt@kline_1h"])
def test_the_interval_is_read_from_the_name(name: str) -> None:
    """With and without a time zone."""
    assert verdicts(classify(name), candle(0, 1), candle(0, 2)) == [None, None]
