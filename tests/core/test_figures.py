"""Figures as people read them."""

from __future__ import annotations

import pytest

from binance_ws.core.figures import aligned, decimals, duration, plain


@pytest.mark.parametrize(
    ("number", "short", "places"),
    [("61837.50000000", "61837.5", 1), ("100.00", "100", 0), ("100", "100", 0), ("0.00", "0", 0)],
)
def test_zeros_at_the_end_say_nothing(number: str, short: str, places: int) -> None:
    """Those of a whole number do."""
    assert (plain(number), decimals(number)) == (short, places)


def test_numbers_in_a_column() -> None:
    """Their points stand below one another; nothing is of no width."""
    assert aligned(["1.50", "10", "0.125"]) == ["1.500", "10.000", "0.125"]
    assert aligned(["100", "20.0"]) == ["100", "20"]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "–"),
        (0.4, "0 ms"),
        (999, "999 ms"),
        (-5, "-5 ms"),
        (1500, "1.5 s"),
        (45_000, "45 s"),
        (180_000, "3 min"),
        (7_200_000, "2 h"),
        (864_000_000, "10 d"),
    ],
)
def test_durations(milliseconds: float | None, text: str) -> None:
    """As people say them."""
    assert duration(milliseconds) == text
