"""Each fault alone and each pair of them: what is delivered stays one run of numbers without holes."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterator

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.config import Environment
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS
from .soak.trail import Ledger, judge
from .soak.weather import KINDS, Aim, rarer, usual

STREAMS = [f"{symbol}@{kind}" for symbol in ("btcusdt", "solusdt") for kind in KINDS]
AIM = Aim([(name, "spot") for name in STREAMS])
USUAL, RARER = usual(AIM), rarer(AIM)
FAULTS = {**USUAL, **RARER}
CASES = [*((name,) for name in FAULTS), *itertools.combinations(USUAL, 2)]

MORE = 60
"""Messages of each stream that have to come after the faults."""


class Room:
    """An exchange, a manager with a socket of each numbered kind, and what came."""

    def __init__(self) -> None:
        rules = Rules(connects=OFF, weight=OFF)
        self.exchange = Exchange(speed=20, recording="demo", rules=rules, seed=2).start()
        self.ledger = Ledger()
        self.grown = threading.Condition()
        environment = Environment.local(self.exchange.host, connects=None)
        self.client = Client(environment=environment, timeout=2)
        self.manager = BinanceSocketManager(
            self.client,
            max_retries=None,
            stale_after=1.0,
            on_event=self.ledger.hear,
        )
        for name in STREAMS:
            self.manager.start_socket(self._counted(name), name)
        self.manager.start()
        self.manager.wait_connected(timeout=SECONDS)

    def _counted(self, name: str) -> Callable[[object], None]:
        take = self.ledger.single(name)

        def counted(message: object) -> None:
            take(message)
            with self.grown:
                self.grown.notify_all()

        return counted

    def wait_for_more(self, count: int = MORE) -> None:
        """So many further messages of each stream."""
        goals = {name: len(came) + count for name, came in self.ledger.ids.items()}
        with self.grown:
            done = self.grown.wait_for(
                lambda: all(len(self.ledger.ids[name]) >= goal for name, goal in goals.items()), SECONDS
            )
        assert done, {name: goal - len(self.ledger.ids[name]) for name, goal in goals.items()}

    def close(self) -> None:
        """End it."""
        self.manager.close()
        self.manager.join(SECONDS)
        self.client.close()
        self.exchange.stop()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """One for all tests, so that each begins with what the one before has left."""
    made = Room()
    made.wait_for_more()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> None:
    """The room outlives each test, and its threads come and go; closing it ends them."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("names", CASES, ids="+".join)
def test_nothing_is_lost(room: Room, names: tuple[str, ...]) -> None:
    """Nothing is missing, repeated or out of order, and nothing was given up as missed."""
    chance = random.Random(str(names))
    thrown = [FAULTS[name](room.exchange, chance) for name in names]
    before = len(room.exchange.requests)
    room.exchange.wait_for(lambda: len(room.exchange.requests) > before, 0.2)
    for fault in thrown:
        fault.stop()
    room.wait_for_more(5)
    assert judge(room.ledger) == []
    assert room.ledger.missed == {}
