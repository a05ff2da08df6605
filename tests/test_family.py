"""Managers know one another: by name, across a fork, at the end of the interpreter."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from binance_ws import BinanceSocketManager, Client, family
from binance_ws.simulator import Exchange

from .peer import SECONDS


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a simulated exchange."""
    with Exchange() as exchange:
        yield Client(environment=exchange.environment)


def test_a_named_manager_takes_the_place_of_its_elder(client: Client) -> None:
    """The elder is closed, its sockets with it; the thread bears the name; other names are left alone."""
    elder, other = BinanceSocketManager(client, name="prices"), BinanceSocketManager(client, name="other")
    for manager in (elder, other):
        manager.start_trade_socket("BTCUSDT", lambda message: None)
        manager.start()
        manager.wait_connected(timeout=SECONDS)
    with BinanceSocketManager(client, name="prices") as heir:
        elder.join(SECONDS)
        assert (elder.is_alive(), elder.sockets()) == (False, [])
        assert (heir.name, heir.is_alive(), other.is_alive()) == ("prices", True, True)
    other.close()
    other.join(SECONDS)
    heir.join(SECONDS)


def test_managers_without_a_name_stand_side_by_side(client: Client) -> None:
    """As many as one likes."""
    with BinanceSocketManager(client) as one, BinanceSocketManager(client) as two:
        assert one.is_alive()
        assert two.is_alive()
    one.join(SECONDS)
    two.join(SECONDS)


def test_a_manager_that_nobody_knows_is_forgotten(client: Client) -> None:
    """The family keeps none alive, and the name is free."""
    manager = BinanceSocketManager(client, name="short")
    assert manager in family.members()
    number = id(manager)
    del manager
    gc.collect()
    assert number not in map(id, family.members())
    BinanceSocketManager(client, name="short").close()
