"""Tests of dialling: each way it can fail has a name, and every socket can be shut down before it can block."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from binance_ws.errors import (
    CertificateError,
    DeadlineExceeded,
    OpenError,
    ResolveError,
    TlsError,
)
from binance_ws.net.dial import SEND_SECONDS, dial
from binance_ws.net.network import Network
from tests.certificates import Authority
from tests.net.dialling import PLAIN, hang_up, playing, refused, reset
from tests.net.notes import SOON
from tests.peer import SECONDS, Link, black_hole, peer, refusing
from tests.waiting import in_thread


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom nobody trusts by default."""
    return Authority(tmp_path)


@contextlib.contextmanager
def dialled(url: str, network: Network = PLAIN) -> Iterator[socket.socket]:
    """A connected socket, closed at the end."""
    with contextlib.closing(dial(url, network, lambda _: None)) as sock:
        yield sock


def test_a_plain_host_is_connected() -> None:
    """The socket is tuned: small writes go at once, dead peers are noticed, mute ones hold no write up."""
    with peer() as host, dialled(f"ws://{host.host}/ws") as sock:
        host.accept()
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if sys.platform == "linux":
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 25_000
            seconds = sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, 16)[:8]
            assert int.from_bytes(seconds, sys.byteorder) == SEND_SECONDS


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may have addresses where nobody is."""
    with peer() as host, refusing() as nobody:
        addresses = [_address(nobody), _address(host.host)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
        with dialled("ws://a.name/") as sock:
            assert sock.getpeername()[1] == host.port


def _address(host: str) -> tuple[int, int, int, str, tuple[str, int]]:
    name, port = host.split(":")
    return socket.AF_INET, socket.SOCK_STREAM, 0, "", (name, int(port))


@pytest.mark.parametrize(
    "answer",
    [
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        UnicodeError("label empty or too long"),
    ],
)
def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch, answer: Exception) -> None:
    """The error names it, and keeps the resolver's as its cause."""

    def fail(*_: object, **__: object) -> list[object]:
        raise answer

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = refused("ws://stream.invalid/ws")
    assert (type(error), error.__cause__, error.retryable) == (ResolveError, answer, True)
    assert "stream.invalid" in str(error)


def test_a_host_that_refuses() -> None:
    """It could not be reached, and why."""
    with refusing() as host:
        error = refused(f"ws://{host}/ws")
    assert (type(error), type(error.__cause__)) == (OpenError, ConnectionRefusedError)
    assert str(error) == f"{host} could not be reached: Connection refused"


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_host_that_never_lets_us_in(scheme: str) -> None:
    """Connecting ends with the deadline."""
    with black_hole() as host:
        assert isinstance(refused(f"{scheme}://{host}/", Network(SOON)), DeadlineExceeded)


def test_a_host_that_is_silent_in_tls() -> None:
    """So does the handshake."""
    with peer() as host:
        assert isinstance(refused(f"wss://{host.host}/", Network(SOON)), DeadlineExceeded)


def test_no_time_is_left() -> None:
    """The deadline holds for all of it: what names and addresses took is gone."""
    clock = iter([0.0, SECONDS + 1])
    with refusing() as host, pytest.raises(DeadlineExceeded):
        dial(f"ws://{host}/", PLAIN, lambda _: None, lambda: next(clock))


def speak_http(link: Link) -> None:
    """Answer a hello as a plain web server does."""
    link.sock.recv(4096)
    link.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    link.sock.recv(4096)


@pytest.mark.parametrize(("play", "kind"), [(hang_up, TlsError), (reset, OpenError), (speak_http, TlsError)])
def test_tls_that_fails(play: Callable[[Link], None], kind: type[OpenError]) -> None:
    """Its error is tried again: it says nothing about certificates."""
    with peer() as host, playing(host, play):
        error = refused(f"wss://{host.host}/")
    assert (type(error), error.retryable) == (kind, True)
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize(
    ("hosts", "days", "trusted", "words"),
    [
        (("127.0.0.1",), 1, False, "unable to get local issuer certificate"),
        (("localhost", "127.0.0.9"), 1, True, "127.0.0.1"),
        (("127.0.0.1",), -1, True, "expired"),
    ],
    ids=["unknown authority", "another host's", "expired"],
)
def test_a_certificate_that_does_not_verify(
    authority: Authority, hosts: tuple[str, ...], days: int, trusted: bool, words: str
) -> None:
    """The error says why, and is not tried again."""
    network = Network(SECONDS, ca=authority.path if trusted else None)
    server = authority.server(*hosts, days=days)
    with peer(server) as host, playing(host, lambda _: None):
        error = refused(f"wss://{host.host}/", network)
    assert (type(error), error.retryable) == (CertificateError, False)
    assert words in str(error)


def own_file(authority: Authority) -> Network:
    """The path of the authority's certificate."""
    return Network(SECONDS, ca=authority.path)


def own_context(authority: Authority) -> Network:
    """A context that trusts it."""
    return Network(SECONDS, ssl_context=ssl.create_default_context(cafile=authority.path))


def trusting_context(_: Authority) -> Network:
    """A context that trusts everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return Network(SECONDS, ssl_context=context)


@pytest.mark.parametrize("network", [own_file, own_context, trusting_context])
def test_an_own_authority_or_context_is_trusted(
    authority: Authority, network: Callable[[Authority], Network]
) -> None:
    """The socket is encrypted."""
    with peer(authority.server("127.0.0.1")) as host:
        server = in_thread(host.accept)
        with dialled(f"wss://{host.host}/", network(authority)) as sock:
            assert isinstance(sock, ssl.SSLSocket)
            server.join()


def test_a_source_address_is_used() -> None:
    """The peer sees it."""
    with peer() as host, dialled(f"ws://{host.host}/", Network(SECONDS, source_address="127.0.0.2")):
        assert host.accept().sock.getpeername()[0] == "127.0.0.2"


def test_a_source_address_that_is_not_ours() -> None:
    """It is an error of opening, not of the host's name."""
    with peer() as host:
        error = refused(f"ws://{host.host}/", Network(SECONDS, source_address="192.0.2.1"))
    assert type(error) is OpenError


def test_every_socket_is_handed_out_before_it_can_block(authority: Authority) -> None:
    """The plain one before it connects, the encrypted one before its handshake."""
    seen: list[tuple[type, bool]] = []

    def publish(sock: socket.socket) -> None:
        connected = True
        try:
            sock.getpeername()
        except OSError:
            connected = False
        done = isinstance(sock, ssl.SSLSocket) and sock.version() is not None
        seen.append((type(sock), connected and (done or not isinstance(sock, ssl.SSLSocket))))

    with peer(authority.server("127.0.0.1")) as host:
        server = in_thread(host.accept)
        with contextlib.closing(dial(f"wss://{host.host}/", own_file(authority), publish)):
            server.join()
    assert seen == [(socket.socket, False), (ssl.SSLSocket, False)]


class StoppedError(Exception):
    """What whoever asked raises when it is no longer wanted."""


@pytest.mark.parametrize("proxy", [None, "http", "socks5h"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_who_is_handed_a_socket_may_end_it(scheme: str, proxy: str | None) -> None:
    """What is raised there comes out as it is, and the socket is closed."""
    published: list[socket.socket] = []

    def publish(sock: socket.socket) -> None:
        published.append(sock)
        raise StoppedError

    with peer() as host:
        proxies = {"all": f"{proxy}://{host.host}"} if proxy else {}
        with pytest.raises(StoppedError):
            dial(f"{scheme}://{host.host}/", Network(SECONDS, proxies), publish)
        assert not host.waiting()
    assert [sock.fileno() for sock in published] == [-1]
