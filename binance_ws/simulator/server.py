"""The exchange's host: accepts connections, admits or refuses upgrades, answers REST, lets the market run."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

import h11
import wsproto

from . import rest, rest_futures, rest_options
from .answers import MISSING, Bad, Response, too_much, used
from .channel import Channel
from .desk import Desk
from .doors import is_api, parse, private
from .faults import Faults
from .inspection import Request, harmless
from .link import Link
from .loop import Loop
from .market import FOREVER, Market
from .pace import Pace
from .peer import Peer
from .rest import Query
from .routes import BadTimeUnit, Endpoint, pairs
from .rules import Guard, Refusal, Rules
from .session import Session
from .world import World
from .ws_api import ApiSession

_BACKLOG = 1024
_KEPT = 100_000
_BUDGET = 512
_TIME_UNIT, _KEY = b"x-mbx-time-unit", b"x-mbx-apikey"


class Server:
    """The host of the simulated exchange; all but :meth:`begin` and :meth:`end` runs on its loop.

    Args:
        world: what it serves.
        rules: what clients may do.
        pace: how fast the market runs.
        user_data: how the events of accounts are subscribed.
    """

    def __init__(self, world: World, rules: Rules, pace: Pace, user_data: str = "today") -> None:
        self.world, self.rules = world, rules
        self.loop = Loop(self._pump)
        self.guard = Guard(rules)
        self.faults = Faults(self)
        self.crowd: set[Link] = set()
        self.requests: deque[Request] = deque(maxlen=_KEPT)
        self.peers: dict[Peer, None] = {}
        self.sessions: dict[int, Session] = {}
        self.skew = 0.0
        self.desk = Desk(self.loop, rules, self.now, user_data)
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
        self._pace.start(self.world.now)
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
            done = self.world.advance(self._pace.now(), _BUDGET)
            return self._pace.until(self.world.due, bool(self.world.listened)) if done else 0.0
        if self.crowd:
            return self._wait_for_slow()
        if not self.world.listened:
            return None
        self.world.advance(FOREVER, _BUDGET)
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
        text = body.decode("latin-1")
        given = {**pairs(query), **pairs(text)}
        call = self.desk.call(request.method.decode(), target, text, _header(request, _KEY))
        call = call or self._calls().get(unquote(path))
        refusal = self.guard.weigh(address, call.cost(given) if call else 1, time.time(), path)
        if refusal:
            return self._too_much(refusal, path)
        if call is None:
            return Response(404, MISSING)
        if request.method not in call.methods:
            return Response(405, b"")
        market = self.world.of(call.product)
        asked = Query(given, market, _unit(request), _header(request, _KEY))
        answer = self._called(call, asked, market)
        answer.headers += used(path, self.guard.used(address, path))
        return answer

    def _called(self, call: rest.Call, query: Query, market: Market) -> Response:
        try:
            return Response(200, call.answer(query, market))
        except Bad as bad:
            return bad.response

    def _calls(self) -> dict[str, rest.Call]:
        weight = self.rules.weight
        return {
            **rest.CALLS,
            **rest_futures.calls(self.now, self.rules),
            **rest_options.calls(self.now, self.rules),
            "/api/v3/time": rest.Call(1, lambda query, _: {"serverTime": query.time(self.now())}),
            "/api/v3/exchangeInfo": rest.Call(
                20, lambda query, market: rest.exchange_info(query, market, self.now(), weight)
            ),
        }

    def spot(self, path: str, given: dict[str, str], unit: int) -> tuple[int, Callable[[], Any]]:
        """The weight of a REST call of spot, and what answers it."""
        call, market = self._calls()[path], self.world.spot
        return call.cost(given), lambda: call.answer(Query(given, market, unit), market)

    def _too_much(self, refusal: Refusal, path: str = "") -> Response:
        return too_much(refusal, self.rules.pool(path)[1], self.now())

    def _note(self, request: h11.Request, target: str, upgrade: bool, status: int) -> None:
        method, headers = request.method.decode(), harmless([*request.headers])
        self.requests.append(Request(method, self.desk.masked(target), headers, upgrade, status))

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
        why = next(filter(None, (self.refuses(name, endpoint) for name in endpoint.streams)), None)
        return Response(400, {"code": 2, "msg": f"Invalid request: {why}"}) if why else endpoint

    def most(self, endpoint: Endpoint, names: Iterable[str]) -> float:
        """How many streams a connection may have if it has those."""
        return self.rules.socket(self.world.product(endpoint, names)).streams

    def refuses(self, name: str, endpoint: Endpoint) -> str | None:
        """Why a stream is refused, where the rules say that unknown ones are."""
        ignored = self.rules.unknown_streams == "ignore" or self.desk.knows(name)
        if ignored or self.world.channel(name, endpoint):
            return None
        return f"unknown stream `{name}`"

    def channel(self, name: str, session: Session) -> Channel | None:
        """What brings a connection the messages of a name: a stream of the market, or a listen key."""
        events = self.desk.channel(name, session.target)
        return events if events or private(session.endpoint) else self.world.channel(name, session.endpoint)

    def session(self, peer: Peer, socket: wsproto.WSConnection, endpoint: Endpoint, target: str) -> Session:
        """The session of an admitted connection."""
        self._count += 1
        kind = ApiSession if is_api(target) else Session
        return kind(self, peer.link, socket, endpoint, target, self._count)

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
    return 1000 if (_header(request, _TIME_UNIT) or "").upper() == "MICROSECOND" else 1


def _header(request: h11.Request, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in request.headers if name == wanted), None)
