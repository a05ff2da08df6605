"""Tests of the ways out of this machine."""

from __future__ import annotations

import dataclasses
import ssl
from pathlib import Path

import certifi
import pytest
from requests.utils import get_environ_proxies, select_proxy

from binance_ws.net.network import Network

PROXY, OTHER = "http://user:secret@proxy:3128", "socks5h://other:1080"
SPOT = "wss://stream.binance.com:9443/ws/btcusdt@trade"
LOCAL = "ws://127.0.0.1:8765/ws/btcusdt@trade"


@pytest.mark.parametrize(
    ("proxies", "environment", "url", "proxy"),
    [
        ({}, {}, SPOT, None),
        ({"https": PROXY}, {}, SPOT, PROXY),
        ({"https": PROXY}, {}, SPOT.replace("wss", "https"), PROXY),
        ({"https": PROXY}, {}, LOCAL, None),
        ({"http": PROXY}, {}, SPOT, None),
        ({"http": PROXY}, {}, LOCAL, PROXY),
        ({"all": OTHER}, {}, SPOT, OTHER),
        ({"https": PROXY, "https://stream.binance.com": OTHER}, {}, SPOT, OTHER),
        ({}, {"HTTPS_PROXY": PROXY}, SPOT, PROXY),
        ({}, {"https_proxy": PROXY}, SPOT, PROXY),
        ({}, {"HTTPS_PROXY": PROXY}, LOCAL, None),
        ({}, {"ALL_PROXY": OTHER}, SPOT, OTHER),
        ({}, {"HTTPS_PROXY": PROXY, "NO_PROXY": "binance.com"}, SPOT, None),
        ({}, {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, SPOT, None),
        ({}, {"HTTPS_PROXY": PROXY, "NO_PROXY": "binance.us"}, SPOT, PROXY),
        ({}, {"HTTP_PROXY": PROXY, "NO_PROXY": "127.0.0.0/8"}, LOCAL, None),
        ({"no_proxy": "binance.com"}, {"HTTPS_PROXY": PROXY}, SPOT, None),
        ({"https": OTHER}, {"HTTPS_PROXY": PROXY}, SPOT, OTHER),
    ],
)
def test_a_socket_goes_the_way_of_its_host_s_pages(
    monkeypatch: pytest.MonkeyPatch,
    proxies: dict[str, str],
    environment: dict[str, str],
    url: str,
    proxy: str | None,
) -> None:
    """``wss`` goes as ``https`` and ``ws`` as ``http``; what was given counts before the variables."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Network(proxies=proxies).proxy(url) == proxy


@pytest.mark.parametrize("url", [SPOT, LOCAL, "wss://data-stream.binance.vision/ws/a@x"])
@pytest.mark.parametrize("no_proxy", ["", "binance.com", "127.0.0.1,binance.vision"])
def test_variables_are_read_as_requests_reads_them(
    monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str
) -> None:
    """Without proxies of its own, a network goes where ``requests`` would go for the page."""
    for name, value in (("HTTP_PROXY", PROXY), ("HTTPS_PROXY", OTHER), ("NO_PROXY", no_proxy)):
        monkeypatch.setenv(name, value)
    page = url.replace("ws", "http", 1)
    assert Network().proxy(url) == select_proxy(page, get_environ_proxies(page, no_proxy=None))


def test_no_password_is_shown() -> None:
    """The text of a network tells where certificates and addresses are, and no proxy's password."""
    shown = repr(Network(5, {"https": PROXY}, source_address="10.0.0.1"))
    assert "secret" not in shown
    assert "proxy" not in shown.replace("proxies", "")
    assert ("timeout=5" in shown, "10.0.0.1" in shown) == (True, True)


def test_tls_is_made_once_and_verifies() -> None:
    """All connections share one context, which trusts the usual certificates and checks the host's name."""
    network = Network()
    assert network.tls is network.tls
    assert network.tls.check_hostname
    assert network.tls.verify_mode is ssl.CERT_REQUIRED
    assert network.tls.cert_store_stats()["x509_ca"] > 50


def test_an_own_context_is_taken_as_it_is() -> None:
    """It counts before ``ca``."""
    context = ssl.create_default_context()
    assert Network(ca="/nowhere", ssl_context=context).tls is context


def test_an_own_file_of_certificates_is_trusted_alone(tmp_path: Path) -> None:
    """A file's certificates replace the usual ones."""
    text = Path(certifi.where()).read_text(encoding="utf-8")
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    (tmp_path / "one.pem").write_text(
        begin + text.split(begin)[1].split(end)[0] + end + "\n", encoding="utf-8"
    )
    network = Network(ca=str(tmp_path / "one.pem"))
    assert network.tls.cert_store_stats()["x509"] == 1
    assert network.tls.verify_mode is ssl.CERT_REQUIRED


def test_an_own_folder_of_certificates_is_taken(tmp_path: Path) -> None:
    """A folder is looked up as OpenSSL does, so none of the usual certificates is loaded."""
    assert Network(ca=str(tmp_path)).tls.cert_store_stats()["x509"] == 0


def test_a_network_does_not_change() -> None:
    """It is shared by all connections."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Network().timeout = 1  # type: ignore[misc]
