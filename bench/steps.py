"""What each step of a message's way costs: `python bench/steps.py`, where the project and orjson are installed."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import gzip  # noqa: E402

from binance_ws.core.sequence import tracker  # noqa: E402
from binance_ws.delivery import Delivery  # noqa: E402
from binance_ws.net.decode import loads  # noqa: E402
from binance_ws.net.reader import CHUNK, Reader  # noqa: E402
from binance_ws.net.turnstile import Turnstile  # noqa: E402
from binance_ws.streams import classify  # noqa: E402
from binance_ws.target import Shape, Target  # noqa: E402

MESSAGES = 200_000
ROUNDS = 7


class _Wire:
    """Stands in for an upgraded socket."""

    sock = object()


class _Sink:
    """Keeps what a reader cuts."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []

    def deliver(self, payloads: list[bytes]) -> None:
        self.batches.append(payloads)

    def binary(self, payload: bytes) -> None:
        raise AssertionError("there are no binary messages here")


def trades() -> list[bytes]:
    """Real trades, their ids made to rise by one without end."""
    with gzip.open(ROOT / "bench/data/trade.jsonl.gz", "rb") as lines:
        halves = [re.split(rb'"t":\d+', _data(line)) for line in lines]
    return [b'"t":%d'.join(halves[i % len(halves)]) % (10**9 + i) for i in range(MESSAGES)]


def _data(line: bytes) -> bytes:
    whole = line.rstrip()
    return whole.split(b'"data":', 1)[1][:-1] if b'"data":' in whole else whole


def framed(payloads: list[bytes]) -> list[bytes]:
    """Chunks as a socket would give them."""
    wire = b"".join(b"\x81\x7e" + len(p).to_bytes(2, "big") + p for p in payloads)
    return [wire[i : i + CHUNK] for i in range(0, len(wire), CHUNK)]


def best(run: Callable[[], Any]) -> float:
    """Microseconds a message, of the best round."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times) / MESSAGES * 1e6


def main() -> None:
    """Print the table."""
    payloads = trades()
    chunks = framed(payloads)
    messages = [loads(payload) for payload in payloads]

    def cut() -> list[list[bytes]]:
        sink = _Sink()
        reader = Reader(_Wire, sink)  # type: ignore[arg-type]
        for chunk in chunks:
            reader.feed(chunk)
        return sink.batches

    def order() -> None:
        step = tracker(classify("btcusdt@trade")).step
        for message in messages:
            step(message)

    def decode() -> None:
        for payload in payloads:
            loads(payload)

    batches = cut()
    assert sum(map(len, batches)) == MESSAGES

    def whole() -> None:
        target = Target("bench", lambda message: None, Shape(), Turnstile(), None, print, 1000)
        target.follow([classify("btcusdt@trade")])
        delivery = Delivery(target, print, combined=False)
        for batch in batches:
            target.turnstile.take(delivery.process, batch)

    print(f"{len(payloads[0])} bytes a message, {MESSAGES:,} messages, best of {ROUNDS} rounds, µs a message")
    costs = {
        "cut": best(cut),
        "decode": best(decode),
        "order": best(order),
        "decode to callback": best(whole),
    }
    for name, cost in costs.items():
        print(f"{name:<20} {cost:5.2f}")
    print(f"{'the rest':<20} {costs['decode to callback'] - costs['decode'] - costs['order']:5.2f}")


if __name__ == "__main__":
    main()
