"""A small exchange for accounts: REST that a test can change at any time, and sockets that it scripts."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from binance_ws import BinanceSocketManager, Client
from binance_ws.config import Environment, Hosts, UserData
from binance_ws.events import Event
from tests.net.web import Answer, Handler, web
from tests.peer import SECONDS, Link, Peer, frame, peer
from tests.waiting import Inbox

KEY, SECRET = "the-api-key-of-tests", "the-api-secret-of-tests"
Call = Callable[[dict[str, str]], Any]


class Refused(Exception):
    """An answer that is none: status and body."""

    def __init__(self, status: int, code: int | None = None, msg: str = "no", **headers: str) -> None:
        super().__init__(status)
        body = {} if code is None else {"code": code, "msg": msg}
        self.answer = Answer(json.dumps(body).encode(), status, headers)


@dataclass
class Bank:
    """REST: what each call answers, by method and path; and the listen keys."""

    calls: dict[tuple[str, str], Call] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    alive: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        given = dict(parse_qsl(parts.query))
        call = self.calls.get((handler.command, parts.path))
        try:
            answer = Answer(json.dumps(self._answer(call, handler.command, parts.path, given)).encode())
        except Refused as refused:
            answer = refused.answer
        with self.changed:
            self.asked.append((handler.command, parts.path, given))
            self.changed.notify_all()
        handler.answer(answer)

    def _answer(self, call: Call | None, method: str, path: str, given: dict[str, str]) -> Any:
        return self._listen_key(method, path, given) if call is None else call(given)

    def _listen_key(self, method: str, path: str, given: dict[str, str]) -> Any:
        if "isten" not in path and "userDataStream" not in path:
            raise Refused(404)
        whose = path + given.get("symbol", "")
        if method == "POST":
            if whose not in self.alive:
                self.made.append(f"secret-listen-key-{len(self.made)}-of-tests")
                self.alive[whose] = self.made[-1]
            return {"listenKey": self.alive[whose]}
        if whose not in self.alive or given.get("listenKey", self.alive[whose]) != self.alive[whose]:
            raise Refused(400, -1125, "This listenKey does not exist.")
        if method == "DELETE":
            del self.alive[whose]
        # USD-M and COIN-M tell the key that was renewed.
        return {"listenKey": self.alive[whose]} if method == "PUT" and path[1:5] in ("fapi", "dapi") else {}

    def wait(self, method: str, path: str, count: int = 1) -> list[dict[str, str]]:
        """The parameters of the calls of a kind, once there were so many."""

        def found() -> list[dict[str, str]]:
            return [given for m, p, given in self.asked if (m, p) == (method, path)]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, SECONDS), self.asked
            return found()

    def methods(self, path: str) -> list[str]:
        """The methods of the calls of a path."""
        return [m for m, p, _ in self.asked if p == path]


class Desk(Link):
    """A connection to the ws-api."""

    def asked(self, method: str) -> dict[str, Any]:
        """The next request, which must be of a method."""
        request: dict[str, Any] = json.loads(self.read_frame()[1])
        assert request["method"] == method, request["method"]
        return request

    def answer(self, request: dict[str, Any], result: Any) -> None:  # type: ignore[override]
        """Answer a request."""
        self.say({"id": request["id"], "status": 200, "result": result, "rateLimits": []})

    def refuse(self, request: dict[str, Any], code: int, status: int = 400, **more: Any) -> None:
        """Refuse a request."""
        error = {"code": code, "msg": "no", **more}
        self.say({"id": request["id"], "status": status, "error": error})

    def say(self, message: Any) -> None:
        """Send a message."""
        self.send(frame(json.dumps(message)))

    def tell(self, number: int, event: dict[str, Any]) -> None:
        """Send an event of a subscription."""
        self.say({"subscriptionId": number, "event": event})


@dataclass
class Scripted:
    """The whole: REST, sockets, and a manager."""

    bank: Bank
    peer: Peer
    environment: Environment
    manager: BinanceSocketManager
    events: Inbox

    def opened(self, path: str) -> Link:
        """The next connection, which must ask for a path."""
        link = self.peer.accept()
        assert (got := link.upgrade()) == path, got
        return link

    def desk(self) -> Desk:
        """The next connection, which must be one to the ws-api."""
        link = self.opened("/ws-api/v3")
        link.__class__ = Desk
        assert isinstance(link, Desk)
        return link

    def wait_event(self, kind: type[Event], count: int = 1) -> list[Any]:
        """The events of a kind, once there were so many."""

        def found(all_events: list[Any]) -> list[Any]:
            return [event for event in all_events if isinstance(event, kind)]

        return found(self.events.wait_for(lambda all_events: len(found(all_events)) >= count))


def environment(bank_host: str, peer_host: str, user_data: str) -> Environment:
    """An environment whose REST and sockets are two hosts."""
    local = Environment.local(peer_host, user_data=user_data, connects=None)
    products = ("spot", "margin", "margin_risk", "usdm", "coinm", "options", "portfolio", "portfolio_pro")
    hosts = {name: getattr(local, name) for name in products}
    moved: dict[str, Any] = {
        n: Hosts(f"http://{bank_host}", h.stream, h.ws_api, UserData(h.user_data)) for n, h in hosts.items()
    }
    return dataclasses.replace(local, name="scripted", **moved)


@contextlib.contextmanager
def scripted(user_data: str = "today", client: Any = None, **options: Any) -> Iterator[Scripted]:
    """A scripted exchange and a manager for it, closed at the end."""
    bank = Bank()
    bank.calls["GET", "/api/v3/time"] = lambda _: {"serverTime": int(time.time() * 1000)}
    with peer() as sockets, web(bank) as rest:
        place = environment(rest.host, sockets.host, user_data)
        events = Inbox()
        made = client(place) if client else Client(KEY, SECRET, environment=place, timeout=SECONDS)
        manager = BinanceSocketManager(made, on_event=events, **options)
        try:
            yield Scripted(bank, sockets, place, manager, events)
        finally:
            manager.close()
            manager.join(SECONDS)
            if not client:
                made.close()
