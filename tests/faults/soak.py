"""A soak: many sockets, a fast exchange, faults at random; at the end every stream's ids are compared.

``python -m tests.faults.soak --minutes 2`` exits with 1 where a message is missing, repeated or out of order, or
where a thread or a descriptor is left.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import resource
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.config import Environment
from binance_ws.simulator import OFF, Exchange, Rules

SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBBTC", "NEOBTC", "SOLUSDT", "XRPUSDT")
SPEED = 20


@dataclass
class Ledger:
    """What came of each stream, in the order in which it came."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    missed: list[events.Missed] = field(default_factory=list)

    def single(self, name: str) -> Any:
        """A callback for one stream."""
        came = self.ids.setdefault(name, [])

        def take(message: Any) -> None:
            number = number_of(name, message)
            if number is not None:
                came.append(number)

        return take

    def many(self, message: Any) -> None:
        """A callback for wrapped messages."""
        name = message.get("stream")
        if name is not None and (number := number_of(name, message["data"])) is not None:
            self.ids.setdefault(name, []).append(number)

    def hear(self, event: events.Event) -> None:
        """``on_event``."""
        self.told[type(event).__name__] += 1
        if isinstance(event, events.Missed):
            self.missed.append(event)


def number_of(stream: str, message: Any) -> int | None:
    """The id, or the open time of a closed candle; ``None`` where a message has no number."""
    if not isinstance(message, dict) or message.get("e") == "error":
        return None
    kind = stream.partition("@")[2]
    if kind in ("trade", "aggTrade"):
        return int(message["t" if kind == "trade" else "a"])
    if kind.startswith("kline") and message["k"]["x"]:
        return int(message["k"]["t"]) // 1000
    return None


def start(manager: BinanceSocketManager, ledger: Ledger) -> None:
    """Thirty sockets of all kinds."""
    for symbol in SYMBOLS:
        low = symbol.lower()
        manager.start_trade_socket(symbol, ledger.single(f"{low}@trade"))
        manager.start_aggtrade_socket(symbol, ledger.single(f"{low}@aggTrade"))
        manager.start_kline_socket(symbol, ledger.single(f"{low}@kline_1s"), interval="1s")
        manager.start_depth_socket(symbol, ledger.single(f"{low}@depth"))
    manager.start_ticker_socket(lambda message: None)
    manager.start_miniticker_socket(lambda message: None)
    manager.start_symbol_book_ticker_socket("BTCUSDT", lambda message: None)
    manager.start_depth_socket("BTCUSDT", lambda message: None, depth=5)
    names = [f"{s.lower()}@kline_1m" for s in SYMBOLS] + ["dogeusdt@trade", "ltcbtc@aggTrade"]
    manager.start_multiplex_socket(names, ledger.many)
    manager.start_socket(ledger.many, "ethbtc@trade", "ethbtc@kline_1s")


def faults(exchange: Exchange, chance: random.Random, until: float, thrown: Counter[str]) -> None:
    """Throw one fault every few seconds until a moment."""
    stop = threading.Event()
    while (left := until - time.monotonic()) > 0:
        stop.wait(min(left, chance.uniform(0.5, 3.0)))
        name = chance.choice(sorted(FAULTS))
        thrown[name] += 1
        with FAULTS[name](exchange, chance):
            stop.wait(chance.uniform(0.05, 1.0))


def _stream(chance: random.Random) -> str:
    return f"{chance.choice(SYMBOLS).lower()}@{chance.choice(['trade', 'aggTrade', 'kline_1s'])}"


FAULTS: dict[str, Any] = {
    "reset": lambda e, c: e.faults.reset(),
    "reset one": lambda e, c: e.faults.reset(_stream(c)),
    "drop": lambda e, c: e.faults.drop(_stream(c), code=c.choice([1001, 1006, 1008]), frame=c.random() < 0.5),
    "refuse": lambda e, c: e.faults.refuse(),
    "black hole": lambda e, c: e.faults.black_hole(),
    "503": lambda e, c: e.faults.status(503),
    "stall": lambda e, c: e.faults.stall(_stream(c)),
    "corrupt": lambda e, c: e.faults.corrupt(_stream(c)),
    "bad bytes": lambda e, c: e.faults.raw_bytes(b"\x81\x02\xff\xfe", _stream(c)),
    "reserved bits": lambda e, c: e.faults.raw_bytes(b"\xf1\x00", _stream(c)),
    "gap": lambda e, c: e.faults.gap(_stream(c), c.randint(1, 20)),
    "repeat": lambda e, c: e.faults.repeat(_stream(c), c.randint(1, 5)),
    "shutdown": lambda e, c: e.faults.shutdown_event(),
}


def judge(ledger: Ledger) -> list[str]:
    """What is wrong: numbers that are missing, repeated or out of order."""
    wrong = []
    for name, came in sorted(ledger.ids.items()):
        steps = Counter(b - a for a, b in itertools.pairwise(came))
        wide = {"kline_1m": 60}.get(name.partition("@")[2], 1)
        bad = {step: count for step, count in steps.items() if step != wide}
        if bad:
            wrong.append(f"{name}: steps {dict(sorted(bad.items())[:5])} among {len(came)}")
    return wrong


def soak(minutes: float, seed: int) -> int:
    """Run; the exit code."""
    chance, ledger, thrown = random.Random(seed), Ledger(), Counter[str]()
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    with Exchange(
        speed=SPEED, recording="demo", rules=Rules(connects=OFF, weight=OFF), seed=seed
    ) as exchange:
        environment = Environment.local(exchange.host, connects=None)
        manager = BinanceSocketManager(
            Client(environment=environment, timeout=3),
            max_retries=None,
            on_event=ledger.hear,
            stale_after=2,
        )
        start(manager, ledger)
        manager.start()
        manager.wait_connected(timeout=30)
        faults(exchange, chance, time.monotonic() + minutes * 60, thrown)
        manager.wait_connected(timeout=30)
        threading.Event().wait(3)  # let what is being repaired come to its end
        infos = manager.sockets()
        manager.close()
        manager.join(10)
    after = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    return report(ledger, thrown, infos, before, after)


def report(ledger: Ledger, thrown: Counter[str], infos: list[Any], before: Any, after: Any) -> int:
    """Print the figures; the exit code."""
    wrong = judge(ledger)
    total = sum(map(len, ledger.ids.values()))
    print(f"faults: {dict(sorted(thrown.items()))}")
    print(f"events: {dict(sorted(ledger.told.items()))}")
    print(
        f"numbered messages: {total:,} of {len(ledger.ids)} streams; all: {sum(i.messages for i in infos):,}"
    )
    for figure in ("reconnects", "rotations", "gaps", "backfilled", "repeated", "malformed", "errors"):
        print(f"{figure}: {sum(getattr(info, figure) for info in infos):,}")
    print(f"missed: {ledger.missed[:5] or 'none of the numbered streams'}")
    print(f"threads, descriptors: {before} before, {after} after")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    print("\n".join(wrong) or "0 missing, 0 repeated, 0 out of order")
    return 1 if wrong or after[0] > before[0] or after[1] > before[1] + 2 else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return soak(given.minutes, given.seed)


if __name__ == "__main__":
    assert Path("/proc/self/fd").is_dir(), "descriptors are counted in /proc"
    sys.exit(main())
