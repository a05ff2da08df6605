"""One TCP connection of a client as HTTP: REST calls one after another, or the upgrade to a WebSocket."""

from __future__ import annotations

import math
import socket
from typing import TYPE_CHECKING

import h11
import wsproto
from wsproto.events import AcceptConnection
from wsproto.utilities import RemoteProtocolError

from .answers import Response
from .link import Link
from .routes import Endpoint
from .session import Session

if TYPE_CHECKING:
    from .server import Server

_PIECE = 0.02


class Peer:
    """A client's connection.

    Args:
        server: the exchange.
        sock: the accepted socket.
        address: the client's IP address.
    """

    def __init__(self, server: Server, sock: socket.socket, address: str) -> None:
        self.session: Session | None = None
        self._server = server
        self._http = h11.Connection(h11.SERVER)
        self._request: h11.Request | None = None
        self._body = b""
        self.link = Link(
            server.loop,
            sock,
            address,
            server.rules.backlog,
            server.crowd,
            self._take,
            lambda: server.gone(self),
        )

    def _take(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while self._step(self._http.next_event()):
                pass
        except h11.RemoteProtocolError:
            self._refuse(Response(400, b"Bad Request"))

    def _step(self, event: object) -> bool:
        if isinstance(event, h11.Request):
            self._request, self._body = event, b""
        elif isinstance(event, h11.Data):
            self._body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return self._answer()
        else:
            return False
        return True

    def _answer(self) -> bool:
        request = self._request
        assert request is not None
        if _upgrades(request):
            self._upgrade(request)
            return False
        answer = self._server.answer(self.link.address, request, self._body)
        if answer is None:
            self.link.on_data = _ignore
            return False
        self._respond(answer)
        return self._next()

    def _next(self) -> bool:
        if self._http.our_state is not h11.DONE:
            self.link.finish()
            return False
        self._http.start_next_cycle()
        return True

    def _respond(self, answer: Response) -> None:
        content = answer.content
        kind = "text/html" if isinstance(answer.body, bytes) else "application/json;charset=UTF-8"
        headers = [("Content-Type", kind), ("Content-Length", str(len(content))), *answer.headers]
        parts = (
            h11.Response(status_code=answer.status, headers=headers),
            h11.Data(content),
            h11.EndOfMessage(),
        )
        for part in parts:
            self.link.write(self._http.send(part) or b"")

    def _refuse(self, answer: Response) -> None:
        answer.headers.append(("Connection", "close"))
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._respond(answer)
        self.link.finish()

    # The upgrade.

    def _upgrade(self, request: h11.Request) -> None:
        target = request.target.decode("latin-1")
        answer = self._server.admit(self.link.address, request, target)
        if answer is None:
            self.link.on_data = _ignore
        elif isinstance(answer, Response):
            self._refuse(answer)
        else:
            self._open(request, answer, target)

    def _open(self, request: h11.Request, endpoint: Endpoint, target: str) -> None:
        early = bytearray(self._http.trailing_data[0])
        upgraded = wsproto.WSConnection(wsproto.ConnectionType.SERVER)
        try:
            upgraded.initiate_upgrade_connection([*request.headers], target)
        except RemoteProtocolError:
            self._refuse(Response(400, b"Bad Request"))
            return
        self.link.on_data = early.extend
        accepted = upgraded.send(AcceptConnection())
        list(upgraded.events())  # the request, which we have seen
        session = self._server.session(self, upgraded, endpoint, target)
        delay, rate = self._server.faults.slowness(target, endpoint)
        self._drip(accepted, delay, rate, lambda: self._begin(session, bytes(early)))

    def _drip(self, data: bytes, delay: float, rate: float, then: object) -> None:
        """Send the answer after a delay, a piece at a time where a fault says so."""
        if self.link.closed:
            return
        if delay:
            self._server.loop.later(delay, lambda: self._drip(data, 0.0, rate, then))
            return
        count = len(data) if math.isinf(rate) else max(int(rate * _PIECE), 1)
        self.link.write(data[:count])
        if len(data) > count:
            self._server.loop.later(count / rate, lambda: self._drip(data[count:], 0.0, rate, then))
        else:
            then()  # type: ignore[operator]

    def _begin(self, session: Session, early: bytes) -> None:
        self.session = session
        self.link.on_data = session.take
        self._server.opened(session)
        if early:
            session.take(early)


def _ignore(data: bytes) -> None:
    """What a black hole does with bytes."""


def _upgrades(request: h11.Request) -> bool:
    return any(name == b"upgrade" and value.lower() == b"websocket" for name, value in request.headers)
