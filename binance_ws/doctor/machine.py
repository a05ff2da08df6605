"""Checks of the machine itself: Python, packages, OpenSSL, packages that get in one another's way."""

from __future__ import annotations

import platform
import ssl
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, version

from .findings import Check, Outcome, State, fine

_BROKEN = "1.9.1"
_OLDEST = {"websocket-client": (1, 8), "requests": (2, 31)}
_SHARED = ("binance", "websocket")
"""Top-level packages that several distributions write into, one over the other."""

_TLS = (1, 1, 1)


def machine_checks() -> list[Check]:
    """The checks that need no network."""
    packages = [Check("machine", name, lambda name=name: _package(name)) for name in _OLDEST]  # type: ignore[misc]
    return [
        Check("machine", "python", _python),
        *packages,
        Check("machine", "orjson", _orjson),
        Check("machine", "openssl", _openssl),
        Check("machine", "packages", _clashes),
    ]


def _python() -> Outcome:
    return fine(f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}")


def _package(name: str) -> Outcome:
    found = version(name)
    oldest = ".".join(map(str, _OLDEST[name]))
    if name == "websocket-client" and found == _BROKEN:
        return (
            State.FAILED,
            f"{found} cannot be closed from another thread",
            f"pip install '{name}!={_BROKEN}'",
        )
    if _numbers(found) < _OLDEST[name]:
        return State.FAILED, f"{found} is too old", f"pip install '{name}>={oldest}'"
    return fine(found)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


def _orjson() -> Outcome:
    try:
        return fine(version("orjson"))
    except PackageNotFoundError:
        return State.WARNING, "not installed", "pip install 'binance-ws[fast]' decodes twice as fast"


def _openssl() -> Outcome:
    if ssl.OPENSSL_VERSION_INFO[:3] < _TLS:
        return State.FAILED, f"{ssl.OPENSSL_VERSION} is too old", "use a Python that was built with OpenSSL 3"
    return fine(ssl.OPENSSL_VERSION)


def _clashes() -> Outcome:
    by_package = packages_distributions()
    for package in _SHARED:
        found = sorted(set(by_package.get(package, [])))
        if len(found) > 1:
            text = f"{' and '.join(found)} both write into the package {package!r}"
            return State.WARNING, text, f"uninstall both, then install the one that you use: {found}"
    return fine("none gets in another's way")
