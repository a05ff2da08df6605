"""``binance-ws top``: what happens on some symbols, in a table that is refreshed in place."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any

import typer

from .. import events
from ..client import Client
from ..enums import Market
from ..errors import ArgumentError, NotConnected
from ..manager import BinanceSocketManager
from ..streams import names
from .board import Board, busiest
from .board_view import Look, json_line, lines, table
from .console import Screen, in_place
from .ending import polite
from .log import Verbose, say
from .where import AsJson, EnvironmentName, Host, OfMarket, environment_of

EXAMPLES = """\
binance-ws top
binance-ws top BTCUSDT ETHUSDT BNBUSDT
binance-ws top --market usdm --number 20
binance-ws top BTCUSDT --json --every 1 --seconds 60 > btc.jsonl
"""

FIND_SECONDS = 10.0
"""How long the first tickers of the whole market may take."""

GATHER_SECONDS = 2.5
"""How long more of them are waited for where too few came."""

Draw = Callable[[Look], object]


def top(
    symbols: Annotated[
        list[str] | None,
        typer.Argument(metavar="SYMBOL", help="Such as BTCUSDT; none for the busiest ones."),
    ] = None,
    market: OfMarket = Market.SPOT,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, max=500, help="How many of the busiest.")
    ] = 10,
    quote: Annotated[str, typer.Option(help="The asset in which volumes are compared.")] = "USDT",
    every: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks.")] = 0.5,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so many.")] = None,
    as_json: AsJson = False,
    environment: EnvironmentName = None,
    host: Host = None,
    verbose: Verbose = False,
) -> None:
    """Watch price, change, message rate and lag of symbols until Ctrl-C.

    Price and rate are those of trades and tickers as they come; the change is from the price of 24 hours ago.
    Lag is the time from the exchange's clock to this machine's. Where the output is no terminal, each look is a
    line each symbol; with --json, one line.

    Exits with 0 after Ctrl-C, SIGTERM or --seconds (130 and 143 where a signal came before), with 1 where the
    exchange cannot be reached, with 2 where something asked for does not exist.
    """
    say(verbose)
    with polite(bounded=seconds is not None):
        client = Client(environment=environment_of(environment, host))
        notes = _Notes()
        with closing(client), BinanceSocketManager(client, backfill=False, on_event=notes) as manager:
            board = Board(symbols or _find(manager, market, quote, number), market)
            manager.start_socket(board, *board.streams, market=market)
            where = f"{client.environment.name} {market}"

            def look() -> Look | None:
                sockets = manager.sockets()  # none any more, once it is given up
                return Look(where, board.look(not symbols), sockets[0], notes.last) if sockets else None

            with _drawing(as_json) as draw:
                _repeat(board, look, draw, every, seconds)


class _Notes:
    """What happened to the connection last, as a sentence."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, event: events.Event) -> None:
        """Take an event."""
        if isinstance(event, events.Lost):
            self.last = f"{time.strftime('%H:%M:%S')} {event.cause}"
        elif isinstance(event, events.Silent) and event.reason:
            self.last = f"{event.stream}: {event.reason}"
        elif isinstance(event, events.Refused):
            self.last = str(event.cause)


def _find(manager: BinanceSocketManager, market: Market, quote: str, number: int) -> list[str]:
    """The busiest symbols of a market.

    Raises:
        ArgumentError: the market does not tell.
        NotConnected: nothing came in time.
    """
    try:
        stream = names.all_mini_tickers(market)
    except ArgumentError as error:
        raise ArgumentError(f"{market} does not tell which symbols are busy: name some") from error
    found: dict[str, Any] = {}
    with (
        manager.stream(stream) as tickers,
        Screen(stderr=True).status(f"Looking for the busiest on {market}"),
    ):
        try:
            found |= {ticker["s"]: ticker for ticker in tickers.get(FIND_SECONDS)}
        except TimeoutError as error:
            raise NotConnected(f"{stream} sent nothing in {FIND_SECONDS:g} s: name symbols") from error
        if len(found) < number:
            more = tickers.collect(seconds=GATHER_SECONDS)
            found |= {ticker["s"]: ticker for message in more for ticker in message}
    return busiest(list(found.values()), market, quote, number)


@contextmanager
def _drawing(json: bool) -> Iterator[Draw]:
    """What shows a look."""
    screen = Screen()
    if json:
        yield lambda look: typer.echo(json_line(look))
    elif not screen.is_terminal:
        yield _print
    else:
        with in_place(screen, whole=True) as draw:
            yield lambda look: draw(table(look, screen.width, screen.height))


def _print(look: Look) -> None:
    for line in lines(look):
        typer.echo(line)


def _repeat(
    board: Board, look: Callable[[], Look | None], draw: Draw, every: float, seconds: float | None
) -> None:
    """Look and draw until the time is over or the connection is given up."""
    until = math.inf if seconds is None else time.monotonic() + seconds
    while time.monotonic() < until and not board.over.is_set():
        seen = look()
        if seen is not None:
            draw(seen)
        board.over.wait(min(every, max(0.0, until - time.monotonic())))
    if board.failure is not None:
        raise board.failure
