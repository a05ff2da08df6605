"""Tests of what a socket does about messages that are not simply the next: repeated ones, and gaps."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws import events
from binance_ws import target as module
from binance_ws.core.lifecycle import State
from binance_ws.info import describe
from binance_ws.target import Shape, Target
from tests.test_delivery import OTHER, PLAIN, TRADE, WRAPPED, Way, trades, wrap


@pytest.mark.parametrize("combined", [False, True])
def test_repeated_messages_are_dropped_and_counted(combined: bool) -> None:
    """After a reconnect what was delivered before does not come again."""
    messages = trades(1, 2, 2, 1, 3)
    way = Way(PLAIN, combined=combined).send(*(wrap(TRADE, messages) if combined else messages))
    assert [message["t"] for message in way.got] == [1, 2, 3]
    assert (way.target.tracks[TRADE.name].repeated, way.delivery.messages) == (2, 5)


@pytest.mark.parametrize("combined", [False, True])
def test_a_gap_is_told_and_the_stream_goes_on(combined: bool) -> None:
    """Where nobody fills gaps, the first and the last missing id are told, and no message is kept."""
    messages = trades(1, 4, 5)
    way = Way(PLAIN, combined=combined).send(*(wrap(TRADE, messages) if combined else messages))
    assert way.got == messages
    assert way.told == [events.Missed("the key", "btcusdt@trade", 2, 3)]
    assert way.target.tracks[TRADE.name].gaps == 1


class Filler:
    """Says that it will fill a gap, and remembers which."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, target: Target, track: Any, gap: Any) -> bool:
        self.asked.append((track, gap))
        return True


@pytest.mark.parametrize("shape", [PLAIN, WRAPPED])
def test_a_filled_gap_is_not_seen(shape: Shape) -> None:
    """Messages wait until those before them were found; other streams go on meanwhile; each comes once."""
    filler = Filler()
    way = Way(shape, TRADE, OTHER, combined=True, repair=filler)
    way.send(*wrap(TRADE, trades(1, 4, 5)), *wrap(OTHER, trades(70)), *wrap(TRADE, trades(5, 6)))
    [(track, gap)] = filler.asked
    assert (gap.first, gap.last) == (2, 3)
    way.target.resume(track, trades(2, 3), [])
    way.send(*wrap(TRADE, trades(7)))
    seen = [message["data"]["t"] if shape.wrapped else message["t"] for message in way.got]
    assert seen == [1, 70, 2, 3, 4, 5, 6, 7]
    assert (track.backfilled, track.repeated, track.gaps) == (2, 1, 1)
    assert way.told == [events.Backfilled("the key", "btcusdt@trade", 2)]


def test_what_stays_missing_is_told() -> None:
    """A filler that finds some says which are missing still."""
    filler = Filler()
    way = Way(PLAIN, repair=filler).send(*trades(1, 9))
    [(track, gap)] = filler.asked
    way.target.resume(track, trades(7, 8), [type(gap)(2, 6)])
    assert [message["t"] for message in way.got] == [1, 7, 8, 9]
    assert events.Missed("the key", "btcusdt@trade", 2, 6) in way.told


def test_no_more_than_the_limit_waits() -> None:
    """A filler that does not come back does not fill the memory: what waits is delivered."""
    filler = Filler()
    way = Way(PLAIN, repair=filler, limit=3).send(*trades(1, 4, 5, 6, 7, 8))
    assert [message["t"] for message in way.got] == [1, 4, 5, 6, 7, 8]
    way.target.resume(filler.asked[0][0], trades(2, 3), [])
    assert len(way.got) == 6


def test_a_gap_that_is_waited_for_no_longer_is_told() -> None:
    """Whoever asked to hear of gaps hears of this one."""
    way = Way(PLAIN, repair=Filler(), limit=3).send(*trades(1, 4, 5, 6, 7))
    assert way.told == [events.Missed("the key", "btcusdt@trade", 2, 3)]


def test_a_slow_callback_is_named(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """One that takes longer than a second for what came at once, once a minute; a faster one is not."""
    quick = Way(PLAIN).send(*trades(1, 2))
    assert (quick.got, caplog.messages) == (trades(1, 2), [])
    monkeypatch.setattr(module, "SLOW_SECONDS", -1.0)
    Way(PLAIN).send(*trades(1, 2)).send(*trades(3))
    assert caplog.messages == ["the callback of the key took 0.0 s for 2 messages"]


def test_a_callback_that_does_not_return_is_named_meanwhile(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever looks while it runs sees since when; once it has returned there is nothing to see."""
    seen: list[float | None] = []

    def callback(message: Any) -> None:
        assert way.target.since is not None
        seen.append(way.target.since)
        for seconds in (0.5, 7.0, 9.0):
            way.target.look(way.target.since + seconds)

    way = Way(PLAIN, callback=callback)
    way.send(*trades(1, 2))
    assert (len(seen), way.target.since) == (2, None)
    assert caplog.messages == ["the callback of the key has not returned for 7 s; nothing more is read"]


def test_a_second_is_slow(caplog: pytest.LogCaptureFixture) -> None:
    """What takes less is nothing to speak of."""
    target = Way(PLAIN).target
    for seconds in (0.99, 1.01, 5.0):
        target.took(seconds, 7)
    assert caplog.messages == ["the callback of the key took 1.0 s for 7 messages"]


def test_what_a_stream_counted_outlives_it() -> None:
    """The numbers of a socket do not go down when it carries a stream no more."""
    target = Way(PLAIN).send(*trades(1, 1, 4)).target
    before = describe("the key", "spot", State.OPEN, [], target, None)
    target.forget(TRADE)
    after = describe("the key", "spot", State.OPEN, [], target, None)
    assert (before.gaps, before.repeated, before.streams) == (1, 1, 1)
    assert (after.gaps, after.repeated, after.streams) == (1, 1, 0)
