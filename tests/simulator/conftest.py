"""Exchanges for the simulator's tests; one that stumbled fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from binance_ws.simulator import Exchange, Rules
from tests.simulator.client import Client
from tests.simulator.users import Api, User

Make = Callable[..., Exchange]
Connect = Callable[[Exchange, str], Client]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes running exchanges as fast as clients read, without rules unless they are named."""
    with ExitStack() as stack:
        made: list[Exchange] = []

        def start(recording: str | None = None, **options: Any) -> Exchange:
            options = {"speed": "max", "rules": Rules.off(), "epoch": None, **options}
            made.append(stack.enter_context(Exchange(recording, **options)))
            return made[-1]

        yield start
        for exchange in made:
            assert exchange.errors == []


@pytest.fixture
def exchange(make: Make) -> Exchange:
    """A seeded market as fast as clients read, without rules."""
    return make()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients whose upgrade was accepted."""
    with ExitStack() as stack:

        def open_(exchange: Exchange, target: str) -> Client:
            client = Client(exchange.host, target)
            stack.callback(client.close)
            return client.upgraded()

        yield open_


@pytest.fixture
def user(exchange: Exchange) -> User:
    """The owner of the exchange's default key."""
    return User(exchange)


@pytest.fixture
def api(exchange: Exchange, connect: Connect) -> Api:
    """The same on the WebSocket API."""
    return Api(exchange, connect(exchange, "/ws-api/v3"))
