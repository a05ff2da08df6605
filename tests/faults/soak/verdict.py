"""What a soak's judgement is: streams against what the exchange made, and resources that must not grow."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .trail import KEPT, Trail

MOST_MIB = 32.0
"""How much resident memory may have grown after the warm-up: messages that wait for a long gap take more, once,
and what the allocator was given it seldom gives back."""

MOST_BLOCKS = 20_000.0
"""How many more blocks of memory Python may have allocated then: what leaks shows here, and nothing else does."""

MOST_THREADS = 10.0
"""How much the number of threads or descriptors may have grown; faults make it go up and down."""

Point = tuple[float, float]
Pair = tuple[int, int]

AGAIN, TOLD, SILENT = "repeated or out of order", "lost and told", "lost without a word"
"""What a wrong step may be."""


def compare(
    name: str, trail: Trail, made: Sequence[range], mark: int, missed: Sequence[Pair] = ()
) -> list[str]:
    """What is wrong with a stream.

    Args:
        name: of the stream.
        trail: what was delivered.
        made: what the exchange made, each unbroken run as a range, to the end of the trail at least.
        mark: the last number that had to be delivered.
        missed: what was told to be missing, first to last.
    """
    if trail.first is None or trail.last is None:
        return [f"{name}: nothing came, though it was made up to {mark}"]
    found = []
    if trail.last < mark:
        found.append(f"{name}: ends with {trail.last}, though it was made up to {mark}")
    breaks = {(before[-1], after[0]) for before, after in itertools.pairwise(made)}
    wrong = [pair for pair in trail.pairs if pair not in breaks]
    if wrong or trail.wrong > KEPT:
        found.append(f"{name}: {trail.wrong} wrong steps: {_sorted(wrong, trail.step, missed)}")
    expected = sum(_within(run, trail.first, trail.last) for run in made)
    if trail.count != expected:
        found.append(
            f"{name}: {trail.count} from {trail.first} to {trail.last}, of which {expected} were made"
        )
    return found


def kind_of(pair: Pair, step: int, missed: Sequence[Pair]) -> str:
    """What a wrong step is, from one number to another: whether all between them was told to be missing."""
    number, after = pair[0] + step, pair[1]
    if after < number:
        return AGAIN
    for first, last in sorted(missed):
        if first <= number <= last:
            number = last + step
    return TOLD if number >= after else SILENT


def _sorted(wrong: Sequence[Pair], step: int, missed: Sequence[Pair]) -> str:
    """Wrong steps by what they are, the first ones of each kind in figures."""
    kinds: dict[str, list[Pair]] = {kind: [] for kind in (SILENT, TOLD, AGAIN)}
    for pair in wrong:
        kinds[kind_of(pair, step, missed)].append(pair)
    return ", ".join(f"{len(pairs)} {kind} {pairs[:3]}" for kind, pairs in kinds.items() if pairs)


def _within(run: range, first: int, last: int) -> int:
    """How many numbers of a run, which is not empty, lie between two numbers, both included."""
    least, most = max(run[0], first), min(run[-1], last)
    return max(0, (most - least) // run.step + 1)


@dataclass(frozen=True)
class Trend:
    """Where values begin and end: the medians of the first and of the last third, and the seconds between them.

    Medians, because memory goes in steps: one burst of messages makes it larger once. What leaks, goes on.
    """

    begins: float
    ends: float
    seconds: float

    @property
    def grown(self) -> float:
        """From the one to the other."""
        return self.ends - self.begins

    @property
    def hourly(self) -> float:
        """An hour."""
        return self.grown * 3600 / self.seconds if self.seconds else 0.0


def trend(points: Sequence[Point]) -> Trend:
    """The trend of values by time in seconds."""
    third = max(1, len(points) // 3)
    first, last = points[:third], points[-third:]
    times = [median(moment for moment, _ in part) for part in (first, last)]
    begins, ends = (median(value for _, value in part) for part in (first, last))
    return Trend(begins, ends, times[1] - times[0])


def warmed_up(points: Sequence[Point]) -> list[Point]:
    """What was measured after the first third, or the first ten minutes where a third is longer."""
    first, last = points[0][0], points[-1][0]
    begin = first + min(600.0, (last - first) / 3)
    return [point for point in points if point[0] >= begin]


def growth(resident: Sequence[Point], blocks: Sequence[Point]) -> list[str]:
    """What is wrong with memory, in MiB, and with Python's blocks of it, by time in seconds."""
    mib, more = trend(warmed_up(resident)).grown, trend(warmed_up(blocks)).grown
    found = [f"memory grew by {mib:.1f} MiB; {MOST_MIB:g} are allowed"] if mib > MOST_MIB else []
    leak = f"Python's memory grew by {more:,.0f} blocks; {MOST_BLOCKS:,.0f} are allowed"
    return found + ([leak] if more > MOST_BLOCKS else [])


def crowding(name: str, points: Sequence[Point]) -> list[str]:
    """What is wrong with the number of threads or descriptors by time in seconds."""
    fitted = trend(warmed_up(points))
    return [f"{name} grew by {fitted.grown:.0f}"] if fitted.grown > MOST_THREADS else []


def left(before: dict[str, float], after: dict[str, float], threads: Sequence[str]) -> list[str]:
    """What is left when everything is closed: threads by name, and descriptors."""
    found = [f"threads are left: {', '.join(threads)}"] if threads else []
    more = after["descriptors"] - before["descriptors"]
    return found + ([f"{more:.0f} descriptors are left"] if more > 0 else [])
