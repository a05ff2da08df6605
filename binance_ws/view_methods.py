"""The calls that show things in a notebook: live widgets, data frames, and the manager as a table."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakMethod

from . import plans
from .book_methods import BookMethods
from .books import Book
from .enums import Market
from .errors import ArgumentError, BinanceWsError, NotConnected
from .handle import Handle
from .info import SocketInfo
from .net.mailbox import Mailbox
from .notebook import shell, to_frame
from .notebook.choice import Views, tile_of
from .notebook.frames import library
from .notebook.overview import Overview
from .notebook.panes import Depth, Pane
from .notebook.tables import sockets_table
from .notebook.view import CLOSED, EVERY, View
from .opener import Opener
from .pull import MessageStream
from .registry import Registry, Run
from .start_methods import Key
from .streams.kinds import Stream
from .target import Shape

R = TypeVar("R")

LEVELS = 10
"""Levels of each side that a ladder shows."""

_WAITING = 100_000
"""Messages that may wait to become a frame."""

_numbers = itertools.count(1)  # of frames, so that several may be collected at once


class ViewMethods(BookMethods, Opener):
    """What notebooks show of a manager."""

    _registry: Registry[Handle]

    if TYPE_CHECKING:

        def sockets(self) -> list[SocketInfo]:
            """A snapshot of each socket."""

        def wait_connected(self, key: Any = None, timeout: float | None = None) -> None:
            """Wait until a socket is connected."""

    # ---- widgets ----------------------------------------------------------------------------------------

    @cached_property
    def _views(self) -> Views:
        return Views()

    def watch(
        self,
        *shown: Stream | str | Book,
        market: Market | str = Market.SPOT,
        every: float = EVERY,
        levels: int = LEVELS,
    ) -> View:
        """Show streams and books live in a notebook, as the last expression of a cell.

        A kline stream becomes a chart of candles, a depth stream or a :class:`Book` a ladder, any other stream its
        price with what it was in the last minutes. Nothing at all shows every socket of the manager. It has a
        socket of its own, which its ``close()`` and the manager's stop; shown again, or by the same cell, it takes
        the place of its elder. While it cannot be seen nothing is sent. Outside of a notebook nothing shows it.

        Args:
            shown: made by :mod:`binance_ws.streams.names`, names of ``market``, or books.
            market: of the streams that are given as names.
            every: seconds between two updates, 0.05 or more.
            levels: of each side of a ladder; a partial depth stream has its own number.

        Raises:
            ArgumentError: a stream is unknown, an argument cannot be used, or a book of a depth stream is open
                already: then pass that book.
            MissingExtra: anywidget is not installed.
        """
        from .notebook.widget import attached

        found = [s if isinstance(s, Book) else plans.classified([s], market)[0] for s in shown]
        subject, cell = tuple(dict.fromkeys(found)), shell.cell()
        self._views.replace(subject, cell)
        with ExitStack() as opened:
            panes = [self._pane(each, levels, opened) for each in subject]
            view = attached(View(panes or [Overview(_weakly(self.sockets, []))], every))
            key = self._feed(view, [pane.stream for pane in view.tiles])
            opened.callback(_weakly(self.stop_socket, None), key)
            books = [pane for pane in panes if isinstance(pane, Depth)]
            state = partial(_weakly(self._state_of, CLOSED), self._registry.running, key, books)
            view.stands(state, opened.pop_all().close)
        self._views.add(subject, cell, view)
        return view

    def _pane(self, shown: Stream | Book, levels: int, opened: ExitStack) -> Pane:
        if isinstance(shown, Book):
            return Depth(shown, levels)
        if shown.kind.name != "depth":
            return tile_of(shown, self._client.get)
        speed = shown.name.partition("@depth@")[2] or None
        book = self.start_order_book(shown.symbol, market=shown.market, depth=levels, speed=speed)
        opened.callback(_weakly(book.close, None))
        return Depth(book, levels)

    def _feed(self, view: View, streams: Sequence[Stream]) -> Key | None:
        """Open the socket of a view; none where it has no streams."""
        if not streams:
            return None
        plan = plans.mixed(streams, Market.SPOT, raw=False)
        path = "watch=" + plan.path.removeprefix("streams=")
        key: Key = False
        while key is False:
            own = replace(plan, path=path, shape=Shape(wrapped=True))
            key = self._claim(view.take, own, ending=view.close)
            path += "'"  # another view has the same streams, beside other books
        return key

    def _state_of(self, run: Run | None, key: Key | None, books: Sequence[Depth]) -> str:
        """Where the socket of a view stands, or else its books, or else the manager since a run of it."""
        if key is not None:
            socket = self._registry.get(key)
            return str(socket.state) if socket else CLOSED
        if books:
            states = {book.state for book in books}
            return "stale" if "stale" in states else "open" if "open" in states else CLOSED
        running = self._registry.running
        return CLOSED if run is not None and running is not run else "open" if running else "new"

    # ---- data frames ------------------------------------------------------------------------------------

    def frame(
        self,
        *streams: Stream | str,
        count: int | None = 100,
        seconds: float | None = None,
        timeout: float = 30.0,
        market: Market | str = Market.SPOT,
    ) -> Any:
        """Collect messages, and return them as a data frame; blocks. See :func:`binance_ws.notebook.to_frame`.

        Args:
            streams: made by :mod:`binance_ws.streams.names`, or names of ``market``.
            count: messages at most; ``None`` for those of ``seconds``.
            seconds: how long to collect at most; ``None`` for as long as ``count`` messages take.
            timeout: seconds to wait for the connection, and for each message; what has come by then counts.
            market: of the streams that are given as names.

        Raises:
            ArgumentError: a stream is unknown, or there is neither a count nor a time.
            NotConnected: the manager is not started, or there is no connection in time.
            TimeoutError: nothing came in time.
            Closed, GaveUp, StreamRefused: the manager was closed, the connection given up or a stream refused
                before anything came; what came before counts.
            MissingExtra: neither pandas nor polars is installed.
        """
        if count is None and seconds is None:
            raise ArgumentError("a frame needs an end: count, seconds or both")
        library()
        plan = plans.mixed(streams, market, raw=False)
        path = f"frame {next(_numbers)} of {plan.path.removeprefix('streams=')}"
        box = Mailbox(path, _WAITING)
        with MessageStream(box, None) as taken:
            own = replace(plan, path=path, shape=Shape(wrapped=True))
            key = self._claim(taken.bring, own, box, box.close)
            taken.stopped_by(partial(self.stop_socket, key))
            try:
                self.wait_connected(key, timeout)
            except (ArgumentError, NotConnected):
                if self._registry.get(key) is not None or self._registry.running is None:
                    raise
                # It is given up already, and the messages say why.
            return to_frame(_collected(taken, count, seconds, timeout))

    # ---- itself -----------------------------------------------------------------------------------------

    def _repr_html_(self) -> str:
        return sockets_table(self.sockets(), repr(self).strip("<>"))


def _weakly(method: Callable[..., R], otherwise: R) -> Callable[..., R]:
    """A method that does not keep its object alive: notebooks remember all that they have shown."""
    reference = WeakMethod(method)

    def call(*args: Any) -> R:
        found = reference()
        return otherwise if found is None else found(*args)

    return call


def _collected(taken: MessageStream, count: int | None, seconds: float | None, timeout: float) -> list[Any]:
    """So many messages, or those of so many seconds, or those before a silence.

    Raises:
        TimeoutError: there are none.
        BinanceWsError: something ended it before there were any.
    """
    found: list[Any] = []
    until = None if seconds is None else time.monotonic() + seconds
    try:
        while (count is None or len(found) < count) and (until is None or time.monotonic() < until):
            left = timeout if until is None else min(timeout, max(0.0, until - time.monotonic()))
            found.append(taken.get(left))
    except TimeoutError:
        pass
    except BinanceWsError:
        if not found:
            raise
    if not found:
        raise TimeoutError(
            f"no message came within {timeout if seconds is None else min(timeout, seconds):g} s"
        )
    return found
