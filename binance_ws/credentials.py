"""Where keys come from: arguments, a file that nobody else may read, or the environment; never shown again."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .core.signing import Hmac, Signer, private_key_signer
from .errors import ArgumentError

KEY_VARIABLE = "BINANCE_API_KEY"
SECRET_VARIABLE = "BINANCE_API_SECRET"

NEEDED = (
    f"Client(api_key, api_secret), or a private_key, or the variables {KEY_VARIABLE} and {SECRET_VARIABLE}"
)
"""What a client lacks that cannot sign."""

_NAMES = ("api_key", "api_secret", "private_key", "private_key_pass")
_BEGIN = "-----BEGIN"
_FORMS = {
    "private_key": "PEM text or the path of a file",
    "key_file": "the path of a file of lines 'name = value'",
}


@dataclass(frozen=True, repr=False)
class Credentials:
    """Who we are, and what proves it.

    Args:
        api_key: names the key to the exchange.
        api_secret: the secret of an HMAC key.
        signer: signs requests; ``None`` where there is nothing to sign with.
    """

    api_key: str | None = None
    api_secret: str | None = None
    signer: Signer | None = field(default=None, compare=False)


def credentials(
    api_key: str | None = None,
    api_secret: str | None = None,
    private_key: str | os.PathLike[str] | None = None,
    private_key_pass: str | None = None,
    key_file: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Credentials:
    """The keys to use: those of the arguments, else those of the file, else those of the environment.

    Args:
        api_key, api_secret, private_key, private_key_pass, key_file: as of :class:`binance_ws.Client`.
        environ: the environment's variables.

    Raises:
        ArgumentError: a file cannot be read, may be read by others, or holds no key.
        MissingExtra: a private key needs ``cryptography``.
    """
    found: dict[str, object] = {
        "api_key": api_key,
        "api_secret": api_secret,
        "private_key": private_key,
        "private_key_pass": private_key_pass,
    }
    if not any(found.values()):
        found = dict(_read_file(key_file) if key_file else _read_environment(environ))
    key, secret = _key("api_key", found), _key("api_secret", found)
    passphrase = _text("private_key_pass", found)
    return Credentials(key, secret, _signer(secret, found.get("private_key"), passphrase))


def _text(name: str, found: Mapping[str, object]) -> str | None:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise ArgumentError(f"{name} is text, not {type(value).__name__}")
    return value or None


def _key(name: str, found: Mapping[str, object]) -> str | None:
    """What was read from a file often ends with its line; what else is no key would be shown by who refuses it."""
    value = (_text(name, found) or "").strip()
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ArgumentError(
            f"{name} has a character that no key has: a space, a line end, or one beyond ASCII"
        )
    return value or None


def _signer(secret: str | None, private_key: object, passphrase: str | None) -> Signer | None:
    if private_key:
        return private_key_signer(_pem(str(private_key)), passphrase)
    return Hmac(secret) if secret else None


def _pem(given: str) -> str:
    """The text of a private key, which may be given as the path of its file."""
    return given if _BEGIN in given else _private_text(Path(given), "private_key")


def _read_environment(environ: Mapping[str, str]) -> dict[str, str | None]:
    return {"api_key": environ.get(KEY_VARIABLE), "api_secret": environ.get(SECRET_VARIABLE)}


def _read_file(path: str | os.PathLike[str]) -> dict[str, str]:
    """What the lines ``name = value`` of a key file say."""
    found: dict[str, str] = {}
    for line in _private_text(Path(path), "key_file").splitlines():
        name, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or name.strip() not in _NAMES:
            raise ArgumentError(f"the lines of a key file are 'name = value' with {', '.join(_NAMES)}")
        found[name.strip()] = value.strip()
    return found


def _private_text(path: Path, argument: str) -> str:
    """The text of a file that its owner alone may read. Errors do not show the path: it may be a key itself."""
    try:
        path = path.expanduser()
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ArgumentError(f"others may read the file of {argument}: chmod 600 it")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, ArgumentError):
            raise
        why = getattr(error, "strerror", None) or "it is none"
        raise ArgumentError(f"{argument} is {_FORMS[argument]}: {why}") from None
