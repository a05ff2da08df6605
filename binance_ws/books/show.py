"""How books are shown: rows of a ladder, text, HTML, a data frame, and a place that is refreshed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..core.figures import plain
from ..core.levels import BookSnapshot
from ..errors import StaleBook
from ..notebook.frames import library
from ..notebook.panes import Shown as Pictured
from ..notebook.shell import in_notebook
from ..notebook.tables import ladder_table

if TYPE_CHECKING:
    from ..notebook.view import View


class Shown(Pictured, Protocol):
    """A book, as far as it is shown."""

    @property
    def follower(self) -> Any:
        """What tells of its end."""


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


def line(book: BookSnapshot) -> str:
    """A book in one line."""
    best = book.best()
    bid, ask = (f"{plain(level[0])} ({plain(level[1])})" if level else "none" for level in best[1:])
    spread = best.spread()
    return f"{book.symbol} bid {bid}, ask {ask}, spread {'none' if spread is None else plain(str(spread))}"


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
    return library().DataFrame(columns)


def html(book: Shown, levels: int) -> str:
    """A ladder as HTML, or why there is none."""
    try:
        top = book.top(levels)
    except StaleBook as error:
        return ladder_table(str(error), [])
    return ladder_table(line(top), rungs(top))


def watch(book: Shown, levels: int, seconds: float | None, every: float) -> View | None:
    """Show a ladder: in a notebook as a widget, at once; elsewhere as text, until there is an end."""
    until = None if seconds is None else time.monotonic() + seconds
    if in_notebook():
        return _view(book, levels, until, every)
    try:
        while not book.closed and not _over(until):
            print(_seen(book, levels))
            book.follower.over.wait(every)
    except KeyboardInterrupt:
        pass
    return None


def _view(book: Shown, levels: int, until: float | None, every: float) -> View:
    from ..notebook.panes import Depth
    from ..notebook.view import CLOSED, View
    from ..notebook.widget import attached

    pane = Depth(book, levels)
    view = attached(View([pane], every))
    view.stands(lambda: CLOSED if _over(until) else pane.state)
    return view


def _over(until: float | None) -> bool:
    """Whether a moment of the monotonic clock has come."""
    return until is not None and time.monotonic() >= until


def _seen(book: Shown, levels: int) -> str:
    try:
        return text(book.top(levels))
    except StaleBook:
        return f"{book.symbol} is stale: {book.reason}"
