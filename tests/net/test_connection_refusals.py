"""Tests of openings that fail: what the peer refuses, what takes too long, and what is not tried again."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from binance_ws.errors import CertificateError, DeadlineExceeded, HandshakeError, OpenError, ResolveError
from binance_ws.net.network import Network
from binance_ws.net.refusals import FORBIDDEN_SECONDS, LIMITED_SECONDS, LONGEST_BAN
from tests.certificates import Authority
from tests.net.dialling import playing
from tests.net.notes import ENDED, LOST, SOON, connecting, ends
from tests.peer import Link, black_hole, peer


@pytest.mark.parametrize(
    ("status", "header", "retry_after", "seconds"),
    [
        ("403 Forbidden", "", None, FORBIDDEN_SECONDS),
        ("403 Forbidden", "Retry-After: 7\r\n", 7, 7),
        ("404 Not Found", "", None, 0),
        ("410 Gone", "", None, 0),
        ("418 I'm a teapot", "Retry-After: 300\r\n", 300, 300),
        ("429 Too Many Requests", "Retry-After: 30\r\n", 30, 30),
        ("429 Too Many Requests", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", None, LIMITED_SECONDS),
        ("429 Too Many Requests", "Retry-After: \u00b2\r\n", None, LIMITED_SECONDS),
        ("429 Too Many Requests", f"Retry-After: {'9' * 400}\r\n", LONGEST_BAN, LONGEST_BAN),
        ("451 Unavailable", "", None, 0),
        ("500 Internal Server Error", "", None, 0),
        ("502 Bad Gateway", "", None, 0),
        ("200 OK", "", None, 0),
    ],
)
def test_a_refused_upgrade_says_why_and_is_waited_out(
    status: str, header: str, retry_after: float | None, seconds: float
) -> None:
    """The status is named; ``Retry-After`` is obeyed, and 403 means minutes."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        host.accept().answer(status, header)
        lost = notes.wait(LOST)
        assert isinstance(lost.cause, HandshakeError)
        assert (lost.cause.status, lost.cause.retry_after) == (int(status[:3]), retry_after)
        assert status[:3] in str(lost.cause)
        assert lost.seconds == seconds


def test_a_redirect_is_not_followed() -> None:
    """It would be followed past proxy, deadline and certificates."""
    with peer() as elsewhere, peer() as host, connecting(f"ws://{host.host}/ws", max_retries=0) as notes:
        host.accept().answer("302 Found", f"Location: ws://{elsewhere.host}/\r\n")
        cause = ends(notes).cause
        assert cause is not None
        assert isinstance(cause.__cause__, HandshakeError)
        assert cause.__cause__.status == 302
        assert not elsewhere.waiting()


@pytest.mark.parametrize("answer", [b"", b"\x00\xff\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
def test_an_answer_that_is_no_upgrade_is_a_failed_attempt(answer: bytes) -> None:
    """Nothing, no HTTP, and 101 without what makes it an upgrade."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        link = host.accept()
        link.read_request()
        link.send(answer)
        link.close()
        assert type(notes.wait(LOST).cause) is OpenError


def silent(_: Link) -> None:
    """A peer that says nothing after it has accepted."""


def silent_after_the_request(link: Link) -> None:
    """A peer that reads the request and says nothing."""
    link.read_request()


def dribbling(link: Link) -> None:
    """A peer whose answer never ends."""
    link.read_request()
    link.dribble(b"HTTP/1.1 101 Switching Protocols\r\nX-Long: " + b"a" * 1_000_000)


def dribbling_an_error(link: Link) -> None:
    """A peer whose refusal has a body that never ends."""
    link.read_request()
    link.dribble(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 1_000_000)


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize("play", [silent, silent_after_the_request, dribbling, dribbling_an_error])
def test_an_opening_that_takes_too_long_is_a_failed_attempt(
    scheme: str, play: Callable[[Link], None], tmp_path: Path
) -> None:
    """One deadline for all of it, however busy the peer seems."""
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1") if scheme == "wss" else None
    network = Network(SOON, ca=authority.path)
    with (
        peer(context) as host,
        playing(host, play),
        connecting(f"{scheme}://{host.host}/", network=network, max_retries=0) as notes,
    ):
        cause = ends(notes).cause
    assert cause is not None
    assert isinstance(cause.__cause__, DeadlineExceeded)
    assert "0.2 s" in str(cause)


def test_a_certificate_that_does_not_verify_is_not_retried(tmp_path: Path) -> None:
    """One attempt, and its error is the end."""
    with peer(Authority(tmp_path).server("127.0.0.1")) as host, connecting(f"wss://{host.host}/") as notes:
        with pytest.raises(ssl.SSLError):
            host.accept()
        assert isinstance(ends(notes).cause, CertificateError)
    assert notes.kinds() == [ENDED]
    assert len(notes.asked.messages) == 1


def test_a_name_without_an_address_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolvers fail for a while when networks change."""
    monkeypatch.setattr("socket.getaddrinfo", _unresolved)
    with connecting("ws://stream.invalid/ws") as notes:
        cause = ends(notes).cause
    assert len(notes.asked.messages) == 6
    assert cause is not None
    assert isinstance(cause.__cause__, ResolveError)


def _unresolved(*_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_host_that_never_lets_us_in_is_a_failed_attempt(scheme: str) -> None:
    """Dialling ends with the deadline."""
    with (
        black_hole() as host,
        connecting(f"{scheme}://{host}/", network=Network(SOON), max_retries=0) as notes,
    ):
        cause = ends(notes).cause
    assert cause is not None
    assert isinstance(cause.__cause__, DeadlineExceeded)


def test_a_host_that_is_silent_in_tls_is_a_failed_attempt() -> None:
    """So does the TLS handshake."""
    with peer() as host, connecting(f"wss://{host.host}/", network=Network(SOON), max_retries=0) as notes:
        host.accept()
        cause = ends(notes).cause
    assert cause is not None
    assert isinstance(cause.__cause__, DeadlineExceeded)
