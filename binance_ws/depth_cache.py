"""``DepthCacheManager`` as in python-binance 0.7, on top of an exact local order book."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from .books import Book
from .errors import ArgumentError, NotConnected
from .manager import BinanceSocketManager
from .target import check_callable

READY_SECONDS = 300.0
"""How long the first snapshot may take; where many are asked for, it waits for the exchange's request weight."""

_DEEPEST_EXACT = 1000
_INTERVALS = (None, 0, 100)


class DepthCache:
    """The book of a symbol, as prices and quantities in floats.

    Args:
        book: what it shows.
    """

    def __init__(self, book: Book) -> None:
        self.symbol = book.symbol
        self._book = book

    @property
    def update_time(self) -> int | None:
        """The exchange's time of the last change, in ms or the client's unit; ``None`` before the first."""
        return self._book.time

    def get_bids(self) -> list[list[float]]:
        """``[price, quantity]`` of each bid, the highest price first."""
        return [list(level) for level in self._book.bids(None, float)]

    def get_asks(self) -> list[list[float]]:
        """``[price, quantity]`` of each ask, the lowest price first."""
        return [list(level) for level in self._book.asks(None, float)]

    @staticmethod
    def sort_depth(vals: Mapping[str, float], reverse: bool = False) -> list[list[float]]:
        """Quantities by price as a sorted list of ``[price, quantity]``."""
        levels: Iterable[list[float]] = ([float(price), quantity] for price, quantity in vals.items())
        return sorted(levels, key=itemgetter(0), reverse=reverse)


class DepthCacheManager:
    """Keeps a :class:`DepthCache`; where changes were lost it shows the last state until it has caught up.

    It comes back when the cache is filled, as the original did. It cannot be made inside a callback of ``bm``.

    Args:
        client: as :class:`BinanceSocketManager` takes it.
        symbol: in any case.
        callback: gets the depth cache after each change, and ``None`` where it is given up.
        refresh_interval: seconds after which a new snapshot takes the place of the book; ``0`` or ``None`` for
            never, which is enough: a gap has it done anyway.
        bm: the manager to use; ``None`` for one of its own, which is closed with it.
        limit: levels a side; above 1,000 all that the exchange gives.
        ws_interval: 100 for changes each 100 ms; ``None`` or 0 for each second.

    Raises:
        ArgumentError: an argument cannot be used, or ``bm`` has this book already.
        NotConnected: there was no snapshot within five minutes, or the exchange has no such symbol.
    """

    def __init__(
        self,
        client: Any,
        symbol: str,
        callback: Callable[[DepthCache | None], object] | None = None,
        refresh_interval: float | None = None,
        bm: BinanceSocketManager | None = None,
        limit: int = 500,
        ws_interval: int | None = None,
    ) -> None:
        if ws_interval not in _INTERVALS:
            raise ArgumentError(f"ws_interval is None or 0 (one second) or 100, not {ws_interval!r}")
        if callback is not None:
            check_callable(callback, "depth cache")
        self._callback = callback
        self._symbol = symbol
        self._refresh_interval = refresh_interval
        self._refresh_time = time.monotonic() + (refresh_interval or 0)
        self._caches: dict[str, DepthCache] = {}
        self._depth_cache: DepthCache | None = None
        self._own = bm is None
        self._bm = BinanceSocketManager(client) if bm is None else bm
        try:
            self._book = self._bm.start_order_book(
                symbol,
                self._changed if callback or refresh_interval else None,
                depth=limit if limit <= _DEEPEST_EXACT else None,
                speed=ws_interval or 1000,
                stale_ok=True,
            )
            if not self._bm.is_alive():
                self._bm.start()
            self._fill()
        except BaseException:
            if self._own:
                self._bm.close()
            raise

    def _fill(self) -> None:
        try:
            self._book.wait_ready(READY_SECONDS)
        except BaseException as error:
            self._book.close()
            # Where there is a cache the callback had it already, and closed us, before this thread woke.
            if not (self._caches and isinstance(error, NotConnected)):
                raise
        self._depth_cache = self._cached(self._book)

    def _cached(self, book: Book) -> DepthCache:
        # The first change may come on another thread before the constructor has returned: one of them makes it.
        return self._caches.setdefault(self._symbol, DepthCache(book))

    def _changed(self, book: Book) -> None:
        if book.closed:
            given: DepthCache | None = None
        elif book.stale:
            return
        else:
            given = self._cached(book)
        if self._callback is not None:
            self._callback(given)
        if self._refresh_interval and time.monotonic() > self._refresh_time:
            self._refresh_time = time.monotonic() + self._refresh_interval
            book.refresh()

    def get_depth_cache(self) -> DepthCache | None:
        """The depth cache, which goes on changing; ``None`` after :meth:`close`, and where it was given up."""
        return None if self._book.closed else self._depth_cache

    def get_symbol(self) -> str:
        """The symbol, as it was given."""
        return self._symbol

    def close(self, close_socket: bool = False) -> None:
        """Follow the exchange no more; with ``close_socket``, close the manager too."""
        self._book.close()
        self._depth_cache = None
        if close_socket or self._own:
            self._bm.close()
