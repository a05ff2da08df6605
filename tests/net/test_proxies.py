"""Tests with real proxies: tinyproxy for HTTP, microsocks for SOCKS5, for REST calls and for sockets."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from binance_ws.client import Client
from binance_ws.config import Environment
from binance_ws.errors import GaveUp, ProxyError
from binance_ws.net.dial import dial
from binance_ws.net.network import Network
from binance_ws.net.rest import Rest
from tests.certificates import Authority
from tests.net.notes import OPENED, TEXT, connecting, ends
from tests.net.proxies import OUT, USER, microsocks, tinyproxy
from tests.net.web import Answer, web
from tests.peer import SECONDS, frame, peer, refusing
from tests.waiting import in_thread

HERE = "127.0.0.1"
TIME = Answer(b'{"serverTime": 5}')

PROXIES = {"http": (tinyproxy, "pass.word-1"), "socks5h": (microsocks, "pass:word%/@1")}
"""For each scheme the program and its password; tinyproxy's may not have many characters."""


@contextlib.contextmanager
def running(scheme: str, folder: Path, secret: bool = False) -> Iterator[str]:
    """The URL of a proxy for the length of a test."""
    program, password = PROXIES[scheme]
    with program(folder, password if secret else "") as host:
        yield url_of(scheme, host, password if secret else "")


def url_of(scheme: str, host: str, password: str) -> str:
    """How a user writes a proxy."""
    login = f"{USER}:{quote(password, safe='')}@" if password else ""
    return f"{scheme}://{login}{host}"


def client(host: str, proxies: Mapping[str, str] | None = None) -> Client:
    """A client of an exchange on the loopback."""
    return Client(environment=Environment.local(host), proxies=proxies, timeout=SECONDS)


def who_called(proxies: Mapping[str, str] | None = None) -> str:
    """From which address a REST call comes in."""
    with web(TIME) as host, contextlib.closing(client(host.host, proxies)) as caller:
        assert caller.time() == 5
    return host.asked[0].address


def who_connected(proxies: Mapping[str, str] | None = None) -> str:
    """From which address a socket comes in, which delivers and ends as any other."""
    with (
        peer() as host,
        connecting(f"ws://{host.host}/ws", network=client(host.host, proxies).network) as notes,
    ):
        link = host.accept()
        assert link.upgrade(frame("through")) == "/ws"
        assert notes.wait(TEXT).payload == b"through"
        address: str = link.sock.getpeername()[0]
        notes.connection.stop()
        assert ends(notes).cause is None
    return address


both = pytest.mark.parametrize("who", [who_called, who_connected], ids=["REST", "socket"])
each_proxy = pytest.mark.parametrize("proxy", PROXIES)


@both
@each_proxy
@pytest.mark.parametrize("secret", [False, True], ids=["open", "with a password"])
def test_a_given_proxy_is_used(who: Callable[..., str], proxy: str, secret: bool, tmp_path: Path) -> None:
    """Calls and sockets go through the proxy that the client was given."""
    with running(proxy, tmp_path, secret) as url:
        assert who({"http": url}) == OUT
        assert who({"all": url}) == OUT
        assert who({"https": url}) == HERE


@both
@each_proxy
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(
    who: Callable[..., str], proxy: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a given one, or ``NO_PROXY``, says otherwise."""
    with running(proxy, tmp_path, secret=True) as url, refusing() as nobody:
        monkeypatch.setenv(variable, url)
        assert who() == OUT
        monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.0/8")
        assert who() == HERE
        monkeypatch.setenv(variable, f"http://{nobody}")
        assert who({"http": url}) == OUT


@each_proxy
def test_encrypted_calls_and_sockets_go_through_too(
    proxy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``HTTPS_PROXY`` is for ``https`` and ``wss``; the host's certificate is verified behind the proxy."""
    authority = Authority(tmp_path)
    network = Network(SECONDS, ca=authority.path)
    with running(proxy, tmp_path, secret=True) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        assert [who(authority, network) for who in (secure_socket, secure_call)] == [OUT, OUT]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert [who(authority, network) for who in (secure_socket, secure_call)] == [HERE, HERE]


def secure_socket(authority: Authority, network: Network) -> str:
    """From which address an encrypted socket comes in."""
    with peer(authority.server(HERE)) as host:
        accepting = in_thread(lambda: host.accept().upgrade(frame("safe")))
        with connecting(f"wss://{host.host}/ws", network=network) as notes:
            assert notes.wait(TEXT).payload == b"safe"
            accepting.join()
            address: str = host.links[0].sock.getpeername()[0]
    return address


def secure_call(authority: Authority, network: Network) -> str:
    """From which address an encrypted call comes in."""
    with web(TIME, authority.server(HERE)) as host, contextlib.closing(Rest(network)) as caller:
        assert caller.call("GET", f"https://{host.host}/") == {"serverTime": 5}
    return host.asked[0].address


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_name_is_looked_up_by_whom_the_proxy_s_url_says(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``socks5h`` leaves it to the proxy; ``socks5`` looks it up here."""
    looked_up: list[str] = []
    with microsocks(Path(), "") as proxy, peer() as host:
        url = f"ws://localhost:{host.port}/ws"
        network = Network(SECONDS, {"http": f"{scheme}://{proxy}"})
        watch_names(monkeypatch, looked_up)
        with connecting(url, network=network) as notes:
            link = host.accept()
            link.upgrade()
            notes.wait(OPENED)
            assert link.sock.getpeername()[0] == OUT
    assert ("localhost" in looked_up) is (scheme == "socks5")


def test_a_socket_that_came_through_has_a_timeout() -> None:
    """The upgrade after it must not wait without end, as it would on a socket fresh from its descriptor."""
    with microsocks(Path(), "") as proxy, peer() as host:
        network = Network(SECONDS, {"http": f"socks5h://{proxy}"})
        with contextlib.closing(dial(f"ws://{host.host}/", network, lambda _: None)) as sock:
            timeout = sock.gettimeout()
    assert timeout is not None
    assert 0 < timeout <= SECONDS


def watch_names(monkeypatch: pytest.MonkeyPatch, looked_up: list[str]) -> None:
    """Keep every name that is looked up in this process."""
    for function in ("getaddrinfo", "gethostbyname"):
        real = getattr(socket, function)

        def watched(
            name: str, *args: object, real: Callable[..., object] = real, **options: object
        ) -> object:
            looked_up.append(name)
            return real(name, *args, **options)

        monkeypatch.setattr(socket, function, watched)


@each_proxy
@pytest.mark.parametrize("password", ["", "wrong"], ids=["no password", "a wrong one"])
def test_a_wrong_password_is_the_proxy_s_error(proxy: str, password: str, tmp_path: Path) -> None:
    """For calls and sockets alike; what was tried is not told."""
    with running(proxy, tmp_path, secret=True) as right:
        url = url_of(proxy, right.rpartition("@")[2], password)
        errors = [call_error(url), socket_error(url)]
    assert [type(error) for error in errors] == [ProxyError, ProxyError]
    assert not any("wrong" in str(error) for error in errors)


def call_error(url: str) -> BaseException:
    """How an encrypted call through a proxy fails."""
    with refusing() as host, contextlib.closing(Rest(Network(SECONDS, {"https": url}))) as caller:
        with pytest.raises(ProxyError) as caught:
            caller.call("GET", f"https://{host}/")
        return caught.value


def socket_error(url: str) -> BaseException | None:
    """How a socket through a proxy fails."""
    network = Network(SECONDS, {"http": url})
    with refusing() as host, connecting(f"ws://{host}/", network=network, max_retries=0) as notes:
        end = ends(notes).cause
    assert isinstance(end, GaveUp)
    return end.__cause__


@each_proxy
def test_a_host_that_the_proxy_cannot_reach_is_told(proxy: str, tmp_path: Path) -> None:
    """The error names both."""
    with running(proxy, tmp_path) as url:
        error = socket_error(url)
    assert isinstance(error, ProxyError)
    assert str(error).count(HERE) >= 2
