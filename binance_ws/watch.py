"""A look at the whole manager every few seconds: did the machine sleep, did a stream fall silent alone?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from weakref import WeakSet

from . import events
from .core.lifecycle import State
from .errors import ConnectionLost
from .handle import Handle
from .net.timer import Timer
from .streams.kinds import Stream
from .track import Track

LOOK_SECONDS = 5.0
JUMP_SECONDS = 10.0
"""By how much the wall clock must run ahead of the other to mean that the machine slept."""

QUIET_SECONDS = 300.0
"""Silence that is worth a word where a stream has no period of its own."""

DOUBT_SECONDS = 10.0
"""Silence of a stream that has never spoken after which its name is in doubt."""


class Watch:
    """Looks, on the timer's thread, from ``start`` until the timer is closed.

    Args:
        timer: of the manager.
        sockets: gives the manager's sockets.
        tell: gives an event to ``on_event``.
        doubt: is given, once, each stream that has never spoken: the socket's key, the stream, and seconds.
        wall, clock: seconds of the clock that people read, and of one that stops while the machine sleeps.
    """

    def __init__(
        self,
        timer: Timer,
        sockets: Callable[[], Iterable[Handle]],
        tell: Callable[[events.Event], None],
        doubt: Callable[[str, Stream, float], None] = lambda key, stream, seconds: None,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timer = timer
        self._sockets = sockets
        self._tell = tell
        self._wall = wall
        self._clock = clock
        self._ahead = 0.0
        self._told: WeakSet[Track] = WeakSet()  # a track goes with its socket
        self._doubt = doubt
        self._doubted: WeakSet[Track] = WeakSet()

    def start(self) -> None:
        """Begin to look."""
        self._ahead = self._wall() - self._clock()
        self._told.clear()
        self._doubted.clear()
        self._timer.after(LOOK_SECONDS, self._again)

    def _again(self) -> None:
        self.look()
        self._timer.after(LOOK_SECONDS, self._again)

    def look(self) -> None:
        """Look once."""
        ahead = self._wall() - self._clock()
        jumped, self._ahead = ahead - self._ahead, ahead
        for socket in self._sockets():
            if jumped > JUMP_SECONDS:
                cause = ConnectionLost(f"the machine slept, or its clock was moved, by {jumped:.0f} s")
                socket.hang_up(cause)
            elif socket.state is State.OPEN:
                socket.target.look(self._clock())
                self._listen(socket)

    def _listen(self, socket: Handle) -> None:
        """Tell once of each stream that is silent though its connection is alive."""
        for track in list(socket.target.tracks.values()):
            since = max(track.seen or 0.0, socket.opened)
            silent = self._clock() - since
            if track.seen is None and silent > DOUBT_SECONDS and track not in self._doubted:
                self._doubted.add(track)
                self._doubt(socket.key, track.stream, silent)
            if silent <= _patience(track):
                self._told.discard(track)
            elif track not in self._told:
                self._told.add(track)
                self._tell(events.Silent(socket.key, track.stream.name, silent))


def _patience(track: Track) -> float:
    period = track.stream.kind.period
    return QUIET_SECONDS if period is None else 3 * period
