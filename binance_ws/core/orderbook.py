"""A local order book by the exchange's rules: a snapshot, and then each diff in its place or not at all.

The exchange's page: "How to manage a local order book correctly", one for spot and one for futures and options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..errors import ArgumentError
from .bounds import bounds_of
from .ladder import Change, Ladder, finish
from .levels import Best, BookSnapshot, Levels, Side
from .reading import Readable

Message = Mapping[str, Any]


class Applied(Enum):
    """What became of a diff."""

    APPLIED = "applied"
    STALE = "stale"
    """The book contains it already; it was dropped."""
    GAP = "gap"
    """Something before it is missing; it was dropped, and so is every other until a new snapshot."""


APPLIED, STALE, GAP = Applied


@dataclass(frozen=True)
class Rule:
    """How a market numbers its diffs: each has all changes after one update id, up to its ``u``.

    Args:
        name: for people.
        field: tells after which update id.
        offset: what to take from that field.
        linked: whether a diff must begin exactly where the last one ended; else it may begin earlier. The
            first after a snapshot always may.
        repeats: whether the first diff may be one that ends at the snapshot's id.
    """

    name: str
    field: str
    offset: int
    linked: bool
    repeats: bool

    def judge(self, diff: Message, last: int, first: bool) -> Applied:
        """Whether a diff goes on from a book.

        Args:
            diff: the diff.
            last: the book's update id.
            first: whether it would be the first after the snapshot.
        """
        end: int = diff["u"]
        if end < last or (end == last and not (first and self.repeats)):
            return STALE
        begin: int = diff[self.field] - self.offset
        joins = begin == last if self.linked and not first else begin <= last
        return APPLIED if joins else GAP


SPOT = Rule("spot", field="U", offset=1, linked=False, repeats=False)
FUTURES = Rule("futures", field="pu", offset=0, linked=True, repeats=True)


# How readers and the writer go without a lock. The versions of a book are a linked list. The writer links a
# version to the one before it, then changes the sides in place, and only then makes it the book's. So a reader
# whose version is still the last link after it has copied levels has copied that version. Else a diff is under
# way, and the reader finishes it on copies of its own: it copies both sides, walks the links to the end, and makes
# all those changes again. Quantities are absolute, so a change that was made before is only made once more, and
# what comes out is exactly the version at the end of the walk. The writer never waits; a reader never tries
# twice, however busy the writer is; and a diff costs one small object, not a copy of the book. This rests on a
# list's slice and a dict being copied in one step, and a reference being read or set in one: under the
# interpreter lock, and under each object's own in free-threaded Python. A snapshot begins another linked list with
# sides of its own; a reader that is still at the old one reads on undisturbed.


class _Version:
    """The book as of one update; ``next`` is the update after it, from before its first change is made."""

    __slots__ = ("asks", "best", "bids", "changes", "next", "time", "update_id")

    def __init__(
        self,
        update_id: int,
        time: int | None,
        sides: tuple[Ladder, Ladder],
        changes: tuple[list[Change], list[Change]] = ([], []),
    ) -> None:
        self.update_id = update_id
        self.time = time
        self.bids, self.asks = sides
        self.changes = changes
        self.next: _Version | None = None
        self.best = Best(update_id, None, None)

    def make(self) -> None:
        """Make the changes."""
        bids, asks = self.changes
        self.bids.update(bids)
        self.asks.update(asks)
        self.best = Best(self.update_id, self.bids.best(), self.asks.best())


class OrderBook(Readable):
    """The order book of one symbol.

    One thread applies, any thread reads, and neither waits for the other: a read is of one moment. What is shown
    has no holes: where the snapshot was cut, no levels beyond its last one are shown, and where too few are left,
    ``GAP`` asks for a new snapshot.

    Args:
        symbol: the symbol, for people.
        rule: ``SPOT``, or ``FUTURES`` for USD-M, COIN-M and options.
        depth: show at most so many levels a side, and keep 1,000 more; ``None`` shows and keeps all.
        limit: levels a side that snapshots were asked for. Where that is well over ``depth``, there are never less
            than ``depth``. ``None``: a snapshot has all, or at least ``depth``.

    Raises:
        ArgumentError: the depth is not positive.
    """

    def __init__(self, symbol: str, rule: Rule, depth: int | None = None, limit: int | None = None) -> None:
        self.symbol = symbol
        self.rule = rule
        self.depth = None if depth is None else _positive(depth, "depth")
        self.synced = False
        self._first = True
        self._bounds = bounds_of(depth, limit)
        self._version = _Version(0, None, (Ladder(Side.BIDS), Ladder(Side.ASKS)))

    @property
    def update_id(self) -> int:
        """The last update that the book contains; 0 before the first snapshot."""
        return self._version.update_id

    @property
    def time(self) -> int | None:
        """The exchange's time of that update in ms, or ``None`` where a snapshot did not tell."""
        return self._version.time

    @property
    def low(self) -> bool:
        """Whether it should have a new snapshot soon: few of the levels that it knows are left."""
        now = self._version
        return now.bids.low or now.asks.low

    def apply_snapshot(self, snapshot: Message) -> None:
        """Begin anew.

        Args:
            snapshot: the exchange's answer, with ``lastUpdateId``, ``bids`` and ``asks``.
        """
        bids = Ladder(Side.BIDS, snapshot["bids"], self._bounds)
        asks = Ladder(Side.ASKS, snapshot["asks"], self._bounds)
        version = _Version(snapshot["lastUpdateId"], snapshot.get("E"), (bids, asks))
        version.make()
        self._version = version
        self._first = self.synced = True

    def apply_diff(self, diff: Message) -> Applied:
        """Apply a diff where it follows; a book that has seen a gap stays as it was until a new snapshot.

        Args:
            diff: a ``depthUpdate`` of this symbol; it is neither changed nor kept.
        """
        if not self.synced:
            return GAP
        verdict = self.rule.judge(diff, self._version.update_id, self._first)
        if verdict is APPLIED:
            self._follow(diff)
        elif verdict is GAP:
            self.synced = False
        return verdict if self.synced else GAP

    def _follow(self, diff: Message) -> None:
        now = self._version
        bids, asks = now.bids, now.asks
        changes = bids.parse(diff["b"]), asks.parse(diff["a"])
        version = _Version(diff["u"], diff.get("E"), (bids, asks), changes)
        try:
            now.next = version
            version.make()
            self._version = version
            self._first = False
        except BaseException:  # Ctrl-C in between: readers finish the diff, but no other can follow it
            self.synced = False
            raise
        if bids.short or asks.short:
            self.synced = False

    def best(self) -> Best:
        """The best bid and ask."""
        return self._version.best

    def top(self, count: int) -> BookSnapshot:
        """The best levels of both sides, of one moment; no more than are shown."""
        return self._read(_positive(count, "count"))

    def snapshot(self) -> BookSnapshot:
        """All levels that are shown, of one moment; it never changes."""
        return self._read(None)

    def _read(self, count: int | None) -> BookSnapshot:
        shown = min(filter(None, (count, self.depth)), default=None)
        version = self._version
        bids, asks = version.bids.top(shown), version.asks.top(shown)
        if version.next is not None:
            version, bids, asks = _finished(version, shown)
        return BookSnapshot(self.symbol, version.update_id, version.time, bids, asks)


def _finished(version: _Version, count: int | None) -> tuple[_Version, Levels, Levels]:
    """The last version after this one, on copies; the sides are copied before the links are walked."""
    bids, asks = version.bids.copy_rows(), version.asks.copy_rows()
    changes: tuple[list[Change], list[Change]] = ([], [])
    while version.next is not None:
        version = version.next
        changes[0].extend(version.changes[0])
        changes[1].extend(version.changes[1])
    return version, finish(bids, changes[0], count), finish(asks, changes[1], count)


def _positive(number: int, name: str) -> int:
    if number < 1:
        raise ArgumentError(f"{name} must be at least 1, not {number!r}.")
    return number
