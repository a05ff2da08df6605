"""A thread that works for one run of a manager: it begins with the first job and ends with the run."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

J = TypeVar("J")


class Shift(Generic[J]):
    """The jobs of one run, and the thread that does them, from the first one on.

    Args:
        owner: the run.
        name: of the thread.
    """

    def __init__(self, owner: object, name: str) -> None:
        self.owner = owner
        self.over = threading.Event()
        self.jobs: queue.SimpleQueue[J | None] = queue.SimpleQueue()
        self._name = name
        self._threads: dict[str, threading.Thread] = {}
        self._aside: list[threading.Thread] = []

    def begin(self, work: Callable[[Shift[J]], None]) -> None:
        """Have a thread do the work, unless one does."""
        name = self._name
        thread = threading.Thread(target=work, args=(self,), name=name, daemon=True)
        # Several threads may have a first job at once: who enters its thread first starts it.
        if not self._threads and self._threads.setdefault(name, thread) is thread:
            thread.start()

    def aside(self, name: str, call: Callable[[], None]) -> None:
        """Have something that may take long done beside the jobs, on a thread of its own."""
        thread = threading.Thread(target=call, name=name, daemon=True)
        self._aside = [other for other in self._aside if other.is_alive()] + [thread]
        thread.start()

    def rest(self) -> None:
        """Wait for what is done beside; the last thing that the shift's thread does."""
        for thread in self._aside:
            thread.join()

    def end(self) -> threading.Thread | None:
        """No more jobs; the thread to join, if one was begun and does not wait for the caller."""
        self.over.set()
        self.jobs.put(None)
        waits_for_us = threading.current_thread() in self._aside
        return None if waits_for_us else next(iter(self._threads.values()), None)
