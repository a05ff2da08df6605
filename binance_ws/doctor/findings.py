"""What a check is, what it finds, and what to do about each kind of failure. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ..errors import (
    BinanceWsError,
    CertificateError,
    CredentialsRejected,
    DeadlineExceeded,
    MissingExtra,
    ProxyError,
    RateLimited,
    ResolveError,
    TlsError,
)


class State(str, Enum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Args:
        subject: the product, or ``"machine"``.
        what: what was checked.
        state: how it went.
        text: what was found.
        advice: what to do; empty where nothing is to be done.
    """

    subject: str
    what: str
    state: State
    text: str
    advice: str = ""


Outcome = tuple[State, str, str]
"""State, text and advice."""


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Args:
        subject: the product, or ``"machine"``.
        what: what is checked.
        look: looks; what it raises is what it found.
        local: whether it looks at a local exchange, which is this machine's and not the world's.
    """

    subject: str
    what: str
    look: Callable[[], Outcome]
    local: bool = False

    def done(self) -> Finding:
        """Look, and say what was found."""
        try:
            return Finding(self.subject, self.what, *self.look())
        except BinanceWsError as error:
            return Finding(self.subject, self.what, State.FAILED, str(error), advice(error, self.local))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            return Finding(self.subject, self.what, State.FAILED, text, "this is a bug: please report it")

    def late(self, seconds: float) -> Finding:
        """What is said of it when it does not end."""
        text = f"did not end in {seconds:g} s"
        return Finding(self.subject, self.what, State.FAILED, text, _fitting(_SLOW, self.local))


def fine(text: str) -> Outcome:
    """All is well."""
    return State.OK, text, ""


_SLOW = "something on the way drops packets without a word: check firewall, VPN and DNS, or use a proxy"
_LATER = "the exchange is in trouble or under maintenance: try again later"

_BY_STATUS = {
    403: "the exchange's firewall refuses this address: try another network, and fewer requests",
    404: "nothing of the exchange is at this address: check the environment and the host",
    418: "this address is banned: stop everything that asks the exchange, and wait",
    429: "this address asks too much: find out what else does so, and wait",
    451: "the exchange does not serve this place: try --environment us or market-data, or a permitted network",
}

_BY_KIND: tuple[tuple[type[BinanceWsError], str], ...] = (
    (MissingExtra, "install what is missing"),
    (ResolveError, "check this machine's DNS; behind a proxy that looks names up, set HTTPS_PROXY"),
    (
        CertificateError,
        "something on the way replaces certificates: trust its own with Client(ca='company.pem')",
    ),
    (TlsError, "a firewall or proxy breaks TLS: try another network"),
    (ProxyError, "check the proxy's address, user and password in HTTPS_PROXY"),
    (DeadlineExceeded, _SLOW),
    (RateLimited, _BY_STATUS[429]),
    (CredentialsRejected, "check the key, its IP list, and that it is of this environment"),
)
_ELSE = "check the network, the firewall, and whether a proxy is needed (HTTPS_PROXY)"

_RUNNING = "is `binance-ws simulate` running there?"
_LOCAL = {_SLOW: _RUNNING, _ELSE: _RUNNING, dict(_BY_KIND)[ResolveError]: "check how the host is spelled"}
"""What is said instead where the exchange is a local one, which no firewall and no proxy keeps away."""


def advice(error: BaseException, local: bool = False) -> str:
    """What to do about an error; the last cause that is one of ours decides.

    Args:
        error: what a check raised.
        local: whether it looked at a local exchange.
    """
    return _fitting(_advice(error), local)


def _fitting(said: str, local: bool) -> str:
    return _LOCAL.get(said, said) if local else said


def _advice(error: BaseException) -> str:
    while isinstance(error.__cause__, BinanceWsError):
        error = error.__cause__
    status = getattr(error, "status", None) or 0
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return _LATER
    return next((text for kind, text in _BY_KIND if isinstance(error, kind)), _ELSE)
