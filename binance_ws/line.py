"""One connection of a feed, and what it may do with what it reads: deliver, or keep it until its turn comes."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from json import dumps
from typing import Any, Protocol

from .errors import BinanceWsError, NotConnected, StreamRefused
from .net.connection import Connection
from .net.frames import not_text
from .net.timer import Reminders
from .streams.messages import Reply
from .streams.urls import needs_subscribing, requests

log = logging.getLogger(__name__)

Process = Callable[[list[bytes]], None]

_numbers = itertools.count(1)
"""Of requests. No two lines use the same: the answers of one must not look like those of the other."""


class Owner(Protocol):
    """The feed that a line belongs to; called on the line's thread."""

    def url(self) -> str:
        """The URL of the next attempt."""

    def line_opened(self, line: Line) -> None:
        """A line is open."""

    def line_lost(self, line: Line, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """A line ended and will open again."""

    def line_ended(self, line: Line, cause: BinanceWsError | None) -> None:
        """A line ended for good."""

    def line_refused(self, refusal: StreamRefused) -> None:
        """The exchange refused streams."""

    def names(self) -> list[str]:
        """The names to subscribe."""

    def delivered(self) -> int:
        """How many messages have been delivered since the start."""


class Line:
    """A connection with the streams that it was asked for.

    Args:
        owner: its feed.
        connect: makes its connection, given what listens to it.
        take: has work done in the socket's turn.
        process: takes payloads to the callback.
        pace: seconds between two requests.
        later: has a function called after some seconds.
        waiting: whether it keeps what it reads until :meth:`take_over`.
    """

    def __init__(
        self,
        owner: Owner,
        connect: Callable[[Line], Connection],
        take: Callable[[Callable[[Any], None], Any], None],
        process: Process,
        pace: float,
        later: Callable[..., Any],
        waiting: bool = False,
    ) -> None:
        self.kept: list[bytes] | None = [] if waiting else None
        self.seen: set[bytes] | None = None
        self._owner = owner
        self._take = take
        self._process = process
        self._pace = pace
        self._later = later
        self._delivered_before = 0
        self.address = ""  # the URL of the last attempt
        self._asked: list[str] = []
        self.opening = 0
        self._pending: dict[int, tuple[str, list[str]]] = {}
        self._unsent: list[tuple[str, list[str]]] = []
        self._reminders = Reminders(later)
        self.connection = connect(self)

    # ---- what the connection asks and tells -------------------------------------------------------------

    def deliver(self, payloads: list[bytes]) -> None:
        """Take text messages, in turn with everything else that concerns the socket."""
        self._take(self._in_turn, payloads)

    def _in_turn(self, payloads: list[bytes]) -> None:
        if self.kept is not None:
            self.kept.extend(payloads)
            return
        seen = self.seen
        try:
            self._process(payloads)
            if seen is not None:
                seen.update(payloads)
        except UnicodeDecodeError as error:
            self.connection.violate(not_text(error))

    def take_over(self, seen: set[bytes]) -> None:
        """Deliver what was kept, but for what the line before has delivered; in the socket's turn."""
        kept, self.kept = self.kept or [], None
        if kept:
            self._in_turn([payload for payload in kept if payload not in seen])

    def binary(self, payload: bytes) -> None:
        """Binary messages are none of the exchange's JSON streams."""
        log.warning("%s: a binary message of %d bytes is ignored", self.connection.thread.name, len(payload))

    def url(self) -> str:
        """The URL of the next attempt."""
        asked = self._owner.names()
        self.address = self._owner.url()
        # Streams that are to be found out are known only now.
        self._asked = [] if needs_subscribing(self.address) else asked or self._owner.names()
        return self.address

    def proven(self) -> bool:
        """Whether a message came since the connection opened last; answers to our requests do not count."""
        return self._owner.delivered() > self._delivered_before or bool(self.kept)

    def opened(self) -> None:
        """Ask for the streams that the URL did not ask for, or should not have, and tell."""
        self._reminders.clear()
        self._delivered_before = self._owner.delivered()
        self.opening += 1
        self._pending = {}
        self._unsent = []
        wanted, asked = self._owner.names(), self._asked
        self.request("SUBSCRIBE", _without(wanted, asked))
        self.request("UNSUBSCRIBE", _without(asked, wanted))
        self._owner.line_opened(self)

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Tell."""
        self._owner.line_lost(self, cause, attempt, seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """Tell."""
        self._reminders.clear()
        self._owner.line_ended(self, cause)

    def remind(self, seconds: float, call: Callable[..., Any], *args: Any) -> None:
        """Have ``call(line, *args)`` called later, instead of what it was to be called for before.

        It is not, where the line opens anew or ends first: nothing holds on to a line that has ended.
        """
        self._reminders.set(seconds, call, self, *args)

    # ---- requests ---------------------------------------------------------------------------------------

    def request(self, method: str, names: Sequence[str]) -> None:
        """Ask for a change of streams, behind what is being asked for already; from any thread.

        Before the line is open nothing is asked: what has changed meanwhile is asked for when it opens.
        """
        if names:
            self._later(0, self._queue, self.opening, method, list(requests(names)))

    # The next three run on the timer's thread alone, at a pace that leaves room for pongs.

    def _queue(self, opening: int, method: str, portions: list[list[str]]) -> None:
        idle = not self._unsent
        if opening == self.opening:
            self._unsent.extend((method, portion) for portion in portions)
            if idle:
                self._send_next(opening)

    def _send_next(self, opening: int) -> None:
        if opening != self.opening or not self._unsent:
            return
        method, names = self._unsent[0]
        number = next(_numbers)
        self._pending[number] = (method, names)
        try:
            self.connection.send(dumps({"method": method, "params": names, "id": number}))
        except NotConnected:
            return  # all of it is asked for anew when it opens
        self._later(self._pace, self._sent, opening)

    def _sent(self, opening: int) -> None:
        if opening == self.opening:
            self._unsent.pop(0)
            self._send_next(opening)

    def answered(self, answer: Reply) -> None:
        """Match an answer to its request: by its id, or, where it has none, to the oldest."""
        number = answer.id if isinstance(answer.id, int) else next(iter(self._pending), None)
        asked = self._pending.pop(number, None) if number is not None else None
        if answer.failed:
            method, names = asked or ("", self._owner.names())
            if method == "SUBSCRIBE" and len(names) > 1:
                self._ask_apart(names)
            else:
                self._refused(names, answer)

    def _ask_apart(self, names: list[str]) -> None:
        """Of streams that were refused together one may be the cause: ask for each half by itself."""
        log.info("%d streams were refused together, and are asked for apart", len(names))
        wanted = set(self._owner.names())
        halves = (names[: len(names) // 2], names[len(names) // 2 :])
        for half in halves:
            self.request("SUBSCRIBE", [name for name in half if name in wanted])

    def _refused(self, names: list[str], answer: Reply) -> None:
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        text = f"the exchange refused {shown}: {answer.text}"
        self._owner.line_refused(StreamRefused(text, tuple(names), answer.code))

    @property
    def asked(self) -> bool:
        """Whether every request has been sent."""
        return not self._unsent

    @property
    def settled(self) -> bool:
        """Whether every request has been answered."""
        return not self._pending and not self._unsent


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    known = set(others)
    return [name for name in names if name not in known]
