"""API keys: whose they are, whether they are still good, and whether a signature was made with them."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from binascii import Error as Malformed
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..errors import ArgumentError, MissingExtra

HMAC, RSA, ED25519 = KINDS = ("hmac", "rsa", "ed25519")
USER = "user"
"""Whose keys and accounts are meant where nobody is named."""


def _made(*words: object) -> str:
    return hashlib.sha256(" ".join(map(str, ("binance_ws simulator", *words))).encode()).hexdigest()


API_KEY = _made("key", HMAC, 0)
"""The API key that every simulated exchange knows from the start."""

API_SECRET = _made("secret", HMAC, 0)
"""The secret that belongs to :data:`API_KEY`."""


@dataclass
class Key:
    """An API key.

    Args:
        api_key: what clients send.
        kind: ``"hmac"``, ``"rsa"`` or ``"ed25519"``.
        user: whose accounts it opens.
        secret: what clients sign with: the secret, or the private key as PEM (PKCS#8); empty where only the
            client has it.
        public: the public key of RSA and Ed25519.
        revoked: whether the exchange rejects it now.
    """

    api_key: str = field(repr=False)
    kind: str
    user: str
    secret: str = field(default="", repr=False)
    public: Any = field(default=None, repr=False)
    revoked: bool = False

    def verifies(self, payload: bytes, signature: str) -> bool:
        """Whether a signature of a payload was made with this key."""
        if self.kind == HMAC:
            expected = hmac.new(self.secret.encode(), payload, hashlib.sha256).hexdigest()
            return hmac.compare_digest(expected.encode(), signature.lower().encode())
        try:
            return _verified(self.public, self.kind, b64decode(signature.encode(), validate=True), payload)
        except (Malformed, UnicodeError):
            return False


class Keyring:
    """The API keys that an exchange knows; the default one is among them from the start."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self.add()

    def add(self, kind: str = HMAC, user: str = USER, public_key: str | None = None) -> Key:
        """One more key.

        Args:
            kind: ``"hmac"``, ``"rsa"`` or ``"ed25519"``.
            user: whose accounts it opens.
            public_key: PEM text, where a client has the private key already; ``None`` makes a pair.

        Raises:
            ArgumentError: the kind is unknown, or the public key is not of it.
            MissingExtra: RSA and Ed25519 need the extra ``keys``.
        """
        if kind not in KINDS:
            raise ArgumentError(f"a key is 'hmac', 'rsa' or 'ed25519', not {kind!r}")
        number = len(self._keys)
        secret, public = _material(kind, number, public_key)
        key = Key(_made("key", kind, number), kind, user, secret, public)
        self._keys[key.api_key] = key
        return key

    def find(self, api_key: str) -> Key | None:
        """The key of that name."""
        return self._keys.get(api_key)


def _material(kind: str, number: int, public_key: str | None) -> tuple[str, Any]:
    if kind == HMAC:
        return _made("secret", kind, number), None
    return ("", _loaded(kind, public_key)) if public_key else _pair(kind, number)


@lru_cache(maxsize=16)
def _pair(kind: str, number: int) -> tuple[str, Any]:
    """A private key as PEM and its public key; a pair of RSA is expensive, and exchanges may share it."""
    crypto = _cryptography()
    if kind == RSA:
        private = crypto.rsa.generate_private_key(65537, 2048)
    else:
        seed = bytes.fromhex(_made("seed", number))
        private = crypto.ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    form = crypto.serialization
    pem = private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return pem.decode(), private.public_key()


def _loaded(kind: str, pem: str) -> Any:
    crypto = _cryptography()
    wanted = crypto.rsa.RSAPublicKey if kind == RSA else crypto.ed25519.Ed25519PublicKey
    try:
        public = crypto.serialization.load_pem_public_key(pem.encode())
    except ValueError:
        public = None
    if not isinstance(public, wanted):
        raise ArgumentError(f"that is no public key of the kind {kind!r} as PEM text")
    return public


def _verified(public: Any, kind: str, signature: bytes, payload: bytes) -> bool:
    crypto = _cryptography()
    how = (crypto.padding.PKCS1v15(), crypto.hashes.SHA256()) if kind == RSA else ()
    try:
        public.verify(signature, payload, *how)
    except crypto.InvalidSignature:
        return False
    return True


class _Crypto:
    """The parts of ``cryptography`` that are used, imported when they are."""

    def __init__(self) -> None:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

        self.InvalidSignature = InvalidSignature
        self.hashes, self.serialization = hashes, serialization
        self.ed25519, self.padding, self.rsa = ed25519, padding, rsa


@lru_cache(maxsize=1)
def _cryptography() -> _Crypto:
    try:
        return _Crypto()
    except ImportError as error:
        raise MissingExtra("cryptography", "keys") from error
