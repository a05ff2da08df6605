"""Puts the benchmark before the machine's other work, on a machine that is not idle; needs root."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

NICE = -15
REAL_TIME = 10
AUTOGROUP = Path("/proc/self/autogroup")  # Linux weighs sessions before it weighs their processes


@contextlib.contextmanager
def first(wanted: bool) -> Iterator[None]:
    """Raise the priority of this process and its children while the block runs, if wanted."""
    if not wanted:
        yield
        return
    os.nice(NICE)
    with autogroup(NICE):
        yield


def keep_real_time() -> None:
    """In a child of such a block: run this process before all others as soon as it has something to do.

    A nicer process still waits out the other's slice, some milliseconds, which is all that a latency shows.
    Round robin, so that the peer's own threads take turns.
    """
    if os.getpriority(os.PRIO_PROCESS, 0) <= NICE:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME))


def step_above() -> None:
    """Put this thread before the other threads of such a process, which may leave it no time."""
    if os.sched_getscheduler(0) == os.SCHED_RR:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME + 1))


@contextlib.contextmanager
def autogroup(nice: int) -> Iterator[None]:
    """The same for the session, where the kernel groups by sessions."""
    if not AUTOGROUP.exists():
        yield
        return
    AUTOGROUP.write_text(str(nice))
    try:
        yield
    finally:
        AUTOGROUP.write_text("0")
