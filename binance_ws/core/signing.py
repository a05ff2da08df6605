"""Signatures of requests: HMAC, RSA and Ed25519, over REST's queries and over the parameters of the ws-api.

REST signs the percent-encoded query as it is sent; the ws-api signs its parameters sorted and not encoded.
Source: the exchange's pages "Signed Endpoint Security" and "SIGNED request security".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from ..errors import ArgumentError, MissingExtra


class Signer(Protocol):
    """Signs with one key."""

    def sign(self, payload: str) -> str:
        """The signature of a text, as the exchange wants to see it."""


class Hmac:
    """Signs with an API secret: HMAC-SHA256 in hexadecimal digits.

    Args:
        secret: the API secret.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def sign(self, payload: str) -> str:
        """The signature of a text."""
        return hmac.new(self._secret, payload.encode(), hashlib.sha256).hexdigest()


class Rsa:
    """Signs with an RSA key: PKCS#1 v1.5 with SHA-256, in base64.

    Args:
        key: a private key of ``cryptography``.
    """

    __slots__ = ("_key",)

    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, payload: str) -> str:
        """The signature of a text."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return base64.b64encode(self._key.sign(payload.encode(), PKCS1v15(), SHA256())).decode()


class Ed25519:
    """Signs with an Ed25519 key, in base64.

    Args:
        key: a private key of ``cryptography``.
    """

    __slots__ = ("_key",)

    def __init__(self, key: Any) -> None:
        self._key = key

    def sign(self, payload: str) -> str:
        """The signature of a text."""
        return base64.b64encode(self._key.sign(payload.encode())).decode()


def private_key_signer(pem: str, passphrase: str | None = None) -> Signer:
    """Signs with a private key.

    Args:
        pem: an RSA or Ed25519 key, PKCS#8 as PEM text.
        passphrase: what the key is encrypted with; ``None`` where it is not.

    Raises:
        MissingExtra: ``cryptography`` is not installed.
        ArgumentError: the text is no such key, or the passphrase does not fit.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    except ImportError:
        raise MissingExtra("cryptography", "keys") from None
    key = _loaded(pem, passphrase)
    if isinstance(key, RSAPrivateKey):
        return Rsa(key)
    if isinstance(key, Ed25519PrivateKey):
        return Ed25519(key)
    raise ArgumentError(
        f"a private key is RSA or Ed25519, not {type(key).__name__.removesuffix('PrivateKey')}"
    )


def _loaded(pem: str, passphrase: str | None) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.encode(), passphrase.encode() if passphrase else None)
    except TypeError:
        needs = "is not encrypted: leave out" if passphrase else "is encrypted: give"
        raise ArgumentError(f"the private key {needs} its passphrase, private_key_pass") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ArgumentError(
            "the private key is no PKCS#8 key as PEM text, or its passphrase is another"
        ) from None


def text_of(value: Any) -> str:
    """A parameter's value as text: what JSON would write, without the quotation marks of text."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def query(params: Mapping[str, Any]) -> str:
    """Parameters as a query, in their order; those that are ``None`` are left out."""
    return "&".join(
        f"{name}={quote(text_of(value), safe='')}" for name, value in params.items() if value is not None
    )


def signed_query(params: Mapping[str, Any], signer: Signer) -> str:
    """Parameters as a query for REST, with the signature at its end."""
    text = query(params)
    return f"{text}&signature={quote(signer.sign(text), safe='')}"


def signed_params(params: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """Parameters for the ws-api, with their signature."""
    given = {name: value for name, value in sorted(params.items()) if value is not None}
    text = "&".join(f"{name}={text_of(value)}" for name, value in given.items())
    return {**given, "signature": signer.sign(text)}
