"""Tests of what keeps logs from flooding."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.throttle import Throttle


def test_one_passes_each_period_and_tells_how_many_were_held() -> None:
    """The first passes; those within the period are counted; the next one that passes says how many."""
    throttle = Throttle(10)
    assert [throttle.take(now) for now in (0, 1, 9.9, 10, 10.1, 30, 31)] == [0, None, None, 2, None, 1, None]


@given(st.lists(st.floats(0, 100), max_size=50).map(sorted), st.floats(0.1, 20))
def test_none_is_forgotten_and_none_comes_early(moments: list[float], period: float) -> None:
    """Those that passed are a period apart, and with those they tell of make up all."""
    throttle = Throttle(period)
    told = [(now, throttle.take(now)) for now in moments]
    passed = [now for now, held in told if held is not None]
    assert all(later >= earlier + period for earlier, later in pairwise(passed))
    counted = sum(held + 1 for _, held in told if held is not None)
    since_last = (
        len(moments) - 1 - max((i for i, (_, held) in enumerate(told) if held is not None), default=-1)
    )
    assert counted + since_last == len(moments)
