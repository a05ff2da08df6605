"""What all connections of a socket share: the callback, the turn to call it, its streams, its numbers."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from . import events
from .core.merge import Merge
from .core.sequence import Gap
from .core.throttle import Throttle
from .core.told import Told
from .errors import CallbackError, GaveUp
from .net.turnstile import Turnstile
from .streams.kinds import Stream
from .track import REPEATED, Held, SoFar, Track, Verdict

log = logging.getLogger(__name__)

Callback = Callable[[Any], object]
SLOW_SECONDS = 1.0

_CALLED = (
    "the callback of %.80s took %.1f s for %d messages",
    "the callback of %.80s has not returned for %.0f s; nothing more is read",
)
_PULLED = (
    "messages of %.80s were not taken for %.1f s (%d came at once), and nothing was read meanwhile",
    "nobody takes the messages of %.80s, for %.0f s now; nothing more is read: close() it, or see overflow",
)
"""What is said of who holds messages up, when it is over and while it lasts."""


_LAZY = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
"""What calling does not run: every message would be lost, without a word."""


def check_callable(callback: object, takes: str = "message") -> None:
    """Refuse what cannot be called with one argument, and what a call does not run.

    Args:
        callback: what was passed.
        takes: what its argument is.

    Raises:
        CallbackError: it is such.
    """
    if not callable(callback):
        raise CallbackError(f"a callback is a function that takes one {takes}, not {callback!r}")
    called: Any = callback
    while isinstance(called, partial):
        called = called.func
    if any(is_lazy(each) for is_lazy in _LAZY for each in (called, type(called).__call__)):
        raise CallbackError(
            f"a callback is a plain function, and nobody would run {_name(called)}, a coroutine function or a "
            "generator: leave async, await and yield away; an event loop is reached by its call_soon_threadsafe"
        )
    try:
        taken = inspect.signature(callback, follow_wrapped=False)
    except Exception:
        return  # many that are written in C do not tell; others are annotated with what type checkers alone know
    try:
        taken.bind(None)
    except TypeError as error:
        raise CallbackError(f"a callback takes one {takes}, and {_name(called)} cannot: {error}") from None


def _name(called: object) -> str:
    return getattr(called, "__qualname__", None) or type(called).__qualname__


@dataclass(frozen=True)
class Shape:
    """What the callback of a socket gets.

    Args:
        wrapped: ``{"stream", "data"}`` instead of the data alone.
        raw: the frame's bytes, not decoded.
        merge: makes the list that the callback gets of many messages.
        frames: whether wrapped messages carry the bytes that they came in, as ``"frame"``, and when, in ns, as
            ``"received"``; one that was fetched by gap repair did not come in any.
    """

    wrapped: bool = False
    raw: bool = False
    merge: Callable[[], Merge] | None = None
    frames: bool = False


class Repair(Protocol):
    """Fills gaps."""

    def __call__(self, target: Target, track: Track, gap: Gap) -> SoFar | None:
        """Begin to fill a gap; ``None`` where this stream's gaps cannot be filled. ``target.resume`` ends it."""


class Target:
    """One socket's way to its callback. One thread at a time has the turn and may use it.

    Args:
        key: the socket's key.
        callback: the user's function.
        shape: what it gets.
        turnstile: the turn; shared by all sockets of a manager that serializes callbacks.
        repair: fills gaps; ``None`` where they stay.
        tell: gives events to ``on_event``.
        limit: messages that may wait for a gap to be filled.
    """

    def __init__(
        self,
        key: str,
        callback: Callback,
        shape: Shape,
        turnstile: Turnstile,
        repair: Repair | None,
        tell: Callable[[events.Event], None],
        limit: int,
    ) -> None:
        self.key = key
        self.callback: Callable[[Any], object] = callback
        self._user = callback
        self.shape = shape
        self.turnstile = turnstile
        self.stopping = False
        self.since: float | None = None  # when the callback began with the messages that it is given now
        self.errors = self.gaps = self.backfilled = self.repeated = 0
        self.tracks: dict[str, Track] = {}
        self.left: set[str] = set()  # streams followed no more, whose messages may still be on their way
        self.receive: Callable[[Any], object] = self.call
        self._merge = shape.merge() if shape.merge else None
        if self._merge is not None:
            self.receive = self._merged
        self._repair = repair
        self._tell = tell
        self._limit = limit
        self._quiet = Throttle(1.0)
        self._patience = Throttle(60.0)
        self._words = _CALLED

    def follow(self, streams: Iterable[Stream]) -> None:
        """Know more streams; one that is known stays as it is."""
        for stream in streams:
            self.left.discard(stream.name)
            if stream.name not in self.tracks:
                self.tracks[stream.name] = Track(stream)

    def forget(self, stream: Stream) -> None:
        """Know a stream no more; what was counted of it stays, and what is on its way is dropped."""
        self.left.add(stream.name)
        track = self.tracks.pop(stream.name, None)
        if track is not None:
            self.gaps += track.gaps
            self.backfilled += track.backfilled
            self.repeated += track.repeated

    def pulled(self) -> None:
        """Messages are taken by who wants them, not brought."""
        self._words = _PULLED

    def deliver_to(self, box: Callable[[Any], object]) -> None:
        """Put messages into a box instead of calling the user; whoever empties it uses :meth:`call_user`."""
        self.callback = box

    def call(self, message: Any) -> None:
        """Deliver a message: to the user, or into the box that he takes it from."""
        try:
            self.callback(message)
        except BaseException:
            self.raised(message)

    def call_user(self, message: Any) -> None:
        """Call the user, whatever is between him and the connections."""
        try:
            self._user(message)
        except BaseException:
            self.raised(message)

    def raised(self, message: Any = None) -> None:
        """The callback raised what is being handled now; of a message of ours it matters which."""
        self.errors += 1
        held = self._quiet.take(time.monotonic())
        if held is not None:
            also = f" ({held} more since the last one logged)" if held else ""
            last = isinstance(message, Told) and isinstance(message.error, GaveUp)
            log.exception(
                "the callback of %.80s raised%s%s", self.key, also, "" if last else "; its stream goes on"
            )

    def took(self, seconds: float, messages: int) -> None:
        """The callback took its time for some messages; say so where it is too much."""
        self.since = None
        if seconds > SLOW_SECONDS and self._patience.take(time.monotonic()) is not None:
            log.warning(self._words[0], self.key, seconds, messages)

    def look(self, now: float) -> None:
        """Say so where the callback has not returned for too long, at a moment of the monotonic clock."""
        since = self.since
        if since is not None and now - since > SLOW_SECONDS and self._patience.take(now) is not None:
            log.warning(self._words[1], self.key, now - since)

    def passes(self, track: Track, verdict: Verdict, message: Any) -> bool:
        """Whether a message that is not simply the next goes to the callback now."""
        if verdict is None:
            return True
        if verdict is REPEATED:
            track.repeated += 1
            return False
        if isinstance(verdict, Held):
            self._wait(track, message)
            return False
        assert isinstance(verdict, Gap)
        track.gaps += 1
        track.hold(message, verdict)
        track.so_far = self._repair(self, track, verdict) if self._repair is not None else None
        if track.so_far is not None:
            return False
        track.release()
        self._missed(track, verdict)
        return True

    def _wait(self, track: Track, message: Any) -> None:
        assert track.held is not None
        assert track.so_far is not None
        track.held.append(message)
        if len(track.held) > self._limit:
            self.resume(track, *track.so_far())

    def _missed(self, track: Track, gap: Gap) -> None:
        self._tell(events.Missed(self.key, track.stream.name, gap.first, gap.last))

    def resume(self, track: Track, found: list[Any], missing: Sequence[Gap]) -> None:
        """Go on after a gap: what was found, then what waited.

        Args:
            track: the stream.
            found: the messages that were missing, in order.
            missing: what is missing still.
        """
        if track.held is None or self.stopping:
            return
        track.backfilled += len(found)
        if found:
            self._tell(events.Backfilled(self.key, track.stream.name, len(found)))
        for gap in missing:
            self._missed(track, gap)
        for data in found:
            self.receive(self.shaped(track.stream.name, data))
            if self.stopping:
                return
        first, *later = track.release()
        self.receive(first)
        for message in later:
            verdict = track.accept(message["data"] if self.shape.wrapped else message)
            if self.stopping:
                return
            if verdict is None or self.passes(track, verdict, message):
                self.receive(message)

    def shaped(self, name: str, data: Any) -> Any:
        """A message as the callback gets it."""
        return {"stream": name, "data": data} if self.shape.wrapped else data

    def _merged(self, message: Any) -> None:
        assert self._merge is not None
        messages = message if isinstance(message, list) else [message]
        named = [m for m in messages if isinstance(m, dict) and isinstance(m.get("s"), str)]
        batch = self._merge.add(named, time.monotonic())
        if batch is not None:
            self.call(batch)
