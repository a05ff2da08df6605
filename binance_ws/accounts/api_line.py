"""The events of accounts that are subscribed over the ws-api: one connection for all accounts of a key pair.

A subscription lives as long as its connection, or its listen token. Everything that may wait for REST is done on
one thread, the one that ``later`` calls on; it alone adds and removes sockets.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from ..client import SKEWED
from ..core.backoff import backoff
from ..core.lifecycle import State
from ..errors import ApiError, BinanceWsError, ConnectionLost
from ..means import Means
from ..net.calls import Calls
from ..streams.accounts import ends_stream, milliseconds
from ..streams.messages import is_shutdown
from .line import AccountLine
from .socket import UserSocket

log = logging.getLogger(__name__)

SILENCE = 60.0
"""Seconds without a frame after which a connection is taken for dead: it is pinged every 20."""

EARLY = (0.75, 0.85)
"""The part of a token's life after which it is renewed; at random, so that not all are at once."""

_STALE = (-2035, -2042)
"""Codes that a new connection mends: the account is subscribed already, or all ids are used up."""


class Admission(Protocol):
    """What lets an account be subscribed; its calls may wait for REST."""

    def request(self) -> tuple[str, dict[str, Any], int | None]:
        """Method, parameters, and when what they prove expires, in milliseconds; ``None`` for never."""

    def synchronize(self) -> None:
        """Read the exchange's clock."""

    def now(self) -> int:
        """Milliseconds by the exchange's clock."""


@dataclass(eq=False)
class Subscription:
    """One account on the connection.

    Args:
        socket: whose events it brings.
        admission: lets it be subscribed.
        failures: attempts that failed since it was live last.
        delays: the waits between attempts.
        number: what the exchange calls it.
    """

    socket: UserSocket
    admission: Admission
    failures: int = 0
    delays: Iterator[float] = field(default_factory=backoff)
    number: int | None = None


class ApiLine(AccountLine):
    """A connection to the ws-api.

    Args:
        name: of its thread.
        url: of the ws-api.
        means: what the manager's connections work with.
        later: has a function called after some seconds, on a thread that may wait for REST.
    """

    def __init__(self, name: str, url: str, means: Means, later: Callable[..., Any]) -> None:
        super().__init__(name, means, SILENCE)
        self.dead = False
        self._ready = -1
        self.address = url
        self._later = later
        self._subscriptions: dict[UserSocket, Subscription] = {}
        self._by_number: dict[int, Subscription] = {}
        budget = means.budget(url) if means.budget else None
        self._calls = Calls(means.timer, self._send, budget)

    def __contains__(self, socket: UserSocket) -> bool:
        return socket in self._subscriptions

    # ---- on the thread of later -------------------------------------------------------------------------

    def add(self, socket: UserSocket, admission: Admission) -> bool:
        """Carry one more account; false where the connection has ended for good."""
        added = Subscription(socket, admission)
        self._subscriptions[socket] = added
        if self.dead:
            return self._subscriptions.pop(socket, None) is None  # whoever took it out has told it
        if self.connection.state is State.NEW and not self.connection.thread.ident:
            self.connection.start()
        elif self._ready == self._opening and self.connection.state is State.OPEN:
            self._subscribe(added, self._opening)
        return True

    def remove(self, socket: UserSocket) -> None:
        """Carry an account no more; with the last one the connection ends."""
        gone = self._subscriptions.pop(socket, None)
        if not self._subscriptions:
            self.dead = True
            self.connection.stop()
        elif gone is not None and gone.number is not None:
            self._by_number.pop(gone.number, None)
            self._calls.call("userDataStream.unsubscribe", {"subscriptionId": gone.number}, _ignore)

    def _subscribe_all(self, opening: int) -> None:
        """Subscribe every account that is there; one that is added from now on subscribes itself."""
        self._ready = opening
        for subscription in list(self._subscriptions.values()):
            self._subscribe(subscription, opening)

    def _subscribe(self, subscription: Subscription, opening: int) -> None:
        """Subscribe, or renew what is subscribed."""
        if not self._carries(subscription, opening):
            return
        try:
            method, params, expires = subscription.admission.request()
        except BinanceWsError as error:
            self._failed(subscription, opening, error)
        else:
            done = partial(self._subscribed, subscription, opening, expires)
            self._calls.call(method, params, done)

    def _again(self, subscription: Subscription, opening: int, skewed: bool) -> None:
        if skewed and self._carries(subscription, opening):
            try:
                subscription.admission.synchronize()
            except BinanceWsError as error:
                subscription.socket.scrub(error)
                log.warning("%s: the exchange's clock could not be read: %s", subscription.socket.key, error)
        self._subscribe(subscription, opening)

    # ---- on any thread ----------------------------------------------------------------------------------

    def _carries(self, subscription: Subscription, opening: int) -> bool:
        socket = subscription.socket
        known = self._subscriptions.get(socket) is subscription and not socket.target.stopping
        return known and self._is_current(opening)

    def _subscribed(
        self,
        subscription: Subscription,
        opening: int,
        expires: int | None,
        result: Any,
        error: BinanceWsError | None,
    ) -> None:
        if error is None and not isinstance(result, dict):
            error = ApiError("the answer to a subscription tells no subscription")
        if not self._carries(subscription, opening):
            return
        if error is not None:
            self._failed(subscription, opening, error)
            return
        self.heard += 1
        subscription.failures, subscription.delays = 0, backoff()
        number = result.get("subscriptionId")
        if isinstance(number, int):
            subscription.number = number
            self._by_number[number] = subscription
        if not subscription.socket.alive:
            subscription.socket.live()
        if expires is not None:
            expires = milliseconds(result.get("expirationTime") or expires)
            left = max(0.0, (expires - subscription.admission.now()) / 1000)
            self._later(left * random.uniform(*EARLY), self._subscribe, subscription, opening)
            subscription.socket.renewed(expires)

    def _failed(self, subscription: Subscription, opening: int, error: BinanceWsError) -> None:
        socket, code = subscription.socket, getattr(error, "code", None)
        if not self._carries(subscription, opening):
            return
        socket.scrub(error)
        if code in _STALE:
            self.hang_up(str(error))
            return
        subscription.failures += 1
        most = self._means.max_retries
        used_up = most is not None and subscription.failures > most and not socket.alive
        if used_up or not (getattr(error, "retryable", True) or code == SKEWED):
            socket.give_up(error)
            return
        seconds = max(next(subscription.delays), getattr(error, "retry_after", 0.0))
        log.warning("%s is not subscribed: %s; again in %.1f s", socket.key, error, seconds)
        self._later(seconds, self._again, subscription, opening, code == SKEWED)

    def _send(self, text: str) -> None:
        self.connection.send(text)

    # ---- what the connection asks and tells -------------------------------------------------------------

    def url(self) -> str:
        """The URL of the next attempt."""
        return self.address

    def opened(self) -> None:
        """Subscribe every account."""
        super().opened()
        self._by_number = {}
        for subscription in list(self._subscriptions.values()):
            subscription.number = None
        self._later(0, self._subscribe_all, self._opening)

    def take(self, message: dict[str, Any]) -> None:
        """An event, word of an end, or an answer."""
        event = message.get("event")
        if not isinstance(event, dict):
            error = self._calls.answered(message)
            if error is not None:
                self.hang_up(str(error))  # whatever it was: subscribing anew shows which account it concerns
            return
        subscription = self._by_number.get(message.get("subscriptionId", -1))
        if is_shutdown(message):
            self.hang_up("the server goes down")
        elif subscription is None:
            log.info("%s: an event of an account that is not subscribed any more is ignored", self._name)
        elif ends_stream(event):
            self._terminated(subscription)
        else:
            self.heard += 1
            subscription.socket.receive(event)

    def _terminated(self, subscription: Subscription) -> None:
        """The exchange ended one subscription: a token has run out, a key was changed."""
        if subscription.number is not None:
            self._by_number.pop(subscription.number, None)
        subscription.number, subscription.failures = None, 0
        if self._carries(subscription, self._opening):
            subscription.socket.lost(ConnectionLost("the exchange ended the subscription"), 0, 0.0)
            self._later(0, self._subscribe, subscription, self._opening)

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Fail what is pending, and tell."""
        self._ready = -1
        self._calls.fail(cause)
        for socket in list(self._subscriptions):
            socket.lost(cause, attempt, seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """Fail what is pending, and tell."""
        self.dead = True
        self._calls.fail(cause or ConnectionLost("stopped"))
        for socket in list(self._subscriptions):
            if self._subscriptions.pop(socket, None) is not None and cause is not None:
                socket.give_up(cause)


def _ignore(result: Any, error: BinanceWsError | None) -> None:
    """An answer that changes nothing."""
