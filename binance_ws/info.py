"""The numbers of a socket, as users see them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import NamedTuple

from .core.lifecycle import State
from .core.times import lag
from .feed import Feed
from .net.mailbox import Mailbox
from .notebook.tables import socket_line, sockets_table
from .target import Target


@dataclass(frozen=True, repr=False)
class SocketInfo:
    """A snapshot of one socket.

    Args:
        key: its key.
        state: ``new``, ``connecting``, ``open``, ``waiting`` or ``closed``; of the worst of its connections. One
            that carries no streams is ``open`` and has none.
        streams: how many streams it carries.
        messages: messages received.
        bytes: bytes received, frames' headers included.
        last: seconds since something came, pings included; ``None`` where nothing has.
        lag: milliseconds from the last message's event time to now by this machine's clock; ``None`` where
            messages carry no time.
        reconnects: times that a connection was lost, or could not be opened.
        rotations: times that a connection was replaced without a gap.
        gaps: gaps in the order of messages that were noticed.
        backfilled: messages that were missing and have been fetched.
        repeated: messages that had been delivered before, and were dropped.
        malformed: messages that were no JSON.
        errors: exceptions that the callback raised.
        ages: for each stream, seconds since it sent something; ``None`` where it has not.
        market: the market of its key; ``"account"`` for the stream of an account.
        dropped: messages that its mailbox dropped because it was full.
        waiting: messages that wait in its mailbox to be taken.
    """

    key: str
    state: State
    streams: int
    messages: int
    bytes: int
    last: float | None
    lag: float | None
    reconnects: int
    rotations: int
    gaps: int
    backfilled: int
    repeated: int
    malformed: int
    errors: int
    ages: dict[str, float | None]
    market: str = ""
    dropped: int = 0
    waiting: int = 0

    def __repr__(self) -> str:
        return socket_line(self)

    def _repr_html_(self) -> str:
        return sockets_table([self])


class Sockets(list[SocketInfo]):
    """Snapshots of sockets, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return sockets_table(self)


class Counts(NamedTuple):
    """What feeds have counted, named as in :class:`SocketInfo`."""

    messages: int = 0
    bytes: int = 0
    reconnects: int = 0
    rotations: int = 0
    malformed: int = 0

    def plus(self, feed: Feed) -> Counts:
        """With what one more has counted."""
        delivery = feed.delivery
        more = (delivery.messages, feed.received, feed.reconnects, feed.rotations, delivery.malformed)
        return Counts(*map(add, self, more))


def describe(
    key: str,
    market: str,
    state: State,
    counted: tuple[Sequence[Feed], Counts],
    target: Target,
    box: Mailbox | None,
) -> SocketInfo:
    """A snapshot of a socket.

    Args:
        key, market, state: as of its information.
        counted: its feeds, and what those have counted that are there no more.
        target: its way to the callback.
        box: the mailbox on it, if any.
    """
    (feeds, past), tracks, now = counted, list(target.tracks.values()), time.monotonic()
    counts = reduce(Counts.plus, feeds, past)
    heard = [c.last for feed in feeds for c in feed.connections if c.last is not None]
    wall = time.time()
    lags = [late for feed in feeds if (late := lag(feed.delivery.last, wall)) is not None]
    return SocketInfo(
        key=key,
        state=state,
        streams=len(tracks),
        messages=counts.messages,
        bytes=counts.bytes,
        last=now - max(heard) if heard else None,
        lag=min(lags, default=None),
        reconnects=counts.reconnects,
        rotations=counts.rotations,
        gaps=target.gaps + sum(track.gaps for track in tracks),
        backfilled=target.backfilled + sum(track.backfilled for track in tracks),
        repeated=target.repeated + sum(track.repeated for track in tracks),
        malformed=counts.malformed,
        errors=target.errors,
        ages={t.stream.name: None if t.seen is None else now - t.seen for t in tracks},
        market=market,
        dropped=0 if box is None else box.dropped,
        waiting=0 if box is None else len(box),
    )
