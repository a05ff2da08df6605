"""Messages to be taken instead of being called with: a blocking iterator over streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from .core.told import Told
from .errors import ArgumentError, BinanceWsError, Closed, NotConnected
from .net.mailbox import Mailbox


def subject_of(message: Any) -> object:
    """What a message is about: its stream, or its event and symbol."""
    if not isinstance(message, dict):
        return type(message)
    return message.get("stream") or (message.get("e"), message.get("s"))


class MessageStream(Iterator[Any]):
    """The messages of some streams, in order, as a blocking iterator.

    Ends when it, its socket or its manager is closed; raises :class:`GaveUp` where the connection is given up,
    :class:`StreamRefused` where the exchange does not serve a stream, and :class:`Overflow` where that was asked
    for. Ctrl-C interrupts it at once. Works in ``with``.

    Args:
        mailbox: where the socket puts its messages.
        only: the name of the stream where there is but one, whose messages do not carry it.

    Attributes:
        key: the socket's, for :meth:`BinanceSocketManager.subscribe` and ``wait_connected``.
    """

    def __init__(self, mailbox: Mailbox, only: str | None) -> None:
        self._mailbox = mailbox
        self._only = only
        self.key = ""
        self._begun = False
        self._has_begun: Callable[[], bool] = lambda: True
        self._stop: Callable[[], None] = mailbox.close
        self._latest: dict[str | None, Any] = {}
        self._error: BinanceWsError | None = None  # came behind what was collected, for the next call

    def bring(self, message: Any) -> None:
        """The socket's callback."""
        if not isinstance(message, Told):
            named = message if isinstance(message, dict) else {}
            self._latest[named.get("stream", self._only)] = message
        self._mailbox.put(message)

    def stopped_by(self, stop: Callable[[], None]) -> None:
        """What stops the socket; set by the manager."""
        self._stop = stop

    def starts_with(self, key: str, running: Callable[[], bool]) -> None:
        """The socket's key, and whether its manager is started; set by the manager."""
        self.key, self._has_begun = key, running

    def __next__(self) -> Any:
        try:
            return self.get()
        except Closed:
            raise StopIteration from None

    def get(self, timeout: float | None = None) -> Any:
        """The next message.

        Args:
            timeout: seconds to wait for it; ``None`` for as long as it takes.

        Raises:
            TimeoutError: none came in time.
            Closed: there is nothing more to come.
            GaveUp: the connection is given up.
            StreamRefused: the exchange does not serve a stream; the others go on.
            Overflow: messages came faster than they were taken, and ``overflow="error"`` was asked for.
            NotConnected: the manager is not started.
        """
        if not self._begun:
            self._begin()
        error, self._error = self._error, None
        if error is None:
            message = self._mailbox.get(timeout)
            error = message.error if isinstance(message, Told) else None
        if error is not None:
            raise error
        return message

    def _begin(self) -> None:
        """Who waits for a manager that nobody has started would wait in silence."""
        self._begun = self._has_begun() or self._mailbox.closed
        if not self._begun:
            raise NotConnected("the manager is not started: call start() first")

    def wait_for(self, predicate: Callable[[Any], object], timeout: float | None = None) -> Any:
        """The first message for which ``predicate(message)`` is true; those before it are taken and left.

        Args:
            predicate: is asked of each message.
            timeout: seconds for the whole wait; ``None`` for as long as it takes.

        Raises:
            TimeoutError: none came in time.
            Closed, GaveUp, StreamRefused, Overflow: as of :meth:`get`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            message = self.get(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if predicate(message):
                return message
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"no message was the one within {timeout:g} s")

    def collect(self, count: int | None = None, seconds: float | None = None) -> list[Any]:
        """So many messages, or those of so many seconds, or whichever is reached first.

        It ends early where there is nothing more to come. An error behind messages is raised by the next call.

        Args:
            count: messages at most.
            seconds: how long to collect.

        Raises:
            ArgumentError: there is neither.
            GaveUp, StreamRefused, Overflow: as of :meth:`get`, before any message came.
        """
        if count is None and seconds is None:
            raise ArgumentError("what is collected needs an end: count, seconds or both")
        deadline = None if seconds is None else time.monotonic() + seconds
        found: list[Any] = []
        try:
            while count is None or len(found) < count:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    break
                found.append(self.get(left))
        except (TimeoutError, Closed):
            pass
        except BinanceWsError as error:
            if not found:
                raise
            self._error = error
        return found

    def latest(self, stream: str | None = None) -> Any | None:
        """The newest message of a stream, taken or not; ``None`` where there was none.

        Args:
            stream: its name; ``None`` where there is but one stream.
        """
        return self._latest.get(stream or self._only)

    def close(self) -> None:
        """Stop the socket; what came before can still be taken."""
        self._stop()
        self._mailbox.close()

    def __enter__(self) -> MessageStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
