"""Listen tokens: what lets a connection of the WebSocket API have the events of a margin account for a while."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from .accounts import Account
from .answers import Bad

_DAY = 86_400_000


@dataclass
class ListenToken:
    """A listen token.

    Args:
        account: whose events it brings.
        expires: the exchange's clock, in ms, when it and its subscriptions end.
        text: itself.
    """

    account: Account
    expires: int
    text: str = field(repr=False)


class ListenTokens:
    """The listen tokens of an exchange.

    Args:
        life: seconds that one lives at most, before scaling.
        scale: all times are multiplied by it.
        now: the exchange's clock in ms.
    """

    def __init__(self, life: float, scale: float, now: Callable[[], int]) -> None:
        self._scale, self._life, self._now = scale, int(life * 1000), now
        self._all: dict[str, ListenToken] = {}

    def create(self, account: Account, validity: int | None = None) -> ListenToken:
        """A new token.

        Args:
            account: whose events it brings.
            validity: ms, before scaling; ``None`` for the longest.

        Raises:
            Bad: -1130, the validity is 0 or too long.
        """
        length = _DAY if validity is None else validity
        if not 0 < length <= _DAY:
            raise Bad(-1130, "Data sent for parameter 'validity' is not valid.")
        text = b64encode(secrets.token_bytes(52)).decode()
        token = ListenToken(account, self._now() + int(min(length, self._life) * self._scale), text)
        self._all[text] = token
        return token

    def find(self, text: str) -> ListenToken:
        """A token that is valid.

        Raises:
            Bad: -1209, it is not.
        """
        token = self._all.get(text)
        if token is None or token.expires <= self._now():
            raise Bad(-1209, "Invalid listenToken.")
        return token

    def alive(self) -> list[ListenToken]:
        """Those that are valid, oldest first."""
        return [token for token in self._all.values() if token.expires > self._now()]

    def expire(self, account: Account) -> int:
        """End those of an account; how many there were."""
        ended = [token for token in self.alive() if token.account is account]
        for token in ended:
            token.expires = 0
        return len(ended)
