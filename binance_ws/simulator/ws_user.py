"""Who has logged on to a connection of the WebSocket API, and which accounts it has subscribed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .accounts import SPOT, Account
from .answers import Bad
from .keys import ED25519, Key
from .signed import api_payload, missing, rejected
from .ws_subscription import Subscription

if TYPE_CHECKING:
    from .desk import Desk

_ACTIVE, _EVER = 1_000, 65_535
Params = Mapping[str, str]


class Revoked(Bad):
    """The session's key has been revoked; the answer has no id."""


class Conversation:
    """The user data of one connection.

    Args:
        desk: keys and accounts.
        connected: since when, in ms.
        limits: whether replies carry rate limits, as the session says it.
        send: takes the bytes of a message.
        unit: how many of the connection's units of time are a millisecond.
    """

    def __init__(
        self, desk: Desk, connected: int, limits: bool, send: Callable[[bytes], None], unit: int = 1
    ) -> None:
        self._desk, self._connected, self._limits, self._send = desk, connected, limits, send
        self._unit = unit
        self._key: Key | None = None
        self._since: int | None = None
        self._ids = itertools.count()
        self._given = 0
        self.subscriptions: dict[int, Subscription] = {}

    def check(self) -> None:
        """See whether the session's key is still good.

        Raises:
            Revoked: it is not; the session is logged out.
        """
        if self._key and self._key.revoked:
            self._forget_key()
            raise Revoked(-2015, str(rejected()), 401)

    # session.*

    def logon(self, params: Params) -> Any:
        """``session.logon``."""
        key = self._signed(params)
        if key.kind != ED25519:
            raise Bad(-2028, "This API key type is not supported for session authentication; use Ed25519.")
        self._key, self._since = key, self._desk.now()
        return self.status(params)

    def status(self, params: Params) -> Any:
        """``session.status``."""
        return {
            "apiKey": self._key.api_key if self._key else None,
            "authorizedSince": self._since and self._since * self._unit,
            "connectedSince": self._connected * self._unit,
            "returnRateLimits": self._limits,
            "serverTime": self._desk.now() * self._unit,
            "userDataStream": bool(self.subscriptions),
        }

    def logout(self, params: Params) -> Any:
        """``session.logout``."""
        self._forget_key()
        return self.status(params)

    def _forget_key(self) -> None:
        self._key = self._since = None
        self._end([each for each in self.subscriptions.values() if each.logged_on])

    def listed(self, params: Params) -> Any:
        """``session.subscriptions``."""
        return [{"subscriptionId": id} for id in self.subscriptions]

    # userDataStream.*

    def subscribe(self, params: Params) -> Any:
        """``userDataStream.subscribe``."""
        if self._key is None:
            raise Bad(-1193, "The session is not authenticated; log on with session.logon first.")
        return self._opened(self._desk.accounts.of(SPOT, self._key.user), self._key, True)

    def subscribe_signature(self, params: Params) -> Any:
        """``userDataStream.subscribe.signature``: the spot account of the key, whatever the key is used for."""
        key = self._signed(params)
        return self._opened(self._desk.accounts.of(SPOT, key.user), key, False)

    def subscribe_token(self, params: Params) -> Any:
        """``userDataStream.subscribe.listenToken``; again on the same connection it extends the subscription."""
        if not params.get("listenToken"):
            raise missing("listenToken")
        token = self._desk.tokens.find(params["listenToken"])
        found = self._of(token.account)
        if found is None or not found.by_token:
            self._opened(token.account, None, False)
            found = self._of(token.account)
        assert found is not None
        found.extend(token.expires)
        # The documented answer counts microseconds here.
        return {"subscriptionId": found.id, "expirationTime": found.expires * 1000}

    def unsubscribe(self, params: Params) -> Any:
        """``userDataStream.unsubscribe``."""
        text = params.get("subscriptionId")
        meant = [each for each in self.subscriptions.values() if text is None or str(each.id) == text]
        if not meant:
            raise Bad(-2036, "User Data Stream subscription not active.")
        self._end(meant)
        return {}

    def _opened(self, account: Account, key: Key | None, logged_on: bool) -> Any:
        if self._of(account):
            raise Bad(-2035, "User Data Stream subscription already active.")
        if len(self.subscriptions) >= _ACTIVE or self._given >= _EVER:
            raise Bad(-2042, "This connection can have no more User Data Stream subscriptions.")
        id, self._given = next(self._ids), self._given + 1
        made = Subscription(id, account, key, logged_on, self._send, self._forget)
        self.subscriptions[id] = made
        return {"subscriptionId": id}

    def _of(self, account: Account) -> Subscription | None:
        return next((each for each in self.subscriptions.values() if each.account is account), None)

    def _signed(self, params: Params) -> Key:
        key = self._desk.gate.key(params.get("apiKey"))
        self._desk.gate.signed(key, params, api_payload(params), params.get("signature"))
        return key

    @staticmethod
    def _end(meant: list[Subscription]) -> None:
        for subscription in meant:
            subscription.terminate()

    def _forget(self, subscription: Subscription) -> None:
        self.subscriptions.pop(subscription.id, None)

    def close(self) -> None:
        """The connection is gone."""
        for subscription in list(self.subscriptions.values()):
            subscription.drop()
