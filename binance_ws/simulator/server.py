"""The exchange's host: accepts connections, admits or refuses upgrades, answers REST, lets the market run."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from urllib.parse import unquote

import h11
import wsproto

from . import rest
from .answers import MISSING, Bad, Response, too_much
from .faults import Faults
from .inspection import Request, harmless
from .link import Link
from .loop import Loop
from .market import FOREVER, Market
from .pace import Pace
from .peer import Peer
from .rest import Query
from .routes import BadTimeUnit, Endpoint, pairs, parse
from .rules import Guard, Refusal, Rules
from .session import Session

_BACKLOG = 1024
_KEPT = 100_000
_BUDGET = 512
_TIME_UNIT = b"x-mbx-time-unit"


class Server:
    """The host of the simulated exchange; all but :meth:`begin` and :meth:`end` runs on its loop.

    Args:
        market: what it serves.
        rules: what clients may do.
        pace: how fast the market runs.
    """

    def __init__(self, market: Market, rules: Rules, pace: Pace) -> None:
        self.market, self.rules = market, rules
        self.loop = Loop(self._pump)
        self.guard = Guard(rules)
        self.faults = Faults(self)
        self.crowd: set[Link] = set()
        self.requests: deque[Request] = deque(maxlen=_KEPT)
        self.peers: dict[Peer, None] = {}
        self.sessions: dict[int, Session] = {}
        self.skew = 0.0
        self._pace = pace
        self._count = 0
        self._listener: socket.socket | None = None
        self._marks: dict[Link, tuple[int, float]] = {}

    # The listening socket.

    def bind(self, host: str, port: int) -> int:
        """Take the port; which one it is."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setblocking(False)
        try:
            self._listener.bind((host, port))
        except OSError:
            self._listener.close()
            raise
        return int(self._listener.getsockname()[1])

    def listen(self) -> None:
        """Accept connections from now on."""
        assert self._listener is not None
        self._listener.listen(_BACKLOG)
        self.loop.watch(self._listener, selectors.EVENT_READ, lambda _: self._accept(self._listener))

    def deny(self) -> None:
        """Refuse connections, but keep the port."""
        assert self._listener is not None
        host, port = self._listener.getsockname()[:2]
        self.unbind()
        self.bind(host, port)

    def unbind(self) -> None:
        """Give the port back."""
        if self._listener is not None:
            self.loop.watch(self._listener, 0, lambda _: None)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket | None) -> None:
        while listener is not None and listener is self._listener:
            try:
                sock, address = listener.accept()
            except OSError:
                return
            self.peers[Peer(self, sock, address[0])] = None

    def begin(self) -> None:
        """Open for business."""
        self._pace.start(self.market.now)
        self.loop.start("binance_ws-exchange")
        self.loop.ask(self.listen)

    def end(self) -> None:
        """Hang up on everybody, and end the thread."""
        self.loop.ask(self._hang_up)
        self.loop.stop()

    def _hang_up(self) -> None:
        self.unbind()
        for peer in list(self.peers):
            peer.link.close()

    # The market.

    def _pump(self) -> float | None:
        if not self._pace.unlimited:
            done = self.market.advance(self._pace.now(), _BUDGET)
            return self._pace.until(self.market.due, bool(self.market.listened)) if done else 0.0
        if self.crowd:
            return self._wait_for_slow()
        if not self.market.listened:
            return None
        self.market.advance(FOREVER, _BUDGET)
        return 0.0

    def _wait_for_slow(self) -> float:
        """The slowest client sets the pace, unless it takes nothing at all for too long."""
        now = time.monotonic()
        self._marks = {link: self._marks.get(link, (link.sent, now)) for link in self.crowd}
        for link, (sent, since) in list(self._marks.items()):
            if link.sent != sent:
                self._marks[link] = (link.sent, now)
            elif now - since > self.rules.patience:
                link.abort()
        return min(self.rules.patience, 1.0)

    # REST.

    def now(self) -> int:
        """The exchange's clock in ms."""
        return time.time_ns() // 1_000_000 + int(self.skew * 1000)

    def answer(self, address: str, request: h11.Request, body: bytes) -> Response | None:
        """Answer a REST call; ``None`` leaves it without an answer."""
        target = request.target.decode("latin-1")
        answer = self.faults.intercept(target, None)
        if answer is ...:
            answer = self._answer(address, target, request, body)
        self._note(request, target, False, answer.status if answer else 0)
        return answer

    def _answer(self, address: str, target: str, request: h11.Request, body: bytes) -> Response:
        path, _, query = target.partition("?")
        given = {**pairs(query), **pairs(body.decode("latin-1"))}
        call = self._calls().get(unquote(path))
        weight = call.cost(given) if call else 1
        refusal = self.guard.weigh(address, weight, time.time())
        if refusal:
            return self._too_much(refusal)
        if call is None:
            return Response(404, MISSING)
        if request.method not in call.methods:
            return Response(405, b"")
        answer = self._called(call, Query(given, self.market, _unit(request)))
        used = str(self.guard.used(address))
        answer.headers += [("X-MBX-USED-WEIGHT", used), ("X-MBX-USED-WEIGHT-1M", used)]
        return answer

    def _called(self, call: rest.Call, query: Query) -> Response:
        try:
            return Response(200, call.answer(query, self.market))
        except Bad as bad:
            return bad.response

    def _calls(self) -> dict[str, rest.Call]:
        weight = self.rules.weight
        return {
            **rest.CALLS,
            "/api/v3/time": rest.Call(1, lambda query, _: {"serverTime": query.time(self.now())}),
            "/api/v3/exchangeInfo": rest.Call(
                20, lambda query, market: rest.exchange_info(query, market, self.now(), weight)
            ),
        }

    def _too_much(self, refusal: Refusal) -> Response:
        return too_much(refusal, self.rules.weight, self.now())

    def _note(self, request: h11.Request, target: str, upgrade: bool, status: int) -> None:
        headers = harmless([*request.headers])
        self.requests.append(Request(request.method.decode(), target, headers, upgrade, status))

    # Sockets.

    def admit(self, address: str, request: h11.Request, target: str) -> Endpoint | Response | None:
        """Say yes to an upgrade with an endpoint, no with an answer, nothing with ``None``."""
        answer = self._admit(address, target)
        status = answer.status if isinstance(answer, Response) else 101 if answer else 0
        self._note(request, target, True, status)
        return answer

    def _admit(self, address: str, target: str) -> Endpoint | Response | None:
        try:
            endpoint = parse(target)
        except BadTimeUnit:
            return Response(
                400,
                {
                    "code": -1194,
                    "msg": "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
                },
            )
        answer = self.faults.intercept(target, endpoint)
        if answer is not ...:
            return answer
        refusal = self.guard.connect(address, time.time())
        if refusal:
            return self._too_much(refusal)
        if endpoint is None:
            return Response(404, MISSING)
        why = next(filter(None, map(self.refuses, endpoint.streams)), None)
        return Response(400, {"code": 2, "msg": f"Invalid request: {why}"}) if why else endpoint

    def refuses(self, name: str) -> str | None:
        """Why a stream is refused, where the rules say that unknown ones are."""
        if self.rules.unknown_streams == "ignore" or self.market.channel(name):
            return None
        return f"unknown stream `{name}`"

    def session(self, peer: Peer, socket: wsproto.WSConnection, endpoint: Endpoint, target: str) -> Session:
        """The session of an admitted connection."""
        self._count += 1
        return Session(self, peer.link, socket, endpoint, target, self._count)

    def opened(self, session: Session) -> None:
        """The handshake is over."""
        self.sessions[session.id] = session
        session.open()
        self.faults.mark(session)

    def gone(self, peer: Peer) -> None:
        """A connection is no more."""
        self.peers.pop(peer, None)
        if peer.session:
            self.sessions.pop(peer.session.id, None)
            peer.session.forget()


def _unit(request: h11.Request) -> int:
    asked = next((value for name, value in request.headers if name == _TIME_UNIT), b"")
    return 1000 if asked.upper() == b"MICROSECOND" else 1
