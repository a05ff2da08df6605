"""The manager: joins the parts, and is what users see."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Any

from . import events
from .client import Client, adapted
from .config import Environment
from .core.merge import Merge
from .enums import WEBSOCKET_DEPTH_5, WEBSOCKET_DEPTH_10, WEBSOCKET_DEPTH_20, Market
from .errors import ArgumentError, CallbackError, CredentialsMissing, NotConnected, UnknownStream
from .means import Means
from .net.timer import Timer
from .net.turnstile import Turnstile
from .recovery import LIMIT, Recovery
from .registry import Registry, Run
from .sockets import Socket, SocketInfo, Surroundings
from .start_methods import Callback, Key, StartMethods
from .streams import names
from .streams.accounts import Account
from .streams.kinds import Stream
from .streams.lookup import build, classify
from .streams.urls import base_of, combined_url, raw_url
from .target import Shape
from .thread_like import Keeper, ThreadLike
from .watch import Watch

log = logging.getLogger(__name__)

CLOSE_SECONDS = 2.0
"""How long ``close`` and ``stop_socket`` wait for a callback to return."""

_MINI_TICKER_SECONDS = 1.0
"""How often the exchange sends all mini tickers."""


class BinanceSocketManager(StartMethods, ThreadLike):
    """Opens sockets, keeps them alive, and closes them.

    Args:
        client: :class:`Client`, python-binance's ``Client``, or ``None`` for market data alone.
        user_timeout: seconds between renewals of a listen key.
        max_retries: attempts after a lost connection, counted anew when a connection has delivered; ``None``
            to try for ever.
        backfill: whether messages that a gap swallowed are fetched and delivered in their place.
        backfill_limit: messages of one gap that are fetched, and that wait for it, at most.
        serialize_callbacks: whether no two callbacks of this manager run at the same time.
        on_event: is called with each :class:`binance_ws.events.Event`, on the thread where it happens.
        stale_after: seconds without a frame, pings included, after which a connection is replaced; ``None``
            for what fits the market (60 for spot, 300 for futures, 900 for options).

    Raises:
        ArgumentError: an argument cannot be used.
    """

    STREAM_URL = f"{Environment.PRODUCTION.spot.stream}/"
    FSTREAM_URL = f"{Environment.PRODUCTION.usdm.stream}/"
    WEBSOCKET_DEPTH_5 = WEBSOCKET_DEPTH_5
    WEBSOCKET_DEPTH_10 = WEBSOCKET_DEPTH_10
    WEBSOCKET_DEPTH_20 = WEBSOCKET_DEPTH_20
    DEFAULT_USER_TIMEOUT = 30 * 60

    def __init__(
        self,
        client: Any = None,
        user_timeout: float = DEFAULT_USER_TIMEOUT,
        *,
        max_retries: int | None = 5,
        backfill: bool = True,
        backfill_limit: int = LIMIT,
        serialize_callbacks: bool = False,
        on_event: Callable[[events.Event], object] | None = None,
        stale_after: float | None = None,
    ) -> None:
        ThreadLike.__init__(self, "binance_ws")
        if max_retries is not None and max_retries < 0:
            raise ArgumentError(f"max_retries is a number of attempts or None, not {max_retries!r}")
        if on_event is not None:
            _check_callable(on_event)
        self._client: Client = adapted(client)
        self._user_timeout = user_timeout
        self._on_event = on_event
        self._registry: Registry[Socket] = Registry()
        self._timer = Timer("binance_ws timer")
        self._recovery = Recovery(self._ask, bool(self._client.API_KEY), backfill_limit)
        self._watch = Watch(self._timer, self._registry.all, self._tell)
        self._around = Surroundings(
            means=Means(
                self._client.network, self._timer, max_retries, stale_after, budget=self._client.budget
            ),
            url=self._url,
            release=self._registry.release,
            tell=self._tell,
            turnstile=Turnstile() if serialize_callbacks else None,
            repair=self._recovery.repair if backfill else None,
            limit=backfill_limit,
        )

    # ---- a thread's life --------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect every socket that was started, and from now on each at once; does no harm twice."""
        self._begin(self._start_keeper)

    def run(self) -> None:
        """Stream until the manager is closed; blocks. ``start`` does the same on a thread of its own."""
        me = threading.current_thread()
        run = me.of_run if isinstance(me, Keeper) else self._begin() or self._registry.running
        if run is not None:
            run.ended.wait()
            if run.closer is not None:
                # A callback closed us and may go on to open sockets anew: the process must not end under it.
                run.closer.join()

    def _begin(self, first: Callable[[Run], None] = lambda run: None) -> Run | None:
        """Begin a run, unless one is under way; ``first`` is called before anything connects."""
        self._timer.open()
        self._recovery.open()
        begun = self._registry.begin()
        if begun is None:
            return None
        run, sockets = begun
        first(run)
        self._watch.start()
        for socket in sockets:
            socket.open()
        return run

    def close(self) -> None:
        """Close every socket and end every thread; returns when no callback runs any more.

        A callback that has not returned after two seconds is named in the log and left. Called from inside a
        callback, it does not wait for that one. Any number of times, from any thread; ``start`` works again.
        """
        run, sockets = self._registry.drain()
        for socket in sockets:
            socket.stop()
        self._join(sockets, [thread for thread in (self._timer.close(), self._recovery.close()) if thread])
        if run is not None:
            me = threading.current_thread()
            run.closer = me if me in [thread for s in sockets for thread in s.threads] else None
            run.ended.set()

    def stop_socket(self, conn_key: Any) -> None:
        """Close one socket; returns when its callback runs no more. What is no key of an open one is ignored."""
        socket = self._registry.get(conn_key)
        if socket is not None and self._registry.release(socket.identity, socket):
            socket.stop()
            self._join([socket], [])

    def _join(self, sockets: Sequence[Socket], others: Sequence[threading.Thread]) -> None:
        deadline = time.monotonic() + CLOSE_SECONDS
        me = threading.current_thread()
        left = [thread for socket in sockets for thread in socket.join(deadline) if thread is not me]
        for thread in others:
            if thread is not me:
                thread.join(max(0.0, deadline - time.monotonic()))
        for thread in left:
            log.warning(
                "%s has not ended: its callback has not returned, or a name is looked up", thread.name
            )

    def __enter__(self) -> BinanceSocketManager:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- beyond the old manager -------------------------------------------------------------------------

    def start_socket(
        self,
        callback: Callback,
        *streams: Stream | str,
        raw: bool = False,
        market: Market | str = Market.SPOT,
    ) -> Key:
        """Start any streams of any market under one key.

        Args:
            callback: gets the data of one stream, or ``{"stream": name, "data": message}`` of several.
            streams: made by :mod:`binance_ws.streams.names`, or names of ``market``.
            raw: whether the callback gets the bytes of each frame, not decoded.
            market: of the streams that are given as names.

        Raises:
            ArgumentError: no stream was given, or one is unknown.
        """
        found = _classified(streams, market)
        path = found[0].name if len(found) == 1 else "streams=" + "/".join(map(_qualified, found))
        return self._claim(callback, found[0].market, path, found, Shape(len(found) > 1, raw))

    def wait_connected(self, key: Any = None, timeout: float | None = None) -> None:
        """Wait until a socket, or every socket, is connected.

        Args:
            key: the socket's key; ``None`` for all.
            timeout: seconds; ``None`` for as long as it takes.

        Raises:
            ArgumentError: no socket has that key.
            NotConnected: it is not in time, was given up, or the manager is not started; the reason of the
                last failure is the ``__cause__``.
        """
        if self._registry.running is None:
            raise NotConnected("the manager is not started: call start() first")
        found = self._registry.all() if key is None else [self._registry.get(key)]
        deadline = None if timeout is None else time.monotonic() + timeout
        for socket in found:
            if socket is None:
                raise ArgumentError(f"no open socket has the key {key!r}")
            socket.wait_open(None if deadline is None else max(0.0, deadline - time.monotonic()))

    def sockets(self) -> list[SocketInfo]:
        """A snapshot of each socket, in the order in which they were started."""
        return [socket.info() for socket in self._registry.all()]

    def __repr__(self) -> str:
        state = "running" if self._registry.running else "not started"
        return f"<{type(self).__name__} {state}, {len(self._registry.all())} sockets>"

    # ---- how things are started -------------------------------------------------------------------------

    def _start(self, callback: Callback, stream: Stream, *, wrapped: bool = False) -> Key:
        if not self._serves(stream):
            return self._start_made(callback, stream)
        return self._claim(callback, stream.market, stream.name, [stream], Shape(wrapped))

    def _start_mini_tickers(self, callback: Callback, update_time: int) -> Key:
        if not isinstance(update_time, int) or update_time <= 0:
            raise ArgumentError(f"update_time is a number of milliseconds above 0, not {update_time!r}")
        seconds = update_time / 1000
        merge = partial(Merge, seconds, _MINI_TICKER_SECONDS / 2) if seconds > _MINI_TICKER_SECONDS else None
        stream = names.all_mini_tickers()
        return self._claim(
            callback, Market.SPOT, f"{stream.name}@{update_time}ms", [stream], Shape(merge=merge)
        )

    def _start_many(self, callback: Callback, streams: Iterable[str], market: Market) -> Key:
        found = _classified([streams] if isinstance(streams, str) else streams, market)
        for stream in found:
            if not self._serves(stream):
                raise UnknownStream(
                    f"the exchange serves {stream.name!r} no more; start_ticker_socket and "
                    "start_book_ticker_socket make its messages"
                )
        path = "streams=" + "/".join(stream.name for stream in found)
        return self._claim(callback, market, path, found, Shape(wrapped=True))

    def _start_account(self, callback: Callback, account: Account, symbol: str = "") -> Key:
        _check_callable(callback)
        raise CredentialsMissing("the streams of accounts need Client(api_key, api_secret)")

    def _start_made(self, callback: Callback, stream: Stream) -> Key:
        """Start what the exchange serves no more, from the same stream of each symbol."""
        merge = partial(Merge, 1.0) if stream.kind.array else None
        kind = stream.kind.name.removeprefix("all_").removesuffix("s")
        return self._claim(
            callback, stream.market, stream.name, partial(self._per_symbol, kind), Shape(merge=merge)
        )

    def _per_symbol(self, kind: str) -> list[Stream]:
        """A stream for each spot symbol that is traded; asks the exchange."""
        symbols = self._client.exchange_info()["symbols"]
        return [build(Market.SPOT, kind, symbol=s["symbol"]) for s in symbols if s["status"] == "TRADING"]

    def _ask(self, market: Market, path: str, params: dict[str, Any], weight: int) -> Any:
        """One REST call for what a gap swallowed."""
        return self._client.get(path, market, weight, **params)

    def _serves(self, stream: Stream) -> bool:
        """Whether the environment has a stream; spot's of the whole market are on few."""
        whole = stream.kind.name in ("all_tickers", "all_book_tickers")
        return not (whole and stream.market is Market.SPOT) or self._client.environment.whole_market

    def _claim(
        self,
        callback: Callback,
        market: Market,
        path: str,
        streams: Sequence[Stream] | Callable[[], Sequence[Stream]],
        shape: Shape,
    ) -> Key:
        _check_callable(callback)
        self._client.environment.hosts(market)
        socket = Socket(f"{market}:{path}", path, streams, callback, shape, self._around)
        claimed = self._registry.claim(socket.identity, path, socket)
        if claimed is None:
            return False
        socket.target.key, running = claimed
        if running:
            socket.open()
        return socket.key

    def _url(self, streams: Sequence[Stream], combined: bool) -> str:
        market = streams[0].market
        base = base_of(self._base(market), streams[0].route)
        unit = self._client.time_unit if market is Market.SPOT else None
        if combined:
            return combined_url(base, [stream.name for stream in streams], unit)
        return raw_url(base, streams[0].name, unit)

    def _base(self, market: Market) -> str:
        """The environment's base URL, unless the old class constants were set to something else."""
        if market is Market.SPOT and self.STREAM_URL != _STREAM_URL:
            return self.STREAM_URL
        if market is Market.USDM and self.FSTREAM_URL != _FSTREAM_URL:
            return self.FSTREAM_URL
        return self._client.environment.hosts(market).stream

    def _tell(self, event: events.Event) -> None:
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception:
            log.exception("on_event raised for %s", type(event).__name__)


_STREAM_URL = BinanceSocketManager.STREAM_URL
_FSTREAM_URL = BinanceSocketManager.FSTREAM_URL


def _check_callable(callback: object) -> None:
    if not callable(callback):
        raise CallbackError(f"a callback is a function that takes one message, not {callback!r}")


def _classified(streams: Iterable[Stream | str], market: Market | str) -> list[Stream]:
    """Streams, each once, in the order given."""
    found = [s if isinstance(s, Stream) else classify(s, market) for s in streams]
    if not found:
        raise ArgumentError("at least one stream is needed, such as 'btcusdt@trade'")
    return list(dict.fromkeys(found))


def _qualified(stream: Stream) -> str:
    return stream.name if stream.market is Market.SPOT else f"{stream.market}:{stream.name}"
