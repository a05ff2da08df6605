"""Fills gaps: asks REST for what is missing and hands it back, in order, before what came after it.

One thread a manager, begun with the first gap. While it asks, the stream's newer messages wait; other streams
do not. What cannot be had in time, or is more than the limit, stays missing and is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .core.backfill import Source, source_of
from .core.sequence import Gap
from .errors import BinanceWsError
from .net.shift import Shift
from .target import Target
from .track import Track

log = logging.getLogger(__name__)

LIMIT = 10_000
"""Messages of one gap that are fetched at most."""

WAIT_SECONDS = 300.0
"""How long a stream may wait for its turn to be repaired."""

REPAIR_SECONDS = 30.0
"""How long one gap may take once it is its turn."""

_PAUSE = 0.25

Ask = Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """One gap to fill before a moment of the monotonic clock."""

    target: Target
    track: Track
    gap: Gap
    until: float


Work = Job | Callable[[], None]


class Recovery:
    """Fills the gaps of a manager's streams, one after the other.

    Args:
        ask: one REST call: path, market, weight and parameters; raises where the budget is used up.
        has_key: whether calls that need an API key can be made.
        limit: messages of one gap that are fetched at most.
    """

    def __init__(self, ask: Ask, has_key: bool, limit: int = LIMIT) -> None:
        self._ask = ask
        self._has_key = has_key
        self._limit = limit
        self._shift: Shift[Work] | None = None

    def open(self, owner: object) -> None:
        """Take jobs, on behalf of a run."""
        self._shift = Shift(owner, "binance_ws backfill")

    def close(self, owner: object) -> threading.Thread | None:
        """Forget every job, unless another run has begun; the thread to join, if one runs."""
        shift = self._shift
        return shift.end() if shift is not None and shift.owner is owner else None

    def repair(self, target: Target, track: Track, gap: Gap) -> bool:
        """Begin to fill a gap; false where this stream's gaps cannot be filled."""
        source = source_of(track.stream)
        shift = self._shift
        if source is None or (source.needs_key and not self._has_key) or not shift or shift.over.is_set():
            return False
        shift.jobs.put(Job(target, track, gap, time.monotonic() + WAIT_SECONDS))
        shift.begin(self._run)
        return True

    def later(self, call: Callable[[], None]) -> None:
        """Have something else that asks the exchange called, in turn with the gaps."""
        shift = self._shift
        if shift is not None and not shift.over.is_set():
            shift.jobs.put(call)
            shift.begin(self._run)

    # ---- the thread -------------------------------------------------------------------------------------

    def _run(self, shift: Shift[Work]) -> None:
        while (job := shift.jobs.get()) is not None:
            if shift.over.is_set():
                continue
            if callable(job):
                _tried(job)
                continue
            if job.target.stopping:
                continue
            source = source_of(job.track.stream)
            assert source is not None
            try:
                found, missing = self._fetch(job, source, shift.over)
            except Exception:
                log.exception("a gap of %s could not be filled", job.track.stream)
                found, missing = [], job.gap
            job.target.turnstile.take(_resume, (job, found, missing))

    def _fetch(self, job: Job, source: Source, over: threading.Event) -> tuple[list[Any], Gap | None]:
        """The missing messages in order, and what is missing still: the end that was not reached, if any."""
        wanted, skipped = _bounded(job.gap, self._limit, source)
        until = min(job.until, time.monotonic() + REPAIR_SECONDS)
        rows: dict[int, Any] = {}
        first = wanted.first
        while first <= wanted.last and time.monotonic() < until and not over.is_set():
            got = self._page(job, source, Gap(first, wanted.last), over)
            rows.update(
                (place, row) for row in got if first <= (place := source.position(row)) <= wanted.last
            )
            if source.by_time and len(got) < source.most:
                break
            following = max(rows, default=wanted.first - 1) + 1
            if following == first:
                over.wait(_PAUSE)  # the exchange's database may lag its streams a little
            first = following
        found = [source.message(job.track.stream, rows[place]) for place in sorted(rows)]
        return found, skipped if skipped else _rest(wanted, rows, source)

    def _page(self, job: Job, source: Source, gap: Gap, over: threading.Event) -> list[Any]:
        """One answer; nothing where it failed."""
        stream = job.track.stream
        try:
            params = source.params(stream, gap, self._limit)
            answer = self._ask(source.path, stream.market, source.weight, **params)
        except BinanceWsError as error:
            log.warning("%s: its gap is not filled yet: %s", stream, error)
            over.wait(min(max(_PAUSE, getattr(error, "retry_after", 0.0)), REPAIR_SECONDS))
            return []
        return answer if isinstance(answer, list) else []


def _tried(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        log.exception("a call for later failed")


def _resume(work: tuple[Job, list[Any], Gap | None]) -> None:
    job, found, missing = work
    job.target.resume(job.track, found, missing)


def _bounded(gap: Gap, limit: int, source: Source) -> tuple[Gap, Gap | None]:
    """The newest part of a gap that is within the limit, and the part before it."""
    if source.by_time or gap.last - gap.first < limit:
        return gap, None
    first = gap.last - limit + 1
    return Gap(first, gap.last), Gap(gap.first, first - 1)


def _rest(wanted: Gap, rows: dict[int, Any], source: Source) -> Gap | None:
    """What was not found; of candles, none at all is what can be told."""
    if source.by_time:
        return None if rows else wanted
    last = max(rows, default=wanted.first - 1)
    return None if last >= wanted.last else Gap(last + 1, wanted.last)
