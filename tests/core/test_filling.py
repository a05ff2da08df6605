"""A gap while it is being filled: what is asked for, what is found, what is missing still."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.backfill import source_of
from binance_ws.core.filling import PATIENCE, Filling
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


def test_candles_that_do_not_exist_are_not_waited_for() -> None:
    """After a few answers without anything new; what came is delivered, the rest is missing."""
    made = filling(KLINE, Gap(MINUTE, 10 * MINUTE - 1))
    assert made.take(candles(1, 2))
    for _ in range(PATIENCE):
        assert not made.done
        made.take(candles(2))
    assert made.done
    assert made.missing() == [Gap(3 * MINUTE, 10 * MINUTE - 1)]
    assert [m["k"]["t"] for m in made.found()] == [MINUTE, 2 * MINUTE]


def test_the_last_candle_is_the_end() -> None:
    """The gap's last moment lies within it, and nothing more is asked for."""
    made = filling(KLINE, Gap(MINUTE, 3 * MINUTE - 1))
    assert made.take(candles(1, 2, 3))
    assert (made.done, made.missing(), len(made.found())) == (True, [], 2)


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
    """Where answers have no holes, the found ids and the missing ones are the whole gap, each once."""
    source = source_of(TRADE)
    assert source is not None
    made = Filling(TRADE, Gap(10, 30), source, limit)
    for page in pages:
        made.take(trades(*range(made.next, made.next + len(page))))
    found, missing = [m["t"] for m in made.found()], made.missing()
    rest = [number for gap in missing for number in range(gap.first, gap.last + 1)]
    assert sorted(found + rest) == list(range(10, 31))
    assert made.done == (missing in ([], [Gap(10, 30 - limit)]))


def test_both_ends_of_a_gap_may_be_missing() -> None:
    """What is more than the limit, and what REST did not tell; as one piece where nothing was found between."""
    source = source_of(TRADE)
    assert source is not None
    made = Filling(TRADE, Gap(1, 100), source, 10)
    assert made.missing() == [Gap(1, 100)]
    made.take(trades(91, 92))
    assert made.missing() == [Gap(1, 90), Gap(93, 100)]
