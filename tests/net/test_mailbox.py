"""Mailboxes: bounded, in order, and each way of dealing with one message too many."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_ws.errors import ArgumentError, Closed, Overflow
from binance_ws.net.mailbox import POLICIES, Courier, Mailbox

from ..peer import SECONDS
from ..waiting import Inbox, in_thread


def filled(policy: str, *messages: Any, size: int = 3) -> tuple[Mailbox, list[Any]]:
    """A closed mailbox after some messages, and what could be taken from it."""
    box = Mailbox("box", size, policy, subject=lambda m: m[0])
    for message in messages:
        box.put(message)
    box.close()
    taken = []
    while len(box):
        taken.append(box.get())
    return box, taken


@pytest.mark.parametrize(
    ("policy", "left", "dropped"),
    [
        ("drop_oldest", ["b1", "a2", "c1"], 1),
        ("drop_newest", ["a1", "b1", "a2"], 1),
        ("latest", ["b1", "a2", "c1"], 1),
        ("error", ["a1", "b1", "a2"], 1),
    ],
)
def test_one_too_many(policy: str, left: list[str], dropped: int) -> None:
    """Something is dropped and counted, or nothing more is taken."""
    box, taken = filled(policy, "a1", "b1", "a2", "c1")
    assert (taken, box.dropped) == (left, dropped)


@pytest.mark.parametrize("policy", ["drop_oldest", "drop_newest"])
def test_drops_are_told_once_a_minute(policy: str, caplog: pytest.LogCaptureFixture) -> None:
    """However many they are, the log is not flooded; the count goes on."""
    box, _ = filled(policy, *(f"a{number}" for number in range(1003)))
    assert box.dropped == 1000
    assert caplog.messages == ["box: messages come faster than they are taken; 1 dropped"]


def test_the_latest_of_each_subject() -> None:
    """A newer message takes the place of the older one of its subject, also where there is room."""
    assert filled("latest", "a1", "b1", "a2", "a3", "b2")[1] == ["a3", "b2"]


def test_block_waits_for_room() -> None:
    """Whoever brings one too many waits until one is taken; closing lets him go."""
    box = Mailbox("box", 1, "block")
    box.put(1)
    bringer = in_thread(lambda: list(map(box.put, (2, 3))))
    assert [box.get(SECONDS), box.get(SECONDS), box.get(SECONDS)] == [1, 2, 3]
    bringer.join(SECONDS)
    box.put(4)
    stuck = in_thread(lambda: box.put(5))
    box.close(discard=True)
    stuck.join(SECONDS)
    assert not stuck.is_alive()
    assert (len(box), box.dropped) == (0, 0)


def test_the_end() -> None:
    """What is held can still be taken, then it says why there is no more."""
    box = Mailbox("box", 2, "error")
    for number in range(4):
        box.put(number)
    assert [box.get(), box.get()] == [0, 1]
    with pytest.raises(Overflow, match="nobody took"):
        box.get()
    closed = Mailbox("box")
    with pytest.raises(TimeoutError):
        closed.get(0)
    closed.close()
    closed.put(1)
    with pytest.raises(Closed):
        closed.get()


@pytest.mark.parametrize("arguments", [{"maxsize": 0}, {"maxsize": 1.5}, {"overflow": "explode"}])
def test_bad_arguments(arguments: dict[str, Any]) -> None:
    """They are refused with what is allowed."""
    with pytest.raises(ArgumentError, match=r"above 0|block, drop_oldest"):
        Mailbox("box", **arguments)
    assert len(POLICIES) == 5


def test_a_courier_calls_in_order_and_ends() -> None:
    """On a thread of its own, until it is stopped; what is left then is not delivered."""
    gate, inbox = threading.Event(), Inbox()

    def call(message: Any) -> None:
        inbox(message)
        gate.wait(SECONDS)

    courier = Courier("binance_ws mail", Mailbox("box"), call)
    courier.start()
    for number in range(3):
        courier.mailbox.put(number)
    inbox.wait()
    courier.stop()
    gate.set()
    courier.thread.join(SECONDS)
    assert (inbox.messages, inbox.threads) == ([0], {"binance_ws mail"})
