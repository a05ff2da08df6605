"""What happens to a socket, as values for ``on_event`` and lines for the log; none of them carries a secret."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import ClassVar

LONGEST = 80
"""Characters of a key that a line shows: the key of a socket of many streams is made of all their names."""


@dataclass(frozen=True)
class Event:
    """Something that happened to the socket ``key``.

    ``str(event)`` is a line for people; ``event.level`` is the level at which the log has it.
    """

    level: ClassVar[int] = logging.INFO

    key: str

    def __str__(self) -> str:
        return f"{_place(self.key)}: {type(self).__name__}"


@dataclass(frozen=True)
class Connected(Event):
    """A connection opened; ``streams`` is how many streams it carries."""

    streams: int

    def __str__(self) -> str:
        carried = f" with {self.streams} streams" if self.streams > 1 else ""
        return f"{_place(self.key)} is connected{carried}"


@dataclass(frozen=True)
class Lost(Event):
    """An attempt failed or an open connection ended; ``cause`` says why."""

    level = logging.WARNING

    cause: BaseException

    def __str__(self) -> str:
        return f"{_place(self.key)} is disconnected: {_said(self.cause)}"


@dataclass(frozen=True)
class Retrying(Event):
    """The next attempt, number ``attempt`` since the last success, comes in ``seconds``."""

    attempt: int
    seconds: float

    def __str__(self) -> str:
        when = f"in {self.seconds:.1f} s" if self.seconds else "at once"
        number = f", attempt {self.attempt}" if self.attempt else ""
        return f"{_place(self.key)} connects again {when}{number}"


@dataclass(frozen=True)
class Refused(Event):
    """The exchange refused to subscribe ``streams``."""

    level = logging.ERROR

    streams: tuple[str, ...]
    cause: BaseException

    def __str__(self) -> str:
        return f"{_place(self.key)}: {_said(self.cause)}"


@dataclass(frozen=True)
class GivenUp(Event):
    """The retries are used up, or trying again would not help; the key is free again."""

    level = logging.ERROR

    cause: BaseException

    def __str__(self) -> str:
        return f"{_place(self.key)} is given up: {_said(self.cause)}"


@dataclass(frozen=True)
class Stopped(Event):
    """The user stopped the socket, or closed its manager; the key is free again."""

    def __str__(self) -> str:
        return f"{_place(self.key)} is stopped"


@dataclass(frozen=True)
class Missed(Event):
    """Messages of ``stream`` are missing and stay so, from ``first`` to ``last``, which is one of them.

    These are ids, or update ids of a book, or the open times of closed candles.
    """

    level = logging.WARNING

    stream: str
    first: int
    last: int

    def __str__(self) -> str:
        span = f"message {self.first} is" if self.first == self.last else f"{self.first} to {self.last} are"
        return f"{_place(self.key, self.stream)}: {span} missing and will not come"


@dataclass(frozen=True)
class Backfilled(Event):
    """``count`` messages of ``stream`` that were missing have been fetched and delivered in their place."""

    stream: str
    count: int

    def __str__(self) -> str:
        found = "1 missing message was" if self.count == 1 else f"{self.count} missing messages were"
        return f"{_place(self.key, self.stream)}: {found} fetched"


@dataclass(frozen=True)
class Rotated(Event):
    """A new connection took over from an old one, without a gap; ``reason`` says why."""

    reason: str

    def __str__(self) -> str:
        return f"{_place(self.key)} has moved to a new connection: {self.reason}"


@dataclass(frozen=True)
class Silent(Event):
    """``stream`` has sent nothing for ``seconds``, though its connection is alive.

    A stream that fell silent alone is delisted, misspelt, or on a wrong route. Where it has never spoken and the
    exchange's list of symbols tells why, ``reason`` says so.
    """

    level = logging.WARNING

    stream: str
    seconds: float
    reason: str = ""

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{_place(self.key, self.stream)} has sent nothing for {self.seconds:.0f} s{why}"


@dataclass(frozen=True)
class Renewed(Event):
    """The stream of an account was renewed and lives until ``expires``, in milliseconds since the epoch."""

    expires: int

    def __str__(self) -> str:
        return f"{_place(self.key)} is renewed until {_moment(self.expires)}"


@dataclass(frozen=True)
class MayMiss(Event):
    """The stream of an account was down: what happened ``since`` (ms since the epoch) may not have been told.

    The exchange sends nothing again; ``reconcile=True`` asks REST for it.
    """

    level = logging.WARNING

    since: int

    def __str__(self) -> str:
        return f"{_place(self.key)} may have missed what happened since {_moment(self.since)}"


@dataclass(frozen=True)
class BookSynced(Event):
    """The order book of ``stream`` is up to date, as of an update id."""

    stream: str
    update_id: int

    def __str__(self) -> str:
        return f"the book of {self.stream} is up to date, as of update {self.update_id}"


@dataclass(frozen=True)
class BookStale(Event):
    """The order book of ``stream`` is not up to date any more; ``reason`` says why."""

    stream: str
    reason: str

    def __str__(self) -> str:
        return f"the book of {self.stream} is stale: {self.reason}"


def shown(key: str) -> str:
    """A key as people see it: that of a socket of many streams is cut."""
    return key if len(key) <= LONGEST else f"{key[: LONGEST - 1]}…"


def _place(key: str, stream: str = "") -> str:
    """A key, and the stream where the key is not its name."""
    own = stream in ("", key, key.partition(":")[2])
    return shown(key) if own else f"{shown(key)}: {stream}"


def _said(cause: BaseException) -> str:
    """What an error says, in one line."""
    return " ".join(str(cause).split()) or type(cause).__name__


def _moment(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
