"""Klines that are lost, repeated and out of order: each closed candle comes once and in order, or is told."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_ws import events
from binance_ws.core.backfill import source_of
from binance_ws.core.filling import Filling
from binance_ws.core.intervals import following
from binance_ws.core.sequence import Gap
from binance_ws.delivery import Delivery
from binance_ws.net.turnstile import Turnstile
from binance_ws.recovery import Job
from binance_ws.streams import names
from binance_ws.target import Shape, Target
from binance_ws.track import SoFar, Track

COUNT = 40
START = 1_704_067_200_000
"""A moment at which a candle of each of these intervals begins."""


class Market:
    """A kline stream with all that happens to it, and the target that it comes to.

    Args:
        chance: what happens.
        interval: how long its candles are.
        unit: milliseconds (1) or microseconds (1000).
    """

    def __init__(self, chance: random.Random, interval: str, unit: int) -> None:
        self.chance = chance
        self.stream = names.kline("BNBBTC", interval)
        self.opens = [following(START * unit, interval, steps=n) for n in range(COUNT + 1)]
        self.got: list[dict[str, Any]] = []
        self.told: list[events.Event] = []
        self.jobs: list[Job] = []
        repair = self._repair if chance.random() < 0.9 else None
        limit = chance.choice((5, 1000))
        self.target = Target("k", self.got.append, Shape(), Turnstile(), repair, self.told.append, limit)
        self.target.follow([self.stream])
        self.delivery = Delivery(self.target, lambda message: None, False)

    def _repair(self, target: Target, track: Track, gap: Gap) -> SoFar:
        source = source_of(self.stream)
        assert source is not None
        limit = self.chance.choice((3, 1000))
        self.jobs.append(Job(target, track, gap, Filling(self.stream, gap, source, limit), 1e9))
        return self.jobs[-1].so_far

    def feed(self) -> list[bytes]:
        """What the exchange sends: each candle now and then while it is open, and mostly once it is closed."""
        sent = []
        for opened, behind in pairwise(self.opens):
            for part in range(self.chance.choice((0, 0, 1, 2))):
                sent.append(self._message(opened, opened + (behind - opened) * (part + 1) // 4, False))
            if self.chance.random() < 0.9:
                sent.append(self._message(opened, behind, True))
        return sent

    def _message(self, opened: int, event: int, closed: bool) -> bytes:
        candle = {"t": opened, "x": closed}
        return json.dumps({"e": "kline", "E": event, "s": "BNBBTC", "k": candle}).encode()

    def send(self, payloads: list[bytes]) -> None:
        """Deliver messages; meanwhile the gaps come along."""
        self.delivery.process(payloads)
        for job in [job for job in self.jobs if self.chance.random() < 0.5]:
            self._answer(job)

    def _answer(self, job: Job) -> None:
        if job.wanted:
            job.filling.take(self._rows(job.filling.params))
        if job.filling.done or not job.wanted or self.chance.random() < 0.05:
            self.jobs.remove(job)
            if job.wanted:
                self.target.resume(job.track, *job.so_far())

    def _rows(self, params: dict[str, Any]) -> list[Any]:
        """What REST has: all, or the beginning; of that the last candle lacks its last trades."""
        found = [opened for opened in self.opens if params["startTime"] <= opened <= params["endTime"]]
        known = found[: self.chance.choice((0, 1, 3, COUNT))]
        return [
            [opened, "1", "1", "1", "1", self._volume(known, n), 0, "1", 1, "1", "1", "0"]
            for n, opened in enumerate(known)
        ]

    def _volume(self, known: list[int], n: int) -> str:
        return "whole" if n < len(known) - 1 else "in part"


def disorder(chance: random.Random, sent: list[bytes]) -> list[bytes]:
    """What comes of messages on their way."""
    came: list[bytes] = []
    at = 0
    while at < len(sent):
        what = chance.random()
        if what < 0.06:
            at += chance.randrange(1, 12)
        elif what < 0.10:
            came += chance.sample(sent[at : at + 3], len(sent[at : at + 3]))
            at += 3
        else:
            came += sent[max(0, at - chance.randrange(5)) : at] if what < 0.15 else []
            came.append(sent[at])
            at += 1
    return came


@pytest.mark.parametrize("unit", [1, 1000], ids=["ms", "us"])
@pytest.mark.parametrize("interval", ["1s", "1m", "12h", "1M"])
@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_each_closed_candle_comes_once_or_is_told(interval: str, unit: int, seed: int) -> None:
    """Whatever happens on the way and whatever REST has: in order, whole, and never both."""
    chance = random.Random(seed)
    market = Market(chance, interval, unit)
    came = disorder(chance, market.feed())
    while came:
        size = chance.randrange(1, 6)
        market.send(came[:size])
        del came[:size]
    for _ in range(100):
        market.send([])
    opens = [message["k"]["t"] for message in market.got]
    closed = [message["k"]["t"] for message in market.got if message["k"]["x"]]
    assert opens == sorted(opens)
    assert closed == sorted(set(closed))
    assert not any(message["k"].get("v") == "in part" for message in market.got)
    told = [event for event in market.told if isinstance(event, events.Missed)]
    assert {number for event in told for number in (event.first, event.last)} <= {*market.opens}
    missed = {each for event in told for each in market.opens if event.first <= each <= event.last}
    assert not missed & {*closed}
    assert {each for each in market.opens if opens and opens[0] <= each < opens[-1]} <= missed | {*closed}
