"""Where lines wait for the disk: bounded, and with no lock on a message's way.

A mailbox wakes its taker for each message, which costs the reader more than the message itself. Here the
taker comes by from time to time and takes all there is. Each number is written by one thread: what was
brought and what was dropped by the one that has the socket's turn, what was taken by the writer.
"""

from __future__ import annotations

import time
from collections import deque

from ..core.lines import noted


class Note(bytes):
    """A line that is a note."""


class Box:
    """Lines in order, up to a number of bytes; what does not fit is dropped, and a note stands in its place.

    Args:
        limit: bytes that may wait.
    """

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        self._lost = 0
        self._brought = 0
        self._taken = 0
        self._closed = False
        self._lines: deque[bytes] = deque()

    def put(self, line: bytes) -> bool:
        """Bring the line of a message, in the socket's turn; whether it found room."""
        if self._brought - self._taken > self._limit:
            self.dropped += 1
            self._lost += 1
            return False
        if self._lost:
            self._own_up()
        self._brought += len(line)
        self._lines.append(line)
        return True

    def note(self, line: bytes) -> None:
        """Bring a note, for which there is always room; from any thread."""
        self._lines.append(Note(line))

    def _own_up(self) -> None:
        lost, self._lost = self._lost, 0
        self.note(noted(time.time_ns(), "dropped", count=lost))

    def take(self) -> list[bytes]:
        """All that is there; on the writer's thread."""
        lines = self._lines
        taken = [lines.popleft() for _ in range(len(lines))]
        self._taken += sum(len(line) for line in taken if type(line) is not Note)
        return taken

    def rest(self) -> list[bytes]:
        """What is left when nobody brings anything any more; on the writer's thread."""
        if self._lost:
            self._own_up()
        return self.take()
