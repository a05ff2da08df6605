"""A gap while it is being filled: what to ask for next, what was found, what is missing. No clock, no network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from ..streams.kinds import Stream
from .backfill import Message, Source
from .intervals import following
from .sequence import Gap, interval_of

_AHEAD = "5m"
"""How far behind the gap candles are asked for: a stream waits no longer than that."""

Step = Callable[[int, int], int]
"""The place so many steps behind another one; before it, where the number is negative."""


class Ids:
    """The way through ids: forwards, each page from where the last one ended. In the end they come.

    Args:
        gap: what is missing.
        limit: how many are asked for at most; the newest ones.
    """

    def __init__(self, gap: Gap, limit: int) -> None:
        self._next = max(gap.first, gap.last - limit + 1)
        self._last = gap.last

    @property
    def asked(self) -> Gap:
        """What is to be asked for."""
        return Gap(self._next, self._last)

    @property
    def done(self) -> bool:
        """Whether there is no more to ask for."""
        return self._next > self._last

    def settled(self, places: Collection[int]) -> int:
        """The place before which an answer's rows will not change any more: none of them will."""
        return self._last + 1

    def take(self, places: Collection[int]) -> bool:
        """Take the places of an answer's rows; whether that leads any further."""
        before = self._next
        self._next = max(before, max(places, default=before - 1) + 1)
        return self._next > before


class Candles:
    """The way through candles: first the gap's end, until the database has what came after it; then backwards.

    A candle that the database has may lack its last trades, and one that it has not may come yet, as it lags the
    streams. Both are settled by a later candle: what lies before that is all there will ever be, so that a halt,
    which has none, is not waited for.

    Args:
        gap: what is missing.
        limit: how many are asked for at most; the newest ones.
        page: how many of them at once.
        step: from one open time to another.
    """

    def __init__(self, gap: Gap, limit: int, page: int, step: Step) -> None:
        self._step, self._page = step, page
        self._live = step(gap.last, 1)
        self._first = max(gap.first, step(self._live, -limit))
        self._from = max(self._first, step(self._live, -page))
        self._to = following(self._live, _AHEAD)
        self._newest = gap.first

    @property
    def asked(self) -> Gap:
        """What is to be asked for."""
        return Gap(self._from, self._to)

    @property
    def done(self) -> bool:
        """Whether there is no more to ask for."""
        return self._to < self._first

    def settled(self, places: Collection[int]) -> int:
        """The place before which an answer's rows will not change any more: its newest one may."""
        newest = max(places, default=self._from)
        return newest if max(newest, self._newest) < self._live else self._live

    def take(self, places: Collection[int]) -> bool:
        """Take the places of an answer's rows; whether that leads any further."""
        before = self._newest
        self._newest = max(before, max(places, default=before))
        if self._newest < self._live:
            return self._newest > before
        self._to = self._step(self._from, -1)
        self._from = max(self._first, self._step(self._from, -self._page))
        return True


class Filling:
    """One gap. One thread takes answers; any thread may ask meanwhile what was found.

    Args:
        stream: whose.
        gap: what is missing.
        source: where it is asked for.
        limit: messages that are fetched at most; the newest ones where more are missing.
    """

    def __init__(self, stream: Stream, gap: Gap, source: Source, limit: int) -> None:
        self.source = source
        self._stream, self._gap = stream, gap
        self._rows: dict[int, Any] = {}
        self._step: Step = partial(_opened, stream) if source.by_time else int.__add__
        self._most = source.most if source.by_time else limit
        half = source.most // 2  # of an answer; the other one is for candles that have opened since
        self._way = Candles(gap, limit, half, self._step) if source.by_time else Ids(gap, limit)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the next request."""
        return self.source.params(self._stream, self._way.asked, self._most)

    @property
    def done(self) -> bool:
        """Whether there is no more to ask for."""
        return self._way.done

    def take(self, rows: Iterable[Any]) -> bool:
        """Take an answer; whether that leads any further.

        Raises:
            LookupError, TypeError, ValueError: a row is not what the exchange documents.
        """
        found = {self.source.position(row): row for row in rows}
        first, behind = self._way.asked.first, self._way.settled(found.keys())
        self._rows.update({place: row for place, row in found.items() if first <= place < behind})
        return self._way.take(found.keys())

    def otherwise(self) -> bool:
        """Ask in another way from here on, as the exchange refuses this one; whether there is one."""
        other = self.source.otherwise
        self.source = other or self.source
        return other is not None

    def so_far(self) -> tuple[list[Message], list[Gap]]:
        """What was found until now, in order, as it would have come live; and what is missing besides.

        Raises:
            LookupError, TypeError, ValueError: as :meth:`take` does.
        """
        rows = sorted(self._rows.copy().items())
        found = [self.source.message(self._stream, row) for _, row in rows]
        return found, self._between(place for place, _ in rows)

    def found(self) -> list[Message]:
        """What was found until now."""
        return self.so_far()[0]

    def missing(self) -> list[Gap]:
        """What is missing besides."""
        return self.so_far()[1]

    def _between(self, places: Iterable[int]) -> list[Gap]:
        """The pieces of the gap that have no rows."""
        expected, pieces = self._gap.first, []
        for place in [*places, self._step(self._gap.last, 1)]:
            if place > expected:
                pieces.append(Gap(expected, max(expected, self._step(place, -1))))
            expected = self._step(place, 1)
        return pieces


def _opened(stream: Stream, place: int, steps: int) -> int:
    return following(place, interval_of(stream), stream.name.endswith("@+08:00"), steps)
