"""Tests of REST calls' way out: certificates, contexts, source address, proxies that fail."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from binance_ws.errors import ArgumentError, CertificateError, ProxyError, RestError
from binance_ws.net.network import Network
from binance_ws.net.rest import Rest
from tests.certificates import Authority
from tests.net.calling import failure, rest
from tests.net.web import Answer, web
from tests.peer import SECONDS, refusing


@pytest.mark.parametrize(
    ("trusted", "name"),
    [(False, "127.0.0.1"), (True, "localhost")],
    ids=["unknown authority", "another host's"],
)
def test_a_certificate_that_does_not_verify(trusted: bool, name: str, tmp_path: Path) -> None:
    """It has an error of its own."""
    authority = Authority(tmp_path)
    with web(Answer(), authority.server(name)) as host:
        error = failure(f"https://{host.host}/", Network(SECONDS, ca=authority.path if trusted else None))
    assert type(error) is CertificateError
    assert host.host in str(error)


def test_tls_that_fails_otherwise_is_no_certificate_s_fault() -> None:
    """It may be tried again."""
    with web(Answer()) as host:
        error = failure(f"https://{host.host}/")
    assert type(error) is RestError


def test_an_own_authority_counts_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that names other certificates is for those who name none."""
    authority = Authority(tmp_path)
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", Authority(tmp_path / "other").path)
    with web(Answer(), authority.server("127.0.0.1")) as host, rest(Network(ca=authority.path)) as client:
        assert client.call("GET", f"https://{host.host}/") == {}


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_an_own_context_is_used_and_left_as_it_is(tmp_path: Path) -> None:
    """It neither learns to trust others nor to verify what it was told not to."""
    authority = Authority(tmp_path)
    careful = ssl.create_default_context(cafile=authority.path)
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    for context in (careful, careless):
        before = (context.get_ca_certs(), context.verify_mode, context.check_hostname)
        server, network = authority.server("127.0.0.1"), Network(ssl_context=context)
        with web(Answer(), server) as host, rest(network) as client:
            assert client.call("GET", f"https://{host.host}/") == {}
        assert (context.get_ca_certs(), context.verify_mode, context.check_hostname) == before


def test_certificates_that_cannot_be_loaded_are_an_argument_s_fault(tmp_path: Path) -> None:
    """At once, not at the first call."""
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    for path in (tmp_path / "empty.pem", tmp_path / "missing.pem"):
        with pytest.raises(ArgumentError, match="PEM"):
            Rest(Network(ca=str(path)))


def test_a_source_address_is_used() -> None:
    """The exchange sees it."""
    with web(Answer()) as host, rest(Network(source_address="127.0.0.2")) as client:
        client.call("GET", f"http://{host.host}/")
    assert host.asked[0].address == "127.0.0.2"


def test_given_proxies_count_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do for sockets."""
    with web(Answer(b"1")) as proxy, refusing() as nobody:
        monkeypatch.setenv("HTTP_PROXY", f"http://{nobody}")
        with rest(Network(proxies={"http": f"http://{proxy.host}"})) as client:
            assert client.call("GET", "http://api.example/") == 1
    assert proxy.asked[0].path == "http://api.example/"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_a_proxy_that_is_not_there(scheme: str, kind: str) -> None:
    """It is the proxy's fault, and its password stays where it is."""
    with refusing() as nobody:
        proxies = {"all": f"{kind}://user:secret@{nobody}"}
        error = failure(f"{scheme}://api.example/", Network(SECONDS, proxies))
    assert type(error) is ProxyError
    assert ("api.example" in str(error), "secret" in str(error)) == (True, False)


def test_a_proxy_that_wants_another_password() -> None:
    """It answers in the exchange's stead where nothing is encrypted."""
    with web(Answer(b"", 407)) as proxy:
        error = failure("http://api.example/", Network(SECONDS, {"http": f"http://u:secret@{proxy.host}"}))
    assert type(error) is ProxyError
    assert ("password" in str(error), "secret" in str(error)) == (True, False)
