"""Stands in for what old scripts import besides the manager: Twisted's reactor. No Twisted is involved.

``from twisted.internet import reactor`` becomes ``from binance_ws.compat import reactor``.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ..family import close_all, members
from ..manager import BinanceSocketManager
from ..net.timer import Timer
from ..thread_like import TURN_SECONDS

_JOIN_SECONDS = 2.0


class DelayedCall:
    """A call that is due later.

    Args:
        call: what is called, unless it is cancelled.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self._call: Callable[[], object] | None = call

    def active(self) -> bool:
        """Whether it is still to come."""
        return self._call is not None

    def cancel(self) -> None:
        """Not to be called any more; as often as you like."""
        self._call = None

    def _fire(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()


class Reactor:
    """What scripts for python-binance 0.7 asked of Twisted's reactor.

    Functions that are handed over are called one after the other on one thread, ``binance_ws reactor``; what they
    raise is logged.
    """

    def __init__(self) -> None:
        self._timer = Timer("binance_ws reactor")
        # A queue, as Ctrl-C may leave the lock of an event in disorder.
        self._stops: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._blocked = False

    @property
    def running(self) -> bool:
        """Whether a manager streams, or somebody is in :meth:`run`."""
        return self._blocked or any(map(_streams, members()))

    def run(self, installSignalHandlers: bool = True) -> None:
        """Block until :meth:`stop` is called, which Ctrl-C does too; at once where it was called before.

        Args:
            installSignalHandlers: is ignored.
        """
        try:
            self._blocked = True
            self._wait()
        except KeyboardInterrupt:
            self.stop()
        finally:
            self._blocked = False
            self._stops = queue.SimpleQueue()

    def _wait(self) -> None:
        while True:
            # In turns, because Ctrl-C in the moment before a wait begins is heard only when it ends.
            with contextlib.suppress(queue.Empty):
                return self._stops.get(timeout=TURN_SECONDS)

    def stop(self) -> None:
        """Close every manager of this process and forget every delayed call; any number of times."""
        thread = self._timer.close()
        close_all()
        self._stops.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_SECONDS)

    def callFromThread(self, call: Callable[..., object], *args: Any, **named: Any) -> None:
        """Have a function called on the reactor's thread, soon."""
        self.callLater(0, call, *args, **named)

    def callLater(self, delay: float, call: Callable[..., object], *args: Any, **named: Any) -> DelayedCall:
        """Have a function called on the reactor's thread after some seconds.

        Args:
            delay: seconds from now.
            call: the function.
            args, named: its arguments.
        """
        delayed = DelayedCall(partial(call, *args, **named))
        self._timer.open()
        self._timer.after(delay, delayed._fire)
        return delayed


def _streams(member: object) -> bool:
    return isinstance(member, BinanceSocketManager) and member._registry.running is not None


reactor = Reactor()
"""The one of this process."""

__all__ = ["DelayedCall", "Reactor", "reactor"]
