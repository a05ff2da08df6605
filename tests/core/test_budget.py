"""Budgets: how much may go out, and when."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.budget import Penalty, Weight, Window


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
def test_no_window_has_too_many(asked: list[float], limit: int) -> None:
    """Whenever they are asked for, no period holds more events than the limit."""
    window = Window(limit, 10.0)
    granted = sorted(window.reserve(now) for now in sorted(asked))
    for first, last in zip(granted, granted[limit:], strict=False):
        assert last - first >= 10.0 - 1e-6


def test_the_first_go_at_once() -> None:
    """Up to the limit nothing waits; then the next waits for the oldest to be past."""
    window = Window(2, 10.0)
    assert [window.reserve(now) for now in (0.0, 1.0, 2.0, 2.0)] == [0.0, 1.0, 10.0, 11.0]
    assert [window.next(now) for now in (3.0, 19.0, 21.0)] == [20.0, 20.0, 21.0]


def test_what_is_given_back_is_granted_to_the_next() -> None:
    """A thousand that gave up before their turn hold nobody up; a moment that is past is of no use."""
    window = Window(2, 10.0)
    moments = [window.reserve(0.0) for _ in range(1000)]
    for moment in reversed(moments[2:]):
        window.give_back(moment)
    assert [window.next(1.0), window.reserve(1.0), window.reserve(1.0), window.reserve(1.0)] == [
        10.0,
        10.0,
        10.0,
        20.0,
    ]
    assert window.reserve(25.0) == 30.0


def test_weight_is_that_of_the_minute() -> None:
    """Short of the limit nothing waits; over it, until the clock's next minute; what the exchange says counts."""
    weight = Weight(100, reserve=0.1)
    assert [weight.wait(40, 60.0), weight.wait(50, 61.0), weight.wait(1, 90.0)] == [0.0, 0.0, 30.0]
    assert weight.wait(50, 120.0) == 0.0
    weight.told(60, 121.0)
    assert weight.wait(30, 122.0) == 0.0
    weight.told(100, 130.0)
    assert weight.wait(1, 131.0) == 49.0


@pytest.mark.parametrize("weight", [10, 25, 50, 250])
@pytest.mark.parametrize("ahead", [-20.0, -0.3, 0.0, 0.05, 0.3, 0.9])
def test_a_clock_that_is_not_the_hosts_loses_no_minute(weight: int, ahead: float) -> None:
    """The host is never asked for more than it allows, and what takes three minutes takes little more."""
    budget, seen = Weight(6000), Counter[int]()
    now, count = 600.0, 3 * int(5400 / weight)
    for _ in range(count):
        while wait := budget.wait(weight, now + ahead):
            now += wait
        minute = int(now // 60)
        seen[minute] += weight
        now += 0.001
        budget.told(seen[minute], now + ahead)
    assert max(seen.values()) <= 6000
    assert now - 600.0 < 120 + 5 + abs(ahead)


def test_a_minute_that_others_use_up_is_not_looked_at_for_ever() -> None:
    """A part of the reserve stays theirs."""
    budget, used, now = Weight(6000), 5500, 600.0
    asked = []
    while now < 660.0:
        wait = budget.wait(25, now)
        if not wait:
            used += 25
            asked.append(now)
            budget.told(used, now)
        now += wait
    assert used <= 5850
    assert len(asked) > 1


def test_one_request_is_always_possible() -> None:
    """A request that is heavier than the whole limit goes out in a fresh minute."""
    assert Weight(10).wait(250, 0.0) == 0.0


def test_the_longest_penalty_counts() -> None:
    """A shorter one does not shorten it."""
    penalty = Penalty()
    penalty.add(30, 0.0)
    penalty.add(5, 10.0)
    assert [penalty.wait(10.0), penalty.wait(40.0)] == [20.0, 0.0]


def test_what_is_left_is_told() -> None:
    """Of a window what may happen at once, and of a minute what is used, where anything was."""
    window, weight = Window(3, 10.0), Weight(100)
    assert (window.left(0.0), weight.used(0.0)) == (3, None)
    for _ in range(4):
        window.reserve(0.0)
    weight.wait(7, 60.0)
    assert [window.left(now) for now in (0.0, 10.0, 20.0)] == [0, 2, 3]
    assert [weight.used(wall) for wall in (60.0, 119.0, 120.0)] == [7, 7, 0]


def test_what_is_on_its_way_when_a_minute_begins_counts_in_it() -> None:
    """The host may count it in the minute in which it comes; what was sent long before is not carried over."""
    weight = Weight(500)
    assert [weight.wait(50, second) for second in (30.0, 59.5, 59.9)] == [0.0, 0.0, 0.0]
    assert weight.used(60.1) == 0.0
    assert weight.wait(50, 60.1) == 0.0
    assert weight.used(60.1) == 150.0


def test_an_answer_does_not_forget_what_is_still_on_its_way() -> None:
    """Several requests at once: the first answer knows of the first alone."""
    weight = Weight(500)
    assert [weight.wait(100, 30.0) for _ in range(4)] == [0.0] * 4
    weight.told(100, 30.1)
    assert weight.used(30.1) == 400.0
    assert weight.wait(100, 30.1) > 0
    weight.told(420, 30.2)
    assert weight.used(30.2) == 420.0
