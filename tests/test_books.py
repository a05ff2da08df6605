"""Local order books: opening, reading, going stale, coming back, closing."""

from __future__ import annotations

import sys
import threading
import time
import types
from collections.abc import Iterator
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.books import Book, show
from binance_ws.books.follower import WAITING, Follower, News
from binance_ws.books.keeper import Desk
from binance_ws.config import Environment
from binance_ws.core.levels import BookSnapshot
from binance_ws.enums import Market
from binance_ws.errors import (
    ApiError,
    ArgumentError,
    CallbackError,
    MissingExtra,
    NotConnected,
    RateLimited,
    RestError,
    StaleBook,
)
from binance_ws.streams import names

from .booking import Room, room
from .peer import SECONDS
from .waiting import Inbox


@pytest.fixture
def place() -> Iterator[Room]:
    """A room with a few symbols, started."""
    with room() as made:
        yield made


@pytest.mark.parametrize(
    ("market", "options"),
    [("spot", {}), ("spot", {"speed": 1000}), ("usdm", {}), ("usdm", {"depth": 500})],
)
def test_a_book_is_the_exchanges_own(place: Room, market: str, options: dict[str, Any]) -> None:
    """Spot and futures books come up and are what the exchange has, level by level."""
    book = place.open("BTCUSDT", market=market, **options)
    assert book.wait_ready(SECONDS) is book
    assert place.equal(book)
    assert (book.symbol, book.market, book.stale, book.closed, book.reason) == (
        "BTCUSDT",
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
            book.wait_ready(3 * SECONDS)
        # The first may have been seen alone; those that come together are carried together.
        assert len(place.exchange.connections) == 3
        assert sum(info.streams for info in place.manager.sockets()) == 120


def test_a_bad_symbol_fails_alone(place: Room) -> None:
    """The exchange's words are the cause, its callback is told, its name is free, and others go on."""
    told = Inbox()
    good = place.open("BTCUSDT")
    bad = place.manager.start_order_book("NOSUCHTHING", told)
    with pytest.raises(NotConnected, match="Invalid symbol") as caught:
        bad.wait_ready(2 * SECONDS)
    assert isinstance(caught.value.__cause__, ApiError)
    assert told.wait() == [bad]
    assert bad.closed
    assert place.equal(good)
    assert place.manager.start_order_book("NOSUCHTHING") is not bad


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


def test_a_callback_that_raises_harms_nothing(place: Room, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the book goes on."""
    came = Inbox(lambda book: 1 / 0)
    book = place.manager.start_order_book("BTCUSDT", came).wait_ready(SECONDS)
    came.wait(5)
    assert not book.stale
    assert "raised" in caplog.text


def test_readers_and_closers_may_be_anywhere(place: Room) -> None:
    """A book can be read and closed inside its own callback, and by any thread at the same time."""
    stopped = threading.Event()

    def read(book: Book) -> None:
        if not book.stale and book.spread() is not None and book.snapshots:
            book.close()
            stopped.set()

    place.manager.start_order_book("BTCUSDT", read)
    assert stopped.wait(SECONDS)


def test_the_repr_says_how_it_is(place: Room) -> None:
    """Symbol, market, state and update."""
    book = place.manager.start_order_book("BTCUSDT", market="usdm")
    book.wait_ready(SECONDS)
    assert repr(book).startswith("<Book BTCUSDT usdm up to date, update ")
    book.close()
    assert "closed" in repr(book)


# ---- one book and its stream ----------------------------------------------------------------------------


def follower(market: str = "spot", listened: bool = False) -> tuple[Follower, list[News]]:
    """A follower that is connected, and what it tells."""
    told: list[News] = []
    made = Follower(names.depth("btcusdt", 100, market), None, told.append, lambda: None, listened)
    made.opened()
    return made, told


def diff(first: int, last: int) -> dict[str, Any]:
    """Changes of a spot book."""
    return {"e": "depthUpdate", "U": first, "u": last, "E": last, "b": [[str(last), "1"]], "a": []}


def snapshot(last: int) -> dict[str, Any]:
    """A spot snapshot."""
    return {"lastUpdateId": last, "bids": [["1", "1"]], "asks": [["999", "1"]]}


def test_a_snapshot_older_than_the_diffs_is_asked_for_again() -> None:
    """It would leave a hole; a later one does not."""
    book, told = follower()
    book.take(diff(10, 12))
    book.begin()
    book.take(diff(13, 14))
    book.join(snapshot(8))
    assert not book.fresh
    assert book.due > time.monotonic()
    book.join(snapshot(12))
    assert book.fresh
    assert book.book.update_id == 14
    assert told == [News.SYNCED, News.CHANGED]


@pytest.mark.parametrize(
    "answer", [{}, {"lastUpdateId": 1}, {"lastUpdateId": 1, "bids": [["x", "y"]], "asks": []}]
)
def test_rubbish_for_a_snapshot_is_asked_for_again(answer: dict[str, Any]) -> None:
    """It neither raises nor harms what is there."""
    book, _ = follower()
    book.begin()
    book.join(answer)
    assert not book.fresh
    assert isinstance(book.cause, Exception)
    assert book.due < inf


def test_what_waits_is_bounded() -> None:
    """While nobody asks, only the last few diffs are kept, and a snapshot may meet them."""
    book, _ = follower()
    for number in range(1, 1000):
        book.take(diff(number, number))
    assert book._kept is not None
    assert len(book._kept) == WAITING
    book.begin()
    book.join(snapshot(999 - WAITING))
    assert book.fresh


def test_a_lost_connection_without_a_loss_needs_no_snapshot() -> None:
    """The book is stale until a diff follows that continues it."""
    book, told = follower()
    book.join(snapshot(5))
    book.lost()
    assert not book.fresh
    assert book.due == inf
    book.opened()
    book.take(diff(6, 6))
    assert book.fresh
    assert told == [News.SYNCED, News.CHANGED, News.STALE, News.SYNCED, News.CHANGED]
    assert book.snapshots == 1


def test_a_quiet_symbol_comes_up_without_a_diff() -> None:
    """A snapshot is wanted a while after the connection opened, and is enough."""
    book, _ = follower()
    assert time.monotonic() < book.due < inf
    book.begin()
    book.join(snapshot(5))
    assert book.fresh


def test_a_snapshot_that_comes_too_late_is_left() -> None:
    """While the connection is lost, or after the end, it says nothing of what comes next."""
    book, _ = follower()
    book.begin()
    book.lost()
    book.join(snapshot(5))
    assert not book.fresh
    book.opened()
    book.end("over")
    book.join(snapshot(5))
    book.take(diff(1, 2))
    book.wait()
    book.postpone()
    assert not book.fresh


# ---- who is asked for first -----------------------------------------------------------------------------


class Carrier:
    """Stands in for a group."""

    def __init__(self, market: Market) -> None:
        self.market, self.room, self.ended, self.settled = market, 50, False, True

    def add(self, followers: Any) -> None:
        """Connect at once, and hear each."""
        for each in followers:
            each.opened()
            each.take(diff(1, 1))

    def turn(self, call: Any, argument: Any) -> None:
        """Do it."""
        call(argument)

    def told(self, event: Any, *fields: Any) -> None:
        """Nobody listens."""


class NoHome:
    """Keeps nothing."""

    running = True

    def look_at(self, book: Book) -> None:
        """Nothing to do."""

    def free(self, book: Book) -> None:
        """Nothing to do."""


def desk(ask: Any, *books: Book) -> Desk:
    """A desk with some books."""
    made = Desk(ask, Carrier)  # type: ignore[arg-type]
    made.look_at(books)
    return made


def a_book(symbol: str, market: str = "spot", callback: Any = None) -> Book:
    """A book of no home."""
    return Book(names.depth(symbol, 100, market), 20, callback, False, NoHome())


def test_the_most_urgent_book_is_first() -> None:
    """One with a callback or a reader that waits, then the one that is stale the longest."""
    asked: list[str] = []

    def ask(*args: Any, symbol: str, limit: int) -> Any:
        asked.append(symbol)
        return snapshot(5)

    books = [a_book("aaausdt"), a_book("bbbusdt"), a_book("cccusdt", callback=print), a_book("dddusdt")]
    books[1].follower.since -= 100
    with pytest.raises(StaleBook):
        books[3].best()
    books[3].follower.since -= 50
    made = desk(ask, *books)
    for _ in range(5):
        made.ask_next()
    assert asked == ["DDDUSDT", "CCCUSDT", "BBBUSDT", "AAAUSDT"]
    assert made.rest() == inf


def test_a_used_up_budget_is_waited_for() -> None:
    """Nothing more is asked of that market until then; another market goes on."""
    asked: list[str] = []

    def ask(path: str, market: Market, weight: int, *, symbol: str, limit: int) -> Any:
        asked.append(f"{market} {symbol} {weight} {limit}")
        if market is Market.SPOT:
            raise RateLimited("later", retry_after=30.0)
        return {**snapshot(5), "E": 1}

    made = desk(ask, a_book("aaausdt"), a_book("bbbusdt"))
    made.ask_next()
    made.ask_next()
    assert asked == ["spot AAAUSDT 25 500"]
    assert 20 < made.rest() <= 30
    made.look_at([a_book("btcusdt", "usdm")])
    made.ask_next()
    assert asked[1:] == ["usdm BTCUSDT 10 500"]


def test_a_stream_that_is_not_carried_yet_is_waited_for() -> None:
    """A silent stream is a quiet symbol only once the exchange has answered that it carries it."""
    asked: list[str] = []

    def ask(*args: Any, symbol: str, limit: int) -> Any:
        asked.append(symbol)
        return snapshot(5)

    book = a_book("aaausdt")
    made = desk(ask, book)
    carrier: Any = made._placed[book]
    carrier.settled, book.follower.heard, book.follower.due = False, False, 0.0
    made.ask_next()
    assert asked == []
    assert made.rest() > 1
    carrier.settled, book.follower.due = True, 0.0
    made.ask_next()
    assert asked == ["AAAUSDT"]


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


@pytest.mark.parametrize(
    ("error", "closed"),
    [
        (RestError("no answer"), False),
        (ApiError("busy", -1001, 500), False),
        (ApiError("no", -1121, 400), True),
    ],
)
def test_what_a_failed_snapshot_means(error: Exception, closed: bool) -> None:
    """It is tried again, later each time, unless the exchange refuses the request itself."""

    def ask(*args: Any, **params: Any) -> Any:
        raise error

    book = a_book("aaausdt")
    made = desk(ask, book)
    made.ask_next()
    assert (book.closed, book.error) == (closed, error)
    assert closed or 0 < made.rest() < 1


# ---- how it is shown ------------------------------------------------------------------------------------

SHOWN = BookSnapshot("BTCUSDT", 7, None, (("2.50", "1.00"), ("2.00", "3")), (("3.00", "4.0"),))


def test_a_ladder_goes_from_the_highest_price_down() -> None:
    """Quantities add up from the best level on."""
    assert show.rungs(SHOWN) == [
        ("ask", "3", "4", "4.0000"),
        ("bid", "2.5", "1", "1.0000"),
        ("bid", "2", "3", "4.0000"),
    ]
    assert show.line(SHOWN) == "BTCUSDT bid 2.5 (1), ask 3 (4), spread 0.50"
    assert show.text(SHOWN).count("\n") == 3
    assert "none" in show.line(BookSnapshot("X", 1, None, (), ()))


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_data_frame_of_whatever_is_installed(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Pandas, or else polars, gets three columns."""
    fake = types.ModuleType(package)
    fake.DataFrame = dict  # type: ignore[attr-defined]
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, fake if name == package else None)
    assert show.frame(SHOWN) == {
        "side": ["bid", "bid", "ask"],
        "price": [2.5, 2.0, 3.0],
        "quantity": [1.0, 3.0, 4.0],
    }


def test_a_data_frame_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either the error names the extra."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match="notebook"):
        show.frame(SHOWN)


def test_watching_prints_the_ladder(place: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of a notebook one ladder is printed after the other, until the time is over or the book ends."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    book.watch(2, seconds=0.05, every=0.01)
    assert capsys.readouterr().out.count("BTCUSDT, update") >= 1
    book.close()
    book.watch()


def test_watching_refreshes_in_a_notebook(place: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython's display is updated in its place."""
    shown = Inbox()

    class Handle:
        def update(self, data: dict[str, str], raw: bool) -> None:
            shown(data["text/plain"])

    ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: object()  # type: ignore[attr-defined]
    display.display = lambda *args, **options: Handle()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    place.manager.start_order_book("BTCUSDT").watch(2, seconds=0.05, every=0.01)
    assert "BTCUSDT" in shown.wait()[0]


def test_events_name_the_stream(place: Room) -> None:
    """``on_event`` hears of each book that is up to date."""
    book = place.manager.start_order_book("BTCUSDT").wait_ready(SECONDS)
    assert place.wait_for(lambda: any(isinstance(e, events.BookSynced) for e in place.events))
    told = next(e for e in place.events if isinstance(e, events.BookSynced))
    assert (told.key, told.stream) == ("spot books 1", book.follower.stream.name)


def test_a_manager_that_was_never_started_has_no_thread() -> None:
    """Books are noted, and nothing runs."""
    manager = BinanceSocketManager(Client(environment=Environment.local("127.0.0.1:1")))
    manager.start_order_book("BTCUSDT")
    manager.close()
    assert not [t for t in threading.enumerate() if t.name == "binance_ws books"]
