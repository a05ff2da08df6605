"""API keys: who is let in, and with which signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from binance_ws.errors import ArgumentError
from binance_ws.simulator import Exchange
from binance_ws.simulator.answers import Bad
from binance_ws.simulator.keys import HMAC, KINDS, Key, Keyring
from binance_ws.simulator.signed import Gatekeeper, api_payload, rest_payload
from tests.simulator.users import DEFAULT, EXAMPLES, User, sign

NOW = 1_700_000_000_000
ACCOUNT = "/api/v3/account"


def code(act: Callable[[], Any]) -> int:
    """The code that something is answered with."""
    with pytest.raises(Bad) as raised:
        act()
    return int(raised.value.response.body["code"])


def test_documented_signatures_are_right() -> None:
    """The examples of the exchange's documentation verify, in either case, and nothing near them does."""
    example = EXAMPLES["wsapi_signed_hmac_example"]
    key = Key("x", HMAC, "user", example["secretKey"])
    for vector in example["vectors"]:
        payload, signature = vector["payload"].encode(), vector["signature"]
        assert key.verifies(payload, signature)
        assert key.verifies(payload, signature.upper())
        assert not key.verifies(payload + b"0", signature)
        assert not key.verifies(payload, signature[:-1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_verifies_its_own_signatures_alone(kind: str) -> None:
    """A signature is good for its payload and its key; what is no signature at all is none."""
    ring = Keyring()
    mine, other = ring.add(kind), ring.add(kind)
    signature = sign(mine, "a=1&symbol=１２３")
    assert mine.verifies("a=1&symbol=１２３".encode(), signature)
    assert not mine.verifies(b"a=2", signature)
    assert not other.verifies("a=1&symbol=１２３".encode(), signature)
    assert not any(mine.verifies(b"a=1", text) for text in ("", "é", "%%%", "AAAA", "0" * 64))


def test_a_clients_own_public_key_is_taken() -> None:
    """The exchange need not have the private key; one of another kind is refused."""
    private = ed25519.Ed25519PrivateKey.generate()
    form = serialization
    pem = (
        private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()
    )
    key = Keyring().add("ed25519", public_key=pem)
    assert key.secret == ""
    assert not key.verifies(b"x", "AAAA")
    for kind, text in (("rsa", pem), ("ed25519", "no key"), ("dsa", None)):
        with pytest.raises(ArgumentError):
            Keyring().add(kind, public_key=text)


def test_keys_are_not_shown() -> None:
    """The text of a key has neither the key nor its secret."""
    assert DEFAULT.api_key not in repr(DEFAULT)
    assert DEFAULT.secret not in repr(DEFAULT)


@pytest.mark.parametrize(
    ("stamp", "window", "expected"),
    [
        (NOW, None, None),
        (NOW - 5000, None, None),
        (NOW - 5001, None, -1021),
        (NOW + 999, None, None),
        (NOW + 1000, None, -1021),
        (NOW - 60_000, "60000", None),
        (NOW - 101, "100.5", -1021),
        (NOW - 100, "100.5", None),
        ((NOW - 100) * 1000, None, None),
        (NOW, "60001", -1131),
        (NOW, "soon", -1100),
        ("now", None, -1102),
        ("", None, -1102),
    ],
)
def test_a_request_has_its_window(stamp: object, window: str | None, expected: int | None) -> None:
    """A moment is neither older than the window nor a second ahead; microseconds are understood."""
    gate = Gatekeeper(Keyring(), lambda: NOW)
    given = {"timestamp": str(stamp), **({"recvWindow": window} if window else {})}
    payload = api_payload(given)

    def ask() -> None:
        gate.signed(DEFAULT, given, payload, sign(DEFAULT, payload.decode()))

    if expected is None:
        ask()
    else:
        assert code(ask) == expected


def test_the_signature_is_over_what_was_sent() -> None:
    """REST: query and body as they are, without the signature, wherever it stands; a bare plus is a space."""
    assert rest_payload("b=2&a=%E8%BF%99&signature=x%2By", "") == (b"b=2&a=%E8%BF%99", "x+y")
    assert rest_payload("a=1", "b=2&signature=x+y") == (b"a=1b=2", "x y")
    assert rest_payload("signature=x&a=1", "") == (b"a=1", "x")
    assert rest_payload("a=1", "") == (b"a=1", None)
    assert api_payload({"b": "2", "a": "这", "signature": "x"}) == "a=这&b=2".encode()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_key_opens_its_account(exchange: Exchange, kind: str) -> None:
    """A signed call is answered; several keys may have one account, and users have their own."""
    exchange.account("spot", "another").deposit("NEO", 7)
    user = User(exchange, exchange.add_key(kind, user="another"))
    rows = user.get(ACCOUNT, recvWindow="5000", note="a b/+é")["balances"]
    assert {"asset": "NEO", "free": "7.00000000", "locked": "0.00000000"} in rows
    assert User(exchange).get(ACCOUNT)["balances"] != rows


def test_the_body_may_carry_the_parameters(exchange: Exchange) -> None:
    """A signed POST has its parameters where it wants."""
    body = f"timestamp={exchange.time}"
    answer = User(exchange).raw("POST", "/sapi/v1/userListenToken", f"{body}&signature={sign(DEFAULT, body)}")
    assert answer.status_code == 200
    assert User(exchange).raw("POST", "/sapi/v1/userListenToken", f"{body}&signature=00").status_code == 400


def test_signing_before_encoding_is_wrong(exchange: Exchange) -> None:
    """What is signed is the encoded text."""
    plain = f"timestamp={exchange.time}&note=a/é"
    target = (
        f"{ACCOUNT}?timestamp={exchange.time}&note={quote('a/é', safe='')}&signature={sign(DEFAULT, plain)}"
    )
    assert User(exchange).raw("GET", target).json() == EXAMPLES["wsapi_error_1022_signature"]["error"]


@pytest.mark.parametrize(
    ("api_key", "example"),
    [
        ("", "wsapi_error_2014_bad_key_format"),
        ("short", "wsapi_error_2014_bad_key_format"),
        ("é" * 64, "wsapi_error_2014_bad_key_format"),
        ("x" * 64, "wsapi_error_2015_rejected_key"),
    ],
)
def test_wrong_keys(exchange: Exchange, api_key: str, example: str) -> None:
    """A malformed key and an unknown one are 401 with codes of their own, for listen keys too."""
    user = User(exchange, Key(api_key.encode().decode("latin-1"), HMAC, "user", "secret"))
    for answer in (user.signed("GET", ACCOUNT), user.keep("POST", "usdm")):
        assert (answer.status_code, answer.json()) == (401, EXAMPLES[example]["error"])


def test_a_revoked_key_is_rejected_until_it_is_reinstated(exchange: Exchange) -> None:
    """Revoking is a fault with an end, and concerns one key."""
    user, other = User(exchange), User(exchange, exchange.add_key())
    with exchange.faults.revoke():
        assert user.signed("GET", ACCOUNT).json()["code"] == -2015
        assert other.signed("GET", ACCOUNT).status_code == 200
    assert user.signed("GET", ACCOUNT).status_code == 200
    with pytest.raises(ArgumentError):
        exchange.faults.revoke("nobody's")


def test_the_clock_can_be_wrong(exchange: Exchange) -> None:
    """With a skewed clock the client's own time is refused, and ``time`` tells the exchange's."""
    user, mine = User(exchange), exchange.time
    for seconds in (3600, -3600):
        with exchange.skew(seconds):
            query = f"timestamp={mine}"
            answer = user.raw("GET", f"{ACCOUNT}?{query}&signature={sign(DEFAULT, query)}")
            assert (answer.status_code, answer.json()["code"]) == (400, -1021)
            told = user.call("GET", "/api/v3/time").json()["serverTime"]
            assert abs(told - mine - seconds * 1000) < 60_000
            assert user.signed("GET", ACCOUNT).status_code == 200
    assert abs(exchange.time - mine) < 60_000


def test_no_secret_is_kept(exchange: Exchange) -> None:
    """What inspection tells has neither keys nor signatures nor listen keys."""
    user = User(exchange)
    key = user.listen_key("margin_risk")
    user.keep("PUT", "margin_risk", key)
    user.signed("GET", ACCOUNT)
    told = repr([(each, each.headers) for each in exchange.requests])
    assert not any(secret in told for secret in (key, DEFAULT.api_key, DEFAULT.secret))
    assert "listenKey=<margin_risk>" in told
    assert "signature=<secret>" in told
