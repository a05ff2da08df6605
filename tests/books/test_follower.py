"""One book and its stream: when a snapshot is wanted, what is kept for it, how both are joined."""

from __future__ import annotations

import threading
import time
from math import inf
from typing import Any

import pytest

from binance_ws.books.follower import ASKED, WAITING, News

from .making import diff, follower, snapshot


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


def test_while_the_exchange_is_asked_all_is_kept() -> None:
    """An answer that takes its time is joined with everything that came meanwhile, but for too much."""
    book, _ = follower()
    book.begin()
    for number in range(1, ASKED + 1):
        book.take(diff(number, number))
    book.join(snapshot(0))
    assert (book.fresh, book.book.update_id) == (True, ASKED)


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


def test_what_went_wrong_is_told_until_it_is_right() -> None:
    """A connection that cannot be opened is a cause too, though the book was never up to date."""
    book, _ = follower()
    refused = ConnectionRefusedError("nobody listens")
    book.lost(cause=refused)
    assert (book.error, book.why) == (refused, "it has not had its first snapshot yet (nobody listens)")
    book.opened()
    book.join(snapshot(5))
    assert (book.error, book.why) == (None, "")


def levels(count: int, last: int) -> dict[str, Any]:
    """A snapshot of so many bids and asks."""
    return {
        "lastUpdateId": last,
        "bids": [[str(1000 - n), "1"] for n in range(count)],
        "asks": [[str(1001 + n), "1"] for n in range(count)],
    }


def gone(number: int, prices: range) -> dict[str, Any]:
    """A diff by which bids go."""
    return {**diff(number, number), "b": [[str(price), "0"] for price in prices]}


def test_a_book_that_runs_low_is_renewed_while_it_goes_on() -> None:
    """A snapshot is wanted before levels are missing; the book is not stale, and the diffs meanwhile are kept."""
    book, told = follower(depth=20)
    book.join(levels(500, 1))
    book.take(gone(2, range(800, 1001)))
    assert book.due == inf
    book.take(gone(3, range(700, 800)))
    assert book.due < inf
    assert book.fresh
    book.begin()
    book.take(gone(4, range(690, 700)))
    book.join({**levels(500, 3), "bids": [[str(699 - n), "1"] for n in range(500)]})
    assert (book.book.update_id, book.book.best().bid, book.snapshots) == (4, ("689", "1"), 2)
    assert News.STALE not in told


def test_a_book_that_has_run_short_says_so() -> None:
    """The changes were all there; the reason is another than that of a gap."""
    book, told = follower(depth=20)
    book.join(levels(500, 1))
    book.take(gone(2, range(510, 1001)))
    assert told[-1] is News.STALE
    assert "used up" in book.reason
    book.begin()
    book.join(levels(500, 2))
    book.take(diff(4, 4))
    assert "missing" in book.reason


def test_a_renewal_that_fails_leaves_the_book_as_it_is() -> None:
    """It is tried again later; a snapshot older than the book does not take its place."""
    book, _ = follower()
    book.join(snapshot(5))
    book.renew()
    book.begin()
    book.wait(RuntimeError("no answer"))
    assert book.fresh
    assert book.due < inf
    book.take(diff(6, 6))
    book.join(snapshot(4))
    assert (book.fresh, book.book.update_id, book.snapshots) == (True, 6, 1)


def test_an_end_that_comes_while_it_joins_is_final() -> None:
    """Another thread closes the book in the midst: it is not taken for up to date afterwards."""
    book, told = follower()

    def tell(news: News) -> None:
        told.append(news)
        book.end("over")

    book._told = tell
    book.join(snapshot(5))
    assert (book.fresh, book.reason) == (False, "over")
    assert told == [News.SYNCED, News.ENDED, News.CHANGED]


def test_an_end_that_comes_while_it_becomes_stale_lets_everybody_go() -> None:
    """Who waits for the book to be ready must not wait for ever."""
    book, _ = follower()
    book.join(snapshot(5))

    class Settled(threading.Event):
        """Is cleared just after somebody else has set it."""

        def clear(self) -> None:
            book.end("over")
            super().clear()

    book.settled = Settled()
    book.lost()
    assert book.settled.is_set()
    assert (book.fresh, book.reason) == (False, "over")
