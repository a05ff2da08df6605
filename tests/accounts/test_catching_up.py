"""Tests of asking for what was missed, where the exchange does not answer at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from binance_ws.accounts.catching_up import CatchingUp
from binance_ws.errors import ApiError, BinanceWsError, Closed, CredentialsRejected, RateLimited, RestError
from binance_ws.net.turnstile import Turnstile

Due = list[tuple[float, Callable[..., Any], tuple[Any, ...]]]


class Socket:
    """The socket: what its user was called with."""

    key = "user"

    def __init__(self) -> None:
        self.target = SimpleNamespace(stopping=False, turnstile=Turnstile())
        self.came: list[Any] = []

    def call(self, message: Any) -> None:
        """An event."""
        self.came.append(message["id"])

    def found(self, count: int) -> None:
        """Nothing."""

    def scrub(self, error: BaseException) -> None:
        """Nothing."""


class Answers:
    """A reconciler that fails, and then has missed events."""

    def __init__(self, *failures: BinanceWsError) -> None:
        self.failures = list(failures)

    def missed(self, since: int, until: int, held: list[Any]) -> list[dict[str, Any]]:
        """What was missed."""
        if self.failures:
            raise self.failures.pop(0)
        return [{"id": "missed"}]

    def hear(self, event: dict[str, Any]) -> None:
        """Nothing."""


def _down(*failures: BinanceWsError) -> tuple[CatchingUp, Socket, Due]:
    """Catching up after a gap; the first asking is due."""
    due: Due = []
    socket = Socket()
    catching = CatchingUp(
        cast(Any, socket),
        cast(Any, Answers(*failures)),
        lambda seconds, call, *args: due.append((seconds, call, args)),
        lambda: 0,
    )
    catching.again(1)
    return catching, socket, due


def _ask(due: Due) -> None:
    _, call, args = due[-1]
    call(*args)


def test_what_fails_is_asked_again_and_nothing_waits_for_it() -> None:
    """Later and later, or when the exchange says; what came meanwhile is not held for longer than one asking."""
    catching, socket, due = _down(
        RestError("no answer"), RateLimited("wait", retry_after=9.0), RestError("no")
    )
    catching.pass_on({"id": 1})
    _ask(due)
    assert socket.came == [1]
    catching.pass_on({"id": 2})
    _ask(due)
    _ask(due)
    assert [seconds for seconds, *_ in due] == [0, 1.0, 9.0, 4.0]
    _ask(due)
    assert (socket.came, len(due)) == ([1, 2, "missed"], 4)


@pytest.mark.parametrize("error", [CredentialsRejected("no", -2015), ApiError("no", -1121)])
def test_what_is_refused_is_not_asked_again(error: BinanceWsError) -> None:
    """The same request would be refused again; events go on."""
    catching, socket, due = _down(error)
    catching.pass_on({"id": 1})
    _ask(due)
    assert (socket.came, len(due)) == ([1], 1)


def test_closing_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """What could not be asked any more as the manager was closed is not worth a word."""
    _, _, due = _down(Closed("the manager was closed"))
    _ask(due)
    assert caplog.messages == []


def test_asking_ends() -> None:
    """After some minutes, whatever the exchange does."""
    _, _, due = _down(*[RestError("no answer")] * 20)
    asked = 0
    while len(due) > asked:
        asked += 1
        _ask(due)
    assert [seconds for seconds, *_ in due] == [0, *(2.0**n for n in range(8))]
