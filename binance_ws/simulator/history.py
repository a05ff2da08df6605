"""What happened lately, by id: trades, aggregate trades, block trades; REST reads it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Generic, Protocol, TypeVar

KEPT = 100_000


class Numbered(Protocol):
    """Something with an id that rises by one and a time in ms."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def time(self) -> int:
        """When it happened, in ms."""


T = TypeVar("T", bound=Numbered)


class History(Generic[T]):
    """The last things of one kind, ids rising."""

    def __init__(self) -> None:
        self._things: deque[T] = deque(maxlen=KEPT)
        self._runs: list[tuple[int, int]] = []
        # No id follows on this one.
        self._first = self._last = -2

    def add(self, thing: T) -> None:
        """Remember a thing."""
        if thing.id != self._last + 1:
            self._break(thing.id)
        self._last = thing.id
        self._things.append(thing)

    def _break(self, id: int) -> None:
        if self._things:
            self._runs.append((self._first, self._last))
        self._first = id

    @property
    def ids(self) -> list[range]:
        """All ids that there ever were, each unbroken run of them as a range."""
        runs = [*self._runs, *([(self._first, self._last)] if self._things else [])]
        return [range(first, last + 1) for first, last in runs]

    def latest(self, limit: int) -> list[T]:
        """The last ``limit`` things, oldest first."""
        return list(islice(reversed(self._things), limit))[::-1]

    def since(self, first: int, limit: int) -> list[T]:
        """At most ``limit`` things from an id on."""
        return [*islice(self._from(first), limit)]

    def _from(self, first: int) -> Iterator[T]:
        if not self._things:
            return iter(())
        # Reading a deque from its near end is fast, and backfills ask for what is recent.
        behind = self._things[-1].id - first + 1
        if behind >= len(self._things):
            return iter(self._things)
        return reversed(list(islice(reversed(self._things), max(behind, 0))))

    def within(self, start: int | None, end: int | None, limit: int) -> list[T]:
        """At most ``limit`` things between two times in ms: the first ones after ``start``, else the last ones."""
        inside = [
            t for t in self._things if (start is None or t.time >= start) and (end is None or t.time <= end)
        ]
        return inside[:limit] if start is not None else inside[-limit:]

    def __iter__(self) -> Iterator[T]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)
