"""The call that opens a local order book, beside those that start sockets."""

from __future__ import annotations

from collections.abc import Callable

from .books import Book, Books
from .books.group import Claim
from .client import Client
from .enums import Market
from .sockets import Surroundings


class BookMethods:
    """What opens order books; the heir calls ``_keep_books``."""

    _books: Books | None = None

    def _keep_books(self, client: Client, around: Surroundings, claim: Claim) -> Books:
        """Make what keeps books, in the place of a parent process's where there is one."""
        if self._books is not None:
            self._books.forget()
        self._books = Books(client, around, claim)
        return self._books

    def start_order_book(
        self,
        symbol: str,
        callback: Callable[[Book], object] | None = None,
        *,
        market: Market | str = Market.SPOT,
        depth: int | None = None,
        speed: int | str | None = "100ms",
        stale_ok: bool = False,
    ) -> Book:
        """A local order book, kept up to date by the exchange's rules ("How to manage a local order book").

        Many books share connections, and their snapshots keep to the request weight of the exchange: with
        ``depth=20`` a snapshot of spot weighs 25 of 6,000 a minute, with ``None`` 250. After a gap that book alone
        gets a new one, and is stale until then.

        Args:
            symbol: in any case.
            callback: gets the book after each change, and when it becomes stale or is given up; on the thread of
                its connection, which it shares with other books.
            market: spot, USD-M, COIN-M or options.
            depth: levels a side; ``None`` for all that are known (of a snapshot 5,000, futures and options 1,000).
            speed: milliseconds between changes (``"100ms"``, 1000); ``None`` for the market's default.
            stale_ok: whether a book that is not up to date can be read.

        Raises:
            ArgumentError: an argument cannot be used, or this book is open already.
        """
        assert self._books is not None
        return self._books.start(symbol, callback, market, depth, speed, stale_ok)
