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
from ..net.rest import required
from ..net.shift import Shift
from ..streams.kinds import Stream

log = logging.getLogger(__name__)

DEPTH = 500
"""Levels that a snapshot has at least, where the exchange gives that many."""

_PAUSE = 1.0
_ATTEMPTS = 5


class Snapshots:
    """Asks for a snapshot of each book when its changes begin, and after some of them were missed.

    One that is older than the first of these changes is of no use, and asked for again. Each book's numbers are
    written before they are compared, by whoever comes second: the thread that asks, or that of the messages.

    One thread, from the first request on; it rests where the exchange's request weight is used up.

    Args:
        name: of the thread.
        streams: those that are recorded; the changes of books among them count.
        ask: one REST call: path, market, weight and parameters.
        put: takes the line of a snapshot, or of a note that there is none.

    Attributes:
        anew: streams whose next change is the first of those that a snapshot must join.
    """

    def __init__(
        self, name: str, streams: Iterable[Stream], ask: Callable[..., Any], put: Callable[[bytes], object]
    ) -> None:
        self.anew: set[str] = set()
        self._books = {stream.name: stream for stream in streams if stream.kind.name == "depth"}
        self._wanted: set[str] = set()
        self._before: dict[str, int] = {}  # the update id before the first of these changes
        self._had: dict[str, int] = {}  # that of the newest snapshot
        self._ask = ask
        self._put = put
        self._shift: Shift[Stream] = Shift(self, name)

    def hear(self, event: events.Event) -> None:
        """An event of the socket."""
        if isinstance(event, events.Connected):
            self._begin(self._books.values())
        elif isinstance(event, events.Missed) and event.stream in self._books:
            self._begin([self._books[event.stream]])

    def dropped(self, name: str) -> None:
        """A message was not recorded; in the socket's turn."""
        if name in self._books:
            self._before.pop(name, None)
            self.anew.add(name)

    def see(self, name: str, change: dict[str, Any]) -> None:
        """A message was recorded; in the socket's turn."""
        if name in self.anew:
            self.anew.discard(name)
            self._before[name] = before = change["pu"] if "pu" in change else change["U"] - 1
            if name in self._had and self._had[name] < before:
                self._want([self._books[name]])

    def _begin(self, streams: Iterable[Stream]) -> None:
        """The changes of some books begin anew."""
        for stream in streams:
            self._before.pop(stream.name, None)
            self.anew.add(stream.name)
            self._want([stream])

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
            line = self._line(stream, shift)
            if line is not None:
                self._put(line)

    def _line(self, stream: Stream, shift: Shift[Stream]) -> bytes | None:
        """The line of a snapshot, or of what is in its way; ``None`` where it is not wanted any more."""
        symbol, (limit, weight) = stream.symbol.upper(), size_for(stream.market, DEPTH)
        for _ in range(_ATTEMPTS):
            try:
                data = self._ask("depth", stream.market, weight, symbol=symbol, limit=limit)
                if self._joins(stream.name, data):
                    return encode({"t": time.time_ns(), "symbol": symbol, "data": data}) + b"\n"
                error = BinanceWsError("it was older than the changes that it should be joined by")
            except BinanceWsError as failure:
                error = failure
                if not error.retryable:
                    break
            if shift.over.wait(max(_PAUSE, getattr(error, "retry_after", 0.0))):
                return None
        self._wanted.discard(stream.name)
        log.warning("%s: no snapshot of its book: %s", stream, error)
        return noted(time.time_ns(), "no_snapshot", stream=stream.name, cause=str(error))

    def _joins(self, name: str, data: dict[str, Any]) -> bool:
        """Whether no change is missing between a snapshot and the changes, as far as these are known."""
        self._had[name] = required(data, "lastUpdateId")
        self._wanted.discard(name)
        return bool(self._had[name] >= self._before.get(name, 0))
