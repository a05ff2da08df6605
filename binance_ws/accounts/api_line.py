"""The events of accounts that are subscribed over the ws-api: one connection for all accounts of a key pair.

A subscription lives as long as its connection, or its listen token. Everything that may wait for REST is done on
one thread, the one that ``later`` calls on; it alone adds and removes sockets.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from ..client import SKEWED
from ..core.lifecycle import State
from ..errors import ApiError, BinanceWsError, ConnectionLost
from ..means import Means
from ..net.calls import Calls
from ..net.connection import Connection
from ..streams.accounts import ends_stream, milliseconds
from ..streams.messages import is_shutdown
from .line import AccountLine
from .relief import Relief
from .socket import UserSocket
from .subscription import Admission, Subscription
from .way import Way

log = logging.getLogger(__name__)

SILENCE = 60.0
"""Seconds without a frame after which a connection is taken for dead: it is pinged every 20."""

EARLY = (0.75, 0.85)
"""The part of a token's life after which it is renewed; at random, so that not all are at once."""

_STALE = (-2035, -2042)
"""Codes that a new connection mends: the account is subscribed already, or all ids are used up."""


class ApiLine(AccountLine):
    """A connection to the ws-api.

    Args:
        name: of its thread.
        url: of the ws-api.
        means: what the manager's connections work with.
        later: has a function called after some seconds, on a thread that may wait for REST.
        moved: is called there when another line has taken over.
    """

    def __init__(
        self, name: str, url: str, means: Means, later: Callable[..., Any], moved: Callable[[], object]
    ) -> None:
        super().__init__(name, means, later, url, SILENCE)
        self._moved = moved
        self._ready = -1
        self._subscriptions: dict[UserSocket, Subscription] = {}
        self._by_number: dict[int, Subscription] = {}
        budget = means.budget(url) if means.budget else None
        self._calls = Calls(means.timer, self._send, budget)

    @property
    def ways(self) -> list[Way]:
        """Of every account."""
        return [subscription.way for subscription in list(self._subscriptions.values())]

    @property
    def latest(self) -> ApiLine:
        """This line, or the one that has taken over from it."""
        if self.relief is None or not self.relief.taken:
            return self
        following: ApiLine = self.relief.new
        return following.latest

    def _to_change(self) -> ApiLine:
        """The same. One that was about to take over is let go: it would not know what changes now."""
        if self.relief is not None:
            self.relief.fail()
        return self.latest

    def leave(self, socket: UserSocket) -> None:
        """Carry an account no more, soon; from any thread."""
        self._later(0, self.remove, socket)

    def leaving(self) -> list[Connection]:
        """The connections, where no account is left on them."""
        return self.connections if self.stopped else []

    # ---- on the thread of later -------------------------------------------------------------------------

    def heir(self, relief: Relief) -> ApiLine:
        """A line with the same accounts: each may be subscribed once on every connection."""
        made = ApiLine(self._name, self.address, self._means, self._later, self._moved)
        for socket, each in list(self._subscriptions.items()):
            made._subscriptions[socket] = Subscription(Way(socket, relief, each.way), each.admission)
        return made

    def add(self, socket: UserSocket, admission: Admission) -> bool:
        """Carry one more account; false where the connection has ended for good."""
        line = self._to_change()
        if line is not self:
            return line.add(socket, admission)
        added = Subscription(Way(socket), admission)
        self._subscriptions[socket] = added
        if self.stopped:
            return self._subscriptions.pop(socket, None) is None  # whoever took it out has told it
        socket.carrier = self
        if self.connection.state is State.NEW and not self.connection.thread.ident:
            self.connection.start()
        elif self._ready == self._opening and self.connection.state is State.OPEN:
            self._subscribe(added, self._opening)
        return True

    def remove(self, socket: UserSocket) -> None:
        """Carry an account no more; with the last one the connection ends."""
        line = self._to_change()
        if line is not self:
            line.remove(socket)
            return
        gone = self._subscriptions.pop(socket, None)
        if not self._subscriptions:
            self.stop()
        elif gone is not None and gone.number is not None:
            self._by_number.pop(gone.number, None)
            self._unsubscribe(gone.number)

    def _subscribe_all(self, opening: int) -> None:
        """Subscribe every account that is there; one that is added from now on subscribes itself."""
        self._ready = opening
        for subscription in sorted(self._subscriptions.values(), key=lambda each: each.admission.waits):
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
        number = result.get("subscriptionId") if isinstance(result, dict) else None
        if not self._carries(subscription, opening):
            if isinstance(number, int) and self._is_current(opening):
                self._unsubscribe(number)  # it was stopped before the answer
        elif error is not None or not isinstance(number, int):
            self._failed(subscription, opening, error or ApiError("the answer tells no subscription"))
        else:
            self.heard += 1
            subscription.begin(number)
            self._by_number[number] = subscription
            if not subscription.way.ready:
                subscription.way.live()
            if expires is not None:
                self._renew(subscription, opening, milliseconds(result.get("expirationTime") or expires))

    def _renew(self, subscription: Subscription, opening: int, expires: int) -> None:
        """Renew it well before a moment of the exchange's clock."""
        left = max(0.0, (expires - subscription.admission.now()) / 1000)
        self._later(left * random.uniform(*EARLY), self._subscribe, subscription, opening)
        subscription.socket.renewed(expires)

    def _failed(self, subscription: Subscription, opening: int, error: BinanceWsError) -> None:
        if not self._carries(subscription, opening):
            return
        subscription.socket.scrub(error)
        if getattr(error, "code", None) in _STALE:
            self.hang_up(str(error))
        else:
            subscription.failures += 1
            self._retry(subscription, opening, error)

    def _retry(self, subscription: Subscription, opening: int, error: BinanceWsError) -> None:
        """Subscribe again after a while, unless that was tried often enough, or there is no use in it."""
        way, live, most = subscription.way, subscription.number is not None, self._means.max_retries
        skewed = getattr(error, "code", None) == SKEWED
        used_up = most is not None and subscription.failures > most and not live
        if used_up or not (getattr(error, "retryable", True) or skewed):
            way.give_up(error)
            return
        seconds = max(next(subscription.delays), getattr(error, "retry_after", 0.0))
        if way.ready and not live:
            way.lost(error, subscription.failures, seconds)
        log.warning("%s is not subscribed: %s; again in %.1f s", way.socket.key, error, seconds)
        self._later(seconds, self._again, subscription, opening, skewed)

    def _unsubscribe(self, number: int) -> None:
        self._calls.call("userDataStream.unsubscribe", {"subscriptionId": number}, _ignore)

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
            subscription.end()
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
            self.replace("the server goes down")
        elif subscription is None:
            log.info("%s: an event of an account that is not subscribed any more is ignored", self._name)
        elif ends_stream(event):
            self._terminated(subscription)
        else:
            self.heard += 1
            subscription.way.receive(event)

    def _terminated(self, subscription: Subscription) -> None:
        """The exchange ended one subscription: a token has run out, a key was changed."""
        if subscription.number is not None:
            self._by_number.pop(subscription.number, None)
        lived = subscription.end()
        if self._carries(subscription, self._opening):
            subscription.failures += not lived
            cause = ConnectionLost("the exchange ended the subscription")
            self._retry(subscription, self._opening, cause)

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Fail what is pending, and tell."""
        self._ready = -1
        self._calls.fail(cause)
        super().lost(cause, attempt, seconds)

    def ended(self, cause: BinanceWsError | None) -> None:
        """Fail what is pending, and tell."""
        self.stopped = True
        self._calls.fail(cause or ConnectionLost("stopped"))
        for socket, subscription in list(self._subscriptions.items()):
            if self._subscriptions.pop(socket, None) is not None and cause is not None:
                subscription.way.give_up(cause)
        self._by_number = {}
        super().ended(cause)
        if self.latest is not self:
            self._later(0, self._moved)


def _ignore(result: Any, error: BinanceWsError | None) -> None:
    """An answer that changes nothing."""
