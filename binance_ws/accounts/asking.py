"""The thread that asks REST what one account has missed, and delivers that: no other account waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ..net.timer import Timer

_GOODBYE_SECONDS = 0.4
"""How long its end is waited for, from when it was asked to: it ends with the answer that it waits for."""


class Asking:
    """Begins with the first call and ends with its account.

    Args:
        key: of the account.
    """

    def __init__(self, key: str) -> None:
        self._timer = Timer(f"binance_ws {key} reconcile")
        self._thread: threading.Thread | None = None
        self._until = 0.0

    def after(self, seconds: float, call: Callable[..., Any], *args: Any) -> None:
        """Have a function called after some seconds; it may wait for REST."""
        self._timer.after(seconds, call, *args)

    def close(self) -> None:
        """Forget every call; returns at once, any number of times."""
        thread = self._timer.close()
        if thread is not None:
            self._thread, self._until = thread, time.monotonic() + _GOODBYE_SECONDS

    def join(self, deadline: float) -> None:
        """Wait for a moment until the thread has ended; not from inside it."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(max(0.0, min(self._until, deadline) - time.monotonic()))
