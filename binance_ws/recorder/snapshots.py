"""Snapshots of the books whose changes are recorded: without one nobody can tell what they change."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from .. import events
from ..core.lines import encode, noted
from ..core.snapshots import size_for
from ..errors import BinanceWsError
from ..net.shift import Shift
from ..streams.kinds import Stream

log = logging.getLogger(__name__)

DEPTH = 500
"""Levels that a snapshot has at least, where the exchange gives that many."""

_PAUSE = 1.0
_ATTEMPTS = 5


class Snapshots:
    """Asks for a snapshot of each book when its changes begin, and after some of them were missed.

    One thread, from the first request on; it rests where the exchange's request weight is used up.

    Args:
        name: of the thread.
        streams: those that are recorded; the changes of books among them count.
        ask: one REST call: path, market, weight and parameters.
        put: takes the line of a snapshot, or of a note that there is none.
    """

    def __init__(
        self, name: str, streams: Iterable[Stream], ask: Callable[..., Any], put: Callable[[bytes], object]
    ) -> None:
        self._books = {stream.name: stream for stream in streams if stream.kind.name == "depth"}
        self._wanted: set[str] = set()
        self._ask = ask
        self._put = put
        self._shift: Shift[Stream] = Shift(self, name)

    def hear(self, event: events.Event) -> None:
        """An event of the socket."""
        if isinstance(event, events.Connected):
            self._want(self._books.values())
        elif isinstance(event, events.Missed) and event.stream in self._books:
            self._want([self._books[event.stream]])

    def _want(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            if stream.name not in self._wanted and not self._shift.over.is_set():
                self._wanted.add(stream.name)
                self._shift.jobs.put(stream)
                self._shift.begin(self._work)

    def end(self) -> None:
        """Ask no more; returns at once."""
        self._shift.end()

    def _work(self, shift: Shift[Stream]) -> None:
        while (stream := shift.jobs.get()) is not None and not shift.over.is_set():
            self._wanted.discard(stream.name)
            line = self._line(stream, shift)
            if line is not None:
                self._put(line)

    def _line(self, stream: Stream, shift: Shift[Stream]) -> bytes | None:
        """The line of a snapshot, or of what is in its way; ``None`` where it is not wanted any more."""
        symbol, (limit, weight) = stream.symbol.upper(), size_for(stream.market, DEPTH)
        error: BinanceWsError | None = None
        for _ in range(_ATTEMPTS):
            try:
                data = self._ask("depth", stream.market, weight, symbol=symbol, limit=limit)
                return encode({"t": time.time_ns(), "symbol": symbol, "data": data}) + b"\n"
            except BinanceWsError as failure:
                error = failure
                if not getattr(error, "retryable", True):
                    break
            if shift.over.wait(max(_PAUSE, getattr(error, "retry_after", 0.0))):
                return None
        log.warning("%s: no snapshot of its book: %s", stream, error)
        return noted(time.time_ns(), "no_snapshot", stream=stream.name, cause=str(error))
