"""Faults at random, for tests that run long: what is thrown when, and for how long, follows from a seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..enums import Market
from ..errors import ArgumentError
from .fault import Fault, Match, matches
from .inspection import Connection
from .loop import Timer
from .user_faults import ACCOUNT_KINDS

if TYPE_CHECKING:
    from .server import Server

_ENDING = ("reset", "drop", "end_life", "truncate", "corrupt", "shutdown_event")
_LASTING = ("half_open", "mute", "stall", "hold", "delay")
_STREAMS = ("gap", "repeat", "reorder")
_HOST = ("refuse", "black_hole", "status", "slow_handshake")

KINDS = (*_ENDING, *_LASTING, *_STREAMS, *_HOST)
"""What can be thrown: at a connection, at what a stream sends, or at those who connect or call REST."""

_STATUSES = (403, 429, 500, 503)
_MOST = 5


@dataclass(frozen=True)
class Thrown:
    """A fault that was thrown at random.

    Args:
        at: seconds since the first one could be thrown.
        kind: one of :data:`KINDS`.
        target: the connection's number or the stream's name; empty where it met everybody.
        seconds: how long it lasted; 0 where it was over at once.
    """

    at: float
    kind: str
    target: str
    seconds: float


class Chaos(Fault):
    """Throws faults until it is stopped, and then ends those that still last.

    Attributes:
        log: what was thrown, oldest first.
        hits: how many were.
    """

    def __init__(
        self, server: Server, seed: int, every: float, kinds: tuple[str, ...], lasting: float, match: Match
    ) -> None:
        known = (*KINDS, *ACCOUNT_KINDS)
        unknown = [kind for kind in kinds if kind not in known]
        if unknown or not kinds:
            raise ArgumentError(f"the kinds of faults are {', '.join(known)}, not {', '.join(unknown)}")
        super().__init__(server, self._cease)
        self.log: list[Thrown] = []
        self._random = random.Random(seed)
        self._every, self._kinds, self._lasting, self._match = every, kinds, lasting, match
        self._timers: set[Timer] = set()
        self._standing: list[Fault] = []
        self._began = time.monotonic()
        server.loop.ask(self._plan)

    def _plan(self) -> None:
        self._later(self._every * self._random.uniform(0.5, 1.5), self._strike)

    def _later(self, delay: float, call: Callable[[], None]) -> None:
        def ring() -> None:
            self._timers.discard(timer)
            call()

        timer = self._server.loop.later(delay, ring)
        self._timers.add(timer)

    def _strike(self) -> None:
        self._plan()
        kind = self._random.choice(self._kinds)
        seconds = self._lasting * self._random.uniform(0.2, 1.0)
        if kind in _HOST or kind in ACCOUNT_KINDS:
            self._stand(kind, "", self._at_all(kind, seconds), seconds)
            return
        connections = [session.told() for session in self._server.sessions.values()]
        mine = [each for each in connections if matches(self._match, each)]
        if mine:
            self._at(kind, self._random.choice(mine), seconds)

    def _at(self, kind: str, connection: Connection, seconds: float) -> None:
        if kind in _STREAMS:
            self._at_stream(kind, connection, seconds)
            return

        def this(each: Connection) -> bool:
            return each.id == connection.id

        faults = self._server.faults
        makers: dict[str, Callable[[], Fault]] = {
            "hold": lambda: faults.stall(this, lose=False),
            "delay": lambda: faults.delay(seconds * self._random.uniform(0.05, 0.5), this),
        }
        fault = makers[kind]() if kind in makers else getattr(faults, kind)(this)
        self._stand(kind, f"connection {connection.id}", fault, seconds if kind in _LASTING else 0.0)

    def _at_stream(self, kind: str, connection: Connection, seconds: float) -> None:
        served = [(name, market) for name in connection.streams if (market := self._market(connection, name))]
        if served:
            name, market = self._random.choice(served)
            count = self._random.randint(2, _MOST)
            fault = getattr(self._server.faults, kind)(name, count, market=market)
            self._stand(kind, name, fault, seconds)

    def _market(self, connection: Connection, name: str) -> Market | None:
        session = self._server.sessions[connection.id]
        return self._server.world.home(name, session.endpoint)

    def _at_all(self, kind: str, seconds: float) -> Fault:
        faults = self._server.faults
        if kind in ACCOUNT_KINDS:
            return faults.at_accounts(kind, self._random)
        if kind == "status":
            return faults.status(self._random.choice(_STATUSES), retry_after=1)
        if kind == "slow_handshake":
            return faults.slow_handshake(delay=seconds / 2)
        return faults.refuse() if kind == "refuse" else faults.black_hole()

    def _stand(self, kind: str, target: str, fault: Fault, seconds: float) -> None:
        self.hits += 1
        self.log.append(Thrown(time.monotonic() - self._began, kind, target, seconds))
        if seconds:
            self._standing.append(fault)
            self._later(seconds, lambda: self._stop_one(fault))

    def _stop_one(self, fault: Fault) -> None:
        self._standing.remove(fault)
        fault.stop()

    def _cease(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for fault in self._standing:
            fault.stop()
        self._standing.clear()
