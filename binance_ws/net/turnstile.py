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
        self._worker: int | None = None

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread has the turn: what it waits for here can never come."""
        return self._worker == threading.get_ident()

    def take(self, call: Callable[[Any], None], argument: Any, waits: bool = True) -> None:
        """Have ``call(argument)`` done, now or by the thread that is at work; what it raises is the worker's.

        Args:
            call, argument: the work.
            waits: whether the calling thread may be held up where too much has been left: one that reads may be,
                one that closes must not, and whoever has the turn would wait for itself.
        """
        if not self._left and self._turn.acquire(blocking=False):
            self._work(call, argument)
        else:
            self._left.append((call, argument))
        while self._left and self._turn.acquire(blocking=waits and self._is_too_much):
            self._work()

    @property
    def _is_too_much(self) -> bool:
        return len(self._left) > self._limit and not self.is_mine

    def _work(self, call: Callable[[Any], None] | None = None, argument: Any = None) -> None:
        """Do that, and what has been left meanwhile; then give the turn back."""
        left, self._worker = self._left, threading.get_ident()
        try:
            if call is not None:
                call(argument)
            while left:
                call, argument = left.popleft()
                call(argument)
        finally:
            self._worker = None
            self._turn.release()
