"""``binance-ws simulate``: the simulated exchange, with a look at what it does."""

from __future__ import annotations

import threading
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from .console import Screen, counted, in_place
from .ending import polite
from .log import Verbose, say

if TYPE_CHECKING:
    from ..simulator import Exchange

EXAMPLES = """\
binance-ws simulate
binance-ws simulate --replay demo --replay demo-usdm --speed 10
binance-ws simulate --replay trades.jsonl.gz --once
binance-ws simulate --faults 5 --seed 7
"""

EVERY_SECONDS = 0.5


class UserData(str, Enum):
    """How the events of accounts are subscribed."""

    TODAY = "today"
    LISTEN_KEY = "listen_key"


def simulate(
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 for a free one.")] = 8765,
    address: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    replay: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="A recording, or demo or demo-usdm for those that are shipped; again for another market.",
        ),
    ] = None,
    speed: Annotated[str, typer.Option(help="How many times faster than real, or max.")] = "1",
    seed: Annotated[int, typer.Option(help="Of the random markets and faults.")] = 1,
    symbols: Annotated[int | None, typer.Option(min=0, help="How many symbols are listed.")] = None,
    whole_market: Annotated[
        bool, typer.Option("--whole-market", help="Serve !ticker@arr and !bookTicker on spot.")
    ] = False,
    user_data: Annotated[
        UserData, typer.Option(help="How the events of accounts are subscribed.")
    ] = UserData.TODAY,
    once: Annotated[
        bool, typer.Option("--once", help="Do not begin the recording again at its end.")
    ] = False,
    faults: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="SECONDS", help="Throw a fault at random every so many seconds."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Run a simulated exchange on this machine until Ctrl-C, and say which variables bring clients to it.

    It plays recordings byte for byte, or a random market that is the same for the same seed, and holds clients to
    the exchange's rules. On a terminal a line tells what goes on.

    Exits with 0 after Ctrl-C or SIGTERM, with 2 where the port cannot be had or an option cannot be used.
    """
    say(verbose)
    with polite():
        from ..simulator import Exchange
        from ..simulator.command import running
        from ..simulator.symbols import DEFAULT

        exchange = Exchange(
            replay,
            host=address,
            port=port,
            speed=speed,
            seed=seed,
            loop=not once,
            whole_market=whole_market,
            user_data=user_data.value,
            symbols=DEFAULT if symbols is None else symbols,
        )
        with running(exchange, faults, seed):
            _look_on(exchange)


def _look_on(exchange: Exchange) -> None:
    """Wait for the end; on a terminal tell what goes on."""
    screen, over = Screen(), threading.Event()
    if not screen.is_terminal:
        over.wait()
    with in_place(screen) as draw:
        while not over.wait(EVERY_SECONDS):
            draw(_status(exchange))


def _status(exchange: Exchange) -> str:
    """What goes on, in a line."""
    connections = exchange.connections
    streams = sum(len(connection.streams) for connection in connections)
    return (
        f"[green]●[/] {counted(len(connections), 'connection')}   {counted(streams, 'stream')}   "
        f"{counted(exchange.messages, 'message')} sent   {counted(len(exchange.requests), 'request')}"
    )
