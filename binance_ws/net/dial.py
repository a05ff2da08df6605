"""Opens TCP, proxy and TLS within one deadline, and hands every socket out before it can block."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from ..errors import (
    CertificateError,
    DeadlineExceeded,
    MissingExtra,
    OpenError,
    ProxyError,
    ResolveError,
    TlsError,
)
from .network import Network

SEND_SECONDS = 2
"""How long a peer that does not read may hold up a write."""

Publish = Callable[[socket.socket], None]


def dial(
    url: str, network: Network, publish: Publish, clock: Callable[[], float] = time.monotonic
) -> socket.socket:
    """A connected socket for a ``ws://`` or ``wss://`` URL, ready for the upgrade.

    Args:
        url: where to.
        network: the way out.
        publish: is given each socket before it connects, so that another thread can shut it down.
        clock: seconds that do not jump.

    Raises:
        OpenError: one of its kinds, with its cause.
    """
    target = urlsplit(url)
    deadline = clock() + network.timeout

    def remaining() -> float:
        left = deadline - clock()
        if left <= 0:
            raise DeadlineExceeded(f"{_place(target)} could not be reached in {network.timeout:g} s")
        return left

    with _translated(target, network):
        sock = _tcp(target, network, publish, remaining)
        with _closed_on_failure(sock):
            sock = _tls(sock, target, network, publish, remaining)
            _tune(sock)
    return sock


@contextlib.contextmanager
def _closed_on_failure(sock: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        sock.close()
        raise


@contextlib.contextmanager
def _translated(target: SplitResult, network: Network) -> Iterator[None]:
    """Errors of the operating system and of TLS in, errors of ours out."""
    host, place = target.hostname, _place(target)
    try:
        yield
    except socket.gaierror as error:
        raise ResolveError(f"the name {host} has no address: {error.strerror}") from error
    except UnicodeError as error:
        raise ResolveError(f"the name {host} is none that could have an address") from error
    except ssl.SSLCertVerificationError as error:
        raise CertificateError(
            f"the certificate of {host} does not verify: {error.verify_message}"
        ) from error
    except ssl.SSLError as error:
        raise TlsError(f"TLS with {place} failed: {error.reason or error}") from error
    except TimeoutError as error:
        raise DeadlineExceeded(f"{place} could not be reached in {network.timeout:g} s") from error
    except OSError as error:
        raise OpenError(f"{place} could not be reached: {error.strerror or error}") from error


def _place(target: SplitResult) -> str:
    """Host and port, as the URL has them, without a password."""
    return target.netloc.rpartition("@")[2]


def _port(target: SplitResult) -> int:
    return target.port or (443 if target.scheme == "wss" else 80)


def _tcp(
    target: SplitResult, network: Network, publish: Publish, remaining: Callable[[], float]
) -> socket.socket:
    host = target.hostname or ""
    proxy = network.proxy(target.geturl())
    if proxy is None:
        return _connect(host, _port(target), network, publish, remaining)
    way = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if way.scheme == "http":
        return _through_http(way, host, _port(target), network, publish, remaining)
    if way.scheme in ("socks5", "socks5h", "socks4", "socks4a"):
        return _through_socks(way, host, _port(target), network, publish, remaining)
    raise ProxyError(f"a proxy's URL begins with http://, socks5:// or socks5h://, not {way.scheme}://")


def _connect(
    host: str, port: int, network: Network, publish: Publish, remaining: Callable[[], float]
) -> socket.socket:
    """The first of a host's addresses that answers."""
    failure: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            with _closed_on_failure(sock):
                publish(sock)
                if network.source_address:
                    sock.bind((network.source_address, 0))
                sock.settimeout(remaining())
                sock.connect(address)
            return sock
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def _through_http(
    way: SplitResult,
    host: str,
    port: int,
    network: Network,
    publish: Publish,
    remaining: Callable[[], float],
) -> socket.socket:
    with _proxy_errors(way, host):
        sock = _connect(way.hostname or "", way.port or 80, network, publish, remaining)
        with _closed_on_failure(sock):
            tunnel = http.client.HTTPConnection(way.hostname or "", way.port or 80)
            headers = {"Proxy-Authorization": f"Basic {_basic(way)}"} if way.username else {}
            tunnel.set_tunnel(host, port, headers=headers)
            tunnel.sock = sock
            sock.settimeout(remaining())
            tunnel._tunnel()  # type: ignore[attr-defined]
    return sock


@contextlib.contextmanager
def _proxy_errors(way: SplitResult, host: str) -> Iterator[None]:
    """Whatever goes wrong on the way to a proxy or beyond, but for lateness, in; errors of ours out."""
    try:
        yield
    except (OSError, ValueError, http.client.HTTPException) as error:
        # PySocks wraps what it meets, which may be a timeout.
        if isinstance(getattr(error, "socket_err", error), TimeoutError):
            raise TimeoutError from error
        raise ProxyError(f"no way to {host} through the proxy {_place(way)}: {error}") from error


def _basic(way: SplitResult) -> str:
    pair = f"{unquote(way.username or '')}:{unquote(way.password or '')}"
    return base64.b64encode(pair.encode()).decode()


def _through_socks(
    way: SplitResult,
    host: str,
    port: int,
    network: Network,
    publish: Publish,
    remaining: Callable[[], float],
) -> socket.socket:
    try:
        import socks
    except ImportError:
        raise MissingExtra("PySocks", "socks") from None
    sock = socks.socksocket()
    with _proxy_errors(way, host), _closed_on_failure(sock):
        publish(sock)
        _point(sock, way)
        if network.source_address:
            sock.bind((network.source_address, 0))
        sock.settimeout(remaining())
        sock.connect((host, port))
    plain = socket.socket(sock.family, sock.type, sock.proto, fileno=sock.detach())
    with _closed_on_failure(plain):
        publish(plain)
        plain.settimeout(remaining())
    return plain


def _point(sock: Any, way: SplitResult) -> None:
    """Tell a SOCKS socket which proxy to use, and whether that is to look names up."""
    import socks

    version = socks.SOCKS5 if way.scheme.startswith("socks5") else socks.SOCKS4
    user = unquote(way.username) if way.username else None
    password = unquote(way.password) if way.password else None
    by_name = way.scheme in ("socks5h", "socks4a")
    sock.set_proxy(version, way.hostname, way.port or 1080, by_name, user, password)


def _tls(
    sock: socket.socket,
    target: SplitResult,
    network: Network,
    publish: Publish,
    remaining: Callable[[], float],
) -> socket.socket:
    if target.scheme != "wss":
        return sock
    sock.settimeout(remaining())
    wrapped = network.tls.wrap_socket(sock, server_hostname=target.hostname, do_handshake_on_connect=False)
    with _closed_on_failure(wrapped):
        publish(wrapped)
        wrapped.do_handshake()
    return wrapped


def _tune(sock: socket.socket) -> None:
    """No delay for small writes, keep-alive, and bounds on dead and mute peers."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 10),
        ("TCP_KEEPINTVL", 5),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", 25_000),
    ):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    bound = SEND_SECONDS * 1000 if sys.platform == "win32" else struct.pack("@ll", SEND_SECONDS, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)
