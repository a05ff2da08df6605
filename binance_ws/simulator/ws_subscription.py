"""One subscription of an account's events on a connection of the WebSocket API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .accounts import Account
from .keys import Key
from .loop import Timer
from .recording import encode


class Subscription:
    """A subscription.

    Args:
        id: its number on the connection.
        account: whose events.
        key: the API key that opened it; ``None`` for a listen token.
        logged_on: whether it was opened by a logged-on session, and ends with it.
        send: takes the bytes of a message.
        forget: takes this subscription when it is over.
    """

    def __init__(
        self,
        id: int,
        account: Account,
        key: Key | None,
        logged_on: bool,
        send: Callable[[bytes], None],
        forget: Callable[[Subscription], None],
    ) -> None:
        self.id, self.account, self.key, self.logged_on = id, account, key, logged_on
        self.expires = 0
        self._send, self._forget = send, forget
        self._timer: Timer | None = None
        account.sinks[self] = None

    @property
    def by_token(self) -> bool:
        """Whether a listen token opened it."""
        return self.key is None

    def deliver(self, event: dict[str, Any]) -> bool:
        """Send an event in its envelope."""
        self._send(encode({"subscriptionId": self.id, "event": event}))
        return True

    def extend(self, expires: int) -> None:
        """End by itself at a moment of the exchange's clock, in ms, but not before one that was set already."""
        self.expires = max(self.expires, expires)
        if self._timer:
            self._timer.cancel()
        left = max(self.expires - self.account.now(), 0) / 1000
        self._timer = self.account.loop.later(left, self.terminate)

    def terminate(self) -> None:
        """End with ``eventStreamTerminated``."""
        self.deliver({"e": "eventStreamTerminated", "E": self.account.now()})
        self.drop()

    def drop(self) -> None:
        """End without a word."""
        if self._timer:
            self._timer.cancel()
        self.account.sinks.pop(self, None)
        self._forget(self)
