"""Counters that never go down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.totals import Totals

KEYS = st.sampled_from(["a", "b"])
LIVES = st.lists(st.tuples(KEYS, st.lists(st.integers(0, 9), min_size=1)), max_size=8)


@given(LIVES)
def test_totals_are_sums_over_lives(lives: list[tuple[str, list[int]]]) -> None:
    """However often something ends and begins anew, its total is what all its lives counted, and never falls."""
    totals = Totals(1, most=2)
    told: dict[tuple[str, ...], float] = {("a",): 0.0, ("b",): 0.0}
    expected = dict(told)
    for key, steps in lives:
        count = 0
        for step in steps:
            count += step
            expected[key,] += step
            now = totals.update({(key,): (count,)})
            assert all(now[labels][0] >= told[labels] for labels in now)
            told |= {labels: value for labels, (value,) in now.items()}
        totals.update({})
    assert told == expected


def test_what_begins_anew_unseen_is_noticed() -> None:
    """A counter that is smaller than before counts from there; the one beside it is another matter."""
    totals = Totals(2, most=0)
    totals.update({("a",): (10, 1)})
    assert totals.update({("a",): (3, 4)}) == {("a",): (13, 4)}


def test_of_what_is_gone_the_eldest_is_forgotten() -> None:
    """So many rows are kept, no more; what is there is no such row."""
    totals = Totals(1, most=2)
    for key in "abcd":
        totals.update({(key,): (1,)})
    assert set(totals.update({("e",): (1,)})) == {("c",), ("d",), ("e",)}
