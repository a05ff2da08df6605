"""What an answer to the upgrade other than 101 means, and how long to stay away after it."""

from __future__ import annotations

from websocket import WebSocketBadStatusException

from ..errors import BinanceWsError, HandshakeError, OpenError

FORBIDDEN_SECONDS = 120.0
"""How long to stay away after 403: the exchange's firewall blocks for minutes."""

LONGEST_BAN = 3 * 86400.0
"""The exchange bans an address for three days at most; no header makes us wait longer."""

LIMITED_SECONDS = 60.0
"""How long to stay away after 418 or 429 where the exchange does not say: its limits are those of a minute."""

_UNSAID = {403: FORBIDDEN_SECONDS, 418: LIMITED_SECONDS, 429: LIMITED_SECONDS}

_MEANING = {
    403: "the exchange's firewall refuses this address or this rate",
    404: "there is no such stream path on this host",
    410: "the exchange has retired this path",
    418: "this IP address is banned for now",
    429: "too many connections or requests from this IP address",
    451: "the exchange does not serve the place where this IP address is",
}


def refusal(error: BaseException | None) -> OpenError:
    """What websocket-client says of a failed upgrade, as an error of ours."""
    if not isinstance(error, WebSocketBadStatusException):
        made = OpenError(f"the upgrade failed: {error or 'the exchange hung up'}")
        made.__cause__ = error
        return made
    status = error.status_code
    words = _MEANING.get(status, "the exchange answered the upgrade with")
    wait = seconds((error.resp_headers or {}).get("retry-after"))
    made = HandshakeError(f"{words} (HTTP {status})", status, wait)
    made.__cause__ = error
    return made


def redirected(status: int) -> HandshakeError:
    """The exchange does not redirect; a gateway on the way does."""
    return HandshakeError(f"the upgrade was redirected, which is not followed (HTTP {status})", status)


def seconds(retry_after: str | None) -> float | None:
    """The header ``Retry-After`` as a number; ``None`` where it is none or a date."""
    return min(float(retry_after), LONGEST_BAN) if retry_after and retry_after.isdecimal() else None


def asked_to_wait(cause: BinanceWsError) -> float:
    """The least seconds that the exchange wants us to stay away."""
    if isinstance(cause, HandshakeError) and cause.retry_after is None:
        return _UNSAID.get(cause.status or 0, 0.0)
    return getattr(cause, "retry_after", None) or 0.0
