"""What numbers may be that a caller passes; what is none is refused in one sentence, and in the caller's line."""

from __future__ import annotations

from math import inf
from numbers import Integral, Real
from typing import Any

from ..errors import ArgumentError


def positive(name: str, value: Any, of: str = "") -> None:
    """Refuse what is no number above 0: text, ``True``, infinity and nothing at all are none.

    Args:
        name: of the argument.
        value: what was passed.
        of: what is counted, ``"seconds"``.

    Raises:
        ArgumentError: it is none.
    """
    if not _is(value, Real) or not 0 < value < inf:
        raise ArgumentError(f"{name} is a number{_of(of)} above 0, not {value!r}")


def whole(name: str, value: Any, of: str = "", least: int = 1, otherwise: str = "") -> None:
    """Refuse what is no whole number from ``least`` on; arguments as of :func:`positive`.

    Args:
        otherwise: what else is allowed, in words.
    """
    if not _is(value, Integral) or value < least:
        allowed = f"{least} or more{otherwise and f', or {otherwise}'}"
        raise ArgumentError(f"{name} is a whole number{_of(of)}, {allowed}, not {value!r}")


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _of(what: str) -> str:
    return f" of {what}" if what else ""
