"""The one thread that owns all sockets and the market: a selector, timers, and calls from other threads.

As everything happens on this thread, nothing in the simulator needs a lock.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Protocol, TypeVar

logger = logging.getLogger("binance_ws.simulator")

T = TypeVar("T")
_DEADLINE = 10.0
# Selectors cannot wait for ages.
_LONG = 3600.0


class Flushed(Protocol):
    """Something with bytes to send at the end of a turn."""

    def flush(self) -> None:
        """Send them."""


class Timer:
    """A call that is due at a moment of the monotonic clock."""

    __slots__ = ("call", "cancelled", "due")

    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due, self.call, self.cancelled = due, call, False

    def cancel(self) -> None:
        """Do not call any more, and let go of what would have been called."""
        self.cancelled = True
        self.call = _nothing


def _nothing() -> None:
    """What a cancelled timer calls."""


class Loop:
    """The thread.

    Args:
        pump: called each turn; returns the seconds until it wants to be called again, ``None`` for not by itself.
    """

    def __init__(self, pump: Callable[[], float | None]) -> None:
        self.dirty: list[Flushed] = []
        self.errors: list[BaseException] = []
        self._pump = pump
        self._timers: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._waiters: list[tuple[Callable[[], Any], Future[bool]]] = []
        self._thread: threading.Thread | None = None
        self._stopping = False

    # From other threads.

    def start(self, name: str) -> None:
        """Start the thread."""
        self._selector = selectors.DefaultSelector()
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)
        self.watch(self._ear, selectors.EVENT_READ, lambda _: self._hear())
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for its end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping = True
            self._wake()
            thread.join(_DEADLINE)
            self._drain()
            for each in (self._ear, self._mouth):
                each.close()
            self._selector.close()

    @property
    def running(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def ask(self, call: Callable[[], T]) -> T:
        """Call something on the thread and return what it returns. Without the thread it is called here."""
        if not self.running or threading.current_thread() is self._thread:
            return call()
        future: Future[T] = Future()
        self._calls.append((future, call))
        self._wake()
        return future.result(_DEADLINE)

    def wait_for(self, predicate: Callable[[], Any], timeout: float) -> bool:
        """Wait until something is true that is looked at after each turn of the thread; whether it became so."""
        future: Future[bool] = Future()
        if not self.running:
            return bool(predicate())
        self.ask(lambda: self._waiters.append((predicate, future)))
        try:
            return future.result(timeout)
        except FutureTimeout:
            return False
        finally:
            future.cancel()

    def _wake(self) -> None:
        try:
            self._mouth.send(b"\0")
        except (BlockingIOError, OSError):
            pass  # it is awake already, or closed

    # On the thread.

    def watch(self, sock: socket.socket, events: int, call: Callable[[int], None]) -> None:
        """Call something when a socket is ready; 0 events stop that."""
        known = sock in self._selector.get_map()
        if not events:
            if known:
                self._selector.unregister(sock)
        elif known:
            self._selector.modify(sock, events, call)
        else:
            self._selector.register(sock, events, call)

    def later(self, delay: float, call: Callable[[], None]) -> Timer:
        """Call something after so many seconds."""
        timer = Timer(time.monotonic() + delay, call)
        heapq.heappush(self._timers, (timer.due, next(self._count), timer))
        return timer

    def _hear(self) -> None:
        try:
            while self._ear.recv(4096):
                pass
        except BlockingIOError:
            pass

    def _run(self) -> None:
        wait: float | None = 0.0
        while not self._stopping:
            for key, events in self._selector.select(self._patience(wait)):
                self._safely(lambda key=key, events=events: key.data(events))  # type: ignore[misc]
            self._drain()
            self._ring()
            wait = self._safely(self._pump)
            self._flush()
            self._look()

    def _patience(self, wait: float | None) -> float:
        if self._calls or self.dirty:
            return 0.0
        left = max(self._timers[0][0] - time.monotonic(), 0.0) if self._timers else _LONG
        return min(left, _LONG if wait is None else wait, _LONG)

    def _safely(self, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except Exception as error:
            logger.exception("the simulated exchange stumbled")
            self.errors.append(error)
            return None

    def _drain(self) -> None:
        while self._calls:
            future, call = self._calls.popleft()
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)

    def _ring(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if not timer.cancelled:
                self._safely(timer.call)

    def _flush(self) -> None:
        while self.dirty:
            dirty, self.dirty = self.dirty, []
            for each in dirty:
                self._safely(each.flush)

    def _look(self) -> None:
        for waiter in list(self._waiters):
            predicate, future = waiter
            if future.cancelled():
                self._waiters.remove(waiter)
                continue
            try:
                if predicate():
                    future.set_result(True)
                    self._waiters.remove(waiter)
            except Exception as error:
                future.set_exception(error)
                self._waiters.remove(waiter)
