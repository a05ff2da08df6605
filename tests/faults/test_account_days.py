"""Days of account streams, scaled down, with faults: nothing that was sent is lost, and no listen key is left."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.config import Environment
from binance_ws.events import Event, GivenUp, MayMiss
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS
from ..waiting import in_thread

SCALE = 1 / 20_000
DAY = 86_400 * SCALE
ACCOUNTS = ("spot", "margin", "isolated_margin:BNBUSDT", "isolated_margin:BTCUSDT", "usdm")
KEYS = ("user", "margin", "isolated_margin:BNBUSDT", "isolated_margin:BTCUSDT", "usdm_user")
CALLS = ("/fapi/v1/listenKey", "/sapi/v1/user", "/api/v3/userDataStream")
DOORS = ("/ws-api", "/fstream/private", "/ws/")
GENTLE = ("expire", "terminate", "renewals", "skew", "api", "drop")
HARSH = (*GENTLE, "life", "reset", "truncate", "shutdown")


class Days:
    """An exchange whose days are short, a manager with a stream of each account, and what came."""

    def __init__(self, user_data: str, seed: int, life: float = OFF) -> None:
        rules = Rules(
            SCALE, life=life, ping_interval=OFF, connects=OFF, weight=OFF, futures_weight=OFF, strikes=OFF
        )
        self.exchange = Exchange(user_data=user_data, rules=rules).start()
        environment = Environment.local(self.exchange.host, user_data=user_data, connects=None)
        exchange = self.exchange
        self.client = Client(exchange.api_key, exchange.api_secret, environment=environment, timeout=2)
        self.came: dict[str, list[Any]] = {name: [] for name in ACCOUNTS}
        self.told: list[Event] = []
        self.grown = threading.Condition()
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self.manager = BinanceSocketManager(
            self.client, user_timeout=1800 * SCALE, max_retries=None, on_event=self.told.append
        )
        for name in ACCOUNTS:
            kind, _, symbol = name.partition(":")
            self.manager.start_account_socket(self._taker(name), kind, symbol or None)
        self.manager.start()
        self.manager.wait_connected(timeout=SECONDS)
        self._emitter = in_thread(self._emit)

    def _taker(self, name: str) -> Callable[[Any], None]:
        def take(event: Any) -> None:
            with self.grown:
                self.came[name].append(event)
                self.grown.notify_all()

        return take

    def _emit(self) -> None:
        """Something happens in every account, again and again."""
        number = 0
        while not self._over.wait(0.01):
            number += 1
            for name in ACCOUNTS:
                self.exchange.account(name).emit({"e": "balanceUpdate", "a": "BNB", "d": str(number)})

    def pass_time(self, days: float, faults: tuple[str, ...]) -> None:
        """Let days pass, with a fault now and then."""
        chance, left = self._chance, days * DAY
        while left > 0:
            self._throw(chance.choice(faults))
            pause = chance.uniform(0.05, 0.4)
            self._over.wait(pause)
            left -= pause

    def _throw(self, kind: str) -> None:
        faults, chance = self.exchange.faults, self._chance
        match = chance.choice(DOORS)
        if kind in ("expire", "terminate"):
            getattr(faults, kind)(chance.choice(ACCOUNTS))
        elif kind == "renewals":
            path = chance.choice(CALLS)
            faults.status(503, match=path, times=3)
        elif kind == "skew":
            faults.skew(chance.uniform(-3600, 3600))
        elif kind == "api":
            faults.api_status(chance.choice((500, 503)), times=2)
        elif kind == "life":
            faults.end_life(match)
        elif kind == "shutdown":
            faults.shutdown_event(match)
        else:
            getattr(faults, kind)(match)

    def calm_down(self) -> None:
        """Everything is subscribed again, and every account hears of something."""
        self.manager.wait_connected(timeout=2 * SECONDS)  # pauses have grown to ten seconds
        with self.grown:
            goals = {name: len(came) + 5 for name, came in self.came.items()}
            done = self.grown.wait_for(
                lambda: all(len(self.came[name]) >= goal for name, goal in goals.items()), SECONDS
            )
        assert done, self.manager.sockets()
        self._over.set()
        self._emitter.join(SECONDS)

    def lost(self, name: str) -> list[Any]:
        """What the exchange has sent to an account, and has not come; what came is in order and once there."""
        sent = [event["d"] for event in self.exchange.account(name).sent]
        came = [event["d"] for event in self.came[name] if "recovered" not in event]
        assert came == sorted(set(came), key=int)
        assert set(came) <= set(sent)
        return sorted(set(sent) - set(came), key=int)

    def settled(self) -> bool:
        """Whether the last thing that was sent has come everywhere."""
        last = [self.exchange.account(name).sent[-1]["d"] for name in ACCOUNTS]
        with self.grown:
            return self.grown.wait_for(lambda: [self.came[n][-1]["d"] for n in ACCOUNTS] == last, SECONDS)

    def close(self) -> None:
        """End it."""
        self._over.set()
        self._emitter.join(SECONDS)
        self.manager.close()
        self.manager.join(SECONDS)
        self.client.close()
        self.exchange.stop()


BOTH = pytest.mark.parametrize("user_data", ["today", "listen_key"])


@contextlib.contextmanager
def days_of(user_data: str, life: float = OFF) -> Iterator[Days]:
    """Days in an environment of either kind; connections live for a day, or as long as they can."""
    made = Days(user_data, seed=7, life=life)
    try:
        yield made
    finally:
        made.close()


@BOTH
def test_three_days_without_a_loss(user_data: str) -> None:
    """Whatever ends gently, by expiry, refusal, a wrong clock or a close frame, costs no event that was sent."""
    with days_of(user_data) as days:
        days.pass_time(3, GENTLE)
        days.calm_down()
        assert days.settled()
        assert {name: days.lost(name) for name in ACCOUNTS} == {name: [] for name in ACCOUNTS}
        assert [event for event in days.told if isinstance(event, MayMiss)]
        assert not [event for event in days.told if isinstance(event, GivenUp)]
        days.manager.close()
        assert days.exchange.listen_keys == []
        assert days.exchange.errors == []


@BOTH
def test_what_is_lost_is_told(user_data: str) -> None:
    """A connection that is cut can swallow what is on its way; then a gap is told, and it is a few events."""
    with days_of(user_data, life=86_400) as days:
        days.pass_time(1, HARSH)
        days.calm_down()
        assert days.settled()
        keys = {event.key for event in days.told if isinstance(event, MayMiss)}
        for name, key in zip(ACCOUNTS, KEYS, strict=True):
            lost = days.lost(name)
            assert not lost or key in keys
            assert len(lost) < len(days.came[name]) / 10
        days.manager.close()
        assert days.exchange.listen_keys == []


def test_a_revoked_key_ends_every_stream() -> None:
    """Each callback hears once what to check."""
    days = Days("today", seed=1)
    try:
        days.exchange.faults.revoke()
        with days.grown:
            done = days.grown.wait_for(
                lambda: all(came and came[-1]["e"] == "error" for came in days.came.values()), SECONDS
            )
        assert done, {name: came[-1:] for name, came in days.came.items()}
        for came in days.came.values():
            (error,) = [event for event in came if event["e"] == "error"]
            assert "check the key" in error["m"]
        assert days.manager.sockets() == []
    finally:
        days.close()
