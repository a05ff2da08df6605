"""Runs checks in a few threads within a deadline; one that hangs keeps neither the others nor the process."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Sequence

from .findings import Check, Finding

WORKERS = 8

_GRACE = 1.0
"""Seconds over the time that a check gives itself."""


def examine(checks: Sequence[Check], seconds: float = 10.0, workers: int = WORKERS) -> list[Finding]:
    """What the checks find, in their order.

    Args:
        checks: what to look at.
        seconds: that one check may take.
        workers: how many run at a time.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Finding]] = queue.SimpleQueue()
    for number in range(len(checks)):
        waiting.put(number)
    for number in range(min(workers, len(checks))):
        name = f"binance_ws doctor {number + 1}"
        threading.Thread(target=_work, args=(checks, waiting, done), name=name, daemon=True).start()
    found = _collected(done, len(checks), math.ceil(len(checks) / workers) * (seconds + _GRACE))
    _drain(waiting)
    return [found.get(number) or check.late(seconds) for number, check in enumerate(checks)]


def _work(
    checks: Sequence[Check],
    waiting: queue.SimpleQueue[int],
    done: queue.SimpleQueue[tuple[int, Finding]],
) -> None:
    while True:
        try:
            number = waiting.get_nowait()
        except queue.Empty:
            return
        done.put((number, checks[number].done()))


def _collected(
    done: queue.SimpleQueue[tuple[int, Finding]], count: int, seconds: float
) -> dict[int, Finding]:
    deadline = time.monotonic() + seconds
    found: dict[int, Finding] = {}
    try:
        while len(found) < count:
            number, finding = done.get(timeout=max(0.0, deadline - time.monotonic()))
            found[number] = finding
    except queue.Empty:
        pass
    return found


def _drain(waiting: queue.SimpleQueue[int]) -> None:
    """Nothing more is begun."""
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        pass
