"""How long a gap is tried to be filled: as long as its own calls bring something, and a while longer."""

from __future__ import annotations

import pytest

from binance_ws import recovery
from binance_ws.core.backfill import source_of
from binance_ws.core.filling import Filling
from binance_ws.core.sequence import Gap
from binance_ws.errors import ApiError, RateLimited, RestError

from .core.test_filling import trades
from .test_recovery import TRADE, Socket


def job(gap: Gap, latest: float = 300) -> recovery.Job:
    """A gap of trades that is to be filled."""
    target, track, _ = Socket().waits(TRADE, gap)
    source = source_of(TRADE)
    assert source is not None
    return recovery.Job(target, track, gap, Filling(TRADE, gap, source, 10_000), latest)


def test_the_deadline_is_that_of_coming_further() -> None:
    """It begins with the first call that brings nothing, and one that brings something lifts it."""
    made, busy = job(Gap(1, 5000)), ApiError("busy", status=503)
    assert not made.fed(trades(*range(1, 1001)), 1)
    assert [made.failed(busy, now) for now in (10, 20, 30)] == [False] * 3
    assert not made.fed(trades(*range(1001, 2001)), 39)
    assert [made.failed(busy, now) for now in (100, 110, 120, 130)] == [False] * 3 + [True]


def test_a_call_is_made_three_times_at_least() -> None:
    """However long the gaps before it keep the thread busy in between."""
    made, busy = job(Gap(1, 9)), RestError("no answer")
    assert [made.failed(busy, now) for now in (0, 100, 200)] == [False, False, True]
    made = job(Gap(1, 9))
    assert [made.fed([], now) for now in (0, 100, 200)] == [False, False, True]


def test_what_we_are_asked_to_wait_does_not_count() -> None:
    """But nobody waits for longer than five minutes."""
    made, later = job(Gap(1, 9)), RateLimited("later", retry_after=60)
    assert [made.failed(later, now) for now in (0, 60, 120, 180, 239)] == [False] * 5
    assert not made.failed(RestError("no answer"), 260)
    assert made.failed(later, 241)


@pytest.mark.parametrize("others", [0, 10, 1000])
def test_all_that_wait_hold_up_the_others_for_a_moment_together(others: int) -> None:
    """With very many it is a little more, so that the thread does not spin."""
    round_ = (1 + others) * recovery._pause(others)
    assert round_ == pytest.approx(max(recovery._MOMENT, (1 + others) * recovery._LEAST))
