"""Budgets: how much may go out, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.budget import Penalty, Weight, Window


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
def test_no_window_has_too_many(asked: list[float], limit: int) -> None:
    """Whenever they are asked for, no period holds more events than the limit."""
    window = Window(limit, 10.0)
    granted = sorted(now + window.reserve(now) for now in sorted(asked))
    for first, last in zip(granted, granted[limit:], strict=False):
        assert last - first >= 10.0 - 1e-6


def test_the_first_go_at_once() -> None:
    """Up to the limit nothing waits; then the next waits for the oldest to be past."""
    window = Window(2, 10.0)
    assert [window.reserve(now) for now in (0.0, 1.0, 2.0, 2.0)] == [0.0, 0.0, 8.0, 9.0]


def test_what_could_not_wait_counts() -> None:
    """A pong is sent at once, and the next request waits for it."""
    window = Window(1, 1.0)
    window.note(5.0)
    assert window.reserve(5.0) == 1.0


def test_weight_is_that_of_the_minute() -> None:
    """Short of the limit nothing waits; over it, until the clock's next minute; what the exchange says counts."""
    weight = Weight(100, reserve=0.1)
    assert [weight.wait(40, 60.0), weight.wait(50, 61.0), weight.wait(1, 90.0)] == [0.0, 0.0, 30.0]
    assert weight.wait(90, 120.0) == 0.0
    weight.told(10, 121.0)
    assert weight.wait(80, 122.0) == 0.0
    weight.told(100, 130.0)
    assert weight.wait(1, 131.0) == 49.0


def test_one_request_is_always_possible() -> None:
    """A request that is heavier than the whole limit goes out in a fresh minute."""
    assert Weight(10).wait(250, 0.0) == 0.0


def test_the_longest_penalty_counts() -> None:
    """A shorter one does not shorten it."""
    penalty = Penalty()
    penalty.add(30, 0.0)
    penalty.add(5, 10.0)
    assert [penalty.wait(10.0), penalty.wait(40.0)] == [20.0, 0.0]
