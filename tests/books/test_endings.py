"""How books end: closed, refused, given up, forked; and that the others go on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.books import Book
from binance_ws.config import Environment
from binance_ws.errors import ApiError, NotConnected, RestError, StaleBook

from ..booking import Room, room
from ..peer import SECONDS
from ..waiting import Inbox


def test_a_bad_symbol_fails_alone(place: Room) -> None:
    """The exchange's words are the cause, its callback is told, its name is free, and others go on."""
    told = Inbox()
    good = place.open("BTCUSDT")
    bad = place.manager.start_order_book("NOSUCHTHING", told)
    with pytest.raises(NotConnected, match="Invalid symbol") as caught:
        bad.wait_ready(SECONDS)
    assert isinstance(caught.value.__cause__, ApiError)
    assert told.wait() == [bad]
    assert bad.closed
    assert place.equal(good)
    assert place.manager.start_order_book("NOSUCHTHING") is not bad


def test_the_last_book_of_a_connection_closes_it(place: Room) -> None:
    """A closed book is followed no more, and with the last one the connection ends."""
    books = [place.manager.start_order_book(symbol).wait_ready(SECONDS) for symbol in place.symbols[:2]]
    books[0].close()
    assert place.exchange.wait_for(lambda: [len(s.streams) for s in _sessions(place)] == [1], SECONDS)
    books[1].close()
    assert place.exchange.wait_for(lambda: not _sessions(place), SECONDS)
    assert place.manager.sockets() == []


def _sessions(place: Room) -> list[Any]:
    return [session.told() for session in place.exchange._server.sessions.values()]


def test_closing_the_manager_closes_its_books(place: Room) -> None:
    """They end without a word to the callback; after a new start new ones can be opened."""
    told: list[bool] = []
    book = place.manager.start_order_book("BTCUSDT", lambda book: told.append(book.stale)).wait_ready(SECONDS)
    place.manager.close()
    assert book.closed
    assert not any(told)
    place.manager.start()
    assert place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS) is not book


def test_stopping_their_socket_closes_books(place: Room) -> None:
    """``stop_socket`` with the key that ``sockets()`` shows ends the books on it."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    place.manager.stop_socket(place.manager.sockets()[0].key)
    assert book.follower.over.wait(SECONDS)
    assert "stopped" in book.reason


def test_a_connection_that_is_given_up_ends_its_books() -> None:
    """The callback is told once, the cause is at hand, and the book can be opened anew."""
    told = Inbox()
    with room(max_retries=0) as place:
        book = place.manager.start_order_book("BTCUSDT", told).wait_ready(SECONDS)
        with place.exchange.faults.refuse():
            place.exchange.faults.reset()
            assert book.follower.over.wait(SECONDS)
        assert told.wait_for(lambda messages: book.closed and messages[-1] is book)
        assert "given up" in book.reason
        assert book.error is not None
        place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)


def test_readers_and_closers_may_be_anywhere(place: Room) -> None:
    """A book can be read and closed inside its own callback, and by any thread at the same time."""
    stopped = threading.Event()

    def read(book: Book) -> None:
        if not book.stale and book.spread() is not None and book.snapshots:
            book.close()
            stopped.set()

    place.manager.start_order_book("BTCUSDT", read)
    assert stopped.wait(SECONDS)


def test_a_refused_stream_ends_its_book(place: Room) -> None:
    """The exchange's refusal is the cause."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    assert book.group is not None
    book.group._hear(events.Refused("k", (book.follower.stream.name,), RestError("no")))
    assert book.follower.over.wait(SECONDS)
    assert "refused" in book.reason


def test_a_forked_child_reads_nothing() -> None:
    """Its books say that they are not kept up to date there, and new ones can be opened."""
    manager = BinanceSocketManager(Client(environment=Environment.local("127.0.0.1:1")))
    book = manager.start_order_book("BTCUSDT")
    manager.abandon()
    with pytest.raises(StaleBook, match="forked"):
        book.best()
    assert manager.start_order_book("BTCUSDT") is not book


def test_a_manager_that_was_never_started_has_no_thread() -> None:
    """Books are noted, and nothing runs."""
    manager = BinanceSocketManager(Client(environment=Environment.local("127.0.0.1:1")))
    manager.start_order_book("BTCUSDT")
    manager.close()
    assert not [t for t in threading.enumerate() if t.name == "binance_ws books"]


def test_one_refused_stream_takes_no_other_with_it() -> None:
    """The exchange refuses a whole request for one bad name in it; all the others are asked for again."""
    with room(30, unknown="refuse") as place:
        first = place.open(place.symbols[0]).wait_ready(SECONDS)
        bad = place.manager.start_order_book("NOSUCHTHING", depth=20)
        good = [place.open(symbol, depth=20) for symbol in place.symbols[1:]]
        assert bad.follower.over.wait(SECONDS)
        for book in good:
            book.wait_ready(SECONDS)
        served = {book.follower.stream.name for book in [first, *good]}
        assert place.exchange.wait_for(
            lambda: [set(s.streams) for s in _sessions(place)] == [served], SECONDS
        )
        refused = [event.streams for event in place.events if isinstance(event, events.Refused)]
        assert refused in ([("nosuchthing@depth@100ms",)], [])  # the answer to REST may come before


def test_an_error_that_answers_nothing_ends_no_book(place: Room) -> None:
    """It names every stream of the connection, which go on."""
    books = [place.open(symbol).wait_ready(SECONDS) for symbol in place.symbols[:2]]
    assert books[0].group is not None
    names = tuple(book.follower.stream.name for book in books)
    books[0].group._hear(events.Refused("k", names, RestError("no")))
    assert not any(book.closed for book in books)
    assert all(map(place.equal, books))


def test_a_book_is_closed_while_its_snapshot_is_asked_for() -> None:
    """It ends at once, its name is free, and what the exchange answers later is left."""
    with room(timeout=1) as place:
        told: list[Book] = []
        with place.exchange.faults.black_hole("/api/v3/depth"):
            book = place.manager.start_order_book("BTCUSDT", told.append)
            assert place.exchange.wait_for(lambda: _asked(place), SECONDS)
            book.close()
            assert book.closed
            with pytest.raises(NotConnected, match="closed"):
                book.wait_ready(SECONDS)
        again = place.open("BTCUSDT").wait_ready(SECONDS)
        assert place.equal(again)
        assert (told, book.snapshots) == ([], 0)


def test_the_manager_closes_while_a_snapshot_is_asked_for(place: Room) -> None:
    """It does not wait for the answer, and the thread ends with it."""
    with place.exchange.faults.black_hole("/api/v3/depth"):
        place.manager.start_order_book("BTCUSDT")
        assert place.exchange.wait_for(lambda: _asked(place), SECONDS)
        place.manager.close()
    place.manager.join(SECONDS)
    assert place.manager.sockets() == []


def _asked(place: Room) -> bool:
    return any(thread.name.startswith("binance_ws snapshot") for thread in threading.enumerate())


def test_a_book_closed_by_many_ends_once(place: Room) -> None:
    """Threads that close it while others read it and it follows: none fails, and it can be opened again."""
    book = place.manager.start_order_book("BTCUSDT", stale_ok=True).wait_ready(SECONDS)
    together = threading.Barrier(8)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        together.wait(SECONDS)
        try:
            book.close() if number % 2 else book.snapshot()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,), name=f"closer {n}", daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert failed == []
    assert book.closed
    place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
