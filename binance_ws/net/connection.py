"""One WebSocket connection: one daemon thread, one loop that opens, reads, waits and opens again.

Its fields are written by its own thread, but for those of ``stop``. Whether to go on is decided by one thing
alone, "was I told to stop": what ``run_forever`` returns and what its callbacks get differs between releases.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from websocket import ABNF, WebSocketTimeoutException

from ..core.backoff import backoff
from ..core.lifecycle import State, Step, advance
from ..errors import (
    BinanceWsError,
    ConnectionLost,
    DeadlineExceeded,
    GaveUp,
    NotConnected,
    ProtocolViolation,
)
from .app import App
from .dial import dial
from .limits import HostBudget
from .network import Network
from .reader import MAX_FRAME_BYTES, Reader, Sink
from .refusals import asked_to_wait, refusal
from .timer import Timer

log = logging.getLogger(__name__)


class Listener(Sink, Protocol):
    """Whoever owns a connection; called on the connection's thread."""

    def url(self) -> str:
        """The URL of the next attempt. What it raises ends the attempt."""

    def proven(self) -> bool:
        """Whether the connection has delivered since it opened; asked when it has ended, if it opened."""

    def opened(self) -> None:
        """The connection is open."""

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """The connection, or an attempt at it, ended; the next attempt comes in ``seconds``."""

    def ended(self, cause: BinanceWsError | None) -> None:
        """There will be no further attempt: given up because of ``cause``, or stopped."""


class Connection:
    """A connection that opens again until it is told to stop or its retries are used up.

    Args:
        name: of its thread.
        listener: what it calls.
        network: the way out.
        timer: keeps the deadline of each opening.
        max_retries: attempts after a failed one, counted anew when a connection has delivered; ``None``
            for no end.
        max_frame_bytes: the longest message that is accepted.
        delays: makes the waits between attempts.
        budget: says when a URL's host may be connected to; ``None`` for at once.
    """

    def __init__(
        self,
        name: str,
        listener: Listener,
        network: Network,
        timer: Timer,
        *,
        max_retries: int | None = 5,
        max_frame_bytes: int = MAX_FRAME_BYTES,
        delays: Callable[[], Iterator[float]] = backoff,
        budget: Callable[[str], HostBudget] | None = None,
    ) -> None:
        self.state = State.NEW
        self._listener = listener
        self._network = network
        self._timer = timer
        self.max_retries = max_retries
        self._max_frame_bytes = max_frame_bytes
        self._delays = delays
        self._budget = budget
        self._stopping = threading.Event()
        self._sock: socket.socket | None = None
        self._reader: Reader | None = None
        self._late = False
        self._why: BinanceWsError | None = None
        self._counted: tuple[int, Reader | None] = (0, None)  # bytes of ended readers, and the present one
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to connect, once."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and try no more; returns at once, from any thread, at any time."""
        self._stopping.set()
        self._hang_up()

    def hang_up(self, cause: BinanceWsError) -> None:
        """End the present connection because of ``cause``; it opens again."""
        self._why = cause
        self._hang_up()

    def violate(self, violation: ProtocolViolation) -> None:
        """End the present connection with the close code that names a fault of the peer; it opens again."""
        reader = self._reader
        if reader is not None:
            reader.fail(violation)
            if self._thread is not threading.current_thread():
                self._shut(socket.SHUT_RD)

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; whether it has. From its own callback: no, at once."""
        if self._thread is threading.current_thread():
            return False
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def thread(self) -> threading.Thread:
        """The connection's thread."""
        return self._thread

    @property
    def unread(self) -> bool:
        """Whether something came that is not read yet: the thread has other things to do."""
        sock = self._sock
        if sock is None:
            return False
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(sock, selectors.EVENT_READ)
                return bool(selector.select(0))
        except (OSError, ValueError):  # it was closed just now
            return False

    @property
    def received(self) -> int:
        """Bytes received since the start, over all attempts."""
        before, reader = self._counted
        return before + (reader.bytes if reader else 0)

    @property
    def last(self) -> float | None:
        """When something came last, pings included; ``None`` where no connection is open."""
        reader = self._reader
        return reader.last if reader else None

    def send(self, message: str | bytes) -> None:
        """Send a message, text as text and bytes as binary; from any thread.

        Raises:
            NotConnected: no connection is open, or it broke just now.
        """
        reader = self._reader
        if reader is None:
            raise NotConnected("the connection is not open")
        try:
            if isinstance(message, str):
                reader.send(message.encode(), ABNF.OPCODE_TEXT)
            else:
                reader.send(message, ABNF.OPCODE_BINARY)
        except OSError as error:
            self._hang_up()
            raise NotConnected("the connection broke while sending") from error

    def _hang_up(self) -> None:
        reader = self._reader
        polite = reader is not None and self._stopping.is_set()
        if reader is not None and polite:
            reader.running = False
        # Reading alone is shut where a close frame can still be said; the thread does that and closes.
        self._shut(socket.SHUT_RD if polite else socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        sock = self._sock
        if sock is not None:
            try:
                socket.socket.shutdown(sock, how)
            except OSError:
                pass  # not connected yet, or already gone: the thread finds out by itself

    # ---- the thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        cause: BinanceWsError | None = None
        try:
            self._go(Step.START)
            cause = self._until_given_up()
        except Exception as error:  # a fault of ours must not leave a key behind that nobody serves
            log.exception("%s failed", self._thread.name)
            cause = BinanceWsError(f"the connection's thread failed: {error!r}")
        finally:
            self._go(Step.END)
            self._listener.ended(None if self._stopping.is_set() else cause)

    def _until_given_up(self) -> BinanceWsError | None:
        failures, delays = 0, self._delays()
        while True:
            cause = self._attempt()
            if self._stopping.is_set():
                return None
            if self.state is State.OPEN and self._listener.proven():
                failures, delays = 0, self._delays()
            if not cause.retryable:
                return cause
            if self.max_retries is not None and failures >= self.max_retries:
                return GaveUp(cause)
            failures += 1
            self._wait(cause, failures, next(delays))
            if self._stopping.is_set():
                return None

    def _wait(self, cause: BinanceWsError, attempt: int, delay: float) -> None:
        seconds = max(delay, asked_to_wait(cause))
        self._go(Step.LOST)
        self._listener.lost(cause, attempt, seconds)
        self._stopping.wait(min(seconds, threading.TIMEOUT_MAX))
        if not self._stopping.is_set():
            self._go(Step.RETRY)

    def _attempt(self) -> BinanceWsError:
        """Open, and read until it ends; why it ended."""
        self._late, self._why = False, None
        try:
            url = self._listener.url()
        except BinanceWsError as error:
            return error
        budget = self._budget(url) if self._budget else None
        if budget is not None:
            budget.admit(self._stopping)
        deadline = self._timer.after(self._network.timeout, self._too_late)
        try:
            sock = dial(url, self._network, self._publish)
            cause = self._upgrade_and_read(url, sock)
        except BinanceWsError as error:
            cause = error
        finally:
            deadline.cancel()
            self._sock = self._reader = None
        if budget is not None and (asked := asked_to_wait(cause)):
            budget.penalize(asked)
        return self._why or (_too_long(self._network.timeout, cause) if self._late else cause)

    def _publish(self, sock: socket.socket) -> None:
        """From here on the socket can be shut down from outside; it may have been asked for just before."""
        self._sock = sock
        if self._stopping.is_set() or self._late:
            raise DeadlineExceeded("stopped while connecting")

    def _too_late(self) -> None:
        if self.state is State.CONNECTING:
            self._late = True
            self._hang_up()

    def _upgrade_and_read(self, url: str, sock: socket.socket) -> BinanceWsError:
        app = App(url, sock, self._read)
        app.run_forever(skip_utf8_validation=True, suppress_origin=True)
        sock.close()
        self._late = self._late or isinstance(app.ended, WebSocketTimeoutException)
        return app.ended if isinstance(app.ended, BinanceWsError) else refusal(app.ended)

    def _read(self, app: App) -> ConnectionLost:
        ws = app.sock
        assert ws is not None
        self._reader = reader = Reader(ws, self._listener, self._max_frame_bytes)
        self._counted = (self._counted[0], reader)
        self._go(Step.OPENED)
        if self._stopping.is_set():
            reader.running = False
        self._listener.opened()
        lost = reader.run()
        self._reader = None
        self._counted = (self._counted[0] + reader.bytes, None)
        # Before run_forever can do it: its close waits three seconds for a mute peer.
        ws.shutdown()  # type: ignore[no-untyped-call]
        return lost or ConnectionLost("stopped")

    def _go(self, step: Step) -> None:
        self.state = advance(self.state, step)


def _too_long(timeout: float, cause: BinanceWsError) -> DeadlineExceeded:
    made = DeadlineExceeded(f"the opening took longer than {timeout:g} s")
    made.__cause__ = cause
    return made
