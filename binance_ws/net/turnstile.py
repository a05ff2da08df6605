"""Lets one thread at a time call the user where several may have something for him."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any


class Turnstile:
    """Work is done in the order in which it came, by one thread at a time.

    A thread that finds another one at work leaves its own with it and goes on reading; where too much has
    been left already, it waits for its turn instead, so that memory stays bounded.

    Args:
        limit: pieces of work that may be left before threads wait.
    """

    def __init__(self, limit: int = 100) -> None:
        self._limit = limit
        self._left: deque[tuple[Callable[[Any], None], Any]] = deque()
        # Held while the user is called, so that nobody else calls; who can read on does not wait for it.
        self._turn = threading.Lock()

    def take(self, call: Callable[[Any], None], argument: Any) -> None:
        """Have ``call(argument)`` done, now or by the thread that is at work; what it raises is the worker's."""
        if not self._left and self._turn.acquire(blocking=False):
            try:
                call(argument)
                self._drain()
            finally:
                self._turn.release()
        else:
            self._left.append((call, argument))
        while self._left and self._turn.acquire(blocking=len(self._left) > self._limit):
            try:
                self._drain()
            finally:
                self._turn.release()

    def _drain(self) -> None:
        left = self._left
        while left:
            call, argument = left.popleft()
            call(argument)
