"""A market without sockets, for tests of what it sends."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from binance_ws.simulator.market import FOREVER, Market
from binance_ws.simulator.recording import Recording
from binance_ws.simulator.symbols import DEFAULT, listing

REST: dict[str, Any] = json.loads(Path(__file__).with_name("rest_examples.json").read_text())
"""The answers of REST in the exchange's documentation."""

EPOCH = 1_722_470_400_000_000_000  # 2024-08-01 00:00 UTC, in ns


class Watched:
    """A market whose messages are kept, in order, by stream."""

    def __init__(self, market: Market, *names: str) -> None:
        self.market = market
        self.payloads: dict[str, list[bytes]] = defaultdict(list)
        self.order: list[str] = []
        for name in names:
            self.watch(name)

    def watch(self, name: str) -> None:
        channel = self.market.channel(name)
        assert channel is not None, f"{name} is not served"
        channel.join(_Ear(self, name))

    def run(self, seconds: float) -> None:
        """Let the market run for so long by its own clock."""
        until = self.market.now + int(seconds * 1e9)
        while not self.market.advance(until, 1_000_000):
            pass

    def rounds(self, count: int) -> None:
        """Let the recording be played so many times more."""
        assert self.market.replay is not None
        until = self.market.replay.rounds + count
        while self.market.replay.rounds < until:
            self.market.advance(FOREVER, 100)

    def messages(self, name: str) -> list[Any]:
        return [json.loads(payload) for payload in self.payloads[name]]


class _Ear:
    def __init__(self, watched: Watched, name: str) -> None:
        self.form, self._watched, self._name = 0, watched, name

    def push(self, frame: bytes) -> None:
        start = 2 if frame[1] < 126 else 4 if frame[1] == 126 else 10
        self._watched.payloads[self._name].append(frame[start:])
        self._watched.order.append(self._name)


def seeded(*names: str, seed: int = 1, whole_market: bool = False, symbols: Any = DEFAULT) -> Watched:
    """A random market."""
    return Watched(Market(listing(symbols), seed, EPOCH, whole_market=whole_market), *names)


def replayed(recording: Recording, *names: str, loop: bool = True, start: int | None = None) -> Watched:
    """A market that plays a recording."""
    return Watched(Market(listing(DEFAULT), 1, start, recording, loop), *names)
