"""Tests of keys and signed calls: where keys come from, how calls are signed, and whose clock counts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from binance_ws import Client, Environment
from binance_ws.client import adapted
from binance_ws.core.signing import Hmac
from binance_ws.credentials import KEY_VARIABLE, SECRET_VARIABLE, credentials
from binance_ws.enums import Market
from binance_ws.errors import ApiError, ArgumentError, CredentialsMissing, CredentialsRejected

from .net.web import Answer, Handler, Web, web

KEY, SECRET = "the-api-key-of-tests", "the-api-secret-of-tests"
ED_KEY = ed25519.Ed25519PrivateKey.generate()
PEM = ED_KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def private(path: Path, text: str, mode: int = 0o600) -> Path:
    """A file with a text."""
    path.write_text(text)
    path.chmod(mode)
    return path


# ---- where keys come from ---------------------------------------------------------------------------------


def test_arguments_come_first(tmp_path: Path) -> None:
    """Arguments win over the file, the file over the environment; they are never mixed."""
    environ = {KEY_VARIABLE: "e-key", SECRET_VARIABLE: "e-secret"}
    file = private(tmp_path / "keys", "# mine\n\napi_key = f-key\napi_secret=f-secret\n")
    found = [
        credentials(KEY, SECRET, key_file=file, environ=environ),
        credentials(key_file=file, environ=environ),
        credentials(environ=environ),
        credentials(KEY, environ=environ),
        credentials(environ={}),
    ]
    assert [(c.api_key, c.api_secret) for c in found] == [
        (KEY, SECRET),
        ("f-key", "f-secret"),
        ("e-key", "e-secret"),
        (KEY, None),
        (None, None),
    ]
    assert [c.signer is not None for c in found] == [True, True, True, False, False]


def test_the_environment_counts_for_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script needs no keys in its text."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    assert (Client().API_KEY, Client().API_SECRET, Client().can_sign) == (KEY, SECRET, True)


def test_private_keys(tmp_path: Path) -> None:
    """A private key is PEM text, a path as text or a path; a key file may name its own."""
    path = private(tmp_path / "key.pem", PEM)
    named = private(tmp_path / "keys", f"api_key={KEY}\nprivate_key={path}\n")
    given: list[dict[str, Any]] = [
        {"api_key": KEY, "private_key": PEM},
        {"api_key": KEY, "private_key": str(path)},
        {"api_key": KEY, "private_key": path},
        {"key_file": named},
    ]
    signatures = {credentials(**each).signer.sign("x") for each in given}  # type: ignore[union-attr]
    assert len(signatures) == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
@pytest.mark.parametrize("argument", ["private_key", "key_file"])
def test_files_that_others_may_read_are_refused(tmp_path: Path, mode: int, argument: str) -> None:
    """The error says what to do."""
    path = private(tmp_path / "key", PEM if argument == "private_key" else f"api_key={KEY}", mode)
    with pytest.raises(ArgumentError, match="chmod 600"):
        Client(KEY, private_key=path) if argument == "private_key" else Client(key_file=path)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key_file": "/nowhere/at all"}, "lines 'name = value': No such file"),
        ({"api_key": KEY, "private_key": "MC4CAQAwBQYDK2VwBCIEIKeyMaterial"}, "PEM text or the path"),
        ({"api_key": KEY, "private_key": "x" * 5000}, "PEM text or the path"),
        ({"api_key": 7, "api_secret": SECRET}, "text"),
    ],
)
def test_what_is_no_key(given: dict[str, Any], says: str) -> None:
    """The error says what is allowed, and does not show what may have been a key."""
    with pytest.raises(ArgumentError, match=says) as caught:
        Client(**given)
    assert "KeyMaterial" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize("around", ["{}\n", " {}", "\t{}\r\n"])
def test_what_stands_around_a_key_is_none_of_it(around: str) -> None:
    """Files end with a line end, and so does what was read from them: both the key and the secret."""
    found = credentials(around.format(KEY), around.format(SECRET), environ={})
    plain = credentials(KEY, SECRET, environ={})
    assert (found.api_key, found.api_secret) == (KEY, SECRET)
    assert found.signer
    assert plain.signer
    assert found.signer.sign("x") == plain.signer.sign("x")
    assert credentials(" \n", None, environ={}).api_key is None


@pytest.mark.parametrize("name", ["api_key", "api_secret"])
@pytest.mark.parametrize("odd", ["\u200b", "\u043a", "\xe9", "\n", " ", "\x00", "\x7f"])
def test_a_key_has_no_other_characters(name: str, odd: str) -> None:
    """Whoever refuses to send such a header shows all of it; so it is refused here, in a sentence without it."""
    keys = {"api_key": KEY, "api_secret": SECRET, name: f"secret{odd}text"}
    with pytest.raises(ArgumentError, match=f"^{name} has a character that no key has") as caught:
        Client(keys["api_key"], keys["api_secret"])
    assert "text" not in str(caught.value)


def test_a_passphrase_is_as_it_is() -> None:
    """It may have spaces, and letters of any script: only the key is asked whether it fits."""
    with pytest.raises(ArgumentError, match="PEM"):
        credentials(KEY, private_key="nothing", private_key_pass=" p\xe4ss \n", environ={})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"environment": "tesnet"}, "one of 'production', 'testnet', 'demo', 'us', 'market-data'"),
        ({"environment": 5}, "an environment is one of"),
        ({"timeout": None}, "timeout is a number of seconds above 0"),
        ({"timeout": "5"}, "timeout is a number of seconds above 0"),
        ({"proxies": "http://user:hidden@x:1"}, "proxies is a dictionary"),
        ({"proxies": {"htp": "http://user:hidden@x:1"}}, "its keys are http, https, all"),
        ({"proxies": {"https": 5}}, "proxies is a dictionary"),
    ],
)
def test_what_a_client_cannot_use(given: dict[str, Any], says: str) -> None:
    """It raises where it is passed, and shows no password."""
    with pytest.raises(ArgumentError, match=says) as caught:
        Client(**given)
    assert "hidden" not in str(caught.value)


def test_an_environment_may_be_given_by_its_name() -> None:
    """As on the command line."""
    assert Client(environment="testnet").environment is Environment.TESTNET
    with pytest.raises(ArgumentError, match="local host"):
        Environment.local(None)  # type: ignore[arg-type]


def test_proxies_of_the_environment_may_be_given() -> None:
    """What urllib finds has schemes that are not ours; some libraries have those of one host."""
    for proxies in ({}, {"http": "http://p:1", "rsync": "p:2"}, {"https://api.binance.com": "http://p:1"}):
        assert Client(proxies=proxies).network.proxies == proxies


def test_a_key_file_has_known_lines(tmp_path: Path) -> None:
    """A misspelt line is refused; the error shows the allowed names and not the line."""
    path = private(tmp_path / "keys", f"api_kee = {KEY}\n")
    with pytest.raises(ArgumentError, match="api_key, api_secret, private_key") as caught:
        Client(key_file=path)
    assert KEY not in str(caught.value)


def test_nothing_shows_keys() -> None:
    """Neither clients nor what they hold."""
    client = Client(KEY, SECRET)
    assert repr(client) == "<Client production with keys>"
    assert SECRET not in repr(credentials(KEY, SECRET)) + repr(credentials(KEY, SECRET).signer)


def test_python_binance_s_client() -> None:
    """Its keys, its private key (of pycryptodome) and its place are taken over."""
    key = SimpleNamespace(export_key=lambda **options: PEM)
    theirs = SimpleNamespace(
        API_KEY=KEY, API_SECRET=None, PRIVATE_KEY=key, _is_rsa=False, testnet=False, demo=True, session=None
    )
    ours = adapted(theirs)
    assert (ours.API_KEY, ours.can_sign, ours.environment) == (KEY, True, Environment.DEMO)
    theirs = SimpleNamespace(API_KEY=KEY, API_SECRET=SECRET, PRIVATE_KEY=None)
    assert adapted(theirs).can_sign


# ---- signed calls -----------------------------------------------------------------------------------------


class Clock:
    """An exchange whose clock is not ours: it refuses what is more than a second off."""

    def __init__(self, ahead_ms: int = 0, unit: int = 1) -> None:
        self.ahead = ahead_ms
        self.unit = unit

    def now(self) -> int:
        """Its time in milliseconds."""
        return int(time.time() * 1000) + self.ahead

    def __call__(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        given = dict(parse_qsl(parts.query))
        if parts.path.endswith("/time"):
            handler.answer(Answer(json.dumps({"serverTime": self.now() * self.unit}).encode()))
        elif abs(int(given["timestamp"]) - self.now()) > 1000:
            handler.answer(Answer(b'{"code":-1021,"msg":"Timestamp"}', 400))
        elif Hmac(SECRET).sign(parts.query.rpartition("&signature=")[0]) != given["signature"]:
            handler.answer(Answer(b'{"code":-1022,"msg":"Signature for this request is not valid."}', 400))
        else:
            handler.answer(Answer(json.dumps(given).encode()))


def client_of(server: Web, secret: str = SECRET, **options: Any) -> Client:
    """A client of a server."""
    return Client(KEY, secret, environment=Environment.local(server.host, connects=None), **options)


@pytest.fixture
def clock() -> Iterator[Web]:
    """An exchange whose clock goes right."""
    with web(Clock()) as made:
        yield made


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_signed_call(clock: Web, method: str) -> None:
    """Any method carries key, time and a signature that the exchange finds right, whatever the values."""
    client = client_of(clock)
    answer = client.signed(method, "account", symbol="１ +/&=", limit=5, none=None)
    client.close()
    assert (answer["symbol"], answer["limit"]) == ("１ +/&=", "5")
    assert "none" not in answer
    assert clock.asked[0].path.startswith("/api/v3/account?symbol=")
    assert clock.asked[0].headers["x-mbx-apikey"] == KEY


@pytest.mark.parametrize(
    ("path", "market", "where"),
    [
        ("openOrders", Market.USDM, "/fapi/v1/openOrders"),
        ("/sapi/v1/margin/account", Market.SPOT, "/sapi/v1/margin/account"),
        ("/fapi/v2/account", Market.USDM, "/fapi/v2/account"),
    ],
)
def test_paths(clock: Web, path: str, market: Market, where: str) -> None:
    """Below the market's prefix, or whole."""
    client = client_of(clock)
    client.signed("GET", path, market)
    client.close()
    assert urlsplit(clock.asked[0].path).path == where


@pytest.mark.parametrize("unit", [1, 1000], ids=["ms", "µs"])
@pytest.mark.parametrize("ahead", [-3_600_000, 5_000, 86_400_000])
def test_a_clock_that_differs_is_measured(ahead: int, unit: int) -> None:
    """-1021 has the exchange's clock read, once; calls after that are right at once."""
    with web(Clock(ahead, unit)) as server:
        client = client_of(server)
        for _ in range(2):
            assert "signature" in client.signed("GET", "account")
        client.close()
        paths = [urlsplit(asked.path).path for asked in server.asked]
    assert paths == ["/api/v3/account", "/api/v3/time", "/api/v3/account", "/api/v3/account"]


def test_each_product_has_a_clock() -> None:
    """The clock is read where the call goes to."""
    with web(Clock(60_000)) as server:
        client = client_of(server)
        client.signed("GET", "/fapi/v2/account", Market.USDM)
        client.close()
        assert urlsplit(server.asked[1].path).path == "/fapi/v1/time"


def test_a_clock_that_does_not_tell_the_time() -> None:
    """An answer without it is an error like any other."""
    with web(Answer(b"{}")) as host:
        client = client_of(host)
        for ask in (client.time, lambda: client.synchronize(f"http://{host.host}/api/v3/order")):
            with pytest.raises(ApiError, match="no serverTime"):
                ask()
        client.close()


def test_a_clock_that_cannot_be_mended() -> None:
    """A second -1021 is an error."""
    with web(
        lambda handler: handler.answer(Answer(b'{"code":-1021,"msg":"T","serverTime":1}', 400))
    ) as server:
        client = client_of(server)
        with pytest.raises(ApiError, match="-1021"):
            client.signed("GET", "account")
        client.close()


def test_a_wrong_secret(clock: Web) -> None:
    """The error says what to check, is not worth trying again, and shows no secret."""
    client = client_of(clock, "another-secret")
    with pytest.raises(CredentialsRejected, match="check the key's secret") as caught:
        client.signed("GET", "account")
    client.close()
    assert not caught.value.retryable
    assert "another-secret" not in str(caught.value)


@pytest.mark.parametrize("keys", [{}, {"api_key": KEY}], ids=["none", "key alone"])
def test_without_keys_nothing_is_signed(clock: Web, keys: dict[str, str]) -> None:
    """The error says what is needed, and nothing was sent."""
    client = Client(**keys, environment=Environment.local(clock.host))  # type: ignore[arg-type]
    with pytest.raises(CredentialsMissing, match=r"api_secret.*BINANCE_API_SECRET"):
        client.signed("GET", "account")
    assert clock.asked == []


def test_signing_for_the_ws_api(clock: Web) -> None:
    """Key and time are added; the signature is over all of it, sorted."""
    client = client_of(clock)
    params = client.sign(f"http://{clock.host}")
    signature = params.pop("signature")
    assert list(params) == ["apiKey", "timestamp"]
    assert signature == Hmac(SECRET).sign(f"apiKey={KEY}&timestamp={params['timestamp']}")


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [
        (-1000, 500, True),
        (-1003, 429, True),
        (-1021, 400, True),
        (-1121, 400, False),
        (-1125, 400, True),
        (-2010, 400, False),
        (None, 410, False),
        (None, 503, True),
    ],
)
def test_which_errors_pass(code: int | None, status: int, retryable: bool) -> None:
    """An error says whether the same may succeed later."""
    assert ApiError("x", code, status).retryable is retryable
