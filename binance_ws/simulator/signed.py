"""Who asks, and may they: the key, the moment and the signature of a request. No sockets here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus

from .answers import Bad
from .keys import Key, Keyring

_FORMAT = re.compile(r"[A-Za-z0-9]{64}")
_SIGNATURE = re.compile(r"(?:^|&)signature=([^&]*)")
_WINDOW, _LONGEST, _AHEAD = 5_000.0, 60_000.0, 1_000
_DECIMALS = re.compile(r"\d{1,5}(\.\d{1,3})?")


def missing(name: str) -> Bad:
    """The answer to a request that lacks a parameter."""
    return Bad(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def rejected() -> Bad:
    """The answer to a key that is unknown or revoked."""
    return Bad(-2015, "Invalid API-key, IP, or permissions for action.", 401)


def rest_payload(query: str, body: str) -> tuple[bytes, str | None]:
    """What a REST request has signed, as it was sent, and its signature."""
    found = _SIGNATURE.search(query) or _SIGNATURE.search(body)
    bare = _SIGNATURE.sub("", query).removeprefix("&") + _SIGNATURE.sub("", body).removeprefix("&")
    # In a query a bare plus sign is a space: base64 has to be percent-encoded.
    return bare.encode("latin-1"), unquote_plus(found[1]) if found else None


def api_payload(params: Mapping[str, str]) -> bytes:
    """What a request of the WebSocket API has signed: sorted, not encoded."""
    return "&".join(f"{name}={params[name]}" for name in sorted(params) if name != "signature").encode()


class Gatekeeper:
    """Checks requests.

    Args:
        keyring: the keys.
        now: the exchange's clock in ms.
    """

    def __init__(self, keyring: Keyring, now: Callable[[], int]) -> None:
        self.keyring, self._now = keyring, now

    def key(self, api_key: str | None) -> Key:
        """The key of a request.

        Raises:
            Bad: -2014 for what looks like no key, -2015 for one that is unknown or revoked.
        """
        if not api_key or not _FORMAT.fullmatch(api_key):
            raise Bad(-2014, "API-key format invalid.", 401)
        key = self.keyring.find(api_key)
        if key is None or key.revoked:
            raise rejected()
        return key

    def signed(self, key: Key, given: Mapping[str, str], payload: bytes, signature: str | None) -> None:
        """Let a signed request pass.

        Raises:
            Bad: -1021 outside its window, -1022 for a wrong signature, -1102 and -1131 for bad parameters.
        """
        self._timely(given)
        if not signature:
            raise missing("signature")
        if not key.verifies(payload, signature):
            raise Bad(-1022, "Signature for this request is not valid.")

    def _timely(self, given: Mapping[str, str]) -> None:
        text = given.get("timestamp", "")
        if not text.isdecimal():
            raise missing("timestamp")
        stamp, now = int(text), self._now()
        stamp = stamp // 1000 if stamp > 10**14 else stamp
        if stamp >= now + _AHEAD:
            raise Bad(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        if now - stamp > _window(given.get("recvWindow")):
            raise Bad(-1021, "Timestamp for this request is outside of the recvWindow.")


def _window(text: str | None) -> float:
    if text is None:
        return _WINDOW
    if not _DECIMALS.fullmatch(text):
        raise Bad(-1100, "Illegal characters found in parameter 'recvWindow'.")
    if float(text) > _LONGEST:
        raise Bad(-1131, "recvWindow must be less than 60000.")
    return float(text)
