"""Waiting in tests: for events, never for time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .peer import SECONDS


class Inbox:
    """A callback that keeps what it gets and lets a test wait for it."""

    def __init__(self, then: Callable[[Any], object] | None = None) -> None:
        self.messages: list[Any] = []
        self.threads: set[str] = set()
        self._then = then
        self._changed = threading.Condition()

    def __call__(self, message: Any) -> None:
        with self._changed:
            self.messages.append(message)
            self.threads.add(threading.current_thread().name)
            self._changed.notify_all()
        if self._then is not None:
            self._then(message)

    def wait(self, count: int = 1) -> list[Any]:
        """The messages, once there are so many."""
        return self.wait_for(lambda messages: len(messages) >= count)

    def wait_for(self, enough: Callable[[list[Any]], bool]) -> list[Any]:
        """The messages, once they are enough."""
        with self._changed:
            if not self._changed.wait_for(lambda: enough(self.messages), SECONDS):
                raise AssertionError(f"only {len(self.messages)} messages came: {self.messages[-3:]}")
            return list(self.messages)


def wait_event(event: threading.Event) -> None:
    """An event that must come."""
    assert event.wait(SECONDS), "the event did not come"


def in_thread(call: Callable[[], Any]) -> threading.Thread:
    """A running daemon thread."""
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread
