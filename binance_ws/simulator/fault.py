"""One fault that was made: the handle that ends it, what it does, which connections it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from .answers import Response
from .inspection import Connection
from .routes import Endpoint

if TYPE_CHECKING:
    from .server import Server

F = TypeVar("F", bound="Fault")

Match = str | Callable[[Connection], bool] | None
"""``None`` for all connections, a stream's name, the beginning of a path, or a function."""


class Fault:
    """A fault that was made.

    Attributes:
        hits: how often it took effect, in connections, requests or messages.
    """

    def __init__(self, server: Server, end: Callable[[], None] = lambda: None) -> None:
        self.hits = 0
        self._server, self._end = server, end
        self._over = False

    def stop(self) -> None:
        """End it; twice does no harm."""
        self._server.loop.ask(self._stop)

    def _stop(self) -> None:
        if not self._over:
            self._over = True
            self._end()

    def __enter__(self: F) -> F:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass
class Gate:
    """What happens to requests. ``answer`` is ``None`` for a request that is never answered."""

    fault: Fault
    match: Match
    answer: Response | None
    upgrades: bool
    rest: bool
    times: float


@dataclass
class Slow:
    """How slowly upgrades are answered."""

    fault: Fault
    match: Match
    delay: float
    rate: float


@dataclass
class Mark:
    """Which connections get nothing any more, are not heard any more, or get everything so many seconds late."""

    fault: Fault
    match: Match
    silent: bool = False
    deaf: bool = False
    delay: float = 0.0
    struck: set[int] = field(default_factory=set)


def asked(target: str, endpoint: Endpoint | None) -> Connection:
    """The connection that a request asks for."""
    streams = endpoint.streams if endpoint else ()
    return Connection(0, target, streams, bool(endpoint and endpoint.combined), 0, 0)


def matches(match: Match, connection: Connection) -> bool:
    """Whether a connection is meant."""
    if match is None:
        return True
    if callable(match):
        return match(connection)
    return connection.target.startswith(match) if match.startswith("/") else match in connection.streams
