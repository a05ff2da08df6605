"""What an account's stream may have missed is asked for, and delivered before what came meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from ..errors import BinanceWsError, Closed
from ..target import Target
from .reconcile import Reconciler

log = logging.getLogger(__name__)

HELD = 10_000
"""Events that wait for the answers of REST at most; further ones are delivered before them."""

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 128.0
_FAILURES = (BinanceWsError, LookupError, TypeError, ValueError, ArithmeticError)


class Owner(Protocol):
    """The socket whose events they are."""

    target: Target

    @property
    def key(self) -> str:
        """What the user calls it."""

    def call(self, message: Any) -> None:
        """Call the user; in turn."""

    def found(self, count: int) -> None:
        """So many events that were missed are about to be delivered."""

    def scrub(self, error: BaseException) -> None:
        """Take what must not be shown out of an error's text."""


class CatchingUp:
    """Passes events on to a socket's user, those that were missed among them.

    Args:
        owner: the socket.
        reconciler: finds out what was missed; ``None`` where that is not asked for.
        later: has a function called after some seconds, on a thread that may wait for REST.
        now: milliseconds by the exchange's clock.
    """

    def __init__(
        self,
        owner: Owner,
        reconciler: Reconciler | None,
        later: Callable[..., Any],
        now: Callable[[], int],
    ) -> None:
        self._owner = owner
        self._reconciler = reconciler
        self._later = later
        self._now = now
        self._held: list[Any] | None = None

    def first(self) -> None:
        """The stream is open for the first time: learn what there is before anything can be missed."""
        if self._reconciler is not None:
            self._later(0, self._learn)

    def again(self, since: int) -> None:
        """The stream is open again, and events since a moment may be missing: from here on events wait."""
        if self._reconciler is not None:
            self._held = [] if self._held is None else self._held
            self._later(0, self._ask, since, _FIRST_WAIT)

    def pass_on(self, event: dict[str, Any]) -> None:
        """Take an event to the user, or have it wait; in turn."""
        if self._held is not None and len(self._held) < HELD:
            self._held.append(event)
        else:
            self._deliver(event)

    def _deliver(self, event: dict[str, Any]) -> None:
        if self._reconciler is not None:
            self._reconciler.hear(event)
        self._owner.call(event)

    # ---- on a thread that may wait for REST -------------------------------------------------------------

    def _learn(self) -> None:
        assert self._reconciler is not None
        try:
            self._reconciler.learn()
        except _FAILURES as error:
            self._log("what is open", error)

    def _ask(self, since: int, wait: float) -> None:
        """Ask what was missed while events wait; where that fails they go on, and it is asked again some times."""
        assert self._reconciler is not None
        if self._owner.target.stopping:
            return
        if self._held is None:
            self._held = []
        held, found = self._held, []
        try:
            found = self._reconciler.missed(since, self._now(), held)
        except _FAILURES as error:
            self._log("what was missed", error)
            if wait <= _LONGEST_WAIT and getattr(error, "retryable", True):
                self._later(max(wait, getattr(error, "retry_after", 0.0)), self._ask, since, wait * 2)
        self._owner.target.turnstile.take(self._resume, (found, held))

    def _log(self, what: str, error: Exception) -> None:
        self._owner.scrub(error)
        if not isinstance(error, Closed):
            log.warning("%s: %s could not be asked for: %s", self._owner.key, what, error)

    def _resume(self, work: tuple[list[dict[str, Any]], list[Any]]) -> None:
        """First what was missed, then what came meanwhile; in turn."""
        found, held = work
        if self._held is held:
            self._held = None
        waited = held[:]
        held.clear()
        if found:
            self._owner.found(len(found))
        for event in [*found, *waited]:
            self._deliver(event)
