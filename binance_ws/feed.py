"""The streams of one connection of a socket, whichever connection that is: it is replaced without a gap.

A rotation opens a second line, which keeps what it reads while the first goes on delivering. After a moment in
which both are heard the first is hung up, and the second delivers what it has kept, but for what was delivered.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from .config import LIMITS
from .core.lifecycle import State
from .delivery import Delivery
from .errors import BinanceWsError, ConnectionLost, StreamRefused
from .feed_owner import Owner
from .line import Line
from .means import Means
from .net.connection import Connection
from .streams.kinds import Stream
from .streams.messages import is_shutdown, reply
from .target import Target

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 60.0
_PATIENCE = 30
"""How often an old connection that has not read everything is given more time, the overlap each time."""

SILENCE = "its silence"
"""Why a connection on which nothing came any more is replaced."""


class Feed:
    """The streams of one connection, and the line that carries them now.

    Args:
        name: of its threads.
        owner: the socket.
        streams: what it carries; may be set until it is started.
        target: the socket's way to its callback.
        combined: whether the wire's messages come wrapped.
        means: what it works with.
    """

    def __init__(
        self, name: str, owner: Owner, streams: Sequence[Stream], target: Target, combined: bool, means: Means
    ) -> None:
        self.streams = list(streams)
        self.delivery = Delivery(target, self._control, combined)
        self.reconnects = 0
        self.rotations = 0
        self._name = name
        self._owner = owner
        self._target = target
        self._means = means
        self._stopping = False
        self._received = 0
        self._reason = ""
        self._next: Line | None = None
        # Guards which line delivers and which one is to follow it: both may end at any moment, on their threads.
        self._lock = threading.Lock()
        self.line = self._new_line(waiting=False)

    def _new_line(self, waiting: bool) -> Line:
        number = f" {self.rotations + 1}" if waiting else ""
        return Line(
            self,
            lambda line: Connection(
                self._name + number,
                line,
                self._means.network,
                self._means.timer,
                max_retries=self._means.max_retries,
                budget=self._means.budget,
            ),
            self._target.turnstile.take,
            self.delivery.process,
            2.0 / self._limits.messages,
            self._means.timer.after,
            waiting,
        )

    # ---- what the socket asks ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect."""
        self.line.connection.start()

    def stop(self) -> None:
        """Hang up for good; returns at once."""
        self._stopping = True
        for connection in self.connections:
            connection.stop()

    @property
    def connections(self) -> list[Connection]:
        """The connection that delivers and, while it is being replaced, the next one; which may just take over."""
        return [line.connection for line in (self._next, self.line) if line]

    @property
    def received(self) -> int:
        """Bytes received since the start."""
        with self._lock:
            return self._received + sum(connection.received for connection in self.connections)

    @property
    def room(self) -> int:
        """How many streams more its connection may carry."""
        return max(0, int(self._limits.streams) - len(self.streams))

    def fits(self, stream: Stream) -> bool:
        """Whether a stream is of the market and route that its connection carries."""
        return any((s.market, s.route) == (stream.market, stream.route) for s in self.streams[:1])

    def add(self, streams: Sequence[Stream]) -> None:
        """Carry more streams, from now on."""
        self.streams.extend(streams)
        self._request("SUBSCRIBE", streams)

    def remove(self, streams: Sequence[Stream]) -> None:
        """Carry some streams no more."""
        gone = set(streams)
        self.streams = [stream for stream in self.streams if stream not in gone]
        self._request("UNSUBSCRIBE", streams)

    def _request(self, method: str, streams: Sequence[Stream]) -> None:
        """Ask on the present line and on the one to follow it, which is looked up first: it may take over."""
        for line in filter(None, (self._next, self.line)):
            line.request(method, [stream.name for stream in streams])

    # ---- what its lines ask and tell --------------------------------------------------------------------

    def url(self) -> str:
        """The URL of the next attempt."""
        return self._owner.url_of(self)

    def names(self) -> list[str]:
        """The names to subscribe."""
        return [stream.name for stream in self.streams]

    def delivered(self) -> int:
        """How many messages have been delivered since the start."""
        return self.delivery.messages

    def line_opened(self, line: Line) -> None:
        """Watch over it; where it is the next one, let the present one end after a moment."""
        line.remind(self._means.life * random.uniform(0.97, 1.0), self._rotate_if, "its age", line.opening)
        line.remind(self._silence, self._watch, line.opening)
        if line is self._next:
            line.remind(self._means.overlap, self._let_go)
        else:
            self._owner.feed_opened(self)

    def line_lost(self, line: Line, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Count and tell; where there are two lines, the one that is lost does not come back."""
        following = self._next
        if following is not None:
            line.connection.stop()
        if line is self.line and following is not None and following.connection.state is State.OPEN:
            return  # it takes over now
        self.reconnects += 1
        if line is self.line:
            self._owner.feed_lost(self, cause, attempt, seconds)

    def line_ended(self, line: Line, cause: BinanceWsError | None) -> None:
        """Where another line is at hand it takes over; one that we ended for another is replaced anew."""
        with self._lock:
            next_ended = line is self._next
            taking_over = self._next if line is self.line else None
            anew = not taking_over and not next_ended and not self._stopping and cause is None
            if taking_over:
                self.line, self._next = taking_over, None
            elif next_ended:
                self._next = None
            elif anew:
                self.line = self._new_line(waiting=False)
            if taking_over or next_ended or anew:
                self._received += line.connection.received
        if self._means.slot.taken_by is self:
            self._means.slot.taken_by = None
        if self._stopping or not (taking_over or next_ended or anew):
            self._owner.feed_ended(self, cause)
            return
        if taking_over:
            self._target.turnstile.take(self._take_over, (line, taking_over))
        elif next_ended:
            self._go_on()
        else:
            self.start()

    def line_refused(self, refusal: StreamRefused) -> None:
        """Tell."""
        self._owner.feed_refused(refusal)

    def _control(self, message: dict[str, Any]) -> None:
        """An answer, or word that the server goes down."""
        answer = reply(message)
        if answer is not None:
            self.line.answered(answer)
        elif is_shutdown(message):
            self.rotate("the server goes down")
        else:
            log.warning("%s: an unknown control message %.200r", self._name, message)

    # ---- rotation ---------------------------------------------------------------------------------------

    def rotate(self, reason: str) -> None:
        """Replace the connection without a gap, as soon as no other one of the manager is being replaced."""
        self._means.timer.after(0, self._rotate_if, self.line, reason)

    def _rotate_if(self, line: Line, reason: str, opening: int | None = None) -> None:
        """Begin to replace a line, unless that was done, or it has opened anew; on the timer's thread."""
        gone = line is not self.line or opening not in (None, line.opening)
        if gone or self._next is not None or self._stopping:
            return
        slot, wait = self._means.slot, self._means.held_up(line.address)
        if slot.taken_by is not None or wait > 0:  # what is delivered meanwhile would have to be remembered
            again = (self._watch,) if reason == SILENCE else (self._rotate_if, reason)
            line.remind(max(wait, self._means.overlap), *again, opening)
            return
        slot.taken_by, self._reason = self, reason
        log.debug("%s: a new connection is to take over because of %s", self._name, reason)
        line.seen = set()
        following = self._new_line(waiting=True)
        with self._lock:
            begun = line is self.line and not self._stopping
            if begun:
                self._next = following
        if begun:
            following.connection.start()
        else:
            slot.taken_by = None
        if self._stopping:
            following.connection.stop()

    def _let_go(self, following: Line, patience: int = _PATIENCE) -> None:
        """Both lines were heard for a while: end the old one, unless the next has ended meanwhile.

        What the old one has not read yet, because a callback takes its time, would be lost with it, and so would
        what the next one has not asked for yet.
        """
        with self._lock:
            old = self.line if following is self._next else None
        unread = self._reason != SILENCE and old is not None and old.connection.unread
        if old is not None and patience and (unread or not following.asked):
            following.remind(self._means.overlap, self._let_go, patience - 1)
        elif old is not None:
            old.connection.stop()

    def _take_over(self, lines: tuple[Line, Line]) -> None:
        """The next line delivers from here on; in the socket's turn."""
        old, following = lines
        self.rotations += 1
        seen, old.seen = old.seen, None
        following.take_over(seen or set())
        self._owner.feed_rotated(self._reason)

    def _go_on(self) -> None:
        """The replacement failed: go on with the old line and try again later; a silent one is given up."""
        line = self.line
        line.seen = None
        if self._reason == SILENCE:
            line.connection.hang_up(ConnectionLost(f"nothing came for {self._silence:g} s, not even a ping"))
        else:
            self._means.timer.after(_AGAIN_SECONDS, self._rotate_if, line, self._reason)

    # ---- silence ----------------------------------------------------------------------------------------

    @property
    def _limits(self) -> Any:
        return LIMITS[self.streams[0].market] if self.streams else next(iter(LIMITS.values()))

    @property
    def _silence(self) -> float:
        return float(self._limits.silence if self._means.stale_after is None else self._means.stale_after)

    def _watch(self, line: Line, opening: int) -> None:
        """Replace a line on which nothing came, not even a ping; on the timer's thread, once for each opening."""
        last = line.connection.last if opening == line.opening else None
        if line not in (self.line, self._next) or last is None or self._stopping:
            return
        left = last + self._silence - time.monotonic()
        if left <= 0 and line is self.line and not line.connection.unread:
            self._rotate_if(line, SILENCE, opening)
        else:  # its turn has not come yet, or a callback takes its time: that is no silence of the exchange
            line.remind(max(left, self._means.overlap), self._watch, opening)
