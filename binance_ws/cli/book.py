"""``binance-ws book``: a local order book in the terminal, refreshed in place."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ..books import Book
from ..books.show import line, rungs
from ..client import Client
from ..config import Environment
from ..core.figures import aligned, plain
from ..enums import Market
from ..errors import GaveUp, StaleBook
from ..manager import BinanceSocketManager
from .console import Screen, in_place
from .ending import polite
from .log import Verbose, say
from .where import AsJson, EnvironmentName, Host, OfMarket, environment_of

EXAMPLES = """\
binance-ws book BTCUSDT
binance-ws book BTCUSDT --market usdm --levels 20
binance-ws book ETHUSDT --json --levels 5 --every 1 | jq -r '.bids[0][0]'
"""

_STYLES = {"ask": "red", "bid": "green"}
_READY_SECONDS = 60.0
_FRAME = 6
"""Lines of a ladder besides its levels."""

_BESIDE = 60
"""Columns of a ladder besides its bars."""


def book(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT.", metavar="SYMBOL")],
    market: OfMarket = Market.SPOT,
    levels: Annotated[int, typer.Option("--levels", "-l", min=1, max=500, help="Levels of each side.")] = 10,
    speed: Annotated[str, typer.Option(help="How often the exchange sends changes.")] = "100ms",
    every: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks.")] = 0.25,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so many.")] = None,
    as_json: AsJson = False,
    environment: EnvironmentName = None,
    host: Host = None,
    verbose: Verbose = False,
) -> None:
    """Show the best levels of an order book until Ctrl-C.

    Where the output is no terminal, each look is a line; with --json, a line of JSON.

    Exits with 0 after Ctrl-C, SIGTERM or --seconds (130 and 143 where a signal came before), with 1 where the
    exchange cannot be reached or refuses the symbol, with 2 where something asked for does not exist.
    """
    say(verbose)
    with (
        polite(bounded=seconds is not None),
        _opened(symbol, market, levels, speed, environment_of(environment, host)) as opened,
    ):
        _show(Screen(), opened, levels, every, seconds, as_json)


@contextmanager
def _opened(
    symbol: str, market: Market, levels: int, speed: str, environment: Environment | None
) -> Iterator[Book]:
    client = Client(environment=environment)
    with closing(client), BinanceSocketManager(client) as manager:
        opened = manager.start_order_book(symbol, market=market, depth=levels, speed=speed)
        yield opened.wait_ready(_READY_SECONDS)


def _show(
    screen: Screen, book: Book, levels: int, every: float, seconds: float | None, as_json: bool = False
) -> None:
    until = math.inf if seconds is None else time.monotonic() + seconds
    with _drawing(screen, levels, as_json) as draw:
        while not book.closed and time.monotonic() < until:
            draw(book)
            book.follower.over.wait(min(every, max(0.0, until - time.monotonic())))
    if book.closed and book.error is not None:
        raise GaveUp(f"the order book is given up: {book.error}") from book.error


@contextmanager
def _drawing(screen: Screen, levels: int, as_json: bool) -> Iterator[Callable[[Book], object]]:
    """What shows a book."""
    if as_json:
        yield lambda book: typer.echo(_json(book, levels))
    elif not screen.is_terminal:
        yield lambda book: typer.echo(_line(book))
    else:
        with in_place(screen) as draw:
            yield lambda book: draw(_ladder(book, levels, screen.width, screen.height))


def _line(book: Book) -> str:
    try:
        return line(book.top(1))
    except StaleBook as stale:
        return str(stale)


def _json(book: Book, levels: int) -> str:
    try:
        shown = book.top(levels)
    except StaleBook as stale:
        return json.dumps({"symbol": book.symbol, "stale": str(stale)})
    told = {"symbol": shown.symbol, "updateId": shown.update_id, "time": shown.time}
    return json.dumps({**told, "bids": shown.bids, "asks": shown.asks})


def _ladder(book: Book, levels: int, width: int = 80, height: int = 10_000) -> Table | str:
    """The levels that fit into so many columns and lines."""
    try:
        shown = book.top(max(1, min(levels, (height - _FRAME) // 2)))
    except StaleBook as stale:
        return str(stale)
    best, found = shown.best(), rungs(shown)
    mid, spread = (plain(str(value)) for value in (best.mid(), best.spread()))
    title = f"{book.symbol} {book.market}   mid {mid}   spread {spread}"
    table = Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("", "price", "quantity", "sum"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    sums = [rung.total.replace(",", "") for rung in found]
    for rung, *numbers, bar in zip(
        found,
        aligned([rung.price for rung in found]),
        aligned([rung.quantity for rung in found]),
        aligned([f"{float(text):f}" for text in sums]),
        _bars([float(text) for text in sums], max(0, width - _BESIDE)),
        strict=True,
    ):
        style = _STYLES[rung.side]
        table.add_row(rung.side, *numbers, Text(bar, style=f"dim {style}"), style=style)
    return table


def _bars(numbers: list[float], width: int) -> list[str]:
    """A bar for each number, the greatest the longest."""
    most = max(numbers, default=0.0) or 1.0
    return ["█" * round(width * number / most) for number in numbers]
