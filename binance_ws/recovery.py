"""Fills gaps: asks REST for what is missing and hands it back, in order, before what came after it.

One thread a manager, begun with the first gap, asks for a page of each gap in turn, so that none waits for
another. While it asks, the stream's newer messages wait; other streams do not. What was found is delivered on a
thread of its own, as a callback may take its time. What cannot be had in time, or is more than the limit, stays
missing and is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .core.backfill import Source, source_of
from .core.backoff import backoff
from .core.filling import Filling
from .core.sequence import Gap
from .errors import BinanceWsError, RateLimited, RestError
from .net.shift import Shift
from .target import Target
from .track import Track

log = logging.getLogger(__name__)

LIMIT = 10_000
"""Messages of one gap that are fetched at most."""

WAIT_SECONDS = 300.0
"""How long a stream may wait for its gap to be filled."""

REPAIR_SECONDS = 30.0
"""How long one gap may go without coming any further once it had a turn, but for what we are asked to wait."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_MOMENT = 0.05
"""How long a gap that has to wait may hold up those behind it."""

Ask = Callable[..., Any]


def _pauses() -> Iterator[float]:
    return backoff(_FIRST_PAUSE, _LONGEST_PAUSE)


@dataclass(eq=False)
class Job:
    """One gap to fill.

    Args:
        target, track, gap: whose, and what.
        source: where it is asked for.
        filling: how far it is.
        latest: the moment of the monotonic clock at which it ends.
        until: the same, once it had its first turn.
        due: the moment of its next turn.
    """

    target: Target
    track: Track
    gap: Gap
    source: Source
    filling: Filling
    latest: float
    until: float | None = None
    due: float = 0.0
    pauses: Iterator[float] = field(default_factory=_pauses)

    @property
    def wanted(self) -> bool:
        """Whether its stream still waits for it: it may wait for a later one, or be carried no more."""
        track, name = self.track, self.track.stream.name
        carried = not self.target.stopping and self.target.tracks.get(name) is track
        return carried and track.held is not None and track.gap is self.gap

    def over(self, now: float) -> bool:
        """Whether its time is over."""
        if self.until is None:
            self._get_on(now)
        return now >= (self.until or now)

    def _get_on(self, now: float) -> None:
        """From here on it has its time to come further."""
        self.until, self.pauses = min(self.latest, now + REPAIR_SECONDS), _pauses()

    def fed(self, rows: list[Any], now: float) -> bool:
        """Take an answer; whether that was the last one."""
        if self.filling.take(rows):
            self._get_on(now)
        else:
            self.due = now + next(self.pauses)  # the exchange's database may lag its streams a little
        return self.filling.done

    def failed(self, error: BinanceWsError, now: float) -> bool:
        """Put it off; whether there is no use in that."""
        wait = next(self.pauses)
        if isinstance(error, RateLimited):
            wait = max(wait, error.retry_after)
            self.until = min(self.latest, (self.until or now) + wait)
        self.due = now + wait
        return not getattr(error, "retryable", True) or self.due >= (self.until or now)


Work = Job | Callable[[], None]


class Recovery:
    """Fills the gaps of a manager's streams.

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
        filling = Filling(track.stream, gap, source, self._limit)
        shift.jobs.put(Job(target, track, gap, source, filling, time.monotonic() + WAIT_SECONDS))
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
        while (work := shift.jobs.get()) is not None:
            if shift.over.is_set():
                continue
            if not isinstance(work, Job):
                _tried(work)
            elif work.wanted:
                self._turn(work, shift)
        shift.rest()

    def _turn(self, job: Job, shift: Shift[Work]) -> None:
        """Ask for one page of a gap; deliver it, or let it wait for its next turn."""
        try:
            done = self._page(job, shift)
        except Exception:
            log.exception("a gap of %s could not be filled", job.track.stream)
            done = True
        if done:
            shift.aside(f"binance_ws {job.target.key} backfill", partial(_resume, job))
        else:
            shift.jobs.put(job)

    def _page(self, job: Job, shift: Shift[Work]) -> bool:
        """Ask for one page where it is time to; whether there is no more to do."""
        now = time.monotonic()
        if job.over(now):
            return True
        if job.due > now:
            shift.over.wait(min(job.due - now, _MOMENT))
            return False
        stream, source = job.track.stream, job.source
        try:
            answer = self._ask(source.path, stream.market, source.weight, **job.filling.params)
            if not isinstance(answer, list):
                raise RestError("the exchange answered with something that is no list")
        except BinanceWsError as error:
            log.warning("%s: its gap is not filled yet: %s", stream, error)
            return job.failed(error, time.monotonic())
        return job.fed(answer, time.monotonic())


def _tried(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        log.exception("a call for later failed")


def _resume(job: Job) -> None:
    """Deliver what was found, in the socket's turn; on a thread of its own."""
    try:
        found, missing = job.filling.found(), job.filling.missing()
    except Exception:
        log.exception("a gap of %s could not be filled", job.track.stream)
        found, missing = [], [job.gap]
    job.target.turnstile.take(_deliver, (job, found, missing))


def _deliver(work: tuple[Job, list[Any], list[Gap]]) -> None:
    job, found, missing = work
    if job.wanted:
        job.target.resume(job.track, found, missing)
