"""The budget of a host: what is said about it, and what may still be sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from binance_ws.net.limits import SPOT, HostBudget, Standing, budget_of, forget_budgets, standings


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """Each test begins with nothing used."""
    forget_budgets()
    yield
    forget_budgets()


def test_a_thousand_connections_that_wait_are_told_in_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    """A line for each five minutes that the last of them has to wait, not one for each connection."""
    budget = HostBudget("host", (285, 300.0))
    waits = [budget.connect() for _ in range(1000)]
    assert [sum(wait > low for wait in waits) for low in (1, 301, 601)] == [715, 430, 145]
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    said = "host: connections wait up to {} s for the limit of this address"
    assert caplog.messages == [said.format(seconds) for seconds in (300, 600, 900)]


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
