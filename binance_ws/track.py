"""What is known of one stream of a socket: where it stands, when it spoke last, what waits for its gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .core.sequence import REPEATED, Gap, Repeated, Tracker, tracker
from .streams.kinds import Stream


class Held:
    """A message that waits until the gap before it is filled."""


HELD = Held()
Verdict = Gap | Repeated | Held | None

SoFar = Callable[[], tuple[list[Any], list[Gap]]]
"""What was found of a gap until now, as live messages in order, and what is missing besides."""


def _hold(data: Any) -> Held:
    return HELD


class Track:
    """One stream of a socket. Changed only by the thread that has the socket's turn.

    Args:
        stream: the stream.
    """

    __slots__ = (
        "__weakref__",
        "_tracker",
        "backfilled",
        "gap",
        "gaps",
        "held",
        "repeated",
        "seen",
        "so_far",
        "step",
        "stream",
    )

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.seen: float | None = None
        self.repeated = 0
        self.gaps = 0
        self.backfilled = 0
        self.gap: Gap | None = None
        self.held: list[Any] | None = None
        self.so_far: SoFar | None = None
        self._tracker: Tracker = tracker(stream)
        self.step: Callable[[Any], Verdict] = self._tracker.step

    def hold(self, message: Any, gap: Gap) -> None:
        """From this message on, all wait until the gap before it is filled."""
        self.held, self.gap = [message], gap
        self.step = _hold

    def release(self) -> list[Any]:
        """No message waits any more; those that did."""
        held, self.held, self.so_far = self.held or [], None, None
        self.step = self._tracker.step
        return held

    def accept(self, data: Any) -> Verdict:
        """What a message is; one whose shape says nothing of its order is the next."""
        try:
            return self.step(data)
        except (KeyError, TypeError):
            return None


__all__ = ["HELD", "REPEATED", "Gap", "Held", "SoFar", "Track", "Verdict"]
