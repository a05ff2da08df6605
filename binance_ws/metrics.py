"""What managers count, for Prometheus: read when it is scraped, so that nothing is done in between.

Counters of a socket that is closed stay as they were, and go on where its key is opened again: they never go down.
Needs the extra ``metrics``.
"""

from __future__ import annotations

import re
import threading
import weakref
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from . import events
from .core.lifecycle import State
from .core.totals import Labels, Totals
from .errors import MissingExtra
from .info import SocketInfo
from .net.limits import Standing, standings

if TYPE_CHECKING:
    from prometheus_client import Metric
    from prometheus_client.registry import Collector

    from .manager import BinanceSocketManager
else:
    Collector = object


CLOSED = 1000
"""Sockets, or books, of a manager whose counters are kept after their end; the eldest go first."""

LONGEST = 100
"""Characters of a key that a label shows; the names of hundreds of streams would make it longer."""


@dataclass(frozen=True)
class Family:
    """One metric.

    Args:
        name: without ``binance_ws_`` and, of a counter, without ``_total``.
        help: what it is.
        labels: the names of its labels, besides ``manager``.
        counts: whether it only grows.
    """

    name: str
    help: str
    labels: Labels = ("key", "market")
    counts: bool = False


def _counter(name: str, help: str, labels: Labels = ("key", "market")) -> Family:
    return Family(name, help, labels, counts=True)


SOCKET_COUNTERS = {
    "messages": _counter("messages", "Messages received."),
    "bytes": _counter("received_bytes", "Bytes received, frames' headers included."),
    "reconnects": _counter("reconnects", "Times that a connection was lost, or could not be opened."),
    "rotations": _counter("rotations", "Times that a connection was replaced without a gap."),
    "gaps": _counter("gaps", "Gaps in the order of messages that were noticed."),
    "backfilled": _counter("backfilled_messages", "Missing messages that were fetched."),
    "repeated": _counter("repeated_messages", "Messages that had been delivered before, and were dropped."),
    "dropped": _counter("dropped_messages", "Messages that a full mailbox dropped."),
    "malformed": _counter("malformed_messages", "Messages that were no JSON."),
    "errors": _counter("callback_errors", "Exceptions that callbacks raised."),
}
"""The counters of sockets, by the field of :class:`SocketInfo` that has them."""

SOCKET_GAUGES: dict[Family, Callable[[SocketInfo], float | None]] = {
    Family("streams", "Streams that a socket carries."): attrgetter("streams"),
    Family("last_frame_age_seconds", "Since something came, pings included."): attrgetter("last"),
    Family("lag_seconds", "From the last message's event time to now by this machine's clock."): (
        lambda info: None if info.lag is None else info.lag / 1000
    ),
    Family("oldest_stream_age_seconds", "Since the stream that is silent the longest sent something."): (
        lambda info: max(_ages(info).values(), default=None)
    ),
    Family("unheard_streams", "Streams that have sent nothing yet."): (
        lambda info: len(info.ages) - len(_ages(info))
    ),
    Family("waiting_messages", "Messages in a mailbox that wait to be taken."): attrgetter("waiting"),
}

STATE = Family("socket_state", "1 for the state that a socket is in, else 0.", ("key", "market", "state"))
STREAM_AGE = Family("stream_age_seconds", "Since a stream sent something.", ("key", "market", "stream"))
EVENTS = _counter("events", "What happened to sockets, by kind of event.", ("event",))
RUNNING = Family("running", "Whether a manager is started.", ())
THREADS = Family("threads", "Threads of sockets that are alive.", ())
BOOK = Family("book_up_to_date", "Whether an order book is up to date.", ("stream", "market"))
RESYNCS = _counter("book_resyncs", "Times that an order book was built anew.", ("stream", "market"))
CONNECTS = Family("connects_left", "Connection attempts that a host's limit allows now.", ("host",))
WEIGHT = Family("request_weight_used", "Request weight used in this minute.", ("host", "pool"))
WEIGHT_LIMIT = Family(
    "request_weight_limit", "Request weight that we use in a minute at most.", ("host", "pool")
)
BANNED = Family("banned_seconds", "For how long a host asks to be left alone yet.", ("host",))

FAMILIES = (
    *SOCKET_COUNTERS.values(),
    *SOCKET_GAUGES,
    *(STATE, STREAM_AGE, EVENTS, RUNNING, THREADS, BOOK, RESYNCS, CONNECTS, WEIGHT, WEIGHT_LIMIT, BANNED),
)
"""Every metric, in the order in which they are given."""

_KINDS = {
    kind: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in events.Event.__subclasses__()
}


def collector(
    manager: BinanceSocketManager, name: str | None = None, *, streams: bool = False
) -> ManagerCollector:
    """What ``prometheus_client.REGISTRY.register`` takes: the numbers of a manager, started or not.

    Args:
        manager: the manager; it is not kept alive.
        name: what the label ``manager`` says; ``None`` for ``manager.name``.
        streams: whether the age of each stream is given, besides the oldest one's of each socket.

    Raises:
        MissingExtra: ``prometheus_client`` is not installed.
    """
    return ManagerCollector(streams).add(manager, name)


class ManagerCollector(Collector):
    """Collects the numbers of managers; made by :func:`collector`.

    Args:
        streams: whether the age of each stream is given.

    Raises:
        MissingExtra: ``prometheus_client`` is not installed.
    """

    def __init__(self, streams: bool) -> None:
        self._core = _core()
        self._streams = streams
        self._watched: dict[str, Watched] = {}

    def add(self, manager: BinanceSocketManager, name: str | None = None) -> ManagerCollector:
        """Collect the numbers of one more manager, instead of those of another one with that name; itself.

        Args:
            manager: the manager; it is not kept alive.
            name: what the label ``manager`` says; ``None`` for ``manager.name``.
        """
        label = manager.name if name is None else name
        elder = self._watched.pop(label, None)
        if elder is not None:
            elder.leave()
        self._watched[label] = Watched(manager)
        return self

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry takes several collectors only where they do not say what they will give."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The metrics now."""
        made = {family: self._made(family) for family in FAMILIES}
        for name, watched in list(self._watched.items()):
            for family, labels, value in watched.read(self._streams):
                made[family].add_metric((name, *labels), value)
        return [metric for metric in made.values() if metric.samples]

    def _made(self, family: Family) -> Any:
        kind = self._core.CounterMetricFamily if family.counts else self._core.GaugeMetricFamily
        return kind(f"binance_ws_{family.name}", family.help, labels=("manager", *family.labels))


def _core() -> Any:
    try:
        from prometheus_client import core
    except ModuleNotFoundError:
        raise MissingExtra("prometheus_client", "metrics") from None
    return core


Sample = tuple[Family, Labels, float]


class Watched:
    """One manager, and what was counted of it.

    Args:
        manager: the manager.
    """

    def __init__(self, manager: BinanceSocketManager) -> None:
        self._manager = weakref.ref(manager)
        self._events = Counter(dict.fromkeys(_KINDS, 0))
        self._sockets = Totals(len(SOCKET_COUNTERS), CLOSED)
        self._books = Totals(1, CLOSED)
        # Guards the numbers of this object: events happen on every thread, and so do scrapes. Held for a whole
        # scrape, as numbers that were read earlier must not be counted after later ones.
        self._lock = threading.Lock()
        manager._listeners.append(self._hear)

    def leave(self) -> None:
        """Watch it no more."""
        manager = self._manager()
        if manager is not None:
            manager._listeners.remove(self._hear)

    def _hear(self, event: events.Event) -> None:
        with self._lock:
            self._events[type(event)] += 1

    def read(self, streams: bool) -> list[Sample]:
        """Its numbers now; none where nobody has it any more."""
        manager = self._manager()
        if manager is None:
            return []
        with self._lock:
            return self._read(manager, streams)

    def _read(self, manager: BinanceSocketManager, streams: bool) -> list[Sample]:
        infos: dict[Labels, SocketInfo] = {
            (_label(info.key), info.market): info for info in manager.sockets()
        }
        return [
            *self._read_manager(manager),
            *self._read_sockets(infos),
            *(sample for labels, info in infos.items() for sample in _gauges(labels, info, streams)),
            *self._read_books(manager),
            *(sample for standing in standings() for sample in _budget(standing)),
        ]

    def _read_manager(self, manager: BinanceSocketManager) -> list[Sample]:
        threads = {thread for handle in manager._registry.all() for thread in handle.threads}
        told = dict(self._events)
        return [
            (RUNNING, (), manager._registry.running is not None),
            (THREADS, (), sum(thread.is_alive() for thread in threads)),
            *((EVENTS, (_KINDS[kind],), count) for kind, count in told.items() if kind in _KINDS),
        ]

    def _read_sockets(self, infos: Mapping[Labels, SocketInfo]) -> list[Sample]:
        counts = attrgetter(*SOCKET_COUNTERS)
        totals = self._sockets.update({labels: counts(info) for labels, info in infos.items()})
        return [
            (family, labels, value)
            for labels, values in totals.items()
            for family, value in zip(SOCKET_COUNTERS.values(), values, strict=True)
        ]

    def _read_books(self, manager: BinanceSocketManager) -> list[Sample]:
        books = {
            (book.follower.stream.name, book.market.value): book
            for book in (manager._books.all() if manager._books else ())
        }
        totals = self._books.update({labels: (max(0, b.snapshots - 1),) for labels, b in books.items()})
        return [
            *((BOOK, labels, not book.stale) for labels, book in books.items()),
            *((RESYNCS, labels, value) for labels, (value,) in totals.items()),
        ]


def _gauges(labels: Labels, info: SocketInfo, streams: bool) -> list[Sample]:
    found = ((family, labels, value(info)) for family, value in SOCKET_GAUGES.items())
    return [
        *((family, own, value) for family, own, value in found if value is not None),
        *((STATE, (*labels, state.value), info.state is state) for state in State),
        *((STREAM_AGE, (*labels, name), age) for name, age in _ages(info).items() if streams),
    ]


def _ages(info: SocketInfo) -> dict[str, float]:
    """The ages of the streams that have sent something."""
    return {name: age for name, age in info.ages.items() if age is not None}


def _budget(standing: Standing) -> list[Sample]:
    host = standing.host
    left = standing.connects
    return [
        *([] if left is None else [(CONNECTS, (host,), left)]),
        (BANNED, (host,), standing.banned),
        *((WEIGHT, (host, pool), used) for pool, (used, _) in standing.weights.items()),
        *((WEIGHT_LIMIT, (host, pool), limit) for pool, (_, limit) in standing.weights.items()),
    ]


def _label(key: str) -> str:
    """A key as a label; a long one is cut, and stays one of a kind."""
    return key if len(key) <= LONGEST else f"{key[: LONGEST - 9]}…{zlib.crc32(key.encode()):08x}"
