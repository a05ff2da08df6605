"""Tests of two ways to one socket: whatever the lines bring, and whenever, the socket gets each event once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.accounts.socket import UserSocket
from binance_ws.accounts.way import Way
from binance_ws.net.turnstile import Turnstile


class Socket:
    """Notes what it gets."""

    alive = True

    def __init__(self) -> None:
        self.target = SimpleNamespace(turnstile=Turnstile())
        self.got: list[Any] = []
        self.take = self.got.append


class Begun:
    """A replacement in which nothing fails."""

    taken = False

    def ready(self) -> None:
        """Nothing."""

    def fail(self) -> bool:
        """It has not."""
        return False

    def old_lost(self) -> None:
        """Nothing."""

    def old_is_deaf(self, why: str) -> None:
        """Nothing."""


@given(st.data())
def test_each_event_comes_once_and_in_order(data: st.DataObject) -> None:
    """The new line begins somewhere, the old one ends later, and either may lag; some events are equal."""
    copies = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=12))
    events: list[dict[str, Any]] = [
        {"e": "balanceUpdate", "E": number} for number, times in enumerate(copies) for _ in range(times)
    ]
    end = data.draw(st.integers(1, len(events)), "the old line brings so many")
    # Equal events are of the same millisecond, and both lines are heard for a second.
    before = sum(event["E"] < events[end - 1]["E"] for event in events)
    begin = data.draw(st.integers(0, max(0, before - 1)), "the new line begins there")
    socket = Socket()
    old = Way(cast(UserSocket, socket))
    left, right = list(events[:end]), list(events[begin:])
    new = Way(cast(UserSocket, socket), Begun(), old)
    while left:
        way, source = data.draw(st.sampled_from([(old, left)] + [(new, right)] * bool(right)), "next")
        way.receive(source.pop(0))
    new.take_over()
    for event in right:
        new.receive(event)
    assert socket.got == events
    assert new.replacement is None
