"""HTTP answers: the type, and what the exchange says when it turns somebody away."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..core.pools import BY_ACCOUNT, pool_of
from .recording import encode
from .rules import Refusal

_PLEASE = "Please use WebSocket Streams for live updates to avoid"

MISSING = b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"


@dataclass
class Response:
    """An HTTP answer; ``body`` is bytes, or what becomes JSON."""

    status: int
    body: Any = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else encode(self.body)


class Bad(Exception):
    """A request that is answered with an error code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.response = Response(status, {"code": code, "msg": message})


def banned(until: int) -> dict[str, Any]:
    """What a banned address is told; ``until`` in ms since the epoch."""
    return {
        "code": -1003,
        "msg": f"Way too much request weight used; IP banned until {until}. {_PLEASE} bans.",
    }


def too_much(refusal: Refusal, weight: float, now: int) -> Response:
    """The answer to an address that asks too much; ``now`` in ms since the epoch."""
    used = f"Too much request weight used; current limit is {weight:.0f} request weight per 1 MINUTE."
    limited = {"code": -1003, "msg": f"{used} {_PLEASE} polling the API."}
    body = banned(now + int(refusal.wait * 1000)) if refusal.status == 418 else limited
    return Response(refusal.status, body, [("Retry-After", str(math.ceil(refusal.wait)))])


def used(path: str, weight: int) -> list[tuple[str, str]]:
    """The headers that tell how much of a path's pool is used."""
    if pool_of(path) != path:
        return [("X-MBX-USED-WEIGHT", str(weight)), ("X-MBX-USED-WEIGHT-1M", str(weight))]
    return [(f"X-SAPI-USED-{'UID' if path in BY_ACCOUNT else 'IP'}-WEIGHT-1M", str(weight))]


BODIES: dict[int, Any] = {
    418: banned(1659146400000),
    429: {"code": -1003, "msg": f"Too many requests. {_PLEASE} polling the API."},
    451: {"code": 0, "msg": "Service unavailable from a restricted location."},
    503: {"code": -1008, "msg": "Server is currently overloaded with other requests."},
}
"""What the exchange says with a status, where it says anything of note."""
