"""A listener that writes down what a connection tells it, and the state in which it was told."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from binance_ws.core.lifecycle import State
from binance_ws.errors import BinanceWsError
from binance_ws.net.connection import Connection
from binance_ws.net.network import Network
from binance_ws.net.timer import Timer
from tests.peer import SECONDS
from tests.waiting import Inbox

OPENED, TEXT, BINARY, LOST, ENDED = "opened", "text", "binary", "lost", "ended"
SOON = 0.2
"""A deadline that a test lets pass."""


@dataclass(frozen=True)
class Note:
    """One thing that was told."""

    kind: str
    state: State
    payload: bytes = b""
    cause: BinanceWsError | None = None
    attempt: int = 0
    seconds: float = 0.0


class Notes:
    """Whoever owns the connection of a test.

    Args:
        urls: one for each attempt; the last one for all further ones.
        then: called with each message.
    """

    def __init__(self, *urls: str, then: Callable[[bytes], object] = lambda _: None) -> None:
        self.inbox = Inbox()
        self.asked = Inbox()
        self.connection: Connection
        self._urls = itertools.chain(urls, itertools.repeat(urls[-1]))
        self.then = then
        self._delivered = False

    def url(self) -> str:
        """The next attempt's."""
        self.asked(None)
        return next(self._urls)

    def proven(self) -> bool:
        """As a feed does, it looks at the last connection that opened."""
        return self._delivered

    def opened(self) -> None:
        """A new connection has delivered nothing."""
        self._delivered = False
        self._note(OPENED)

    def deliver(self, payloads: list[bytes]) -> None:
        """Text messages."""
        self._delivered = True
        for payload in payloads:
            self._note(TEXT, payload=payload)
            self.then(payload)

    def binary(self, payload: bytes) -> None:
        """A binary message."""
        self._note(BINARY, payload=payload)

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """It will be tried again."""
        self._note(LOST, cause=cause, attempt=attempt, seconds=seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """It will not."""
        self._note(ENDED, cause=cause)

    def _note(self, kind: str, **more: Any) -> None:
        self.inbox(Note(kind, self.connection.state, **more))

    def all(self, kind: str) -> list[Note]:
        """What has been told so far of one kind."""
        return [note for note in self.inbox.messages if note.kind == kind]

    def wait(self, kind: str, count: int = 1) -> Note:
        """The last of so many notes of one kind, once they are there."""
        self.inbox.wait_for(lambda notes: sum(note.kind == kind for note in notes) >= count)
        return self.all(kind)[count - 1]

    def kinds(self) -> list[str]:
        """What has been told so far, in order."""
        return [note.kind for note in self.inbox.messages]


@contextlib.contextmanager
def connecting(
    *urls: str,
    network: Network | None = None,
    then: Callable[[bytes], object] = lambda _: None,
    start: bool = True,
    **options: Any,
) -> Iterator[Notes]:
    """A connection for the length of a test, which retries at once; at the end it must stop in time."""
    timer = Timer("binance_ws test timer")
    notes = Notes(*urls, then=then)
    options.setdefault("delays", lambda: itertools.repeat(0.0))
    notes.connection = Connection("binance_ws test", notes, network or Network(SECONDS), timer, **options)
    if start:
        notes.connection.start()
    try:
        yield notes
    finally:
        notes.connection.stop()
        assert notes.connection.join(SECONDS), "the connection's thread did not end"
        if (thread := timer.close()) is not None:
            thread.join(SECONDS)


def ends(notes: Notes) -> Note:
    """How it ended, once its thread is gone; told once, and last."""
    assert notes.connection.join(SECONDS), "the connection's thread did not end"
    assert notes.connection.state is State.CLOSED
    assert notes.kinds().count(ENDED) == 1
    assert notes.kinds()[-1] == ENDED
    return notes.all(ENDED)[0]
