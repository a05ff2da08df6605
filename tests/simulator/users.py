"""Somebody with an API key: signed REST calls, requests of the WebSocket API, documented examples."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from binance_ws.simulator import Exchange
from binance_ws.simulator.keys import API_KEY, API_SECRET, HMAC, Key
from tests.peer import SECONDS
from tests.simulator.client import Client

EXAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("user_examples.json").read_text("utf-8"))
"""Events and replies in the exchange's documentation."""

DEFAULT = Key(API_KEY, HMAC, "user", API_SECRET)

PATHS = {
    "spot": "/api/v3/userDataStream",
    "margin": "/sapi/v1/userDataStream",
    "isolated_margin:BNBUSDT": "/sapi/v1/userDataStream/isolated",
    "margin_risk": "/sapi/v1/margin/listen-key",
    "usdm": "/fapi/v1/listenKey",
    "coinm": "/dapi/v1/listenKey",
    "options": "/eapi/v1/listenKey",
    "portfolio": "/papi/v1/listenKey",
}
"""The listen keys' paths by account."""

SOCKETS = {
    "spot": "/ws/{}",
    "margin": "/stream?streams={}",
    "isolated_margin:BNBUSDT": "/ws/{}",
    "margin_risk": "/margin-stream/ws/{}",
    "usdm": "/fstream/private/ws?listenKey={}",
    "coinm": "/dstream/ws/{}",
    "options": "/fstream/private/ws/{}",
    "portfolio": "/fstream/pm/ws/{}",
}
"""Where a listen key is opened."""


def sign(key: Key, payload: str) -> str:
    """A signature as clients make it."""
    data = payload.encode()
    if key.kind == "hmac":
        return hmac.new(key.secret.encode(), data, hashlib.sha256).hexdigest()
    private: Any = serialization.load_pem_private_key(key.secret.encode(), None)
    how = (padding.PKCS1v15(), hashes.SHA256()) if key.kind == "rsa" else ()
    return b64encode(private.sign(data, *how)).decode()


class User:
    """Calls REST."""

    def __init__(
        self, exchange: Exchange, key: Key = DEFAULT, headers: Mapping[str, str] | None = None
    ) -> None:
        self.exchange, self.key, self.headers = exchange, key, headers or {}

    def call(self, method: str, path: str, **params: Any) -> requests.Response:
        """An unsigned call."""
        query = urlencode({k: v for k, v in params.items() if v is not None}, quote_via=quote)
        return self.raw(method, f"{path}?{query}" if query else path)

    def signed(self, method: str, path: str, **params: Any) -> requests.Response:
        """A signed call."""
        query = urlencode({"timestamp": self.exchange.time, **params}, quote_via=quote)
        return self.raw(method, f"{path}?{query}&signature={quote(sign(self.key, query), safe='')}")

    def get(self, path: str, **params: Any) -> Any:
        """What a signed GET answers."""
        answer = self.signed("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def raw(self, method: str, target: str, body: str | None = None) -> requests.Response:
        """Any call with the key in its header."""
        headers = {**self.headers, **({"X-MBX-APIKEY": self.key.api_key} if self.key.api_key else {})}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        url = self.exchange.url + target
        return requests.request(method, url, data=body, headers=headers, timeout=SECONDS)

    def listen_key(self, account: str) -> str:
        """A listen key of an account."""
        return str(self.keep("POST", account).json()["listenKey"])

    def keep(self, method: str, account: str, key: str | None = None) -> requests.Response:
        """POST, PUT or DELETE of a listen key."""
        return self.call(method, PATHS[account], symbol=account.partition(":")[2] or None, listenKey=key)

    def token(self, **params: Any) -> str:
        """A listen token."""
        return str(self.call("POST", "/sapi/v1/userListenToken", **params).json()["token"])


class Api:
    """Talks to the WebSocket API."""

    def __init__(self, exchange: Exchange, client: Client, key: Key = DEFAULT) -> None:
        self.exchange, self.client, self.key = exchange, client, key
        self.events: list[Any] = []
        self._ids = itertools.count(1)

    def ask(self, method: str, **params: Any) -> Any:
        """The reply to a request; events before it are kept."""
        return self.raw({"id": next(self._ids), "method": method, "params": params})

    def raw(self, request: Any) -> Any:
        """The reply to a request as it is written."""
        self.client.say(request)
        while "status" not in (message := self.client.json()):
            self.events.append(message)
        return message

    def result(self, method: str, **params: Any) -> Any:
        """The result of a request."""
        reply = self.ask(method, **params)
        assert reply["status"] == 200, reply
        return reply["result"]

    def signed(self, method: str, **params: Any) -> Any:
        """The reply to a signed request."""
        given = {"apiKey": self.key.api_key, "timestamp": self.exchange.time, **params}
        payload = "&".join(f"{name}={given[name]}" for name in sorted(given))
        return self.ask(method, **given, signature=sign(self.key, payload))

    def code(self, method: str, **params: Any) -> int:
        """The error code of an unsigned request."""
        return int(self.ask(method, **params)["error"]["code"])

    def event(self) -> Any:
        """The next event, in its envelope."""
        return self.events.pop(0) if self.events else self.client.json()
