"""Tests of signatures: the exchange's own vectors, and keys made here."""

from __future__ import annotations

import base64
import builtins
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.signing import (
    Hmac,
    private_key_signer,
    query,
    signed_params,
    signed_query,
    text_of,
)
from binance_ws.errors import ArgumentError, MissingExtra
from tests.payloads import load

EXAMPLE = load("wsapi_signed_hmac_example.json")
RSA_KEY = rsa.generate_private_key(65537, 2048)
ED_KEY = ed25519.Ed25519PrivateKey.generate()
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def pem(key: Any, passphrase: str | None = None) -> str:
    """A private key as PKCS#8 PEM text."""
    how: Any = serialization.NoEncryption()
    if passphrase:
        how = serialization.BestAvailableEncryption(passphrase.encode())
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    text: bytes = key.private_bytes(kind, form, how)
    return text.decode()


@pytest.mark.parametrize("vector", EXAMPLE["vectors"], ids=["ascii", "not ascii"])
def test_the_vectors_of_the_exchange_come_out(vector: dict[str, str]) -> None:
    """The parameters of each example, in any order, get the signature that the exchange's page shows."""
    params = dict(pair.split("=", 1) for pair in vector["payload"].split("&"))
    backwards = dict(sorted(params.items(), reverse=True))
    signed = signed_params(backwards, Hmac(EXAMPLE["secretKey"]))
    assert signed == {**params, "signature": vector["signature"]}
    assert list(signed)[:-1] == sorted(params)


def test_numbers_are_signed_as_they_are_sent() -> None:
    """Numbers, truth values and lists are signed as JSON writes them; what is None is left out."""
    signer = Hmac("secret")
    signed = signed_params({"timestamp": 7, "a": None, "flag": True, "ids": [1, 2]}, signer)
    assert signed == {
        "flag": True,
        "ids": [1, 2],
        "timestamp": 7,
        "signature": signer.sign("flag=true&ids=[1,2]&timestamp=7"),
    }


def test_rest_signs_what_is_encoded() -> None:
    """The query is percent-encoded in its order, signed as it is, and the signature is encoded too."""
    params = {"symbol": "１２３", "b": "x y+z/", "a": None, "timestamp": 5}
    text = "symbol=%EF%BC%91%EF%BC%92%EF%BC%93&b=x%20y%2Bz%2F&timestamp=5"
    assert query(params) == text
    assert signed_query(params, Hmac("s")) == f"{text}&signature={Hmac('s').sign(text)}"


@given(st.dictionaries(st.text("abcdefgh", min_size=1), TEXT))
def test_a_query_can_be_read_back(params: dict[str, str]) -> None:
    """Whatever the values are, a server that decodes the query finds them."""
    assert dict(parse_qsl(query(params), keep_blank_values=True)) == params


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_rsa(passphrase: str | None) -> None:
    """An RSA key signs with PKCS#1 v1.5 and SHA-256, in base64, with a passphrase or without one."""
    text = signed_query({"a": "b"}, private_key_signer(pem(RSA_KEY, passphrase), passphrase))
    payload, _, signature = text.partition("&signature=")
    assert "+" not in signature
    assert "/" not in signature
    raw = base64.b64decode(unquote(signature))
    RSA_KEY.public_key().verify(raw, payload.encode(), padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_ed25519(passphrase: str | None) -> None:
    """An Ed25519 key signs in base64, which the ws-api gets as it is."""
    signer = private_key_signer(pem(ED_KEY, passphrase), passphrase)
    signed = signed_params({"timestamp": 1, "apiKey": "k"}, signer)
    ED_KEY.public_key().verify(base64.b64decode(signed["signature"]), b"apiKey=k&timestamp=1")


@pytest.mark.parametrize(
    ("text", "passphrase", "says"),
    [
        ("no key", None, "PKCS#8"),
        (pem(RSA_KEY), "x", "not encrypted"),
        (pem(RSA_KEY, "right"), None, "private_key_pass"),
        (pem(RSA_KEY, "right"), "wrong", "passphrase"),
        (pem(ec.generate_private_key(ec.SECP256R1())), None, "RSA or Ed25519"),
    ],
)
def test_a_key_that_cannot_be_used(text: str, passphrase: str | None, says: str) -> None:
    """The error says what is allowed, and shows neither key nor passphrase."""
    with pytest.raises(ArgumentError, match=says) as caught:
        private_key_signer(text, passphrase)
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "wrong" not in shown
    assert "BEGIN" not in shown


def test_without_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that brings what is missing."""
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"binance-ws\[keys\]"):
        private_key_signer(pem(ED_KEY))


def test_signers_do_not_show_their_keys() -> None:
    """Neither what they look like nor their fields gives a key away."""
    assert "secret" not in repr(Hmac("secret"))
    assert not hasattr(Hmac("secret"), "__dict__")


@pytest.mark.parametrize(("value", "text"), [("a b", "a b"), (1, "1"), (1.5, "1.5"), (True, "true")])
def test_text_of(value: Any, text: str) -> None:
    """A value's text is that of JSON, without quotation marks."""
    assert text_of(value) == text
