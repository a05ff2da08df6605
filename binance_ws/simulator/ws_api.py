"""A connection of the WebSocket API: requests and replies in their envelope, weights, and what faults answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import wsproto

from .answers import Bad, Response, too_much
from .inspection import Connection, Request
from .link import Link
from .recording import encode
from .rest import limits
from .routes import Endpoint, pairs
from .rules import OFF, Refusal
from .session import Session
from .wire import microseconds, text_frame
from .ws_user import Conversation, Revoked

if TYPE_CHECKING:
    from .server import Server

_CONNECT = _WEIGHT = 2


class ApiSession(Session):
    """An open connection of the WebSocket API."""

    def __init__(
        self,
        server: Server,
        link: Link,
        socket: wsproto.WSConnection,
        endpoint: Endpoint,
        target: str,
        id: int,
    ) -> None:
        super().__init__(server, link, socket, endpoint, target, id)
        # What counts here is weight.
        self._rules = replace(self._rules, messages=OFF)
        self._limits = pairs(target.partition("?")[2]).get("returnRateLimits", "true").lower() != "false"
        self._unit = 1000 if endpoint.microseconds else 1
        self.user = Conversation(server.desk, server.now(), self._limits, self._bytes, self._unit)

    def open(self) -> None:
        """Count the connection's own weight and start the clocks."""
        super().open()
        self._server.guard.weigh(self.link.address, _CONNECT, time.time())

    def _bytes(self, data: bytes) -> None:
        self.push(text_frame(microseconds(data) if self.endpoint.microseconds else data))

    def _request(self, text: str) -> None:
        method, id = "", None
        try:
            request = _read(text)
            method, id, params = str(request["method"]), request.get("id"), _params(request)
            answer = self._answer(method, params)
        except Revoked as revoked:
            id, answer = None, revoked.response
        except Bad as bad:
            answer = bad.response
        self._server.requests.append(Request(method, self.target, {}, False, answer.status))
        self.send(self._reply(id, answer))
        # Faults go by what a connection has subscribed.
        self._server.faults.mark(self)

    def _answer(self, method: str, params: dict[str, str]) -> Response:
        if made := self._server.faults.api_answer(method):
            return made
        weight, answer = self._meant(method, params)
        if refusal := self._server.guard.weigh(self.link.address, weight, time.time()):
            return self._limited(refusal)
        self.user.check()
        return Response(200, answer())

    def _meant(self, method: str, params: dict[str, str]) -> tuple[int, Callable[[], Any]]:
        """The weight of a request, and what answers it."""
        if method in USER:
            return _WEIGHT, lambda: getattr(self.user, USER[method])(params)
        if method in MARKET:
            return self._server.spot(MARKET[method], params, self._unit)
        return 1, _unknown

    def _limited(self, refusal: Refusal) -> Response:
        now = self._server.now()
        answer = too_much(refusal, self._server.rules.weight, now)
        data = {"serverTime": now, "retryAfter": now + int(refusal.wait * 1000)}
        told = {name: moment * self._unit for name, moment in data.items()}
        return Response(answer.status, {**answer.body, "data": told})

    def _reply(self, id: object, answer: Response) -> dict[str, Any]:
        part = "result" if answer.status == 200 else "error"
        reply = {"id": id, "status": answer.status, part: answer.body}
        return {**reply, "rateLimits": [self._weight()]} if self._limits else reply

    def _weight(self) -> dict[str, Any]:
        limit = limits(self._server.rules.weight)[0]
        return {**limit, "count": self._server.guard.used(self.link.address)}

    def event(self, name: str, payload: dict[str, Any]) -> None:
        """Send an event of the connection, which belongs to no subscription."""
        self._bytes(encode({"event": payload}))

    def forget(self) -> None:
        """Drop all subscriptions and stop all clocks."""
        super().forget()
        self.user.close()

    def told(self) -> Connection:
        """What is known of it; its streams are the accounts that it has subscribed."""
        names = tuple(each.account.name for each in self.user.subscriptions.values())
        return replace(super().told(), streams=names)


def _read(text: str) -> dict[str, Any]:
    try:
        # Numbers are signed as they are written.
        request = json.loads(text, parse_float=str)
    except ValueError:
        raise Bad(-1135, "JSON syntax error in request body.") from None
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise Bad(-1102, "Mandatory parameter 'method' was not sent, was empty/null, or malformed.")
    return request


def _params(request: Mapping[str, Any]) -> dict[str, str]:
    given = request.get("params") or {}
    if not isinstance(given, dict):
        raise Bad(-1100, "Illegal characters found in parameter 'params'.")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}


def _unknown() -> Any:
    raise Bad(-1020, "This operation is not supported.")


USER = {
    "session.logon": "logon",
    "session.status": "status",
    "session.logout": "logout",
    "session.subscriptions": "listed",
    "userDataStream.subscribe": "subscribe",
    "userDataStream.subscribe.signature": "subscribe_signature",
    "userDataStream.subscribe.listenToken": "subscribe_token",
    "userDataStream.unsubscribe": "unsubscribe",
}
"""The methods that a conversation answers, and their names there."""

MARKET = {
    "ping": "/api/v3/ping",
    "time": "/api/v3/time",
    "exchangeInfo": "/api/v3/exchangeInfo",
    "depth": "/api/v3/depth",
    "trades.recent": "/api/v3/trades",
    "trades.historical": "/api/v3/historicalTrades",
    "trades.aggregate": "/api/v3/aggTrades",
    "klines": "/api/v3/klines",
    "uiKlines": "/api/v3/uiKlines",
}
"""The methods that answer as a REST call of spot does."""
