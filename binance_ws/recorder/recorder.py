"""A recording that is being made: what the socket brings goes into a box, and one thread writes it down."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import monotonic, time_ns
from types import TracebackType
from typing import Any

from .. import events
from ..core.lines import END, fetched, framed, noted
from ..errors import BinanceWsError, GaveUp
from ..net.shift import Shift
from .box import Box, Note
from .files import Files
from .notes import note_of
from .snapshots import Snapshots

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
"""How much of a recording a crash can cost at most."""

_TICK_SECONDS = 0.05
_CLOSE_SECONDS = 5.0
_UNITS = ("B", "kB", "MB", "GB", "TB")

Line = bytes
Lines = list[bytes]
Listener = Callable[[events.Event], object]


class Recorder:
    """A recording that is being made; works in ``with``. Made by the manager's ``record``.

    It ends when it or its manager is closed, when its connection is given up, or when the disk takes no more.

    Args:
        files: where it is written.
        box: where lines wait for the disk.
        snapshots: asks for those of books; ``None`` where they are not wanted.
        listeners: of the manager's events; it is one of them until its end.

    Attributes:
        key: of its socket; empty before that is known.
        path: the name that it was given.
        frames: messages that were written.
        gaps: how often messages were missed and stayed so.
        backfilled: messages that gaps had swallowed and that were fetched.
        reconnects: how often a connection was lost.
        error: why it ended before it was closed; ``None`` where it did not.
    """

    def __init__(
        self, files: Files, box: Box, snapshots: Snapshots | None, listeners: list[Listener]
    ) -> None:
        self.key = ""
        self.path = files.path
        self.frames = 0
        self.gaps = 0
        self.backfilled = 0
        self.reconnects = 0
        self.error: BinanceWsError | None = None
        self._files = files
        self._box = box
        self._snapshots = snapshots
        self._over = threading.Event()
        self._heard: deque[events.Event] = deque()
        self._stop: Callable[[], object] = self.finish
        self._shift: Shift[None] = Shift(self, f"binance_ws record {files.path.name}")
        self._listeners = listeners
        listeners.append(self.hear)

    @property
    def paths(self) -> list[Path]:
        """The files that were written, in order; the last one may be open yet."""
        return list(self._files.paths)

    @property
    def bytes(self) -> int:
        """Bytes that were written, as they are packed."""
        return self._files.bytes

    @property
    def dropped(self) -> int:
        """Messages that were not recorded because the disk was too slow; notes stand in their place."""
        return self._box.dropped

    @property
    def closed(self) -> bool:
        """Whether nothing more will be written."""
        return self._over.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; whether it has.

        Args:
            timeout: seconds; ``None`` for as long as it takes.
        """
        return self._over.wait(timeout)

    def close(self) -> None:
        """End it: stop its socket, write what waits, close its file. Twice does no harm."""
        if not self._shift.over.is_set():
            self._stop()
        self._over.wait(_CLOSE_SECONDS)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "recording" if not self.closed else f"stopped: {self.error}" if self.error else "closed"
        return f"<Recorder {self.path.name} {state}, {self.frames:,} frames, {size_text(self.bytes)}>"

    # ---- what the manager calls -------------------------------------------------------------------------

    def begin(self, key: str, stop: Callable[[], object]) -> None:
        """Begin to write.

        Args:
            key: of its socket.
            stop: stops that, whereupon :meth:`finish` is called.

        Raises:
            OSError: the first file cannot be made.
        """
        self.key, self._stop = key, stop
        self._files.open()
        self._note_events()
        self._shift.begin(self._work)

    def bring(self, message: dict[str, Any]) -> None:
        """The socket's callback."""
        frame = message.get("frame")
        if frame is not None:
            self._keep(framed(message["received"], frame), message)
        elif "stream" in message:
            self.backfilled += 1
            self._keep(fetched(time_ns(), message["stream"], message["data"]), message)

    def _keep(self, line: Line, message: dict[str, Any]) -> None:
        kept, snapshots = self._box.put(line), self._snapshots
        if snapshots is not None:
            if not kept:
                snapshots.dropped(message["stream"])
            elif snapshots.anew:
                snapshots.see(message["stream"], message["data"])

    def hear(self, event: events.Event) -> None:
        """An event of the manager, on whatever thread."""
        self._heard.append(event)
        if self.key:
            self._note_events()

    def _note_events(self) -> None:
        """Those that came before the key was known could not be told from those of other sockets."""
        while self._heard:
            try:
                event = self._heard.popleft()
            except IndexError:
                return  # another thread was faster
            if event.key == self.key:
                self._note(event)

    def _note(self, event: events.Event) -> None:
        self.gaps += isinstance(event, events.Missed)
        self.reconnects += isinstance(event, events.Lost)
        if isinstance(event, events.GivenUp):
            self.error = GaveUp(event.cause)
        line = note_of(event, time_ns())
        if line is not None:
            self._box.note(line)
        if self._snapshots is not None:
            self._snapshots.hear(event)

    def finish(self) -> None:
        """The socket has ended: write what waits, and end; returns when that is done."""
        if self.hear in self._listeners:
            self._listeners.remove(self.hear)
        if self._snapshots is not None:
            self._snapshots.end()
        thread = self._shift.end()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_CLOSE_SECONDS)
            if thread.is_alive():
                log.warning("%s: the disk has not taken the end of the recording yet", self.path)

    # ---- the thread -------------------------------------------------------------------------------------

    def _work(self, shift: Shift[None]) -> None:
        log.info("recording %s to %s", self.key, self.path)
        try:
            self._write_until(shift.over)
            self._write(self._box.rest())
            self._files.end(noted(time_ns(), END, frames=self.frames, dropped=self.dropped))
            log.info("%s: %d frames, %d bytes", self.path, self.frames, self.bytes)
        except Exception as error:
            self._failed(error)
        finally:
            self._files.drop()
            self._over.set()

    def _write_until(self, over: threading.Event) -> None:
        flushed = monotonic()
        while not over.wait(_TICK_SECONDS):
            self._write(self._box.take())
            if monotonic() - flushed >= FLUSH_SECONDS:
                self._files.flush()
                flushed = monotonic()

    def _write(self, lines: Lines) -> None:
        self._files.write(lines)
        self.frames += sum(type(line) is not Note for line in lines)

    def _failed(self, error: Exception) -> None:
        """What was flushed stays; the socket is of no use any more."""
        reason = error.strerror if isinstance(error, OSError) else error
        self.error = BinanceWsError(f"the recording {self.path} has ended: {reason}")
        self.error.__cause__ = error
        log.error("%s", self.error)
        self._stop()


def size_text(size: float) -> str:
    """A number of bytes for people."""
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
