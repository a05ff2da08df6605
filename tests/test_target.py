"""Tests of what a socket does about messages that are not simply the next: repeated ones, and gaps."""

from __future__ import annotations

import queue
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial, wraps
from typing import Any
from unittest.mock import Mock

import pytest

from binance_ws import events
from binance_ws import target as module
from binance_ws.core.lifecycle import State
from binance_ws.core.sequence import Gap
from binance_ws.errors import CallbackError
from binance_ws.info import Counts, describe
from binance_ws.target import Shape, Target, check_callable
from binance_ws.track import SoFar
from tests.test_delivery import OTHER, PLAIN, TRADE, WRAPPED, Way, trades, wrap
from tests.waiting import Inbox


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
    """Says that it will fill a gap, and remembers which; until then it has found the trades of these ids."""

    def __init__(self, *found: int) -> None:
        self.asked: list[Any] = []
        self._found = found

    def __call__(self, target: Target, track: Any, gap: Any) -> SoFar:
        self.asked.append((track, gap))
        begins = max(self._found, default=gap.first - 1) + 1
        return lambda: (trades(*self._found), [Gap(begins, gap.last)])


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


def test_what_was_found_until_then_is_not_lost() -> None:
    """Where too many wait, it is delivered before them, and only what is missing still is told."""
    filler = Filler(2, 3)
    way = Way(PLAIN, repair=filler, limit=3).send(*trades(1, 6, 7, 8, 9))
    track = filler.asked[0][0]
    assert [message["t"] for message in way.got] == [1, 2, 3, 6, 7, 8, 9]
    assert way.told == [
        events.Backfilled("the key", "btcusdt@trade", 2),
        events.Missed("the key", "btcusdt@trade", 4, 5),
    ]
    assert (track.held, track.so_far) == (None, None)


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


def test_who_does_not_take_messages_is_no_callback(caplog: pytest.LogCaptureFixture) -> None:
    """Where an iterator's mailbox is full it says that nobody takes them: there is no callback to look for."""
    way = Way(PLAIN)
    way.target.pulled()
    way.target.since = 100.0
    way.target.look(107.0)
    assert "nobody takes the messages of the key, for 7 s now" in caplog.messages[0]
    way = Way(PLAIN)
    way.target.pulled()
    way.target.took(5.0, 7)
    assert "messages of the key were not taken for 5.0 s" in caplog.messages[1]


# ---- what a callback is -----------------------------------------------------------------------------------


async def coroutine(message: Any) -> None:
    """Of python-binance 1.0's kind."""


async def asynchronous(message: Any) -> AsyncIterator[Any]:
    """The same, with a yield."""
    yield message


def generator(message: Any) -> Iterator[Any]:
    """A function that somebody has put a yield into."""
    yield message


class Awaited:
    """An object whose call is a coroutine."""

    async def __call__(self, message: Any) -> None:
        """Nothing runs it."""

    async def method(self, message: Any) -> None:
        """Nor this."""


@pytest.mark.parametrize(
    "callback",
    [
        coroutine,
        asynchronous,
        generator,
        Awaited(),
        Awaited().method,
        partial(coroutine),
        partial(Awaited()),
        partial(partial(generator)),
    ],
)
def test_what_a_call_does_not_run_is_no_callback(callback: Callable[[Any], Any]) -> None:
    """Each message would be lost in silence; the sentence is for those who come from asyncio."""
    with pytest.raises(CallbackError, match=r"plain function.*call_soon_threadsafe"):
        check_callable(callback)


@pytest.mark.parametrize(
    "callback",
    [
        lambda: 1,
        lambda a, b: 1,
        lambda a, *, b: 1,
        Inbox().wait_for.__func__,  # type: ignore[attr-defined]
        partial(lambda a: 1, 1),
    ],
)
def test_what_does_not_take_one_message_is_no_callback(callback: Callable[..., Any]) -> None:
    """It is refused where it is passed, and not at each message."""
    with pytest.raises(CallbackError, match=r"a callback takes one book, and .* cannot: "):
        check_callable(callback, "book")


def decorated(function: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Gives a function another argument."""

    @wraps(function)
    def with_state(message: Any) -> Any:
        return function(message, {})

    return with_state


@pytest.mark.parametrize(
    "callback",
    [
        print,
        [].append,
        int,
        dict,
        Inbox(),
        Inbox().wait,
        lambda message, state=None: 1,
        lambda *messages: 1,
        partial(lambda state, message: 1, {}),
        decorated(lambda message, state: 1),
        queue.SimpleQueue().put,
        Mock(),
        type("Message", (), {"__init__": lambda self, message: None}),
    ],
)
def test_what_takes_one_message_is_a_callback(callback: Callable[[Any], Any]) -> None:
    """Functions, methods, classes, partial ones, decorated ones, and what is written in C."""
    check_callable(callback)


def test_a_callback_that_does_not_tell_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is let through: from Python 3.14 on, asking may raise where a type is for type checkers alone."""

    def unknown(*_: Any, **__: Any) -> Any:
        raise NameError("Trade")

    monkeypatch.setattr("inspect.signature", unknown)
    check_callable(lambda message: 1)


def test_a_second_is_slow(caplog: pytest.LogCaptureFixture) -> None:
    """What takes less is nothing to speak of."""
    target = Way(PLAIN).target
    for seconds in (0.99, 1.01, 5.0):
        target.took(seconds, 7)
    assert caplog.messages == ["the callback of the key took 1.0 s for 7 messages"]


def test_what_a_stream_counted_outlives_it() -> None:
    """The numbers of a socket do not go down when it carries a stream no more."""
    target = Way(PLAIN).send(*trades(1, 1, 4)).target
    before = describe("the key", "spot", State.OPEN, ([], Counts()), target, None)
    target.forget(TRADE)
    after = describe("the key", "spot", State.OPEN, ([], Counts()), target, None)
    assert (before.gaps, before.repeated, before.streams) == (1, 1, 1)
    assert (after.gaps, after.repeated, after.streams) == (1, 1, 0)
