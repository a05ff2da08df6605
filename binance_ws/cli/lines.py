"""Messages on their way to standard output: each a line, many lines to a write, and no line kept waiting for more.

The socket's thread puts lines in, the command's thread takes out what has gathered and writes it in one go. While
messages come one by one each is written at once; the faster they come, the more of them share a write.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections import deque
from typing import Any

from ..core.lines import encode
from ..core.told import Told
from ..errors import BinanceWsError, GaveUp

MOST = 4096
"""Lines of one write."""

WAITING = 100_000
"""Lines that may wait to be written; then the socket's thread waits, and with it the exchange."""


class Lines:
    """The callback of a socket whose messages carry their frames; they are taken out as lines.

    Args:
        only: the name of the stream where there is but one, whose messages come bare.
    """

    def __init__(self, only: str | None = None) -> None:
        self.failure: BinanceWsError | None = None
        self._head = f'{{"stream":"{only}","data":'.encode() if only else None
        self._held: deque[bytes] = deque()
        self._some, self._room, self._closed = threading.Event(), threading.Event(), False

    def __call__(self, message: dict[str, Any]) -> None:
        """A message, or word that there will be none."""
        if "stream" in message:
            self._put(self._line(message))
        elif isinstance(message, Told) and isinstance(message.error, GaveUp):
            self.fail(message.error)

    def _line(self, message: dict[str, Any]) -> bytes:
        """The bytes as the exchange sent them, but for what was fetched or contains an end of line."""
        frame: bytes | None = message.get("frame")
        head = self._head
        if frame is None or b"\n" in frame:
            return encode(message["data"] if head else {k: message[k] for k in ("stream", "data")})
        if head is None:
            return frame
        return frame[len(head) : -1] if frame.startswith(head) else encode(message["data"])

    def _put(self, line: bytes) -> None:
        held = self._held
        held.append(line)
        if not self._some.is_set():
            self._some.set()
        if len(held) >= WAITING and not self._closed:
            self._room.clear()
            if len(held) >= WAITING and not self._closed:
                self._room.wait()

    def fail(self, failure: BinanceWsError) -> None:
        """There will be no more messages."""
        self.failure = failure
        self._some.set()

    def take(self, most: int, timeout: float) -> list[bytes]:
        """What has gathered; nothing where nothing came in time.

        Args:
            most: lines to take.
            timeout: seconds to wait for the first one.
        """
        if self.failure is None:
            self._some.wait(timeout)
        self._some.clear()
        held = self._held
        taken = [held.popleft() for _ in range(min(len(held), most))]
        if held:
            self._some.set()
        self._room.set()
        return taken

    def close(self) -> None:
        """Let whoever waits for room go; what is left is not taken any more."""
        self._closed = True
        self._room.set()


class Output:
    """Standard output, written past every buffer, so that nothing is left to be written at the end."""

    def __init__(self) -> None:
        self._descriptor = sys.stdout.fileno()
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll is not None:
            self._poll.register(self._descriptor, 0)

    def write(self, lines: list[bytes]) -> None:
        """Write lines.

        Raises:
            BrokenPipeError: nobody reads any more.
        """
        left = memoryview(b"\n".join([*lines, b""]))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def check(self) -> None:
        """Notice, without anything to write, that nobody reads any more.

        Raises:
            BrokenPipeError: that is so.
        """
        if self._poll is not None and self._poll.poll(0):
            raise BrokenPipeError
