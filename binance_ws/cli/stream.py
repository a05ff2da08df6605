"""``binance-ws stream``: messages of any streams as lines of JSON on standard output."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from .. import plans
from ..client import Client
from ..config import Environment
from ..enums import Market
from ..manager import BinanceSocketManager
from ..streams.kinds import Stream
from .ending import polite
from .lines import MOST, Lines, Output
from .log import Verbose, advise, say
from .where import EnvironmentName, Host, OfMarket, environment_of

EXAMPLES = """\
binance-ws stream btcusdt@trade
binance-ws stream btcusdt@trade ethusdt@kline_1m --seconds 60 > minute.jsonl
binance-ws stream btcusdt@aggTrade --market usdm | jq -r .p
binance-ws stream '!miniTicker@arr' --count 1 --pretty
"""

LOOK_SECONDS = 0.25
"""How often we look whether anybody still reads, while there is nothing to write."""

Put = Callable[[list[bytes]], object]
Check = Callable[[], object]


def stream(
    streams: Annotated[list[str], typer.Argument(metavar="STREAM", help="Names such as btcusdt@trade.")],
    market: OfMarket = Market.SPOT,
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="End after so many messages.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so many.")] = None,
    pretty: Annotated[bool, typer.Option("--pretty", "-p", help="Indent and colour, for reading.")] = False,
    forever: Annotated[bool, typer.Option("--forever", help="Never give up a lost connection.")] = False,
    environment: EnvironmentName = None,
    host: Host = None,
    verbose: Verbose = False,
) -> None:
    """Print messages as the exchange sends them, one line of JSON each, until Ctrl-C.

    One stream comes bare, several come as {"stream": name, "data": message}. After a reconnect, trades, aggregated
    trades and klines that were missed are fetched and printed in their place.

    Exits with 0 after Ctrl-C, SIGTERM, --count or --seconds (130 and 143 where a signal came before these), with 1
    where the exchange cannot be reached, with 2 for an unknown stream, with 141 where the reader of a pipe ended.
    """
    say(verbose)
    with polite(bounded=count is not None or seconds is not None):
        found = plans.classified(streams, market)
        lines = Lines(found[0].name if len(found) == 1 else None)
        with _opened(found, lines, environment_of(environment, host), None if forever else 5):
            put, check = _pretty() if pretty else _plain()
            _pass_on(lines, put, check, count, seconds)


class _Frames(BinanceSocketManager):
    """A manager with sockets whose messages carry the bytes they came in."""

    def start_frames(self, lines: Lines, streams: list[Stream]) -> None:
        """Start one."""
        self._claim(lines, plans.framed(streams, streams[0].market))


@contextmanager
def _opened(
    streams: list[Stream], lines: Lines, environment: Environment | None, retries: int | None
) -> Iterator[None]:
    client = Client(environment=environment)
    manager = _Frames(client, max_retries=retries, on_event=advise)
    manager.start_frames(lines, streams)
    with closing(client), manager, closing(lines):
        yield


def _plain() -> tuple[Put, Check]:
    output = Output()
    return output.write, output.check


def _pretty() -> tuple[Put, Check]:
    from .console import Screen

    screen, output = Screen(), Output()

    def put(lines: list[bytes]) -> None:
        for line in lines:
            screen.print_json(line.decode())

    return put, output.check


def _pass_on(lines: Lines, put: Put, check: Check, count: int | None, seconds: float | None) -> None:
    """Put out lines until there are enough, the time is over, or no more will come."""
    until = math.inf if seconds is None else time.monotonic() + seconds
    left = math.inf if count is None else count
    while left > 0 and (rest := until - time.monotonic()) > 0:
        taken = lines.take(int(min(left, MOST)), min(rest, LOOK_SECONDS))
        if taken:
            put(taken)
            left -= len(taken)
        elif lines.failure is not None:
            raise lines.failure
        else:
            check()
