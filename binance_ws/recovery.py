"""Fills gaps: asks REST for what is missing and hands it back, in order, before what came after it.

One thread a manager, begun with the first gap, asks for a page of each gap in turn, so that none waits for
another. While it asks, the stream's newer messages wait; other streams do not. What was found is delivered on a
thread of its own, as a callback may take its time. What cannot be had in time, or is more than the limit, stays
missing and is told. Time is what a gap's own calls take: that others are asked for first does not count.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import events
from .core.backfill import source_of
from .core.backoff import backoff
from .core.filling import Filling
from .core.sequence import Gap
from .errors import BinanceWsError, RateLimited, RestError
from .net.shift import Shift
from .target import Target
from .track import SoFar, Track

log = logging.getLogger(__name__)

LIMIT = 10_000
"""Messages of one gap that are fetched at most."""

WAIT_SECONDS = 300.0
"""How long a stream may wait for its gap to be filled."""

REPAIR_SECONDS = 30.0
"""How long one gap may go without coming any further, but for what we are asked to wait; from the first call on
that brought nothing."""

ATTEMPTS = 3
"""How many calls may bring nothing at least: with many gaps, all that time may lie between two of them."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_MOMENT, _LEAST = 0.05, 0.001
"""How long all gaps that have to wait may hold up one that need not, and how long each of them does at least."""

Ask = Callable[..., Any]


def _pauses() -> Iterator[float]:
    return backoff(_FIRST_PAUSE, _LONGEST_PAUSE)


@dataclass(eq=False)
class Job:
    """One gap to fill.

    Args:
        target, track, gap: whose, and what.
        filling: how far it is.
        latest: the moment of the monotonic clock at which it ends.
        until: the same, while its calls bring nothing; ``None`` while they do.
        fruitless: how many brought nothing since one did.
        due: the moment of its next turn.
    """

    target: Target
    track: Track
    gap: Gap
    filling: Filling
    latest: float
    until: float | None = None
    fruitless: int = 0
    due: float = 0.0
    pauses: Iterator[float] = field(default_factory=_pauses)

    @property
    def wanted(self) -> bool:
        """Whether its stream still waits for it: it may wait for a later one, or be carried no more."""
        track, name = self.track, self.track.stream.name
        carried = not self.target.stopping and self.target.tracks.get(name) is track
        return carried and track.held is not None and track.gap is self.gap

    def fed(self, rows: list[Any], now: float) -> bool:
        """Take an answer; whether that was the last one."""
        if self.filling.take(rows):
            self.until, self.fruitless, self.pauses = None, 0, _pauses()
            return self.filling.done
        return self._put_off(now)  # the exchange's database may lag its streams a little

    def failed(self, error: BinanceWsError, now: float) -> bool:
        """Put it off; whether there is no use in that."""
        if isinstance(error, RateLimited):
            return self._put_off(now, error.retry_after)
        return self._put_off(now) if error.retryable else not self.filling.otherwise()

    def _put_off(self, now: float, asked: float = 0.0) -> bool:
        """Let it wait, for as long as the exchange asked for at least; whether there is no use in that."""
        self.until = (self.until or now + REPAIR_SECONDS) + asked
        self.fruitless += not asked
        self.due = now + max(next(self.pauses), asked)
        return self.due >= self.latest or (self.fruitless >= ATTEMPTS and self.due >= self.until)

    def so_far(self) -> tuple[list[Any], list[Gap]]:
        """What was found until now, as live messages, and what is missing besides."""
        try:
            return self.filling.so_far()
        except Exception:
            log.exception("a gap of %s could not be filled", self.track.stream)
            return [], [self.gap]


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

    def repair(self, target: Target, track: Track, gap: Gap) -> SoFar | None:
        """Begin to fill a gap; what tells how far that is, or ``None`` where this stream's cannot be filled."""
        source = source_of(track.stream)
        shift = self._shift
        if source is None or (source.needs_key and not self._has_key) or not shift or shift.over.is_set():
            return None
        filling = Filling(track.stream, gap, source, self._limit)
        job = Job(target, track, gap, filling, time.monotonic() + WAIT_SECONDS)
        shift.jobs.put(job)
        shift.begin(self._run)
        return job.so_far

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
            shift.aside(f"binance_ws {events.shown(job.target.key)} backfill", partial(_resume, job))
        else:
            shift.jobs.put(job)

    def _page(self, job: Job, shift: Shift[Work]) -> bool:
        """Ask for one page where it is time to; whether there is no more to do."""
        now = time.monotonic()
        if now >= job.latest:
            return True
        if job.due > now:
            shift.over.wait(min(job.due - now, _pause(shift.jobs.qsize())))
            return False
        stream, source = job.track.stream, job.filling.source
        try:
            answer = self._ask(source.path, stream.market, source.weight, **job.filling.params)
            if not isinstance(answer, list):
                raise RestError("the exchange answered with something that is no list")
        except BinanceWsError as error:
            log.warning("%s: its gap is not filled yet: %s", stream, error)
            return job.failed(error, time.monotonic())
        return job.fed(answer, time.monotonic())


def _pause(others: int) -> float:
    """How long one gap may hold up so many others, so that all who wait take a moment together."""
    return max(_LEAST, _MOMENT / (1 + others))


def _tried(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        log.exception("a call for later failed")


def _resume(job: Job) -> None:
    """Deliver what was found, in the socket's turn; on a thread of its own."""
    job.target.turnstile.take(_deliver, (job, *job.so_far()))


def _deliver(work: tuple[Job, list[Any], list[Gap]]) -> None:
    job, found, missing = work
    if job.wanted:
        job.target.resume(job.track, found, missing)
