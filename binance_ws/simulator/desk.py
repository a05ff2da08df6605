"""The exchange's desk for users: keys, accounts, listen keys and tokens in one place, and REST about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from ..config import UserData
from .accounts import ISOLATED_MARGIN, MARGIN, MARGIN_RISK, PORTFOLIO_PRO, SPOT, Account, Accounts
from .answers import Bad, Response
from .channel import Channel
from .doors import PRODUCTS, door
from .futures_account import FuturesAccount
from .keys import Key, Keyring
from .listen_keys import ListenKeys
from .loop import Loop
from .order_calls import CALLS
from .rest import Call, Query
from .routes import pairs
from .rules import Rules
from .signed import Gatekeeper, rest_payload
from .tokens import ListenTokens
from .user_calls import Asked
from .wallet import Wallet
from .ws_subscription import Subscription

_GONE = b"<html><head><title>410 Gone</title></head><body><center><h1>410 Gone</h1></center></body></html>"
_LONG = 1e9
_SECRETS = re.compile(r"(?P<name>(?:signature|listenKey)=)(?P<value>[^&]*)|[0-9a-f]{64}")


class Gone(Bad):
    """A call that the exchange has retired."""

    def __init__(self) -> None:
        super().__init__(0, "gone")
        self.response = Response(410, _GONE)


class Desk:
    """All that the exchange knows about users.

    Args:
        loop: the exchange's thread.
        rules: how long credentials live.
        now: the exchange's clock in ms.
        user_data: ``"listen_key"`` where the old listen keys of spot and margin are still served.
    """

    def __init__(self, loop: Loop, rules: Rules, now: Callable[[], int], user_data: str) -> None:
        self._loop, self.now = loop, now
        self._old = user_data == UserData.LISTEN_KEY.value
        self.keys = Keyring()
        self.gate = Gatekeeper(self.keys, now)
        self.accounts = Accounts(self._open)
        life = min(rules.listen_key_life, _LONG) * rules.scale
        self.listen_keys = ListenKeys(self.accounts, loop, life, now)
        self.tokens = ListenTokens(min(rules.listen_token_life, _LONG), rules.scale, now)

    def _open(self, name: str, user: str) -> Account:
        kind = name.partition(":")[0]
        wallet = kind in (SPOT, MARGIN, ISOLATED_MARGIN)
        bare = kind in (MARGIN_RISK, PORTFOLIO_PRO)
        return (Wallet if wallet else Account if bare else FuturesAccount)(name, user, self._loop, self.now)

    # REST.

    def call(self, method: str, target: str, body: str, api_key: str | None) -> Call | None:
        """What answers a request about an account; ``None`` for a request about something else."""
        path, _, sent = target.partition("?")
        found = CALLS.get(path)
        if found is None:
            return None
        call = found

        def answer(query: Query, _: object) -> Any:
            self._alive(path)
            key = self.gate.key(api_key)
            given, (payload, signature) = {**pairs(sent), **pairs(body)}, rest_payload(sent, body)
            if call.signed or signature is not None:
                self.gate.signed(key, given, payload, signature)
            # The unit of times can be chosen for spot alone.
            unit = query.unit if path.startswith("/api/") else 1
            return call.answer(Asked(self, key.user, method, given, unit))

        return Call(partial(call.cost, method), answer, call.methods)

    def _alive(self, path: str) -> None:
        product = PRODUCTS.get(path)
        if product and product.retired and not self._old:
            raise Gone

    # Sockets.

    def channel(self, name: str, target: str) -> Channel | None:
        """What brings the events of a listen key to a connection; ``None`` for other names and wrong doors."""
        return self.listen_keys.channel(name, door(target))

    # What can happen to users.

    def revoke(self, key: Key) -> int:
        """Reject a key from now on; how many subscriptions that ends."""
        key.revoked = True
        return self._terminate(lambda subscription: subscription.key is key)

    def terminate(self, account: Account) -> int:
        """End the subscriptions of an account on the WebSocket API; how many there were."""
        return self._terminate(lambda subscription: subscription.account is account)

    def expire(self, account: Account) -> int:
        """End the listen keys and tokens that bring an account; how many there were."""
        taps = [
            key for key in self.listen_keys.alive() if any(t.account is account for t in key.taps.values())
        ]
        for key in taps:
            self.listen_keys.expire(key)
        tokens = self.tokens.expire(account)
        self._terminate(lambda subscription: subscription.account is account and subscription.by_token)
        return len(taps) + tokens

    def _terminate(self, meant: Callable[[Subscription], bool]) -> int:
        sinks = [sink for account in self.accounts.all() for sink in account.sinks]
        ended = [sink for sink in sinks if isinstance(sink, Subscription) and meant(sink)]
        for subscription in ended:
            subscription.terminate()
        return len(ended)

    # What nobody is to see.

    def knows(self, name: str) -> bool:
        """Whether a stream's name is a listen key, dead or alive."""
        return self.listen_keys.label(name) is not None

    def label(self, text: str) -> str:
        """A stream's name as inspection shows it: that of a listen key is its account."""
        return self.listen_keys.label(text) or text

    def masked(self, target: str) -> str:
        """A target as inspection shows it: a listen key is its account, a signature is gone."""
        return _SECRETS.sub(self._mask, target)

    def _mask(self, found: re.Match[str]) -> str:
        value = found["value"] if found["name"] else found[0]
        known = self.listen_keys.label(value)
        if found["name"]:
            return f"{found['name']}<{known or 'secret'}>"
        return f"<{known}>" if known else value
