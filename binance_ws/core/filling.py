"""A gap while it is being filled: what to ask for next, what was found, what is missing. No clock, no network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..streams.kinds import Stream
from .backfill import Message, Source
from .intervals import following
from .sequence import Gap, interval_of

PATIENCE = 3
"""Answers without anything new after which candles are taken not to exist: in a halt there are none."""


class Filling:
    """One gap.

    Args:
        stream: whose.
        gap: what is missing.
        source: where it is asked for.
        limit: messages that are fetched at most; the newest ones where more are missing.
    """

    def __init__(self, stream: Stream, gap: Gap, source: Source, limit: int) -> None:
        self._stream, self._source, self._limit = stream, source, limit
        fits = source.by_time or gap.last - gap.first < limit
        self._first = gap.first if fits else gap.last - limit + 1
        self._last = gap.last
        self._skipped = None if fits else Gap(gap.first, self._first - 1)
        self._rows: dict[int, Any] = {}
        self._fruitless = 0

    @property
    def next(self) -> int:
        """The first place that nothing was found for yet."""
        return self._behind(max(self._rows)) if self._rows else self._first

    def _behind(self, place: int) -> int:
        if not self._source.by_time:
            return place + 1
        return following(place, interval_of(self._stream), self._stream.name.endswith("@+08:00"))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the next request."""
        return self._source.params(self._stream, Gap(self.next, self._last), self._limit)

    def take(self, rows: Iterable[Any]) -> bool:
        """Take an answer; whether it had anything new.

        Raises:
            LookupError, TypeError, ValueError: a row is not what the exchange documents.
        """
        begin = self.next
        places = ((self._source.position(row), row) for row in rows)
        self._rows.update((place, row) for place, row in places if begin <= place <= self._last)
        self._fruitless = 0 if self.next > begin else self._fruitless + 1
        return not self._fruitless

    @property
    def done(self) -> bool:
        """Whether there is no more to ask for. Ids come in the end; candles of a halt never do."""
        return self.next > self._last or (self._source.by_time and self._fruitless >= PATIENCE)

    def found(self) -> list[Message]:
        """The messages that were found, in order, as they would have come live.

        Raises:
            LookupError, TypeError, ValueError: as :meth:`take` does.
        """
        return [self._source.message(self._stream, self._rows[place]) for place in sorted(self._rows)]

    def missing(self) -> list[Gap]:
        """What was too much to fetch, and the end that was not found; one piece where nothing lies between."""
        end = Gap(self.next, self._last) if self.next <= self._last else None
        if self._skipped and end and not self._rows:
            return [Gap(self._skipped.first, self._last)]
        return [gap for gap in (self._skipped, end) if gap]
