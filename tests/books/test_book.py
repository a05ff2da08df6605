"""Local order books as users have them: opening, reading, going stale, coming back."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.books import Book
from binance_ws.books.group import Group
from binance_ws.config import Environment
from binance_ws.enums import Market
from binance_ws.errors import ArgumentError, CallbackError, NotConnected, OpenError, StaleBook

from ..booking import Room, room
from ..peer import SECONDS
from ..waiting import Inbox


@pytest.mark.parametrize(
    ("market", "symbol", "options"),
    [
        ("spot", "BTCUSDT", {}),
        ("spot", "BTCUSDT", {"speed": 1000}),
        ("usdm", "BTCUSDT", {}),
        ("usdm", "BTCUSDT", {"depth": 20}),
        ("coinm", "BTCUSD_PERP", {}),
        ("options", "BTC-261225-60000-C", {}),
    ],
)
def test_a_book_is_the_exchanges_own(place: Room, market: str, symbol: str, options: dict[str, Any]) -> None:
    """Books of every market come up and are what the exchange has, level by level."""
    book = place.open(symbol, market=market, **options)
    assert book.wait_ready(SECONDS) is book
    assert place.equal(book)
    assert (book.symbol, book.market, book.stale, book.closed, book.reason) == (
        symbol,
        Market(market),
        False,
        False,
        "",
    )


def test_what_can_be_read(place: Room) -> None:
    """Best prices, levels, sides, sums and prices for quantities agree with one another."""
    book = place.manager.start_order_book("btcusdt", speed=1000).wait_ready(SECONDS)
    shown = book.snapshot()
    assert shown.bids == tuple(sorted(shown.bids, key=lambda level: -float(level[0])))
    mid, spread, imbalance = book.mid(), book.spread(), book.imbalance(5)
    assert mid is not None
    assert spread is not None
    assert spread > 0
    assert imbalance is not None
    assert -1 <= imbalance <= 1
    assert book.best().bid is not None
    assert len(book.top(3).asks) == len(book.bids(3)) == len(book.asks(3, float)) == 3
    assert isinstance(book.bids(1, Decimal)[0][0], Decimal)
    assert book.volume_to("asks", "99999999") > 0
    assert book.price_for("asks", "0.001").quantity == Decimal("0.001")
    assert book.update_id > 0


def test_only_levels_that_were_asked_for(place: Room) -> None:
    """A book of some depth shows so many levels and asks for a snapshot of less weight."""
    book = place.manager.start_order_book("ETHUSDT", depth=7).wait_ready(SECONDS)
    assert (len(book.bids()), len(book.asks())) == (7, 7)
    assert any("limit=500" in request.target for request in place.exchange.requests)


def test_nothing_connects_before_start() -> None:
    """A book that was opened before start() comes up with it; waiting for it before that is an error."""
    with room(started=False) as place:
        book = place.open("BTCUSDT")
        with pytest.raises(NotConnected, match="start"):
            book.wait_ready(SECONDS)
        with pytest.raises(StaleBook, match="first snapshot"):
            book.best()
        assert place.exchange.connections == []
        place.manager.start()
        assert place.equal(book.wait_ready(SECONDS))


def test_a_stale_book_can_be_read_where_that_was_asked_for() -> None:
    """With ``stale_ok`` the last state is read, which is empty before the first snapshot."""
    with room(started=False) as place:
        book = place.manager.start_order_book("BTCUSDT", stale_ok=True)
        assert book.stale
        assert book.best() == (0, None, None)
        place.manager.start()
        last = book.wait_ready(SECONDS).snapshot()
        place.manager.close()
        assert book.stale
        assert book.snapshot().update_id >= last.update_id


def test_books_share_connections() -> None:
    """A hundred and twenty books open at once take three connections."""
    with room(120) as place:
        books = [place.manager.start_order_book(symbol, speed=1000) for symbol in place.symbols]
        for book in books:
            book.wait_ready(SECONDS)
        # The first may have been seen alone; those that come together are carried together.
        assert len(place.exchange.connections) == 3
        assert sum(info.streams for info in place.manager.sockets()) == 120


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (ArgumentError, {"symbol": ""}),
        (ArgumentError, {"market": "moon"}),
        (ArgumentError, {"speed": "7ms"}),
        (ArgumentError, {"depth": 0}),
        (CallbackError, {"callback": 7}),
    ],
)
def test_bad_arguments_raise_in_the_caller(error: type[Exception], options: dict[str, Any]) -> None:
    """They raise at once."""
    manager = BinanceSocketManager()
    with pytest.raises(error):
        manager.start_order_book(**{"symbol": "BTCUSDT", **options})


def test_one_book_a_stream(place: Room) -> None:
    """A second one raises, until the first is closed; another market or speed is another stream."""
    first = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    with pytest.raises(ArgumentError, match="open already"):
        place.manager.start_order_book("btcusdt")
    place.manager.start_order_book("BTCUSDT", market="usdm").wait_ready(SECONDS)
    first.close()
    first.close()
    with pytest.raises(StaleBook, match="closed"):
        first.best()
    with pytest.raises(NotConnected):
        first.wait_ready(SECONDS)
    with place.manager.start_order_book("BTCUSDT") as second:
        second.wait_ready(SECONDS)
    assert second.closed


def test_a_gap_resynchronises_that_book_alone(place: Room) -> None:
    """It is stale, then new; the others are never stale."""
    books = [place.open(symbol) for symbol in place.symbols[:4]]
    for book in books:
        book.wait_ready(SECONDS)
    before = len(place.events)
    with place.exchange.faults.gap(books[0].follower.stream.name):
        assert place.wait_for(lambda: place.stale(before))
    assert place.wait_for(lambda: books[0].snapshots == 2)
    assert place.equal(books[0])
    assert place.stale(before) == {books[0].symbol}
    assert [book.snapshots for book in books[1:]] == [1, 1, 1]


def test_a_refresh_is_not_stale(place: Room) -> None:
    """A new snapshot takes the place of a book that goes on meanwhile."""
    book = place.open("BTCUSDT").wait_ready(SECONDS)
    book.refresh()
    assert place.wait_for(lambda: book.snapshots == 2)
    assert place.stale() == set()
    assert place.equal(book)


def test_a_refresh_of_a_book_that_is_not_up_does_nothing() -> None:
    """Neither before it is on a connection, nor while that is about to be made; it gets its snapshot anyway."""
    with room(started=False) as place:
        book = place.open("BTCUSDT")
        book.refresh()
        book.group = Group(Market.SPOT, 1, place.manager._around, lambda *claim: None, lambda: True)
        book.refresh()
        place.manager.start()
        assert place.equal(book.wait_ready(SECONDS))


def test_a_callback_that_raises_harms_nothing(place: Room, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the book goes on."""
    came = Inbox(lambda book: 1 / 0)
    book = place.manager.start_order_book("BTCUSDT", came).wait_ready(SECONDS)
    came.wait(5)
    assert not book.stale
    assert "raised" in caplog.text


def test_the_repr_says_how_it_is(place: Room) -> None:
    """Symbol, market, state and update."""
    book = place.manager.start_order_book("BTCUSDT", market="usdm")
    book.wait_ready(SECONDS)
    assert repr(book).startswith("<Book BTCUSDT usdm up to date, update ")
    book.close()
    assert "closed" in repr(book)


def test_events_name_the_stream(place: Room) -> None:
    """``on_event`` hears of each book that is up to date."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    assert place.wait_for(lambda: any(isinstance(e, events.BookSynced) for e in place.events))
    told = next(e for e in place.events if isinstance(e, events.BookSynced))
    assert (told.key, told.stream) == ("spot books 1", book.follower.stream.name)


READS: dict[str, Callable[[Book], object]] = {
    "best": lambda book: book.best(),
    "top": lambda book: book.top(1),
    "snapshot": lambda book: book.snapshot(),
    "bids": lambda book: book.bids(1, float),
    "asks": lambda book: book.asks(),
    "mid": lambda book: book.mid(),
    "spread": lambda book: book.spread(),
    "imbalance": lambda book: book.imbalance(),
    "volume_to": lambda book: book.volume_to("bids", 1),
    "price_for": lambda book: book.price_for("asks", 1),
    "to_frame": lambda book: book.to_frame(),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("stale_ok", [True, False])
def test_no_read_of_a_stale_book_goes_unnoticed(read: str, stale_ok: bool) -> None:
    """Every one raises, unless the book was opened with ``stale_ok``."""
    manager = BinanceSocketManager(Client(environment=Environment.local("127.0.0.1:1")))
    book = manager.start_order_book("BTCUSDT", stale_ok=stale_ok)
    with nullcontext() if stale_ok else pytest.raises(StaleBook, match="first snapshot"):
        READS[read](book)


def test_callbacks_may_be_serialized() -> None:
    """All books of the manager share one turn then, and come up all the same."""
    with room(serialize_callbacks=True) as place:
        books = [place.open("BTCUSDT", market=market) for market in ("spot", "usdm")]
        for book in books:
            book.wait_ready(SECONDS)
        one, other = place.manager._registry.all()
        assert one.target.turnstile is other.target.turnstile


def test_a_callback_cannot_wait_for_its_own_book(place: Room) -> None:
    """The update that it waits for would have to come through the callback itself: an error, at once."""

    def wait(book: Book) -> object:
        try:
            return book.wait_ready()
        except NotConnected as error:
            return error

    answers: queue.SimpleQueue[object] = queue.SimpleQueue()
    book = place.manager.start_order_book("BTCUSDT", lambda book: answers.put(wait(book)))
    assert answers.get(timeout=SECONDS) is book.wait_ready(SECONDS)
    place.exchange.faults.reset()
    found = iter(lambda: answers.get(timeout=SECONDS), None)
    assert "before this callback returns" in str(next(answer for answer in found if answer is not book))
    assert book.wait_ready(SECONDS) is book


def test_a_callback_cannot_wait_for_a_book_that_shares_its_connection(place: Room) -> None:
    """Nor for one that it has just opened, and of which nobody knows yet whose connection it will share."""
    answers: queue.SimpleQueue[object] = queue.SimpleQueue()

    def open_another(book: Book) -> None:
        if len(place.manager.sockets()) == 1 and answers.empty():
            try:
                answers.put(place.manager.start_order_book("ETHUSDT").wait_ready())
            except NotConnected as error:
                answers.put(error)

    place.manager.start_order_book("BTCUSDT", open_another)
    assert "before this callback returns" in str(answers.get(timeout=SECONDS))


def test_why_a_book_is_not_ready() -> None:
    """What went wrong last is in the error, and is its cause, though nothing ever came."""
    told = Inbox()
    client = Client(environment=Environment.local("127.0.0.1:1", connects=None))
    with BinanceSocketManager(client, max_retries=None, on_event=told) as manager:
        book = manager.start_order_book("BTCUSDT")
        told.wait_for(lambda seen: any(isinstance(event, events.Retrying) for event in seen))
        with pytest.raises(NotConnected, match=r"first snapshot yet \(.*refused") as caught:
            book.wait_ready(0.01)
        assert isinstance(caught.value.__cause__, OpenError)
        with pytest.raises(StaleBook, match="refused"):
            book.best()


def test_a_reader_hammers_while_the_book_follows(place: Room) -> None:
    """Every read is a book that was: its sides in order, and not crossed, stale or not."""
    book = place.open("BTCUSDT", stale_ok=True).wait_ready(SECONDS)
    ended, wrong, updates = threading.Event(), [], set()

    def read() -> None:
        while not ended.is_set():
            now = book.snapshot()
            bids, asks = ([float(price) for price, _ in side] for side in (now.bids, now.asks))
            if bids != sorted(set(bids), reverse=True) or asks != sorted(set(asks)) or bids[0] >= asks[0]:
                wrong.append(now)
            updates.add(now.update_id)

    reader = threading.Thread(target=read, name="reader", daemon=True)
    reader.start()
    with place.exchange.faults.gap(book.follower.stream.name):
        assert place.wait_for(lambda: place.stale())
    assert place.wait_for(lambda: book.snapshots == 2)
    assert place.wait_for(lambda: len(updates) > 10)
    ended.set()
    reader.join(SECONDS)
    assert wrong == []
