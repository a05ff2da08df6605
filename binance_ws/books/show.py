"""How books are shown: rows of a ladder, text, a data frame, and a place in a notebook that is refreshed."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from ..core.levels import BookSnapshot
from ..errors import MissingExtra, StaleBook


class Shown(Protocol):
    """A book, as far as it is shown."""

    @property
    def closed(self) -> bool:
        """Whether it changes no more."""

    @property
    def reason(self) -> str:
        """Why it is stale."""

    @property
    def symbol(self) -> str:
        """The symbol."""

    @property
    def follower(self) -> Any:
        """What tells of its end."""

    def top(self, count: int) -> BookSnapshot:
        """The best levels."""


class Rung(NamedTuple):
    """A row of a ladder: a side, a price, a quantity, and the sum of the quantities up to there."""

    side: str
    price: str
    quantity: str
    total: str


def rungs(book: BookSnapshot) -> list[Rung]:
    """A ladder from the highest price down: asks, then bids."""
    return [*reversed(_side("ask", book.asks)), *_side("bid", book.bids)]


def _side(side: str, levels: tuple[tuple[str, str], ...]) -> list[Rung]:
    found, total = [], 0.0
    for price, quantity in levels:
        total += float(quantity)
        found.append(Rung(side, plain(price), plain(quantity), f"{total:,.4f}"))
    return found


def plain(number: str) -> str:
    """A number without zeros at its end."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def line(book: BookSnapshot) -> str:
    """A book in one line."""
    best = book.best()
    bid, ask = (f"{plain(level[0])} ({plain(level[1])})" if level else "none" for level in best[1:])
    return f"{book.symbol} bid {bid}, ask {ask}, spread {best.spread() or 'none'}"


def text(book: BookSnapshot) -> str:
    """A ladder as text."""
    rows = [f"{r.side:>3} {r.price:>16} {r.quantity:>16} {r.total:>18}" for r in rungs(book)]
    return "\n".join([f"{book.symbol}, update {book.update_id}", *rows])


def frame(book: BookSnapshot) -> Any:
    """A data frame of pandas, or else of polars.

    Raises:
        MissingExtra: neither is installed.
    """
    levels = [("bid", *level) for level in book.bids] + [("ask", *level) for level in book.asks]
    columns = {
        "side": [side for side, _, _ in levels],
        "price": [float(price) for _, price, _ in levels],
        "quantity": [float(quantity) for _, _, quantity in levels],
    }
    for package in ("pandas", "polars"):
        try:
            return importlib.import_module(package).DataFrame(columns)
        except ModuleNotFoundError:
            continue
    raise MissingExtra("pandas", "notebook")


def watch(book: Shown, levels: int, seconds: float | None, every: float) -> None:
    """Show a ladder until that is interrupted, the time is over, or the book is closed."""
    put = _place()
    until = None if seconds is None else time.monotonic() + seconds
    try:
        while not book.closed and (until is None or time.monotonic() < until):
            put(_seen(book, levels))
            book.follower.over.wait(every)
    except KeyboardInterrupt:
        pass


def _seen(book: Shown, levels: int) -> str:
    try:
        return text(book.top(levels))
    except StaleBook:
        return f"{book.symbol} is stale: {book.reason}"


def _place() -> Callable[[str], object]:
    """What shows a text: in a notebook in the place of the one before, else below it."""
    try:
        display = importlib.import_module("IPython.display")
        shell = importlib.import_module("IPython").get_ipython()
    except ModuleNotFoundError:
        return print
    if shell is None:
        return print
    handle = display.display({"text/plain": ""}, raw=True, display_id=True)
    return lambda shown: handle.update({"text/plain": shown}, raw=True)
