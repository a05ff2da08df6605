"""``binance-ws book``: a local order book in the terminal, refreshed in place."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from ..books import Book
from ..books.show import line, rungs
from ..client import Client
from ..config import Environment
from ..enums import Market
from ..errors import BinanceWsError, StaleBook
from ..manager import BinanceSocketManager
from .where import ENVIRONMENTS, environment_of

_STYLES = {"ask": "red", "bid": "green"}
_READY_SECONDS = 60.0


def book(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT.", metavar="SYMBOL")],
    market: Annotated[Market, typer.Option(help="Whose book.")] = Market.SPOT,
    levels: Annotated[int, typer.Option(min=1, max=500, help="Levels of each side.")] = 10,
    speed: Annotated[str, typer.Option(help="How often the exchange sends changes.")] = "100ms",
    every: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks.")] = 0.25,
    seconds: Annotated[float | None, typer.Option(help="End after so many.")] = None,
    environment: Annotated[
        str | None, typer.Option("--environment", "-e", help=f"One of {', '.join(ENVIRONMENTS)}.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="A local exchange instead, such as 127.0.0.1:8765.")
    ] = None,
) -> None:
    """Show the best levels of an order book until Ctrl-C; one line a look where the output is no terminal."""
    logging.getLogger("binance_ws").addHandler(logging.NullHandler())  # what matters is in the ladder
    console = Console()
    try:
        with _opened(symbol, market, levels, speed, environment_of(environment, host)) as opened:
            _show(console, opened, levels, every, seconds)
    except BinanceWsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        pass
    console.print("Closed.")


@contextmanager
def _opened(
    symbol: str, market: Market, levels: int, speed: str, environment: Environment | None
) -> Iterator[Book]:
    with BinanceSocketManager(Client(environment=environment)) as manager:
        opened = manager.start_order_book(symbol, market=market, depth=levels, speed=speed)
        yield opened.wait_ready(_READY_SECONDS)


def _show(console: Console, book: Book, levels: int, every: float, seconds: float | None) -> None:
    until = None if seconds is None else time.monotonic() + seconds
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while not book.closed and (until is None or time.monotonic() < until):
            if console.is_terminal:
                live.update(_ladder(book, levels), refresh=True)
            else:
                typer.echo(_line(book))
            book.follower.over.wait(every)


def _line(book: Book) -> str:
    try:
        return line(book.top(1))
    except StaleBook as stale:
        return str(stale)


def _ladder(book: Book, levels: int) -> Table | str:
    try:
        shown = book.top(levels)
    except StaleBook as stale:
        return str(stale)
    best = shown.best()
    table = Table(
        min_width=60, title=f"{book.symbol} {book.market}, mid {best.mid()}, spread {best.spread()}"
    )
    for name in ("", "price", "quantity", "sum"):
        table.add_column(name, justify="right", no_wrap=True)
    for rung in rungs(shown):
        table.add_row(*rung, style=_STYLES[rung.side])
    return table
