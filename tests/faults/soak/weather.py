"""The faults of a soak: what can go wrong, by name, and how it is thrown; all chance comes from one seed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from binance_ws.simulator import Exchange, Fault

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBBTC")
KINDS = ("trade", "aggTrade", "kline_1s")
STREAMS = [
    *((f"{symbol.lower()}@{kind}", "spot") for symbol in SYMBOLS for kind in KINDS),
    ("btcusdt@trade", "usdm"),
    ("btcusdt@aggTrade", "usdm"),
    ("ethusdt@aggTrade", "usdm"),
    ("btcusdt@kline_1m", "usdm"),
    ("btcusd_perp@aggTrade", "coinm"),
    ("btcusd_perp@kline_1m", "coinm"),
]
"""Streams that are struck alone, each with its market."""

_PATHS = ("/ws", "/stream", "/fstream", "/dstream")

Throw = Callable[[Exchange, random.Random], Fault]


class Aim:
    """At what faults are thrown.

    Args:
        streams: those that are struck alone, each with its market.
    """

    def __init__(self, streams: Sequence[tuple[str, str]]) -> None:
        self._streams = streams

    def one(self, chance: random.Random) -> str:
        """The connections of one stream."""
        return chance.choice(self._streams)[0]

    def some(self, chance: random.Random) -> str | None:
        """The connections of a stream, those of a host, or all."""
        return chance.choice((self.one(chance), self.one(chance), chance.choice(_PATHS), None))

    def drop(self, exchange: Exchange, chance: random.Random) -> Fault:
        """Hang up, with a close frame or without."""
        code, frame = chance.choice((1000, 1001, 1006, 1008, 1011)), chance.random() < 0.5
        return exchange.faults.drop(self.some(chance), code=code, frame=frame)

    def messages(self, kind: str, least: int, most: int) -> Throw:
        """A fault in the messages of one stream."""

        def throw(exchange: Exchange, chance: random.Random) -> Fault:
            (name, market), count = chance.choice(self._streams), chance.randint(least, most)
            fault: Fault = getattr(exchange.faults, kind)(name, count, market=market)
            return fault

        return throw


def usual(aim: Aim) -> dict[str, Throw]:
    """The most usual faults; each pair of them is tested too."""
    return {
        "reset": lambda e, c: e.faults.reset(),
        "reset one": lambda e, c: e.faults.reset(aim.one(c)),
        "drop": aim.drop,
        "refuse": lambda e, c: e.faults.refuse(),
        "black hole": lambda e, c: e.faults.black_hole(),
        "503": lambda e, c: e.faults.status(503),
        "stall": lambda e, c: e.faults.stall(aim.some(c)),
        "corrupt": lambda e, c: e.faults.corrupt(aim.some(c)),
        "bad bytes": lambda e, c: e.faults.raw_bytes(b"\x81\x02\xff\xfe", aim.one(c)),
        "reserved bits": lambda e, c: e.faults.raw_bytes(b"\xf1\x00", aim.one(c)),
        "gap": aim.messages("gap", 1, 20),
        "repeat": aim.messages("repeat", 1, 5),
        "shutdown": lambda e, c: e.faults.shutdown_event(aim.some(c)),
    }


def rarer(aim: Aim) -> dict[str, Throw]:
    """The others."""
    return {
        "reorder": aim.messages("reorder", 2, 6),
        "truncate": lambda e, c: e.faults.truncate(aim.some(c)),
        "end of life": lambda e, c: e.faults.end_life(aim.some(c)),
        "mute": lambda e, c: e.faults.mute(aim.some(c)),
        "half open": lambda e, c: e.faults.half_open(aim.some(c)),
        "sent late": lambda e, c: e.faults.stall(aim.some(c), lose=False),
        "delay": lambda e, c: e.faults.delay(c.uniform(0.01, 0.3), aim.some(c)),
        "slow handshake": lambda e, c: e.faults.slow_handshake(delay=c.uniform(0.1, 1.0)),
        "drops of handshake": lambda e, c: e.faults.slow_handshake(bytes_per_second=c.uniform(100, 1000)),
        "ping": lambda e, c: e.faults.raw_bytes(b"\x89\x04soak", aim.some(c)),
        "binary": lambda e, c: e.faults.raw_bytes(b"\x82\x02{}", aim.some(c)),
        "403": lambda e, c: e.faults.status(403, retry_after=1),
        "418": lambda e, c: e.faults.status(418, retry_after=1),
        "429": lambda e, c: e.faults.status(429, retry_after=1),
        "500 of REST": lambda e, c: e.faults.status(500, upgrades=False),
        "rubbish of REST": lambda e, c: e.faults.status(200, upgrades=False, body=b'{"rubbish":7}'),
    }


class Weather:
    """Throws faults for a while, one every few seconds, now and then two at once.

    Args:
        exchange: whom they befall.
        seed: the same one throws the same faults in the same order.
    """

    def __init__(self, exchange: Exchange, seed: int) -> None:
        aim = Aim(STREAMS)
        self.thrown: Counter[str] = Counter()
        self.chance = random.Random(seed)
        self._exchange = exchange
        self._faults = {**usual(aim), **rarer(aim)}
        self._over = threading.Event()

    def pause(self) -> None:
        """A while without a fault."""
        self._over.wait(self.chance.uniform(0.5, 3.0))

    def strike(self) -> None:
        """One fault or two, for a moment or for longer than the manager bears silence."""
        chance = self.chance
        names = chance.sample(sorted(self._faults), 2 if chance.random() < 0.25 else 1)
        seconds = chance.uniform(2.5, 4.0) if chance.random() < 0.2 else chance.uniform(0.05, 1.0)
        with ExitStack() as standing:
            for name in names:
                self.thrown[name] += 1
                standing.enter_context(self._faults[name](self._exchange, chance))
            self._over.wait(seconds)
