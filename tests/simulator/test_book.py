"""The simulator's order book against a naive one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.simulator.amounts import to_int, to_text
from binance_ws.simulator.book import Book, Diff

LEVELS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), max_size=8).map(tuple)


@given(st.lists(st.tuples(LEVELS, LEVELS), max_size=20))
def test_a_book_is_what_its_changes_say(changes: list[tuple[tuple[tuple[int, int], ...], ...]]) -> None:
    """After any changes the levels are the last quantities that are not 0, best first."""
    book = Book()
    naive: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for number, (bids, asks) in enumerate(changes, 1):
        book.apply(Diff(number, number, bids, asks, 0))
        naive[0].update(bids)
        naive[1].update(asks)
    bids_left, asks_left = ({p: q for p, q in side.items() if q} for side in naive)
    assert book.bids.top() == sorted(bids_left.items(), reverse=True)
    assert book.asks.top() == sorted(asks_left.items())
    assert book.last == len(changes)


@given(LEVELS, LEVELS, LEVELS, LEVELS)
def test_the_difference_of_two_books_leads_from_one_to_the_other(
    bids: tuple[tuple[int, int], ...],
    asks: tuple[tuple[int, int], ...],
    new_bids: tuple[tuple[int, int], ...],
    new_asks: tuple[tuple[int, int], ...],
) -> None:
    """A book with its difference to another one applied is that other one."""
    book, other = Book(), Book()
    book.load(1, bids, asks)
    other.load(1, new_bids, new_asks)
    book.apply(Diff(2, 2, *book.difference(other.bids.top(), other.asks.top()), 0))
    assert (book.bids.top(), book.asks.top()) == (other.bids.top(), other.asks.top())


def test_an_old_change_does_nothing() -> None:
    """A change that the book already contains does not put it back."""
    book = Book()
    book.load(10, [(5, 1)], [(6, 1)])
    book.apply(Diff(8, 10, ((5, 9),), (), 0))
    assert book.best() == (10, 5, 1, 6, 1)


@given(st.integers(-(10**16), 10**16))
def test_amounts_survive_being_written(amount: int) -> None:
    """An amount that is written and read is the same."""
    if amount >= 0 or amount <= -(10**8):
        assert to_int(to_text(abs(amount))) == abs(amount)
    assert len(to_text(amount).partition(".")[2]) == 8
