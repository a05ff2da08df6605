"""One line takes over from another without a gap.

The new line opens, and keeps what it reads while the old one goes on delivering. After a moment in which both are
heard the old one is hung up, and the new one delivers what it has kept, but for what was delivered. Where the new
one is lost before that, it is let go, and the old one goes on by itself. Where the old one is, the new one takes
over at once, if it is ready; but then something may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..means import Means
from .socket import Carrier
from .way import Way

LONGEST_SECONDS, _AGAIN_SECONDS = 60.0, 60.0
"""How long it may take until a new line brings every account and the old one has read all, and when another one is
tried."""


class Line(Carrier, Protocol):
    """A line that may take over, or be taken over from."""

    relief: Relief | None
    received_before: int
    malformed: int

    @property
    def ways(self) -> list[Way]:
        """Of the accounts that it brings."""

    def heir(self, relief: Relief) -> Line:
        """A line that brings the same accounts, not yet started."""

    def hang_up(self, why: str) -> None:
        """End the present connection; it opens again."""

    def stop(self) -> None:
        """Hang up for good."""


class Relief:
    """The replacement of one line.

    Args:
        old: the line.
        reason: why it is replaced.
        means: what the manager's connections work with; their slot has this relief.
        again: tries anew.
    """

    def __init__(self, old: Line, reason: str, means: Means, again: Callable[[], None]) -> None:
        self.new: Any = None  # a line of the old one's kind, from when it is opened
        self._old = old
        self._reason = reason
        self._means = means
        self._again = again
        self._decided: dict[str, bool] = {}

    @property
    def taken(self) -> bool:
        """Whether the new line takes over, or has done so."""
        return self._decided.get("taken", False)

    def _decide(self, taken: bool) -> bool:
        """Whether the new line takes over: decided once, by the thread that comes first."""
        return self._decided.setdefault("taken", taken)

    def begin(self) -> None:
        """Open the new line, where every account is brought by the old one; on the thread that adds accounts."""
        if not all(way.ready and way.replacement is None for way in self._old.ways):
            self.fail()
        if "taken" in self._decided:
            return
        self.new = self._old.heir(self)
        self.new.connection.start()
        if self._decided.get("taken") is False:
            self._let_go()  # it failed while there was no new line yet, or not all of its ways

    def ready(self) -> None:
        """One more account is brought by the new line; where all are, the old one ends after a moment."""
        if self._is_ready():
            self._means.timer.after(self._means.overlap, self._end_old)

    def old_lost(self) -> None:
        """The old line brings an account no more."""
        if self._is_ready():
            self._end_old(lost=True)
        else:
            self.fail()

    def old_is_deaf(self, why: str) -> None:
        """The old line is open, but has not brought everything: it opens anew by itself, and tells."""
        self._old.hang_up(why)

    def _is_ready(self) -> bool:
        return self.new is not None and all(way.ready for way in self.new.ways)

    def _end_old(self, lost: bool = False) -> None:
        """Hang the old line up, as soon as it has read what came: that would be lost with it.

        Where a callback takes so long that this is not in time, the new line is let go; another is tried later.
        """
        if not lost and "taken" not in self._decided and self._old.connection.unread:
            self._means.timer.after(self._means.overlap, self._end_old)
        elif self._decide(True):
            self._old.connection.stop()

    def fail(self) -> bool:
        """Let the new line go; false where it has taken over. From any thread, any number of times."""
        if self._decide(False):
            return False
        self._let_go()
        if self._old.relief is self:
            self._old.relief = None
            self._over()
            self._means.timer.after(_AGAIN_SECONDS, self._again)
        return True

    def _let_go(self) -> None:
        if self.new is not None:
            self.new.stop()
        for way in self._old.ways:
            way.go_on(self)

    def old_ended(self) -> None:
        """The old line has delivered all that it read; on its thread."""
        if self.fail() or self.new is None:
            return
        self.new.received_before = self._old.received
        self.new.malformed += self._old.malformed
        self._over()
        ways = [way for way in self.new.ways if way.replacement is self]
        for way in ways:
            way.socket.moved(self.new, self._reason)
        for way in ways:
            way.take_over()  # calls the user, who may take his time

    def _over(self) -> None:
        if self._means.slot.taken_by is self:
            self._means.slot.taken_by = None
