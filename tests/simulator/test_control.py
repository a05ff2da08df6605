"""SUBSCRIBE and its kin, as the exchange's pages show them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_ws.simulator.control import Refused, Subscriptions
from tests import payloads


@pytest.fixture
def subscriptions() -> Subscriptions:
    """A connection that may have three streams."""
    return Subscriptions(limit=lambda names: 3, combined=False)


def ask(subscriptions: Subscriptions, request: Any) -> Any:
    """The answer to a request, an error's too."""
    text = request if isinstance(request, str) else json.dumps(request)
    try:
        return subscriptions.handle(text)
    except Refused as refused:
        return refused.answer


@pytest.mark.parametrize(
    "name", ["subscribe", "set_property", "get_property", "list_subscriptions", "unsubscribe"]
)
def test_requests_are_answered_as_documented(subscriptions: Subscriptions, name: str) -> None:
    """Each documented request gets its documented answer."""
    subscriptions.streams["btcusdt@aggTrade"] = None
    subscriptions.combined = name == "get_property"
    answer = ask(subscriptions, payloads.load(f"spot_control_{name}_request.json"))
    assert answer == payloads.load(f"spot_control_{name}_response.json")


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("unknown_property", {"method": "GET_PROPERTY", "params": ["colour"], "id": 5}),
        ("invalid_value_type", {"method": "SET_PROPERTY", "params": ["combined", 1], "id": 5}),
        ("property_name_not_string", {"method": "SET_PROPERTY", "params": [1, True], "id": 5}),
        ("property_name_not_string", {"method": "GET_PROPERTY", "id": 5}),
        ("request_id_type", {"method": "LIST_SUBSCRIPTIONS", "id": {}}),
        ("request_id_type", {"method": "LIST_SUBSCRIPTIONS", "id": "x" * 37}),
        ("request_id_type", {"method": "LIST_SUBSCRIPTIONS", "id": 1 << 63}),
        ("too_many_parameters", {"method": "GET_PROPERTY", "params": ["combined", 1], "id": 1}),
        ("too_many_parameters", {"method": "LIST_SUBSCRIPTIONS", "params": ["x"], "id": 1}),
    ],
)
def test_errors_are_told_as_documented(subscriptions: Subscriptions, name: str, request_: Any) -> None:
    """Each mistake gets the documented error."""
    assert ask(subscriptions, request_) == payloads.load(f"spot_control_error_{name}.json")


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("unknown_variant", {"method": "BUY", "id": 1}),
        ("missing_method", {"params": ["btcusdt@trade"], "id": 1}),
        ("missing_method", "[]"),
        ("invalid_json", "SUBSCRIBE"),
    ],
)
def test_errors_with_places_are_told_alike(subscriptions: Subscriptions, name: str, request_: Any) -> None:
    """Errors that name a place in the request begin as documented."""
    expected, answer = payloads.load(f"spot_control_error_{name}.json"), ask(subscriptions, request_)
    assert answer["code"] == expected["code"]
    assert answer["msg"].split("`")[0][:24] == expected["msg"].split("`")[0].replace("%s", "")[:24]


def test_ids_come_back(subscriptions: Subscriptions) -> None:
    """Whole numbers, words and null are ids, and stand in the answer."""
    for id in (0, -1, (1 << 63) - 1, "a1", None):
        assert ask(subscriptions, {"method": "LIST_SUBSCRIPTIONS", "id": id}) == {"result": [], "id": id}


@pytest.mark.parametrize("id", [0, 1, (1 << 63) - 1])
def test_whole_numbers_are_ids_everywhere(id: int) -> None:
    """Where ids are whole numbers alone, they come back as they do elsewhere."""
    futures = Subscriptions(limit=lambda names: 3, combined=False, any_id=False)
    assert ask(futures, {"method": "LIST_SUBSCRIPTIONS", "id": id}) == {"result": [], "id": id}


@pytest.mark.parametrize("request_", [{"id": "abc"}, {"id": -5}, {"id": None}, {"id": True}, {}], ids=str)
def test_futures_and_options_have_whole_numbers_for_ids(request_: dict[str, Any]) -> None:
    """Words, numbers below zero, null and none at all are refused there."""
    futures = Subscriptions(limit=lambda names: 3, combined=False, any_id=False)
    answer = ask(futures, {"method": "SUBSCRIBE", "params": ["a"], **request_})
    assert answer == payloads.load("spot_control_error_request_id_type.json")
    assert not futures.streams


def test_a_stream_is_subscribed_once(subscriptions: Subscriptions) -> None:
    """Repeated names count once, unknown ones are unsubscribed silently."""
    ask(subscriptions, {"method": "SUBSCRIBE", "params": ["a", "b", "a"], "id": 1})
    ask(subscriptions, {"method": "SUBSCRIBE", "params": ["b"], "id": 2})
    assert list(subscriptions.streams) == ["a", "b"]
    assert ask(subscriptions, {"method": "UNSUBSCRIBE", "params": ["zzz"], "id": 3}) == {
        "result": None,
        "id": 3,
    }


def test_one_stream_too_many_is_fatal(subscriptions: Subscriptions) -> None:
    """The request that goes over the limit changes nothing, and ends the connection."""
    with pytest.raises(Refused) as refused:
        subscriptions.handle(json.dumps({"method": "SUBSCRIBE", "params": list("abcd"), "id": 9}))
    assert refused.value.fatal
    assert refused.value.answer["id"] == 9
    assert not subscriptions.streams
