"""Tests of the events' shape."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from binance_ws import events
from binance_ws.events import Connected, Event, GivenUp, Lost, Refused, Retrying

CAUSE = ValueError("x")
EXAMPLES: list[Event] = [
    Connected("k", 2),
    Lost("k", CAUSE),
    Retrying("k", 1, 0.1),
    Refused("k", ("a@trade",), CAUSE),
    GivenUp("k", CAUSE),
]


def _kinds() -> list[type[Event]]:
    return [
        c for _, c in inspect.getmembers(events, inspect.isclass) if issubclass(c, Event) and c is not Event
    ]


@pytest.mark.parametrize("kind", _kinds())
def test_an_event_is_a_small_frozen_value(kind: type[Event]) -> None:
    """Every kind is a frozen dataclass whose first field is the key of its socket."""
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert dataclasses.fields(kind)[0].name == "key"
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_events_are_values(event: Event) -> None:
    """Equal where their fields are, hashable, and not to be changed by whoever gets them first."""
    assert dataclasses.replace(event) == event != dataclasses.replace(event, key="other")
    assert len({event, dataclasses.replace(event)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.key = "other"  # type: ignore[misc]
    assert event.key == "k"
