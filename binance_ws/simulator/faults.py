"""What can go wrong, on purpose. Every fault acts at once, lasts until it is stopped, and is a context manager.

``with exchange.faults.mute("btcusdt@trade"): ...`` and ``fault = exchange.faults.mute(); ...; fault.stop()``
are the same. A fault that is over in a moment (a reset, a corrupt frame) needs no stopping. Which connections
are meant is said by ``match``: ``None`` for all, a stream's name, the beginning of a path (``"/stream"``), or
a function of a :class:`~binance_ws.simulator.inspection.Connection`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from .answers import BODIES, Response
from .chaos import KINDS, Chaos
from .fault import Fault, Gate, Mark, Match, Slow, asked, matches
from .routes import Endpoint
from .tampering import MessageFaults
from .user_faults import ApiAnswer, UserFaults
from .wire import text_frame

if TYPE_CHECKING:
    from .server import Server
    from .session import Session


_PIECE = b'{"e":"trade","E":1723161612345,"s":"BNBBTC","t":100001,"p":"0.00834500","q":"1.00000000"}'


class Faults(MessageFaults, UserFaults):
    """The faults of one exchange."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._gates: list[Gate] = []
        self._slow: list[Slow] = []
        self._marks: list[Mark] = []
        self._api: list[ApiAnswer] = []

    # Before a connection is open.

    def refuse(self) -> Fault:
        """TCP connections are refused; open ones stay."""
        fault = Fault(self._server, self._server.listen)
        self._server.loop.ask(self._server.deny)
        return fault

    def black_hole(self, match: Match = None) -> Fault:
        """TCP connections are accepted, requests never answered."""
        return self._gate(match, None, True, True, math.inf)

    def status(
        self,
        code: int,
        *,
        retry_after: float | None = None,
        match: Match = None,
        upgrades: bool = True,
        rest: bool = True,
        times: float = math.inf,
        body: Any = None,
    ) -> Fault:
        """Requests are answered with an HTTP status.

        Args:
            code: such as 403, 418, 429, 451 or 503.
            retry_after: seconds in the header ``Retry-After``; ``None`` leaves it out.
            match: the beginning of a path, or a stream named in the URL.
            upgrades: whether upgrades are answered so.
            rest: whether REST calls are answered so.
            times: how many requests are.
            body: bytes, or what becomes JSON; ``None`` for what the exchange says.
        """
        headers = [] if retry_after is None else [("Retry-After", f"{retry_after:g}")]
        content = body if body is not None else BODIES.get(code, b"<html></html>")
        return self._gate(match, Response(code, content, headers), upgrades, rest, times)

    def _gate(self, match: Match, answer: Response | None, upgrades: bool, rest: bool, times: float) -> Fault:
        return self._stand(self._gates, lambda fault: Gate(fault, match, answer, upgrades, rest, times))

    def slow_handshake(
        self, *, delay: float = 0.0, bytes_per_second: float = math.inf, match: Match = None
    ) -> Fault:
        """Upgrades are answered late, or a few bytes at a time.

        Args:
            delay: seconds before the first byte.
            bytes_per_second: how fast the answer is sent.
            match: the beginning of a path, or a stream named in the URL.
        """
        return self._stand(self._slow, lambda fault: Slow(fault, match, delay, bytes_per_second))

    # While it is open.

    def mute(self, match: Match = None) -> Fault:
        """The exchange answers nothing any more, though its machine still takes what is sent to it."""
        return self._marked(lambda fault: Mark(fault, match, silent=True, deaf=True))

    def stall(self, match: Match = None, *, lose: bool = True) -> Fault:
        """The exchange sends nothing any more, not even pings, but hears what clients say.

        Args:
            match: which connections, those that come while it lasts among them.
            lose: whether what it would have sent is lost; else all of it is sent when the fault ends.
        """
        if lose:
            return self._marked(lambda fault: Mark(fault, match, silent=True))
        return self.delay(math.inf, match)

    def delay(self, seconds: float, match: Match = None) -> Fault:
        """Everything is sent so many seconds late, in order.

        Args:
            seconds: how late; ``inf`` for when the fault ends.
            match: which connections, those that come while it lasts among them.
        """
        return self._marked(lambda fault: Mark(fault, match, delay=seconds))

    def half_open(self, match: Match = None) -> Fault:
        """The exchange's machine vanishes without a word: nothing is read or sent, no FIN; newcomers find another.

        When the fault ends the machine is back and knows nothing of those connections: they end with RST.
        """
        struck: list[Session] = []

        def end() -> None:
            for session in struck:
                session.link.abort()

        def vanish(session: Session) -> None:
            session.vanish()
            struck.append(session)

        return self._now(match, vanish, end)

    def _marked(self, make: Callable[[Fault], Mark]) -> Fault:
        fault = self._stand(self._marks, make, self._mark_all)
        self._server.loop.ask(self._mark_all)
        return fault

    def reset(self, match: Match = None) -> Fault:
        """RST, now."""
        return self._now(match, lambda session: session.link.abort())

    def drop(self, match: Match = None, *, code: int = 1001, reason: str = "", frame: bool = True) -> Fault:
        """Hang up, now.

        Args:
            match: which connections.
            code: the close code.
            reason: the close reason.
            frame: whether a close frame is sent before the FIN.
        """
        return self._now(match, lambda s: s.close(code, reason) if frame else s.link.finish())

    def end_life(self, match: Match = None) -> Fault:
        """End connections as after their 24 hours, now: FIN without a close frame."""
        return self.drop(match, frame=False)

    def truncate(self, match: Match = None) -> Fault:
        """Send the header and half of a frame, then FIN, now."""
        return self._now(match, lambda session: session.cut_short(_PIECE))

    def corrupt(self, match: Match = None, text: bytes = b'{"e":"trade","E":17231612') -> Fault:
        """Send a text frame that is no JSON, now."""
        return self.raw_bytes(text_frame(text), match)

    def raw_bytes(self, data: bytes, match: Match = None) -> Fault:
        """Send any bytes between two frames, now."""
        return self._now(match, lambda session: session.push(data))

    def shutdown_event(self, match: Match = None) -> Fault:
        """Send ``serverShutdown``, now, in the shape of each connection: raw, combined, or that of its API."""
        event = {"e": "serverShutdown", "E": self._server.now()}
        return self._now(match, lambda session: session.event("!serverShutdown", event))

    # At random.

    def random(
        self,
        seed: int = 1,
        every: float = 2.0,
        *,
        kinds: Iterable[str] = KINDS,
        lasting: float = 1.0,
        match: Match = None,
    ) -> Chaos:
        """Throw faults at random until it is stopped.

        Args:
            seed: the same seed throws the same faults, as far as the same connections are open.
            every: seconds between two of them, half of it more or less.
            kinds: which ones, names of :data:`~binance_ws.simulator.chaos.KINDS`, or of
                :data:`~binance_ws.simulator.user_faults.ACCOUNT_KINDS` for those of accounts.
            lasting: seconds that those last at most which do not end by themselves.
            match: the connections that they may strike.

        Raises:
            ArgumentError: a kind is unknown.
        """
        return Chaos(self._server, seed, every, tuple(kinds), lasting, match)

    # How they come about; on the loop from here.

    def _stand(
        self, standing: list[Any], make: Callable[[Fault], Any], after: Callable[[], None] = lambda: None
    ) -> Fault:
        def end() -> None:
            standing.remove(entry)
            after()

        fault = Fault(self._server, end)
        entry = make(fault)
        self._server.loop.ask(lambda: standing.append(entry))
        return fault

    def _now(
        self, match: Match, act: Callable[[Session], object], end: Callable[[], None] = lambda: None
    ) -> Fault:
        fault = Fault(self._server, end)

        def strike() -> None:
            for session in list(self._server.sessions.values()):
                if matches(match, session.told()):
                    fault.hits += 1
                    act(session)

        self._server.loop.ask(strike)
        return fault

    def intercept(self, target: str, endpoint: Endpoint | None) -> Response | EllipsisType | None:
        """What a request gets: ``...`` for what it would get anyway, ``None`` for nothing at all."""
        request = asked(target, endpoint)
        for gate in self._gates:
            applies = gate.upgrades if endpoint else gate.rest
            if applies and gate.fault.hits < gate.times and matches(gate.match, request):
                gate.fault.hits += 1
                answer = gate.answer
                return answer and Response(answer.status, answer.body, [*answer.headers])
        return ...

    def slowness(self, target: str, endpoint: Endpoint) -> tuple[float, float]:
        """The delay and the rate of an upgrade's answer."""
        for slow in self._slow:
            if matches(slow.match, asked(target, endpoint)):
                slow.fault.hits += 1
                return slow.delay, slow.rate
        return 0.0, math.inf

    def _mark_all(self) -> None:
        for session in self._server.sessions.values():
            self.mark(session)

    def mark(self, session: Session) -> None:
        """Make a connection as deaf, silent and slow as the faults want it."""
        if session.vanished:
            return
        told = session.told()
        mine = [mark for mark in self._marks if matches(mark.match, told)]
        for mark in mine:
            if session.id not in mark.struck:
                mark.struck.add(session.id)
                mark.fault.hits += 1
        session.link.silent = any(mark.silent for mark in mine)
        session.deaf = any(mark.deaf for mark in mine)
        session.slow_down(max((mark.delay for mark in mine), default=0.0))
