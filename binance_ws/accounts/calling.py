"""Which thread is in an account's callback: whoever closes, inside it or outside, can see that."""

from __future__ import annotations

import threading
import time


class Calling:
    """Entered around each call of the user; in turn.

    Attributes:
        thread: that calls him now.
    """

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self._quiet = threading.Event()
        self._quiet.set()

    def __enter__(self) -> None:
        self.thread = threading.current_thread()
        self._quiet.clear()

    def __exit__(self, *_: object) -> None:
        self.thread = None
        self._quiet.set()

    def join(self, deadline: float) -> threading.Thread | None:
        """Wait until he is called no more, or a moment of the monotonic clock; from inside a call: not at all.

        Returns:
            The thread that still calls him.
        """
        caller = self.thread
        if caller is threading.current_thread() or self._quiet.wait(max(0.0, deadline - time.monotonic())):
            return None
        return caller
