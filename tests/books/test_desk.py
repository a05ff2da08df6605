"""Which book's snapshot is asked for first, how many at once, and what comes of it."""

from __future__ import annotations

import threading
from math import inf
from typing import Any

import pytest

from binance_ws.books import Book, desk
from binance_ws.books.desk import Desk
from binance_ws.enums import Market
from binance_ws.errors import ApiError, NotConnected, RateLimited, RestError, StaleBook
from binance_ws.net.shift import Shift
from binance_ws.streams import names

from ..peer import SECONDS
from .making import diff, snapshot


class Carrier:
    """Stands in for a group."""

    def __init__(self, market: Market) -> None:
        self.market, self.room, self.ended, self.settled = market, 50, False, True
        self.has_turn = False

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

    def hindered(self, cause: BaseException) -> None:
        """Nobody asks why."""


class NoHome:
    """Keeps nothing."""

    running = True

    def look_at(self, book: Book) -> None:
        """Nothing to do."""

    def free(self, book: Book) -> None:
        """Nothing to do."""


class Trial:
    """A desk with some books, whose requests can be waited for.

    Args:
        ask: stands in for REST.
        books: to bring up.
    """

    def __init__(self, ask: Any, *books: Book) -> None:
        self.shift: Shift[Book] = Shift(self, "desk")
        self._ended = threading.Semaphore(0)
        self.desk = Desk(ask, Carrier, self.shift.aside, self._ended.release)  # type: ignore[arg-type]
        self.desk.look_at(books)

    def ask(self, requests: int = 1) -> None:
        """Ask for what is due, and wait for the end of some requests."""
        self.desk.ask_next()
        for _ in range(requests):
            assert self._ended.acquire(timeout=SECONDS)


def a_book(symbol: str, market: str = "spot", callback: Any = None, depth: int | None = 20) -> Book:
    """A book of no home."""
    return Book(names.depth(symbol, 100, market), depth, callback, False, NoHome())


class Asked(list[str]):
    """Answers every request, and remembers them."""

    def __call__(self, path: str, market: Market, weight: int, *, symbol: str, limit: int) -> Any:
        """One request."""
        self.append(f"{market} {symbol} {weight} {limit}")
        return {**snapshot(5), "E": 1}


def test_the_most_urgent_book_is_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """One with a callback or a reader that waits, then the one that is stale the longest."""
    monkeypatch.setattr(desk, "AT_ONCE", 1)
    asked = Asked()
    books = [a_book("aaausdt"), a_book("bbbusdt"), a_book("cccusdt", callback=print), a_book("dddusdt")]
    books[1].follower.since -= 100
    with pytest.raises(StaleBook):
        books[3].best()
    books[3].follower.since -= 50
    trial = Trial(asked, *books)
    for _ in books:
        trial.ask()
    assert [row.split()[1] for row in asked] == ["DDDUSDT", "CCCUSDT", "BBBUSDT", "AAAUSDT"]
    assert trial.desk.rest() == inf
    assert not any(book.stale for book in books)


def test_some_are_asked_for_at_once() -> None:
    """So the way to the exchange and back does not count for each; while all hands are busy none is begun."""
    together, busy = threading.Barrier(desk.AT_ONCE + 1), threading.Event()
    asked = Asked()

    def ask(*args: Any, **parameters: Any) -> Any:
        answer = asked(*args, **parameters)
        if len(asked) <= desk.AT_ONCE:
            together.wait(SECONDS)
            busy.wait(SECONDS)
        return answer

    trial = Trial(ask, *(a_book(f"s{number}usdt") for number in range(desk.AT_ONCE + 1)))
    trial.ask(0)
    together.wait(SECONDS)
    assert trial.desk.rest() == inf
    trial.ask(0)
    assert len(asked) == desk.AT_ONCE
    busy.set()
    trial.ask(desk.AT_ONCE)
    trial.ask()
    assert len(set(asked)) == desk.AT_ONCE + 1


def test_a_request_that_hangs_holds_up_no_other() -> None:
    """The other hands go on with the other books."""
    hanging = threading.Event()

    def ask(*args: Any, symbol: str, limit: int) -> Any:
        if symbol == "AAAUSDT":
            hanging.wait(SECONDS)
        return snapshot(5)

    books = [a_book("aaausdt", callback=print), *(a_book(f"s{number}usdt") for number in range(6))]
    trial = Trial(ask, *books)
    trial.desk.ask_next()
    while any(book.stale for book in books[1:]):
        assert trial._ended.acquire(timeout=SECONDS)
        trial.desk.ask_next()
    assert books[0].stale
    hanging.set()
    trial.shift.rest()
    assert not books[0].stale


def test_heavy_requests_go_one_by_one() -> None:
    """What is under way is not yet in what the exchange says is used: it must not be much."""
    busy = threading.Event()

    def ask(*args: Any, **parameters: Any) -> Any:
        busy.wait(SECONDS)
        return snapshot(5)

    trial = Trial(ask, a_book("aaausdt", depth=None), a_book("bbbusdt", depth=None))
    for _ in range(2):
        trial.ask(0)
    assert len(trial.desk._asking) == 1
    busy.set()
    trial.ask()
    trial.ask()


def test_a_used_up_budget_is_waited_for() -> None:
    """Nothing more is asked of that market until then; another market goes on."""
    asked = Asked()

    def ask(path: str, market: Market, weight: int, *, symbol: str, limit: int) -> Any:
        answer = asked(path, market, weight, symbol=symbol, limit=limit)
        if market is Market.SPOT:
            raise RateLimited("later", retry_after=30.0)
        return answer

    book = a_book("aaausdt")
    trial = Trial(ask, book)
    trial.ask()
    trial.ask(0)
    assert asked == ["spot AAAUSDT 25 500"]
    assert 20 < trial.desk.rest() <= 30
    with pytest.raises(StaleBook, match=r"first snapshot yet \(later\)") as caught:
        book.best()
    assert isinstance(caught.value.__cause__, RateLimited)
    trial.desk.look_at([a_book("btcusdt", "usdm")])
    trial.ask()
    assert asked[1:] == ["usdm BTCUSDT 10 500"]


def test_a_limit_without_a_time_is_not_hammered() -> None:
    """Whatever the exchange says, a moment is waited: who asks on is banned."""

    def ask(*args: Any, **parameters: Any) -> Any:
        raise RateLimited("too many", retry_after=0.0)

    trial = Trial(ask, a_book("aaausdt"))
    trial.ask()
    assert trial.desk.rest() > 0


def test_a_stream_that_is_not_carried_yet_is_waited_for() -> None:
    """A silent stream is a quiet symbol only once the exchange has answered that it carries it."""
    asked = Asked()
    book = a_book("aaausdt")
    trial = Trial(asked, book)
    carrier: Any = trial.desk._placed[book]
    carrier.settled, book.follower.heard, book.follower.due = False, False, 0.0
    trial.ask(0)
    assert asked == []
    assert trial.desk.rest() > 1
    carrier.settled, book.follower.due = True, 0.0
    trial.ask()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("error", "closed"),
    [
        (RestError("no answer"), False),
        (ApiError("busy", -1001, 500), False),
        (ApiError("not here", None, 403), False),
        (RuntimeError("a mistake somewhere"), False),
        (ApiError("no", -1121, 400), True),
    ],
)
def test_what_a_failed_snapshot_means(error: Exception, closed: bool) -> None:
    """It is tried again, later each time, unless the exchange refuses the request itself; the error is told."""

    def ask(*args: Any, **parameters: Any) -> Any:
        raise error

    book = a_book("aaausdt")
    trial = Trial(ask, book)
    trial.ask()
    assert (book.closed, book.error) == (closed, error)
    assert closed or 0 < trial.desk.rest() < 1
    with pytest.raises(NotConnected, match=str(error)) as caught:
        book.wait_ready(0.01)
    assert caught.value.__cause__ is error
