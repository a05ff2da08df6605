"""What happens to a socket, as values for ``on_event``; none of them carries a secret."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened to the socket ``key``."""

    key: str


@dataclass(frozen=True)
class Connected(Event):
    """A connection opened; ``streams`` is how many streams it carries."""

    streams: int


@dataclass(frozen=True)
class Lost(Event):
    """An attempt failed or an open connection ended; ``cause`` says why."""

    cause: BaseException


@dataclass(frozen=True)
class Retrying(Event):
    """The next attempt, number ``attempt`` since the last success, comes in ``seconds``."""

    attempt: int
    seconds: float


@dataclass(frozen=True)
class Refused(Event):
    """The exchange refused to subscribe ``streams``."""

    streams: tuple[str, ...]
    cause: BaseException


@dataclass(frozen=True)
class GivenUp(Event):
    """The retries are used up, or trying again would not help; the key is free again."""

    cause: BaseException


@dataclass(frozen=True)
class Missed(Event):
    """Messages of ``stream`` from ``first`` to ``last`` (ids or open times) are missing and stay so."""

    stream: str
    first: int
    last: int


@dataclass(frozen=True)
class Backfilled(Event):
    """``count`` messages of ``stream`` that were missing have been fetched and delivered in their place."""

    stream: str
    count: int


@dataclass(frozen=True)
class Rotated(Event):
    """A new connection took over from an old one, without a gap; ``reason`` says why."""

    reason: str


@dataclass(frozen=True)
class Silent(Event):
    """``stream`` has sent nothing for ``seconds``, though its connection is alive.

    A stream that fell silent alone is delisted, misspelt, or on a wrong route. Where it has never spoken and the
    exchange's list of symbols tells why, ``reason`` says so.
    """

    stream: str
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Renewed(Event):
    """The stream of an account was renewed and lives until ``expires``, in milliseconds since the epoch."""

    expires: int


@dataclass(frozen=True)
class MayMiss(Event):
    """The stream of an account was down: what happened ``since`` (ms since the epoch) may not have been told.

    The exchange sends nothing again; ``reconcile=True`` asks REST for it.
    """

    since: int


@dataclass(frozen=True)
class BookSynced(Event):
    """The order book of ``stream`` is up to date, as of an update id."""

    stream: str
    update_id: int


@dataclass(frozen=True)
class BookStale(Event):
    """The order book of ``stream`` is not up to date any more; ``reason`` says why."""

    stream: str
    reason: str
