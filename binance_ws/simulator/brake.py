"""Holds back what a connection sends: for a while each, or all of it until it is released. The order stays."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from .link import Link
from .loop import Loop, Timer


class Brake:
    """What stands between a connection and its bytes while a fault slows it down.

    Args:
        loop: the thread.
        link: takes the bytes in the end.
        limit: bytes that may be held; more of them cut the peer off.
        released: called when nothing is held any more, nor will be.
    """

    def __init__(self, loop: Loop, link: Link, limit: int, released: Callable[[], None]) -> None:
        self._loop, self._link, self._limit, self._released = loop, link, limit, released
        self._held: deque[tuple[float, bytes]] = deque()
        self._timer: Timer | None = None
        self._size = 0
        self._delay = 0.0

    def write(self, data: bytes) -> None:
        """Take bytes."""
        self._held.append((time.monotonic(), data))
        self._size += len(data)
        if self._size > self._limit:
            # Not at once: whoever writes may be on the way through all listeners of a stream.
            self._loop.later(0.0, self._link.abort)
        elif self._timer is None:
            self._arm()

    def set(self, delay: float) -> None:
        """Hold everything for so many seconds, what is held already too; ``inf`` for until that is changed."""
        self._delay = delay
        if self._timer:
            self._timer.cancel()
        self._arm()

    def _arm(self) -> None:
        self._timer = None
        if self._held and math.isfinite(self._delay):
            wait = self._held[0][0] + self._delay - time.monotonic()
            self._timer = self._loop.later(max(wait, 0.0), self._release)
        elif not self._held and not self._delay:
            self._released()

    def _release(self) -> None:
        due = time.monotonic() - self._delay
        while self._held and self._held[0][0] <= due:
            data = self._held.popleft()[1]
            self._size -= len(data)
            self._link.write(data)
        self._arm()

    def drop(self) -> None:
        """Forget what is held."""
        self._held.clear()
        self._size = 0
        if self._timer:
            self._timer.cancel()
            self._timer = None
