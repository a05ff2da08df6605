"""The timer thread: one a manager, a heap of due calls. It never calls a user."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


class Task:
    """A call that is due once; ``cancel()`` it as often as you like."""

    __slots__ = ("due", "order", "work")

    def __init__(self, due: float, order: int, call: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.due = due
        self.order = order
        self.work: tuple[Callable[..., Any], tuple[Any, ...]] | None = (call, args)

    def __lt__(self, other: Task) -> bool:
        return (self.due, self.order) < (other.due, other.order)

    def cancel(self) -> None:
        """Not to be called any more, nor to hold on to anything; it may just be running."""
        self.work = None


class Timer:
    """Calls functions when they are due, on one daemon thread that lives from the first call to ``close()``.

    Args:
        name: of the thread.
        clock: seconds that do not jump.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._count = itertools.count()
        self._heap: list[Task] = []
        self._thread: threading.Thread | None = None
        self._closed = False
        self._owner: object = None
        # Guards all of the above; wakes the thread when an earlier call or the end comes.
        self._changed = threading.Condition(threading.Lock())

    def after(self, seconds: float, call: Callable[..., Any], *args: Any) -> Task:
        """Have a function called once; never, where the timer is not open.

        Args:
            seconds: from now.
            call: must be quick, and may raise: that is logged.
            args: its arguments.
        """
        task = Task(self._clock() + seconds, next(self._count), call, args)
        with self._changed:
            if self._closed:
                return task
            heapq.heappush(self._heap, task)
            if self._heap[0] is task:
                self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        return task

    def open(self, owner: object = None) -> None:
        """Take calls, on behalf of whoever may close it."""
        with self._changed:
            self._closed, self._owner = False, owner

    def close(self, owner: object = None) -> threading.Thread | None:
        """Forget every call and take no more, unless it has another owner; the thread to join, if one runs."""
        with self._changed:
            if self._owner is not owner:
                return None
            self._closed = True
            self._heap.clear()
            thread, self._thread = self._thread, None
            self._changed.notify()
        return thread

    def _run(self) -> None:
        while (task := self._next()) is not None:
            work = task.work
            try:
                if work is not None:
                    call, args = work
                    call(*args)
            except Exception:
                log.exception("a timed call failed")

    def _next(self) -> Task | None:
        """The next due call, waited for; ``None`` when this thread is no longer the timer's."""
        with self._changed:
            while self._thread is threading.current_thread():
                while self._heap and self._heap[0].work is None:
                    heapq.heappop(self._heap)
                wait = self._heap[0].due - self._clock() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)
                self._changed.wait(wait)
        return None


class Reminders:
    """Calls that are due later for as long as something goes on; nothing holds on to it once it has ended.

    Args:
        after: a timer's :meth:`Timer.after`.
    """

    def __init__(self, after: Callable[..., Any]) -> None:
        self._after = after
        self._tasks: dict[Callable[..., Any], Any] = {}

    def set(self, seconds: float, call: Callable[..., Any], *args: Any) -> None:
        """Have a function called later, instead of what it was to be called for before."""
        if before := self._tasks.pop(call, None):
            before.cancel()
        self._tasks[call] = self._after(seconds, call, *args)

    def clear(self) -> None:
        """Have none of them called any more."""
        for task in list(self._tasks.values()):
            task.cancel()
        self._tasks.clear()
