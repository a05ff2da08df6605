"""The manager: joins the parts, and is what users see."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from . import events, plans
from .account_methods import AccountMethods
from .book_methods import BookMethods
from .client import Client, adapted
from .config import Environment
from .core.given import positive, whole
from .enums import WEBSOCKET_DEPTH_5, WEBSOCKET_DEPTH_10, WEBSOCKET_DEPTH_20, Market
from .errors import NotConnected
from .family import welcome
from .handle import Handle
from .info import Sockets
from .means import Means
from .net.mailbox import Mailbox
from .net.timer import Timer
from .net.turnstile import Turnstile
from .plans import Plan
from .pull import subject_of
from .pull_methods import PullMethods
from .record_methods import RecordMethods
from .recovery import LIMIT, Recovery
from .registry import Registry, Run, no_socket
from .sockets import Socket, Surroundings
from .start_methods import Callback, Key, StartMethods
from .streams.kinds import Stream
from .target import check_callable
from .thread_like import TURN_SECONDS, Keeper, ThreadLike, is_orphaned
from .tutor import Tutor
from .user_streams import UserStreams
from .view_methods import ViewMethods
from .watch import Watch

log = logging.getLogger(__name__)

CLOSE_SECONDS = 2.0
"""How long ``close`` and ``stop_socket`` wait for a callback to return."""


class BinanceSocketManager(
    AccountMethods, ViewMethods, BookMethods, PullMethods, RecordMethods, StartMethods, ThreadLike
):
    """Opens sockets, keeps them alive, and closes them.

    Args:
        client: :class:`Client`, python-binance's ``Client``, or ``None`` for market data alone.
        user_timeout: seconds between renewals of a listen key; 2,700 at most, so that one that fails can be tried
            again before the key expires.
        max_retries: attempts after a lost connection, counted anew when a connection has delivered; ``None``
            to try for ever.
        backfill: whether messages that a gap swallowed are fetched and delivered in their place.
        backfill_limit: messages of one gap that are fetched, and that wait for it, at most.
        serialize_callbacks: whether no two callbacks of this manager run at the same time.
        on_event: is called with each :class:`binance_ws.events.Event`, on the thread where it happens.
        stale_after: seconds without a frame, pings included, after which a connection is replaced; ``None``
            for what fits the market (60 for spot, 300 for futures and binance.us, 900 for options).
        name: of the manager and its thread; a manager of the same name is closed when this one is made, so that
            a notebook's cell can be run again. ``None`` for any number of managers side by side.

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
        name: str | None = None,
    ) -> None:
        ThreadLike.__init__(self, name or "binance_ws")
        if max_retries is not None:
            whole("max_retries", max_retries, "attempts", least=0, otherwise="None for ever")
        if stale_after is not None:
            positive("stale_after", stale_after, "seconds")
        whole("backfill_limit", backfill_limit, "messages", least=0)
        if on_event is not None:
            check_callable(on_event, "event")
        self._client: Client = adapted(client)
        self._user_timeout = user_timeout
        self._listeners = [] if on_event is None else [on_event]
        self._options = (max_retries, stale_after, serialize_callbacks, backfill, backfill_limit)
        self._equip()
        welcome(self, name)

    def _equip(self) -> None:
        """Make the parts that a run needs."""
        max_retries, stale_after, serialize_callbacks, backfill, limit = self._options
        client = self._client
        silence = client.environment.silence if stale_after is None else stale_after
        self._registry: Registry[Handle] = Registry()
        self._timer = Timer("binance_ws timer")
        self._recovery = Recovery(client.get, bool(client.API_KEY), limit)
        tutor = Tutor(client.exchange_info, client.environment, self._recovery.later, self._tell)
        self._watch = Watch(self._timer, self._registry.all, self._tell, tutor.doubt)
        self._around = Surroundings(
            means=Means(client.network, self._timer, max_retries, silence, budget=client.budget),
            url=self._url,
            release=self._registry.release,
            tell=self._tell,
            turnstile=Turnstile() if serialize_callbacks else None,
            repair=self._recovery.repair if backfill and limit else None,
            limit=limit,
        )
        claim, find = self._registry.claim, self._registry.get
        self._accounts = UserStreams(client, self._around, claim, find, self._user_timeout)
        release = self._registry.release  # a book that is given up says so itself
        around = replace(self._around, release=lambda identity, socket, cause: release(identity, socket))
        books = self._keep_books(client, around, claim)
        self._parts = (self._accounts, books, self._timer, self._recovery)

    def abandon(self) -> None:
        """In a forked child: forget every socket without touching its connection, which is the parent's."""
        self._keeper = None
        self._equip()

    # ---- a thread's life --------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect every socket that was started, and from now on each at once; does no harm twice."""
        self._begin(self._start_keeper)

    def run(self) -> None:
        """Stream until the manager is closed; blocks. ``start`` does the same on a thread of its own."""
        me = threading.current_thread()
        run = me.of_run if isinstance(me, Keeper) else self._begin() or self._registry.running
        if run is not None:
            with self._closed_by_interrupt():
                while not run.ended.wait(TURN_SECONDS):
                    if is_orphaned():
                        self.close()
            if run.closer is not None:
                # A callback closed us and may go on to open sockets anew: the process must not end under it.
                run.closer.join()

    def _begin(self, first: Callable[[Run], None] = lambda run: None) -> Run | None:
        """Begin a run, unless one is under way; ``first`` is called before anything connects."""
        begun = self._registry.begin()
        if begun is None:
            return None
        run, sockets = begun
        first(run)
        for part in reversed(self._parts):
            part.open(run)
        self._watch.start()
        for socket in sockets:
            socket.open()
        if self._registry.running is not run:  # closed meanwhile, perhaps before there was a timer to close
            self._join([], self._helpers(run))
        return run

    def _helpers(self, run: Run | None) -> list[threading.Thread]:
        """End the threads that a run has besides its sockets'; those to join."""
        return [thread for part in self._parts if (thread := part.close(run))]

    def close(self) -> None:
        """Close every socket and end every thread; returns when no callback runs any more.

        A callback that has not returned after two seconds is named in the log and left. Called from inside a
        callback, it does not wait for that one. Any number of times, from any thread; ``start`` works again.
        """
        run, sockets = self._registry.drain()
        for socket in sockets:
            socket.stop()
        self._join(sockets, self._helpers(run) if run else [])
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
        else:
            self._registry.forget(conn_key)

    def _join(self, sockets: Sequence[Handle], others: Sequence[threading.Thread]) -> None:
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

    # ---- beyond the old manager -------------------------------------------------------------------------

    def start_socket(
        self,
        callback: Callback,
        *streams: Stream | str,
        raw: bool = False,
        market: Market | str = Market.SPOT,
        maxsize: int | None = None,
        overflow: str = "block",
    ) -> Key:
        """Start any streams of any market under one key.

        Args:
            callback: gets the data of one stream, or ``{"stream": name, "data": message}`` of several.
            streams: made by :mod:`binance_ws.streams.names`, or names of ``market``.
            raw: whether the callback gets the bytes of each frame, not decoded.
            market: of the streams that are given as names.
            maxsize: messages that may wait for the callback, which then runs on a thread of its own, so that
                reading never waits for it; ``None`` to call it on the socket's thread.
            overflow: what happens to one message too many; see :class:`binance_ws.net.mailbox.Mailbox`.

        Raises:
            ArgumentError: no stream was given, one is unknown, or the size or policy cannot be used.
        """
        plan = plans.mixed(streams, market, raw)
        box = None if maxsize is None else Mailbox(plan.path, maxsize, overflow, subject_of)
        return self._claim(callback, plan, box)

    def subscribe(self, key: str, streams: Iterable[Stream | str]) -> None:
        """Have a running socket of several streams carry more; from any thread.

        Args:
            key: the socket's key, which stays.
            streams: made by :mod:`binance_ws.streams.names`, or names of the socket's market.

        Raises:
            ArgumentError: no socket has that key, a stream is unknown, or its messages do not say their stream.
        """
        self._socket(key).add(streams)

    def unsubscribe(self, key: str, streams: Iterable[Stream | str]) -> None:
        """Have a running socket carry some streams no more; arguments as of :meth:`subscribe`."""
        self._socket(key).remove(streams)

    def _socket(self, key: str) -> Handle:
        socket = self._registry.get(key)
        if socket is None:
            raise no_socket(key)
        return socket

    def wait_connected(self, key: Any = None, timeout: float | None = None) -> None:
        """Wait until a socket, or every socket, is connected.

        Args:
            key: the socket's key; ``None`` for all.
            timeout: seconds; ``None`` for as long as it takes.

        Raises:
            ArgumentError: no socket has that key.
            NotConnected: it is not in time, was given up (and neither stopped nor started again since), or the
                manager is not started; the reason of the last failure is the ``__cause__``.
        """
        if self._registry.running is None:
            raise NotConnected("the manager is not started: call start() first")
        found = self._registry.all() if key is None else [self._registry.get(key)]
        if key is None or None in found:
            self._registry.check(key)
        deadline = None if timeout is None else time.monotonic() + timeout
        for socket in found:
            if socket is None:
                raise no_socket(key)
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            socket.wait_open(left, timeout)

    def sockets(self) -> Sockets:
        """A list: a snapshot of each socket, in the order in which they were started."""
        return Sockets(socket.info() for socket in self._registry.all())

    def __repr__(self) -> str:
        state = "running" if self._registry.running else "not started"
        return f"<{type(self).__name__} {state}, {len(self._registry.all())} sockets>"

    # ---- how things are started -------------------------------------------------------------------------

    def _start(self, callback: Callback, stream: Stream, *, wrapped: bool = False) -> Key:
        return self._claim(callback, plans.single(self._client, stream, wrapped))

    def _start_mini_tickers(self, callback: Callback, update_time: int) -> Key:
        return self._claim(callback, plans.mini_tickers(update_time))

    def _start_many(self, callback: Callback, streams: Iterable[str], market: Market) -> Key:
        return self._claim(callback, plans.multiplex(self._client, streams, market))

    def _claim(
        self,
        callback: Callback,
        plan: Plan,
        box: Mailbox | None = None,
        ending: Callable[[], None] | None = None,
    ) -> Key:
        check_callable(callback)
        self._client.environment.hosts(plan.market)
        socket = Socket(f"{plan.market}:{plan.path}", plan, callback, self._around, box, ending)
        claimed = self._registry.claim(socket.identity, plan.path, socket)
        if claimed is None:
            return False
        socket.target.key, running = claimed
        if running:
            socket.open()
        return socket.key

    def _url(self, streams: Sequence[Stream], combined: bool) -> str:
        own = {
            Market.SPOT: None if self.STREAM_URL == _STREAM_URL else self.STREAM_URL,
            Market.USDM: None if self.FSTREAM_URL == _FSTREAM_URL else self.FSTREAM_URL,
        }
        return plans.url_of(self._client, own, streams, combined)

    def _tell(self, event: events.Event) -> None:
        log.log(event.level, "%s", event)
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("on_event raised for %s", type(event).__name__)


_STREAM_URL, _FSTREAM_URL = BinanceSocketManager.STREAM_URL, BinanceSocketManager.FSTREAM_URL
