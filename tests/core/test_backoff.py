"""Tests of the waits between attempts."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.backoff import FIRST, LONGEST, backoff

chances = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=30)
seconds = st.floats(0.001, 1000)


@given(chances, seconds, seconds)
def test_each_wait_is_between_half_and_all_of_its_bound(drawn: list[float], one: float, other: float) -> None:
    """Whatever chance says, a wait doubles from the first to the longest, less at most a half."""
    first, longest = sorted((one, other))
    rest = iter(drawn)
    for number, wait in enumerate(islice(backoff(first, longest, lambda: next(rest)), len(drawn))):
        bound = min(first * 2**number, longest)
        assert bound / 2 <= wait <= bound


def test_without_chance_it_doubles_to_the_longest() -> None:
    """0.1 s, 0.2 s and so on to 10 s, where it stays."""
    waits = list(islice(backoff(chance=lambda: 0.0), 9))
    assert waits == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10])
    assert (waits[0], waits[-1]) == (FIRST, LONGEST)


def test_connections_do_not_come_back_together() -> None:
    """Chance is asked anew for each wait, and two connections wait differently."""
    assert list(islice(backoff(), 20)) != list(islice(backoff(), 20))


def test_it_never_ends() -> None:
    """A connection that never gives up always finds a next wait, even after two thousand."""
    assert 0 < list(islice(backoff(), 2000))[-1] <= LONGEST
