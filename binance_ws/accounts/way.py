"""One line's way to the socket of an account, whichever line that is: lines are replaced without a gap.

While that happens an account has two ways. The old one delivers, and the new one keeps what it gets; when the old
one has ended, the new one delivers what it has kept, but for what was delivered.
"""

from __future__ import annotations

import time
from collections import Counter
from json import dumps
from typing import Any, Protocol

from ..errors import BinanceWsError
from .socket import UserSocket

LAG_SECONDS = 10.0
"""By how much later than on the old line an event may come on the new one."""

MOST = 10_000
"""Events that a new way may keep; with more its line is let go, and another one tried later."""


class Replacement(Protocol):
    """What a new way is part of; called from any thread."""

    @property
    def taken(self) -> bool:
        """Whether the new line takes over, or has done so."""

    def ready(self) -> None:
        """One more account is brought by the new line."""

    def fail(self) -> bool:
        """Let the new line go; false where it has taken over."""

    def old_lost(self) -> None:
        """The old line brings an account no more."""

    def old_is_deaf(self, why: str) -> None:
        """The old line is open, but has not brought everything."""


class Way:
    """What a line tells of an account goes to its socket by this way.

    Args:
        socket: the account's.
        replacement: what this is the new way of; ``None`` where it delivers from the beginning, and afterwards.
        old: the way that it follows.
    """

    def __init__(
        self, socket: UserSocket, replacement: Replacement | None = None, old: Way | None = None
    ) -> None:
        self.socket = socket
        self.ready = False
        self.next: Way | None = None
        self.replacement = replacement
        self._kept: list[dict[str, Any]] | None = None if replacement is None else []
        self._delivered: Counter[str] = Counter()  # by the old way, since there is this one
        self._until = 0.0
        if old is not None:
            old.next = self

    # ---- what its line tells ----------------------------------------------------------------------------

    def live(self) -> None:
        """From here on every event is brought."""
        self.ready = True
        replacement = self.replacement
        if replacement is None or replacement.taken:
            self.socket.live()
        else:
            replacement.ready()

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Events are not brought any more; they will be again."""
        self.ready = False
        if self._let_go():
            return
        following = self.next
        if following is not None and following.replacement is not None:
            following.replacement.old_lost()
        self.socket.lost(cause, attempt, seconds)

    def give_up(self, cause: BinanceWsError) -> None:
        """They will not."""
        if not self._let_go():
            self.socket.give_up(cause)

    def _let_go(self) -> bool:
        """Have the line let go, where it is still to take over and nobody needs to know; false where it is not."""
        replacement = self.replacement
        return replacement is not None and replacement.fail()

    def receive(self, event: dict[str, Any]) -> None:
        """Take an event to the callback, or keep it, in turn."""
        self.socket.target.turnstile.take(self._in_turn, event)

    def go_on(self, failed: Replacement) -> None:
        """Deliver alone again: what was to follow is let go."""
        following = self.next
        if following is not None and following.replacement is failed:
            self.next = None

    def take_over(self) -> None:
        """Deliver from here on; on the thread of the old line, which has ended."""
        self.replacement = None
        if self.ready and not self.socket.alive:
            self.socket.live()
        self.socket.target.turnstile.take(self._begin, None)

    # ---- in turn ----------------------------------------------------------------------------------------

    def _in_turn(self, event: dict[str, Any]) -> None:
        if self._kept is not None:
            self._kept.append(event)
            self._bound(len(self._kept))
            return
        if not self._came_already(event):
            following = self.next  # read once: it may be let go at any moment
            if following is not None:
                following.old_delivers(event)
            self.socket.take(event)

    def old_delivers(self, event: dict[str, Any]) -> None:
        """Remember what the old way delivers."""
        self._delivered[_whole(event)] += 1
        self._bound(len(self._delivered))

    def _bound(self, count: int) -> None:
        if count > MOST:
            self._let_go()

    def _begin(self, _: None) -> None:
        """Deliver what was kept, and what comes."""
        kept, self._kept = self._kept or [], None
        self._until = time.monotonic() + LAG_SECONDS
        for event in kept:
            self._in_turn(event)

    def _came_already(self, event: dict[str, Any]) -> bool:
        """Whether the old way has delivered it."""
        if self._delivered and time.monotonic() > self._until:
            self._delivered.clear()
        if not self._delivered:
            return False
        whole = _whole(event)
        self._delivered[whole] -= 1
        return self._delivered[whole] >= 0


def _whole(event: dict[str, Any]) -> str:
    """An event as something that can be looked up: none has a number."""
    return dumps(event, sort_keys=True)
