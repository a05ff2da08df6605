"""Tests of dialling through proxies that fail; those that work are real ones, in ``test_proxies.py``."""

from __future__ import annotations

import base64
import contextlib
import sys
from collections.abc import Callable

import pytest

from binance_ws.errors import DeadlineExceeded, MissingExtra, ProxyError
from binance_ws.net.dial import dial
from binance_ws.net.network import Network
from tests.net.dialling import hang_up, playing, refused, reset
from tests.net.notes import SOON
from tests.peer import SECONDS, Link, Peer, black_hole, peer, refusing


@pytest.mark.parametrize(
    "proxy", ["ftp://user:secret@h:1", "https://h:1", "http://h:port", "socks5h://h:port"]
)
def test_a_proxy_that_cannot_be_used(proxy: str) -> None:
    """The error says what can, and not its password."""
    error = refused("ws://127.0.0.1:9/", Network(SECONDS, {"http": proxy}))
    assert isinstance(error, ProxyError)
    assert "secret" not in str(error)


def test_socks_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "socks", None)
    with pytest.raises(MissingExtra, match=r"binance-ws\[socks\]"):
        dial("ws://127.0.0.1:9/", Network(SECONDS, {"http": "socks5h://127.0.0.1:9"}), lambda _: None)


def speak_ssh(link: Link) -> None:
    """What listens is no proxy."""
    link.sock.recv(4096)
    link.send(b"SSH-2.0-OpenSSH_9.2\r\n")


def want_a_password(link: Link) -> None:
    """A proxy that does not know us."""
    link.sock.recv(4096)
    link.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("kind", ["http", "socks5h", "socks4a"])
@pytest.mark.parametrize("play", [hang_up, reset, speak_ssh, want_a_password])
def test_a_proxy_that_fails(kind: str, play: Callable[[Link], None]) -> None:
    """The error names the proxy and the host, and not the password."""
    with peer() as host, playing(host, play):
        proxies = {"http": f"{kind}://user:secret@{host.host}"}
        error = refused("ws://stream.example:9443/", Network(SECONDS, proxies))
    assert isinstance(error, ProxyError)
    assert ("stream.example" in str(error), "127.0.0.1" in str(error), "secret" in str(error)) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_a_proxy_that_is_not_there(kind: str) -> None:
    """It is the proxy's fault, not the host's."""
    with refusing() as nobody:
        error = refused("ws://stream.example/", Network(SECONDS, {"http": f"{kind}://{nobody}"}))
    assert isinstance(error, ProxyError)
    assert "refused" in str(error)


@pytest.mark.parametrize("kind", ["http", "socks5h"])
@pytest.mark.parametrize("silent", [peer, black_hole])
def test_a_proxy_that_is_silent(
    kind: str, silent: Callable[[], contextlib.AbstractContextManager[Peer | str]]
) -> None:
    """The deadline holds for it too."""
    with silent() as host:
        name = host if isinstance(host, str) else host.host
        error = refused("ws://stream.example/", Network(SOON, {"http": f"{kind}://{name}"}))
    assert isinstance(error, DeadlineExceeded)


def test_a_login_is_told_to_the_proxy_as_it_was_meant() -> None:
    """What is quoted in the URL is not quoted on the wire; ``Proxy-Authorization`` is for the proxy alone."""
    requests: list[str] = []

    def play(link: Link) -> None:
        link.read_request()
        requests.append(link.request.decode())
        link.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

    with peer() as host, playing(host, play):
        network = Network(SECONDS, {"http": f"http://us%40er:pass%3Aword@{host.host}"})
        with contextlib.closing(dial("ws://stream.example:9443/ws", network, lambda _: None)):
            pass
    login = base64.b64encode(b"us@er:pass:word").decode()
    assert requests[0].startswith("CONNECT stream.example:9443 HTTP/1.")
    assert f"Proxy-Authorization: Basic {login}\r\n" in requests[0]
