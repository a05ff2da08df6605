"""The soak's own judgement, and a short soak."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from binance_ws import events

from .soak import verdict
from .soak.__main__ import soak
from .soak.trail import KEPT, Ledger, Trail, judge, number_of, step_of

TRADE, MINUTE = "btcusdt@trade", 60_000


def trail_of(*numbers: int, step: int = 1) -> Trail:
    """What those numbers leave."""
    made = Trail(step)
    for number in numbers:
        made.take(number)
    return made


@pytest.mark.timeout(180)
def test_a_short_soak_loses_nothing() -> None:
    """Thirty sockets, a few seconds, faults at random."""
    assert soak(minutes=0.15, seed=7) == 0


@pytest.mark.parametrize(
    ("came", "word"),
    [
        ([1, 2, 4, 5, 6], "wrong steps"),
        ([1, 1, 2, 3, 4, 5, 6], "wrong steps"),
        ([1, 3, 2, 4, 5, 6], "wrong steps"),
        ([1, 2, 3], "ends with 3"),
        ([], "nothing came"),
        ([*range(1, 8)], "7 from 1 to 7, of which 6 were made"),
    ],
    ids=["a hole", "a repeated one", "a wrong order", "no end", "nothing", "one that nobody made"],
)
def test_what_is_wrong_is_found(came: list[int], word: str) -> None:
    """Measured by what the exchange made, each of them is told."""
    found = verdict.compare(TRADE, trail_of(*came), [range(1, 7)], 6)
    assert word in " ".join(found)


def test_what_is_right_is_right() -> None:
    """A stream begins anywhere, goes on behind its mark, and has no number where the exchange made none."""
    assert verdict.compare(TRADE, trail_of(3, 4, 5, 6), [range(1, 7)], 5) == []
    assert verdict.compare(TRADE, trail_of(1, 2, 7, 8), [range(1, 3), range(7, 9)], 8) == []
    candles = trail_of(0, MINUTE, 2 * MINUTE, step=MINUTE)
    assert verdict.compare("k", candles, [range(0, 3 * MINUTE, MINUTE)], 2 * MINUTE) == []


def test_a_trail_does_not_grow() -> None:
    """Of wrong steps the first ones are kept, and all are counted."""
    trail = trail_of(*range(0, 1000, 2))
    assert (trail.first, trail.last, trail.count, trail.wrong) == (0, 998, 500, 499)
    assert len(trail.pairs) == KEPT
    assert "499 wrong steps" in verdict.compare(TRADE, trail, [range(0, 1000, 2)], 998)[0]
    ledger = Ledger()
    for number in range(2 * KEPT):
        ledger.hear(events.Missed("k", TRADE, number, number))
    assert len(ledger.missed[TRADE]) == KEPT


@pytest.mark.parametrize(
    ("pair", "step", "missed", "kind"),
    [
        ((5, 9), 1, [(6, 8)], verdict.TOLD),
        ((5, 9), 1, [(8, 8), (6, 7)], verdict.TOLD),
        ((5, 9), 1, [(1, 20)], verdict.TOLD),
        ((5, 9), 1, [], verdict.SILENT),
        ((5, 9), 1, [(6, 6), (8, 8)], verdict.SILENT),
        ((5, 9), 1, [(10, 12)], verdict.SILENT),
        ((0, 3 * MINUTE), MINUTE, [(MINUTE, 2 * MINUTE)], verdict.TOLD),
        ((0, 3 * MINUTE), MINUTE, [(MINUTE, MINUTE)], verdict.SILENT),
        ((5, 5), 1, [(1, 9)], verdict.AGAIN),
        ((5, 3), 1, [(4, 4)], verdict.AGAIN),
    ],
)
def test_what_is_lost_was_told_or_not(
    pair: tuple[int, int], step: int, missed: list[tuple[int, int]], kind: str
) -> None:
    """A wrong step is looked up in what was told of its stream, which may come in pieces."""
    assert verdict.kind_of(pair, step, missed) == kind


def test_the_verdict_says_which() -> None:
    """By kind, what nobody was told of first."""
    trail = trail_of(1, 4, 6, 5, 6)
    (found,) = verdict.compare(TRADE, trail, [range(4, 7)], 6, [(2, 3)])[:1]
    assert found == (
        f"{TRADE}: 3 wrong steps: 1 lost without a word [(4, 6)], 1 lost and told [(1, 4)], "
        "1 repeated or out of order [(6, 5)]"
    )


HOUR = range(0, 3600, 5)
FLAT = [(float(second), 300_000.0) for second in HOUR]


@pytest.mark.parametrize(
    ("of_a_second", "wrong"),
    [
        (lambda t: 300_000 - t, 0),
        (lambda t: 300_000 + t % 600 * 100, 0),
        (lambda t: 300_000 + 90_000 * (t < 500), 0),
        (lambda t: 300_000 + 90_000 * (1500 < t < 2000), 0),
        (lambda t: 300_000 + 20 * t, 1),
        (lambda t: 300_000 + t // 600 * 6_000, 1),
    ],
    ids=["less", "a saw", "at first", "for a while", "a leak", "a leak in steps"],
)
def test_memory_that_leaks_is_found(of_a_second: Callable[[int], float], wrong: int) -> None:
    """By the medians of the first and the last third after the warm-up."""
    blocks = [(float(second), float(of_a_second(second))) for second in HOUR]
    assert len(verdict.growth([(t, 60.0) for t, _ in FLAT], blocks)) == wrong


@pytest.mark.parametrize(("mib", "wrong"), [(0.0, 0), (20.0, 0), (50.0, 1)])
def test_resident_memory_has_a_bound(mib: float, wrong: int) -> None:
    """One burst of messages may make it larger; what is beyond that is found, whoever allocates it."""
    resident = [(t, 60.0 + (mib if t > 1800 else 0.0)) for t, _ in FLAT]
    assert len(verdict.growth(resident, FLAT)) == wrong


def test_threads_and_descriptors_are_watched() -> None:
    """Those that pile up while it runs, and those that are left at its end."""
    assert verdict.crowding("threads", [(t, 40 + t / 60) for t, _ in FLAT])
    assert verdict.crowding("threads", [(t, 40 + t % 7) for t, _ in FLAT]) == []
    before = {"descriptors": 5.0}
    assert verdict.left(before, before, []) == []
    assert verdict.left(before, before, ["binance_ws timer"]) == ["threads are left: binance_ws timer"]
    assert verdict.left(before, {"descriptors": 6.0}, []) == ["1 descriptors are left"]


@pytest.mark.parametrize("came", [[1, 2, 4], [1, 1], [2, 1]])
def test_a_ledger_judges_by_itself(came: list[int]) -> None:
    """Without the exchange's own numbers a hole, a repeated message and a wrong order are found all the same."""
    assert len(judge(Ledger({TRADE: trail_of(*came)}))) == 1
    assert judge(Ledger({TRADE: trail_of(1, 2, 3)})) == []


def test_what_is_numbered() -> None:
    """Trades, aggregated trades and closed candles; what was missed is kept."""
    assert number_of(TRADE, {"t": 5}) == 5
    assert number_of("btcusdt@aggTrade", {"a": 6}) == 6
    assert number_of("btcusdt@kline_1s", {"k": {"t": 7000, "x": True}}) == 7000
    assert number_of("btcusdt@kline_1s", {"k": {"t": 7000, "x": False}}) is None
    assert number_of("btcusdt@depth", {"u": 5}) is None
    assert (step_of(TRADE), step_of("btcusdt@kline_1s"), step_of("btcusdt@kline_1m")) == (1, 1000, MINUTE)
    ledger = Ledger(markets={"of futures": "usdm:"})
    for key, stream in [("k", TRADE), ("of futures", TRADE), ("k", "btcusdt@depth")]:
        ledger.hear(events.Missed(key, stream, 1, 2))
    assert ledger.missed == {TRADE: [(1, 2)], f"usdm:{TRADE}": [(1, 2)]}
