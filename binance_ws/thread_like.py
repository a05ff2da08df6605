"""The ``threading.Thread`` that the old manager was, for a manager that can be started any number of times."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

TURN_SECONDS = 0.5


class Keeper(threading.Thread):
    """The thread that a manager keeps for one run; it carries what it waits for.

    A thread may begin only after its run is over already, so it must not ask the manager which run is its own.
    """

    def __init__(self, target: Callable[[], None], name: str, daemon: bool, run: Any) -> None:
        super().__init__(target=target, name=name, daemon=daemon)
        self.of_run = run
        self.over = threading.Event()

    def run(self) -> None:
        """Do what it is for, and say that it is done."""
        try:
            super().run()
        finally:
            self.over.set()


class ThreadLike(ABC):
    """Starts, runs, is joined and named as a thread is; its thread only waits for the end.

    In a script that thread is no daemon, so that a script which falls off its end goes on streaming; in an
    interactive session it is one, so that the session can end.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._daemon = is_interactive()
        self._keeper: Keeper | None = None

    @abstractmethod
    def run(self) -> None:
        """What the thread does: stream until closed."""

    @abstractmethod
    def close(self) -> None:
        """End it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start_keeper(self, run: Any) -> None:
        self._keeper = Keeper(self.run, self._name, self._daemon, run)
        self._keeper.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the manager is closed; Ctrl-C closes it, unless that is typed in an interactive session.

        Args:
            timeout: seconds; ``None`` for as long as it takes.
        """
        keeper = self._keeper
        if keeper is not None and keeper is not threading.current_thread():
            # Before Python 3.13 an interrupted Thread.join() takes its thread for dead: wait for its word instead.
            with self._closed_by_interrupt():
                if wait_in_turns(keeper.over, timeout):
                    keeper.join()

    @contextlib.contextmanager
    def _closed_by_interrupt(self) -> Iterator[None]:
        """Ctrl-C goes on its way once everything is closed, so that the process ends with it.

        In an interactive session nothing ends but the waiting: who interrupts a cell wants to go on.
        """
        try:
            yield
        except KeyboardInterrupt:
            if not is_interactive():
                self.close()
            raise

    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._keeper is not None and self._keeper.is_alive()

    @property
    def ident(self) -> int | None:
        """The identifier of its thread; ``None`` before the first start."""
        return self._keeper.ident if self._keeper else None

    @property
    def daemon(self) -> bool:
        """Whether the process may end while it runs; counts from the next start on."""
        return self._daemon

    @daemon.setter
    def daemon(self, daemonic: bool) -> None:
        self._daemon = bool(daemonic)

    def setDaemon(self, daemonic: bool) -> None:
        """Set :attr:`daemon`, by its old name."""
        self._daemon = bool(daemonic)

    def isDaemon(self) -> bool:
        """The value of :attr:`daemon`, by its old name."""
        return self._daemon

    @property
    def name(self) -> str:
        """The name of its own thread."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = str(name)
        if self._keeper is not None:
            self._keeper.name = self._name

    def getName(self) -> str:
        """The value of :attr:`name`, by its old name."""
        return self._name

    def setName(self, name: str) -> None:
        """Set :attr:`name`, by its old name."""
        self.name = name


def is_orphaned() -> bool:
    """Whether Ctrl-C has ended the main thread wherever that was, so that nobody is left to close anything."""
    return not threading.main_thread().is_alive() and getattr(sys, "last_type", None) is KeyboardInterrupt


def wait_in_turns(event: threading.Event, timeout: float | None = None) -> bool:
    """Wait for an event, waking now and then: Ctrl-C in the moment before a wait begins is heard only after it.

    Args:
        event: what is waited for.
        timeout: seconds; ``None`` for as long as it takes.

    Returns:
        whether it happened.
    """
    until = math.inf if timeout is None else time.monotonic() + timeout
    while not event.wait(min(TURN_SECONDS, max(0.0, until - time.monotonic()))):
        if time.monotonic() >= until:
            return False
    return True


def is_interactive() -> bool:
    """Whether a person types at a prompt: the interpreter's own, IPython's or a notebook's."""
    if hasattr(sys, "ps1") or sys.flags.interactive:
        return True
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and get_ipython() is not None
