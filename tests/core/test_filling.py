"""A gap while it is being filled: what is asked for, what is found, what is missing still."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.backfill import source_of
from binance_ws.core.filling import Filling
from binance_ws.core.intervals import following
from binance_ws.core.sequence import Gap
from binance_ws.streams import names
from binance_ws.streams.kinds import Stream

TRADE, KLINE = names.trade("BNBBTC"), names.kline("BNBBTC", "1m")
MINUTE = 60_000


def filling(stream: Stream, gap: Gap, limit: int = 10_000) -> Filling:
    """A gap of a stream that has a source."""
    source = source_of(stream)
    assert source is not None
    return Filling(stream, gap, source, limit)


def trades(*ids: int) -> list[Any]:
    """Rows of trades."""
    return [{"id": n, "price": "1", "qty": "2", "time": n, "isBuyerMaker": True} for n in ids]


def candles(*minutes: int) -> list[Any]:
    """Rows of klines."""
    return [
        [m * MINUTE, "1", "4", "1", "2", "9", m * MINUTE + 59_999, "2", 3, "5", "6", "0"] for m in minutes
    ]


def test_a_gap_is_asked_for_from_where_the_answers_ended() -> None:
    """Answers bring what they can; what was not asked for is left out; the messages come in order."""
    made = filling(TRADE, Gap(5, 9))
    assert made.params["fromId"] == 5
    assert made.take(trades(6, 5, 4))
    assert (made.params["fromId"], made.done, made.missing()) == (7, False, [Gap(7, 9)])
    assert made.take(trades(7, 8, 9, 10, 11))
    assert (made.done, made.missing(), [m["t"] for m in made.found()]) == (True, [], [5, 6, 7, 8, 9])


def test_ids_come_in_the_end() -> None:
    """However often an answer brings nothing new, there is more to ask for."""
    made = filling(TRADE, Gap(5, 6))
    assert [made.take([]) for _ in range(10)] == [False] * 10
    assert not made.done


def test_an_answer_behind_the_gap_says_that_there_are_none() -> None:
    """What lies before a row that was found, and is not in the answer, does not exist."""
    made = filling(TRADE, Gap(5, 9))
    assert made.take(trades(7, 12))
    assert (made.done, made.missing()) == (True, [Gap(5, 6), Gap(8, 9)])


@pytest.mark.parametrize(
    ("answers", "found", "missing"),
    [
        ([[1, 2, 3, 4]], [1, 2, 3], []),
        ([[], [], [], [], [1, 2, 3, 4]], [1, 2, 3], []),
        ([[1], [1, 2, 3], [1, 2, 3, 4]], [1, 2, 3], []),
        ([[1, 2, 3, 5]], [1, 2, 3], []),
        ([[1, 2, 4]], [1, 2], [(3, 3)]),
        ([[4]], [], [(1, 3)]),
        ([[2, 4]], [2], [(1, 1), (3, 3)]),
    ],
    ids=["all", "late", "bit by bit", "a quiet one", "a halt", "a long halt", "two halts"],
)
def test_a_later_candle_settles_a_gap(
    answers: list[list[int]], found: list[int], missing: list[tuple[int, int]]
) -> None:
    """Until the exchange's database has one, its answers say nothing for certain; with it, everything."""
    made = filling(KLINE, Gap(MINUTE, 3 * MINUTE))
    for answer in answers:
        assert not made.done
        made.take(candles(*answer))
    assert (made.done, [m["k"]["t"] for m in made.found()]) == (True, [n * MINUTE for n in found])
    assert made.missing() == [Gap(first * MINUTE, last * MINUTE) for first, last in missing]


def test_a_candle_that_may_grow_is_not_delivered() -> None:
    """The newest one that the database has may lack its last trades; the next answer has it whole."""
    made, young, whole = filling(KLINE, Gap(MINUTE, 2 * MINUTE)), candles(1, 2), candles(1, 2, 3)
    young[1][5] = "0.1"
    assert [made.take(young), made.take(young)] == [True, False]
    assert ([m["k"]["t"] for m in made.found()], made.missing()) == ([MINUTE], [Gap(2 * MINUTE, 2 * MINUTE)])
    made.take(whole)
    assert [m["k"]["v"] for m in made.found()] == ["9", "9"]


def test_a_long_gap_of_candles_is_read_backwards() -> None:
    """Once its end is settled, page by page, each once, whether or not there is anything in it."""
    made, asked = filling(KLINE, Gap(MINUTE, 2000 * MINUTE)), []
    made.take([])
    while not made.done:
        first, last = (made.params[name] // MINUTE for name in ("startTime", "endTime"))
        asked.append((first, last))
        made.take(candles(*range(first, min(last, 2001) + 1)) if len(asked) != 2 else [])
    assert asked == [(1501, 2006), (1001, 1500), (501, 1000), (1, 500)]
    assert made.missing() == [Gap(1001 * MINUTE, 1500 * MINUTE)]
    assert len(made.found()) == 1500


@pytest.mark.parametrize("interval", ["1s", "1M"])
def test_the_limit_holds_for_candles_too(interval: str) -> None:
    """The newest ones are asked for, and no more than that is kept."""
    stream = names.kline("BNBBTC", interval)
    opened = [following(1_704_067_200_000, interval, steps=n) for n in range(101)]
    made = filling(stream, Gap(opened[0], opened[99]), limit=10)
    assert made.params["startTime"] == opened[90]
    made.take([[each, *candles(0)[0][1:]] for each in opened])
    assert (made.done, len(made.found()), made.missing()) == (True, 10, [Gap(opened[0], opened[89])])


def test_another_source_is_gone_on_with() -> None:
    """What it brings besides is left out; what it does not reach is missing."""
    made = filling(TRADE, Gap(5, 9))
    made.take(trades(5))
    assert made.otherwise()
    assert "fromId" not in made.params
    made.take(trades(*range(8, 20)))
    assert (made.done, [m["t"] for m in made.found()], made.missing()) == (True, [5, 8, 9], [Gap(6, 7)])
    assert not made.otherwise()


def test_the_newest_part_of_a_large_gap_is_fetched() -> None:
    """Within the limit; what lies before that is missing."""
    made = filling(TRADE, Gap(1, 100), limit=10)
    assert made.params["fromId"] == 91
    made.take(trades(*range(91, 101)))
    assert (made.done, made.missing(), len(made.found())) == (True, [Gap(1, 90)], 10)


@pytest.mark.parametrize("rows", [[7], ["x"], [{}], [None]])
def test_rows_that_are_none(rows: list[Any]) -> None:
    """They are an error of the exchange's, not a hole."""
    with pytest.raises((LookupError, TypeError, ValueError)):
        filling(TRADE, Gap(1, 2)).take(rows)


@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12), st.integers(1, 40))
def test_what_is_found_and_what_is_missing_is_the_gap(pages: list[list[int]], limit: int) -> None:
    """Whatever the answers have, the found ids and the missing ones are the whole gap, each once."""
    source = source_of(TRADE)
    assert source is not None
    made = Filling(TRADE, Gap(10, 30), source, limit)
    for page in pages:
        made.take(trades(*page))
    found, missing = [m["t"] for m in made.found()], made.missing()
    rest = [number for gap in missing for number in range(gap.first, gap.last + 1)]
    assert sorted(found + rest) == list(range(10, 31))
    assert made.done == any(number >= 30 for page in pages for number in page)
    assert len(found) <= limit


def test_both_ends_of_a_gap_may_be_missing() -> None:
    """What is more than the limit, and what REST did not tell; as one piece where nothing was found between."""
    source = source_of(TRADE)
    assert source is not None
    made = Filling(TRADE, Gap(1, 100), source, 10)
    assert made.missing() == [Gap(1, 100)]
    made.take(trades(91, 92))
    assert made.missing() == [Gap(1, 90), Gap(93, 100)]
