"""What the simulated exchange tells about itself: requests that came, connections that are open."""

from __future__ import annotations

from dataclasses import dataclass, field

from .routes import pairs

_SECRET = frozenset(("x-mbx-apikey", "authorization", "proxy-authorization", "cookie"))


@dataclass(frozen=True)
class Request:
    """A request that a client made.

    Args:
        method: ``"GET"`` and so on, or the method of the WebSocket API.
        target: path and query as they were sent; instead of a listen key stands the name of its account.
        headers: names in lower case; the values of secret ones are replaced by ``"<secret>"``.
        upgrade: whether it asked for a WebSocket.
        status: what was answered; 0 for nothing.
    """

    method: str
    target: str
    headers: dict[str, str] = field(repr=False)
    upgrade: bool
    status: int

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the target, percent-encoding undone."""
        return pairs(self.target.partition("?")[2])


@dataclass(frozen=True)
class Connection:
    """An open WebSocket connection.

    Args:
        id: connections are counted from 1.
        target: path and query that it was opened with; instead of a listen key stands the name of its account.
        streams: what is subscribed, in that order; an account by its name.
        combined: whether messages come in the envelope.
        received: messages that the client sent, pings and pongs among them.
        sent: bytes that the client took.
    """

    id: int
    target: str
    streams: tuple[str, ...]
    combined: bool
    received: int
    sent: int


def harmless(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name, without secrets."""
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    return {name: "<secret>" if name in _SECRET else value for name, value in told.items()}
