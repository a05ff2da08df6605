"""Tests of telling answers, shutdowns and data apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.streams.messages import Reply, is_shutdown, reply
from tests.payloads import ANSWERS, COMBINED, INDEX, MARKET, SHUTDOWNS, load

DATA = [n for n in (*MARKET, *COMBINED) if isinstance(load(n), dict)]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(["e", "stream", "data", "event", "result", "error", "code", "msg", "id", "status"])
objects = st.dictionaries(keys, values | st.dictionaries(keys, values), max_size=6)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_is_a_success_or_a_failure(name: str) -> None:
    """An error carries the exchange's code and words; a success what was answered; both the id, if one came."""
    message = load(name)
    answer = reply(message)
    assert answer is not None
    assert answer.failed is ("error" in name)
    assert answer.id == message.get("id")
    assert (answer.code, answer.text) == (message.get("code"), message.get("msg", ""))


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({"error": {"code": 2, "msg": "no"}, "id": 7}, Reply(7, code=2, text="no")),
        ({"error": {"msg": "no"}}, Reply(None, text="no")),
        ({"error": {"code": 2}}, Reply(None, code=2, text="no reason given")),
        ({"code": 0, "msg": "Unknown property"}, Reply(None, code=0, text="Unknown property")),
        (
            {"code": -1121, "msg": "Invalid symbol.", "id": "a"},
            Reply("a", code=-1121, text="Invalid symbol."),
        ),
        ({"result": None, "id": None}, Reply(None)),
        ({"result": None, "id": 0}, Reply(0)),
        ({"result": {}, "id": -1, "status": 200}, Reply(-1)),
        ({"result": None}, None),
        ({"id": 1}, None),
        ({"error": "no", "id": 1}, None),
        ({"e": "x", "code": 1}, None),
        ({"stream": "x", "data": {"code": 1}}, None),
        ({}, None),
    ],
)
def test_an_answer_in_any_envelope(message: dict[str, Any], answer: Reply | None) -> None:
    """Nested and flat errors, ids of every type and none; what is no answer is ``None``."""
    assert reply(message) == answer


@pytest.mark.parametrize("name", DATA)
def test_data_is_no_answer_and_no_shutdown(name: str) -> None:
    """No market's data is taken for anything else."""
    assert reply(load(name)) is None
    assert not is_shutdown(load(name))


@pytest.mark.parametrize("name", SHUTDOWNS)
def test_a_shutdown_is_known_in_each_envelope(name: str) -> None:
    """Bare, combined, and as the WebSocket API wraps it."""
    assert is_shutdown(load(name))
    assert reply(load(name)) is None


def test_requests_are_neither() -> None:
    """What a client sends is no answer."""
    requests = [load(name) for name in INDEX if name.endswith("_request.json")]
    assert requests
    assert not any(reply(message) or is_shutdown(message) for message in requests)


@given(objects)
def test_no_object_makes_them_raise(message: dict[str, Any]) -> None:
    """Whatever arrives, it is an answer or it is not; and never an answer and a shutdown at once."""
    answer = reply(message)
    assert answer is None or not ("e" in message or "stream" in message)
    assert is_shutdown(message) in (True, False)
