"""Accounts as senders of events: what happens on one goes to whoever has subscribed it, by whatever mechanism."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from ..errors import ArgumentError
from .keys import USER
from .loop import Loop

KEPT = 100_000
"""Events that an account remembers."""

SPOT, MARGIN, ISOLATED_MARGIN, MARGIN_RISK = "spot", "margin", "isolated_margin", "margin_risk"
USDM, COINM, OPTIONS = "usdm", "coinm", "options"
PORTFOLIO, PORTFOLIO_PRO = "portfolio", "portfolio_pro"
NAMES = (SPOT, MARGIN, MARGIN_RISK, USDM, COINM, OPTIONS, PORTFOLIO, PORTFOLIO_PRO)

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound="Account")


def on_loop(method: Callable[Concatenate[A, P], T]) -> Callable[Concatenate[A, P], T]:
    """A method that any thread may call and the exchange's thread carries out."""

    @functools.wraps(method)
    def asked(self: A, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.loop.ask(lambda: method(self, *args, **kwargs))

    return asked


class Sink(Protocol):
    """One subscription of an account's events."""

    def deliver(self, event: dict[str, Any]) -> bool:
        """Send an event on; whether there is a connection for it."""


class Account:
    """An account of a user.

    Args:
        name: ``"spot"``, ``"isolated_margin:BNBUSDT"`` and so on.
        user: whose it is.
        loop: the exchange's thread.
        now: the exchange's clock in ms.
    """

    def __init__(self, name: str, user: str, loop: Loop, now: Callable[[], int]) -> None:
        self.name, self.user, self.loop, self.now = name, user, loop, now
        self.sinks: dict[Sink, None] = {}
        self._sent: deque[dict[str, Any]] = deque(maxlen=KEPT)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The events (100,000 at most) that were emitted while someone was subscribed, oldest first."""
        return self.loop.ask(lambda: list(self._sent))

    @on_loop
    def emit(self, event: dict[str, Any]) -> dict[str, Any]:
        """Send any event to whoever has subscribed.

        Args:
            event: with ``e``; where it has no ``E`` it gets the exchange's clock.

        Returns:
            the event as it was sent.
        """
        whole = event if "E" in event else {"e": event["e"], "E": self.now(), **event}
        taken = [sink.deliver(whole) for sink in list(self.sinks)]
        if any(taken):
            self._sent.append(whole)
        return whole

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} of {self.user}>"


class Accounts:
    """All accounts; one comes into being when it is asked for.

    Args:
        make: gets a name and a user.
    """

    def __init__(self, make: Callable[[str, str], Account]) -> None:
        self._make = make
        self._known: dict[tuple[str, str], Account] = {}

    def of(self, name: str, user: str = USER) -> Account:
        """An account by its name.

        Raises:
            ArgumentError: there is none of that name.
        """
        name = canonical(name)
        if (name, user) not in self._known:
            self._known[name, user] = self._make(name, user)
        return self._known[name, user]

    def all(self) -> list[Account]:
        """Those that there are."""
        return list(self._known.values())

    def isolated(self, user: str) -> list[str]:
        """The names of a user's isolated margin accounts."""
        return [name for name, owner in self._known if owner == user and name.startswith(ISOLATED_MARGIN)]


def canonical(name: str) -> str:
    """An account's name with its symbol in capitals.

    Raises:
        ArgumentError: there is no account of that name.
    """
    kind, _, symbol = name.partition(":")
    if kind == ISOLATED_MARGIN and symbol:
        return f"{kind}:{symbol.upper()}"
    if name not in NAMES:
        raise ArgumentError(
            f"an account is one of {', '.join(NAMES)} or isolated_margin:BNBUSDT, not {name!r}"
        )
    return name
