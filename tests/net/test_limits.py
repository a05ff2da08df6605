"""The budget of a host: what is said about it, and what may still be sent."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from binance_ws.core.pools import SPOT
from binance_ws.net.limits import HostBudget, Standing, budget_of, forget_budgets, standings

from ..peer import SECONDS
from ..waiting import in_thread, wait_event


class Watched(threading.Event):
    """An event that tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.set()
        return super().wait(timeout)


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """Each test begins with nothing used."""
    forget_budgets()
    yield
    forget_budgets()


def test_a_thousand_connections_that_wait_are_told_in_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    """A line for each five minutes that the last of them has to wait, not one for each connection."""
    budget = HostBudget("host", (285, 300.0))
    began = time.monotonic()
    waits = [budget.connect() - began for _ in range(1000)]
    assert [sum(wait > low for wait in waits) for low in (1, 301, 601)] == [715, 430, 145]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    said = "host: connections wait up to {} s for the limit of this address"
    assert caplog.messages == [said.format(seconds) for seconds in (300, 600, 900)]


def test_a_ban_is_waited_out_before_an_attempt_counts() -> None:
    """Those that waited for it do not stand for attempts of long ago, which would let too many in at its end."""
    budget, stopping = HostBudget("host", (2, 300.0)), threading.Event()
    budget.penalize(0.2)
    admitted = threading.Semaphore(0)

    def admit() -> None:
        budget.admit(stopping)
        admitted.release()

    waiting = [in_thread(admit) for _ in range(3)]
    assert admitted.acquire(timeout=SECONDS)
    assert budget.standing().connects in (0, 1)
    assert budget.banned() == 0
    stopping.set()
    for thread in waiting:
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_who_stops_while_waiting_makes_room_for_another() -> None:
    """What a cell that is run twice had reserved is the next one's."""
    budget, stopping = HostBudget("host", (1, 300.0)), Watched()
    began = budget.connect()
    waiting = in_thread(lambda: budget.admit(stopping))
    wait_event(stopping.waited)
    assert budget.held_up() > 300
    stopping.set()
    waiting.join(SECONDS)
    assert budget.connect() == began + 300


def test_who_waits_for_long_is_told_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each minute, as long as connections are asked for beyond the limit."""
    now = 0.0
    monkeypatch.setattr("binance_ws.net.limits.time.monotonic", lambda: now)
    budget = HostBudget("host", (1, 100.0))
    for now in (0.0, 1.0, 2.0, 70.0):  # noqa: B007
        budget.connect()
    assert [message.split()[5] for message in caplog.messages] == ["99", "198", "230"]


def test_what_may_be_sent_is_told_of_what_was_used() -> None:
    """Nothing is said of pools and connections that nobody asked for, nor of limits that there are not."""
    free, bound = budget_of("wss://free/ws", None), budget_of("https://bound/api", (10, 300.0))
    assert standings() == [Standing("free", None, {}, 0.0), Standing("bound", None, {}, 0.0)]
    free.connect()
    for _ in range(3):
        bound.connect()
    bound.used(120, SPOT)
    bound.penalize(60)
    _, standing = standings()
    assert standings()[0].connects is None
    assert (standing.connects, standing.weights) == (7, {SPOT: (120, 5400)})
    assert 59 < standing.banned <= 60
