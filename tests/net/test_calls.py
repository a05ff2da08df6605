"""Tests of the requests of a ws-api connection: each ends once, with an answer, a deadline or a drop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws.errors import (
    ApiError,
    BinanceWsError,
    ConnectionLost,
    CredentialsRejected,
    NotConnected,
    RateLimited,
    RestError,
)
from binance_ws.net.calls import Calls
from binance_ws.net.limits import HostBudget
from binance_ws.net.timer import Timer
from tests.payloads import load
from tests.peer import SECONDS
from tests.waiting import in_thread, wait_event


class Ends:
    """What became of requests."""

    def __init__(self) -> None:
        self.all: list[tuple[Any, BinanceWsError | None]] = []
        self.ended = threading.Event()

    def __call__(self, result: Any, error: BinanceWsError | None) -> None:
        self.all.append((result, error))
        self.ended.set()


@pytest.fixture
def timer() -> Iterator[Timer]:
    """A timer, ended with the test."""
    made = Timer("binance_ws test timer")
    yield made
    thread = made.close()
    if thread is not None:
        thread.join(SECONDS)


def calls(timer: Timer, budget: HostBudget | None = None, seconds: float = 60.0) -> tuple[Calls, list[Any]]:
    """Calls, and what they send."""
    sent: list[Any] = []
    return Calls(timer, lambda text: sent.append(json.loads(text)), budget, seconds), sent


def test_answers_find_their_requests(timer: Timer) -> None:
    """Ids are small positive numbers; answers in any order reach the one who asked, once."""
    made, sent = calls(timer)
    ends = [Ends(), Ends()]
    for number, end in enumerate(ends):
        made.call("time", {"n": number}, end)
    assert [(s["id"], s["method"], s["params"]) for s in sent] == [
        (1, "time", {"n": 0}),
        (2, "time", {"n": 1}),
    ]
    for number in (2, 1, 1):
        made.answered({"id": number, "status": 200, "result": {"is": number}})
    assert [end.all for end in ends] == [[({"is": 1}, None)], [({"is": 2}, None)]]
    assert not made._pending


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("wsapi_error_400.json", ApiError, -2010),
        ("wsapi_error_1021_timestamp.json", ApiError, -1021),
        ("wsapi_error_1022_signature.json", CredentialsRejected, -1022),
        ("wsapi_error_2014_bad_key_format.json", CredentialsRejected, -2014),
        ("wsapi_error_2015_rejected_key.json", CredentialsRejected, -2015),
        ("wsapi_error_2035_subscription_active.json", ApiError, -2035),
        ("wsapi_error_401_session_revoked.json", CredentialsRejected, -2015),
        ("wsapi_error_418_banned.json", RateLimited, -1003),
    ],
)
def test_errors_are_of_our_tree(timer: Timer, name: str, kind: type[ApiError], code: int) -> None:
    """Each refusal of the exchange's pages ends its request with the error that it means."""
    made, _ = calls(timer)
    end = Ends()
    made.call("userDataStream.subscribe.signature", {}, end)
    message = load(name)
    assert made.answered({**message, "id": message["id"] and 1}) is None
    ((result, error),) = end.all
    assert (result, type(error)) == (None, kind)
    assert isinstance(error, ApiError)
    assert error.code == code


def test_the_moment_of_a_ban_may_be_in_microseconds(timer: Timer) -> None:
    """A connection that asks for microseconds is not banned a thousand times as long."""
    made, _ = calls(timer)
    end, banned = Ends(), load("wsapi_error_418_banned.json")
    made.call("time", {}, end)
    data = {name: moment * 1000 for name, moment in banned["error"]["data"].items()}
    made.answered({**banned, "id": 1, "error": {**banned["error"], "data": data}})
    error = end.all[0][1]
    assert isinstance(error, RateLimited)
    assert error.retry_after == 3493


def test_a_ban_is_kept_by_the_whole_process(timer: Timer) -> None:
    """``retryAfter`` is a moment: the host is left alone until then, and requests end without being sent."""
    made, sent = calls(timer, HostBudget("h", None))
    first, second = Ends(), Ends()
    made.call("time", {}, first)
    made.answered({**load("wsapi_error_418_banned.json"), "id": 1})
    error = first.all[0][1]
    assert isinstance(error, RateLimited)
    assert error.retry_after == 3493
    made.call("time", {}, second)
    assert len(sent) == 1
    assert isinstance(second.all[0][1], RateLimited)


def test_the_used_weight_is_that_of_the_exchange(timer: Timer) -> None:
    """``rateLimits`` says what is used; beyond it nothing is sent in this minute."""
    made, sent = calls(timer, HostBudget("h", None))
    made.call("time", {}, Ends())
    limits = [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "count": 5999}]
    made.answered({"id": 1, "status": 200, "result": {}, "rateLimits": limits})
    end = Ends()
    made.call("time", {}, end)
    assert len(sent) == 1
    assert isinstance(end.all[0][1], RateLimited)


def test_a_drop_fails_every_request(timer: Timer) -> None:
    """Nobody waits for an answer that cannot come."""
    made, _ = calls(timer)
    ends = [Ends() for _ in range(5)]
    for end in ends:
        made.call("time", {}, end)
    made.fail(ConnectionLost("gone"))
    assert [type(end.all[0][1]) for end in ends] == [NotConnected] * 5
    assert made.answered({"id": 1, "status": 200, "result": {}}) is None
    assert [len(end.all) for end in ends] == [1] * 5


def test_a_deadline_ends_a_request(timer: Timer) -> None:
    """An answer that does not come in time is an error, which names the method; a late one is dropped."""
    made, _ = calls(timer, seconds=0.01)
    end = Ends()
    made.call("time", {}, end)
    wait_event(end.ended)
    assert isinstance(end.all[0][1], RestError)
    assert "time" in str(end.all[0][1])
    made.answered({"id": 1, "status": 200, "result": {}})
    assert len(end.all) == 1


def test_what_cannot_be_sent_ends_at_once(timer: Timer) -> None:
    """Without a connection the request ends before the call returns."""

    def send(text: str) -> None:
        raise NotConnected("closed")

    made = Calls(timer, send)
    end = Ends()
    made.call("time", {}, end)
    assert isinstance(end.all[0][1], NotConnected)
    assert not made._pending


def test_an_error_that_belongs_to_nobody_is_told() -> None:
    """One without an id goes to the oldest request; where there is none, it is given back."""
    made, _ = calls(Timer("binance_ws unused"))
    assert isinstance(made.answered(load("wsapi_error_401_session_revoked.json")), CredentialsRejected)


def test_every_request_ends_once(timer: Timer) -> None:
    """Whether an answer, a deadline or a drop comes first, from whatever thread: each ends exactly once."""
    made, _ = calls(timer, seconds=0.005)
    ends = [Ends() for _ in range(200)]

    def answer() -> None:
        for number in range(1, 201):
            made.answered({"id": number, "status": 200, "result": {}})

    def drop() -> None:
        for _ in range(20):
            made.fail(ConnectionLost("gone"))

    for end in ends:
        made.call("time", {}, end)
    threads = [in_thread(answer), in_thread(drop)]
    for thread in threads:
        thread.join(SECONDS)
    for end in ends:
        wait_event(end.ended)
    assert [len(end.all) for end in ends] == [1] * 200
