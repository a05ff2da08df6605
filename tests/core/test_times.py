"""Times in messages."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.core.times import MICROSECONDS_FROM, lag, microseconds, scale


def test_times_are_milliseconds_or_microseconds() -> None:
    """Both mean the same moment."""
    assert microseconds(1_672_515_782_136) == microseconds(1_672_515_782_136_000) == 1_672_515_782_136_000
    assert (scale(1_672_515_782_136), scale(1_672_515_782_136_000)) == (1, 1000)
    assert microseconds(MICROSECONDS_FROM) == MICROSECONDS_FROM * 1000


@pytest.mark.parametrize(
    ("message", "late"),
    [
        ({"E": 999_900}, 100.0),
        ({"E": 1_700_000_000_000_000}, 1_000_000 - 1_700_000_000_000),
        ([{"E": 0}, {"E": 999_000}], 1000.0),
        ({"stream": "s", "data": {"E": 999_900}}, 100.0),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_lag(message: Any, late: float | None) -> None:
    """Milliseconds from the event to a moment, in either unit."""
    assert lag(message, 1000.0) == late
