"""Tests of one list a period out of many messages."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.merge import Merge, Message

arrivals = st.lists(
    st.tuples(st.floats(0, 3), st.lists(st.sampled_from(["BTCUSDT", "ETHUSDT", "BNBBTC", "这是测试币456"]))),
    max_size=40,
)


def _flow(gaps: list[tuple[float, list[str]]]) -> list[tuple[float, list[Message]]]:
    """Moments with numbered messages, from seconds since the one before and symbols."""
    now, number, flow = 1000.0, 0, []
    for gap, symbols in gaps:
        now += gap
        flow.append((now, [{"s": symbol, "n": (number := number + 1)} for symbol in symbols]))
    return flow


@given(arrivals, st.floats(0.5, 10))
def test_each_list_has_the_newest_of_each_symbol_and_none_is_lost(
    gaps: list[tuple[float, list[str]]], period: float
) -> None:
    """What comes out, and what a delivery after the end would bring, is what came in, newest a symbol."""
    merge = Merge(period)
    expected: dict[str, Any] = {}
    flow = _flow(gaps)
    end = (flow[-1][0] if flow else 0.0) + 2 * period
    # Twice: the very first message only begins a period.
    for now, messages in [*flow, (end, []), (end + 2 * period, [])]:
        expected.update({message["s"]: message for message in messages})
        batch = merge.add(messages, now)
        if batch is not None:
            assert {message["s"]: message for message in batch} == expected
            assert len(batch) == len(expected)
            expected = {}
    assert expected == {}


@given(st.integers(2, 10), st.lists(st.floats(-0.2, 0.2), min_size=30, max_size=30))
def test_a_beat_that_trembles_still_gives_a_list_each_period(beats: int, tremble: list[float]) -> None:
    """Messages each second, a little early or late, make exactly one list each so many of them."""
    merge = Merge(float(beats), 0.5)
    given_at = [n for n, by in enumerate(tremble) if merge.add([{"s": "A", "n": n}], n + by) is not None]
    assert given_at == list(range(beats, 30, beats))


def test_a_message_that_ends_a_period_is_in_its_list() -> None:
    """The message that finds the period over is delivered with it, and begins nothing of its own."""
    merge = Merge(5)
    assert merge.add([{"s": "A", "n": 1}], 0) is None
    assert merge.add([{"s": "B", "n": 2}], 4.9) is None
    assert merge.add([{"s": "A", "n": 3}], 5) == [{"s": "A", "n": 3}, {"s": "B", "n": 2}]
    assert merge.add([{"s": "C", "n": 4}], 9.9) is None


def test_a_silence_of_many_periods_is_made_up_by_one_list() -> None:
    """After a long silence the next message brings a list at once, and the next list comes a period later."""
    merge = Merge(5)
    merge.add([{"s": "A"}], 0)
    assert merge.add([{"s": "B"}], 100) == [{"s": "A"}, {"s": "B"}]
    assert merge.add([{"s": "C"}], 101) is None
