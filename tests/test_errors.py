"""Tests of the tree of errors."""

from __future__ import annotations

import builtins
import inspect
import re

import pytest

from binance_ws import errors
from binance_ws.errors import (
    ApiError,
    ArgumentError,
    BinanceWsError,
    CertificateError,
    ConnectionLost,
    GaveUp,
    HandshakeError,
    MissingExtra,
    OpenError,
    ProtocolViolation,
    RateLimited,
    StreamRefused,
)

CLASSES = {name: getattr(errors, name) for name in errors.__all__}
_LINE = re.compile(r"^( *)\* :class:`(\w+)`(?: \(also an? ``(\w+)``\))?", re.MULTILINE)


def _drawn() -> dict[str, tuple[str, ...]]:
    """Each class of the module's picture with the bases that it is drawn under."""
    above: list[str] = []
    found: dict[str, tuple[str, ...]] = {}
    for indent, name, also in _LINE.findall(errors.__doc__ or ""):
        above[len(indent) // 4 :] = [name]
        parent = above[-2] if len(above) > 1 else "Exception"
        found[name] = (parent, also) if also else (parent,)
    return found


def test_the_picture_of_the_tree_is_true() -> None:
    """Each class stands in the module's text, under its base, with the builtin error that it also is."""
    assert _drawn() == {n: tuple(base.__name__ for base in c.__bases__) for n, c in CLASSES.items()}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_is_of_the_one_tree(name: str) -> None:
    """``except BinanceWsError`` catches all of the library, and no name hides a builtin's."""
    assert issubclass(CLASSES[name], BinanceWsError)
    assert inspect.getdoc(CLASSES[name])
    assert not hasattr(builtins, name)


@pytest.mark.parametrize("name", sorted(n for n, c in CLASSES.items() if issubclass(c, OpenError)))
def test_only_a_bad_certificate_is_not_tried_again(name: str) -> None:
    """Every failed opening may be retried but that one."""
    assert CLASSES[name]("no").retryable is not issubclass(CLASSES[name], CertificateError)


@pytest.mark.parametrize(
    ("error", "text", "fields"),
    [
        (
            MissingExtra("PySocks", "socks"),
            "PySocks is needed here: pip install 'binance-ws[socks]'",
            {"package": "PySocks", "extra": "socks"},
        ),
        (HandshakeError("no", 429, 5.0), "no", {"status": 429, "retry_after": 5.0}),
        (HandshakeError("no"), "no", {"status": None, "retry_after": None}),
        (ConnectionLost("gone"), "gone", {"code": None}),
        (ProtocolViolation("bad", 1002), "bad", {"code": 1002}),
        (ApiError("no", -1121, 400), "no", {"code": -1121, "status": 400}),
        (RateLimited("no"), "no", {"code": None, "status": None, "retry_after": 60.0}),
        (RateLimited("no", -1003, 418, 9.0), "no", {"code": -1003, "status": 418, "retry_after": 9.0}),
        (StreamRefused("no", ("a@x",)), "no", {"streams": ("a@x",), "code": None}),
    ],
)
def test_errors_carry_what_they_say(error: Exception, text: str, fields: dict[str, object]) -> None:
    """The text is the message alone; numbers are fields, ``None`` where there are none."""
    assert str(error) == text
    assert {name: getattr(error, name) for name in fields} == fields


def test_what_gave_up_has_its_last_cause() -> None:
    """However often it is told on; its words are the cause's."""
    last = ConnectionLost("gone")
    for error in (GaveUp(last), GaveUp(GaveUp(last))):
        assert (str(error), error.__cause__) == ("gone", last)
    assert GaveUp("gone").__cause__ is None


def test_wrong_arguments_are_value_errors() -> None:
    """Scripts that catch ``ValueError``, ``TypeError`` or ``ImportError`` go on working."""
    with pytest.raises(ValueError, match="x"):
        raise ArgumentError("x")
    assert issubclass(errors.CallbackError, TypeError)
    assert issubclass(MissingExtra, ImportError)
