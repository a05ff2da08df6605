"""What can go wrong with accounts, on purpose: expiry, revoked keys, a wrong clock, refused requests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from .accounts import Account
from .answers import BODIES, Response
from .fault import Fault
from .keys import API_KEY

if TYPE_CHECKING:
    from .server import Server

_OTHER = {"code": -1000, "msg": "An unknown error occurred while processing the request."}

ACCOUNT_KINDS = ("expire", "terminate", "revoke", "skew", "api_status")
"""What can be thrown at accounts at random; a revoked key is good again when the fault ends."""

_SKEW = 120.0
_STATUSES = (429, 503)


@dataclass
class ApiAnswer:
    """What the WebSocket API answers instead; ``method`` is ``None`` for all, ``retry_after`` seconds."""

    fault: Fault
    method: str | None
    answer: Response
    retry_after: float | None
    times: float


class UserFaults:
    """The faults of accounts."""

    _server: Server
    _api: list[ApiAnswer]

    def expire(self, account: str | Account) -> Fault:
        """End the listen keys and tokens of an account now, with the events that tell of it.

        Args:
            account: an account, or the name of one: ``"usdm"``, ``"isolated_margin:BNBUSDT"``.
        """
        return self._hit(lambda: self._server.desk.expire(self._account(account)))

    def terminate(self, account: str | Account) -> Fault:
        """End the subscriptions of an account on the WebSocket API now, with ``eventStreamTerminated``."""
        return self._hit(lambda: self._server.desk.terminate(self._account(account)))

    def revoke(self, api_key: str = API_KEY) -> Fault:
        """Reject an API key until the fault is stopped; what it had subscribed on the WebSocket API ends.

        Raises:
            ArgumentError: the exchange does not know the key.
        """
        key = self._server.desk.keys.find(api_key)
        if key is None:
            raise ArgumentError(
                "only a key of this exchange can be revoked: api_key, or one that add_key made"
            )

        def reinstate() -> None:
            key.revoked = False

        fault = Fault(self._server, reinstate)
        fault.hits = self._server.loop.ask(lambda: self._server.desk.revoke(key))
        return fault

    def skew(self, seconds: float) -> Fault:
        """Let the exchange's clock be wrong by so many seconds until the fault is stopped."""
        before = self._server.skew

        def turn(to: float) -> None:
            self._server.skew = to

        self._server.loop.ask(lambda: turn(seconds))
        return Fault(self._server, lambda: turn(before))

    def api_status(
        self,
        code: int,
        *,
        method: str | None = None,
        retry_after: float | None = None,
        times: float = math.inf,
        body: dict[str, object] | None = None,
    ) -> Fault:
        """Requests of the WebSocket API are answered with a status; REST has :meth:`Faults.status`.

        Args:
            code: such as 418, 429, 500 or 503.
            method: which requests, such as ``"userDataStream.subscribe.signature"``; ``None`` for all.
            retry_after: seconds; ``None`` leaves ``retryAfter`` out.
            times: how many requests are.
            body: ``{"code": …, "msg": …}``; ``None`` for what the exchange says.
        """
        answer = Response(code, body or BODIES.get(code, _OTHER))
        fault = Fault(self._server, lambda: self._api.remove(entry))
        entry = ApiAnswer(fault, method, answer, retry_after, times)
        self._server.loop.ask(lambda: self._api.append(entry))
        return fault

    def at_accounts(self, kind: str, chance: Random) -> Fault:
        """Throw one of :data:`ACCOUNT_KINDS`; where it is about one account, one that is subscribed."""
        if kind == "skew":
            return self.skew(chance.uniform(-_SKEW, _SKEW))
        if kind == "api_status":
            return self.api_status(chance.choice(_STATUSES), retry_after=1)
        if kind == "revoke":
            return self.revoke()
        subscribed = [account for account in self._server.desk.accounts.all() if account.sinks]
        if not subscribed:
            return Fault(self._server)
        chosen = chance.choice(subscribed)
        return self.expire(chosen) if kind == "expire" else self.terminate(chosen)

    def api_answer(self, method: str) -> Response | None:
        """What a request gets instead of its answer; on the loop."""
        for each in self._api:
            if each.method in (None, method) and each.fault.hits < each.times:
                each.fault.hits += 1
                return Response(each.answer.status, {**each.answer.body, **self._data(each.retry_after)})
        return None

    def _data(self, retry_after: float | None) -> dict[str, object]:
        if retry_after is None:
            return {}
        now = self._server.now()
        return {"data": {"serverTime": now, "retryAfter": now + int(retry_after * 1000)}}

    def _account(self, account: str | Account) -> Account:
        return account if isinstance(account, Account) else self._server.desk.accounts.of(account)

    def _hit(self, act: Callable[[], int]) -> Fault:
        fault = Fault(self._server)
        fault.hits = self._server.loop.ask(act)
        return fault
