"""What the manager and its watch ask of whatever has a key: a socket of streams, or one of an account."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Protocol

from .core.lifecycle import State
from .errors import BinanceWsError, NotConnected
from .info import SocketInfo
from .streams.kinds import Stream
from .target import Target


def not_open(key: str, cause: BinanceWsError | None, seconds: float | None) -> NotConnected:
    """The error for who waited for a socket: so many seconds, or ``None`` where it ended before they were over."""
    when = "is not connected" if seconds is None else f"was not connected within {seconds:g} s"
    return NotConnected(f"{key} {when}" + (f": {cause}" if cause else ""))


class Handle(Protocol):
    """Something that has a key and can be opened and stopped."""

    identity: str
    target: Target
    opened: float

    @property
    def key(self) -> str:
        """What the user calls it."""

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads on which its callback may run."""

    @property
    def state(self) -> State:
        """Where it stands."""

    def open(self) -> None:
        """Begin to connect."""

    def hang_up(self, cause: BinanceWsError) -> None:
        """End its present connections; they open again."""

    def stop(self) -> None:
        """Hang up and call no more; returns at once."""

    def join(self, deadline: float) -> list[threading.Thread]:
        """Wait until its callback runs no more, or a moment of the monotonic clock; the threads that are left."""

    def add(self, streams: Iterable[Stream | str]) -> None:
        """Carry more streams."""

    def remove(self, streams: Iterable[Stream | str]) -> None:
        """Carry some streams no more."""

    def wait_open(self, timeout: float | None, of: float | None = None) -> None:
        """Wait until it is open.

        Args:
            timeout: seconds; ``None`` for as long as it takes.
            of: what the caller had in all, where others were waited for before.

        Raises:
            NotConnected: it is not in time, or never will be.
        """

    def info(self) -> SocketInfo:
        """A snapshot of its numbers."""
