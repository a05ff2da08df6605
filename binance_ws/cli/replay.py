"""``binance-ws replay``: a recording as an exchange, or as lines on standard output, at any speed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ArgumentError
from ..recorder import Record
from ..recorder import replay as replayed
from .ending import polite
from .lines import MOST, Output
from .log import Verbose, say
from .simulate import simulate

EXAMPLES = """\
binance-ws replay trades.jsonl.zst
binance-ws replay spot.jsonl.zst usdm.jsonl.zst --speed 10 --once
binance-ws replay trades.jsonl.zst --print --speed max | jq -r .data.p
"""


def replay(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Recordings, one a market; demo and demo-usdm are shipped ones."
        ),
    ],
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 for a free one.")] = 8765,
    address: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    speed: Annotated[str, typer.Option(help="How many times faster than it came, or max.")] = "1",
    once: Annotated[bool, typer.Option("--once", help="Do not begin again at the end.")] = False,
    printing: Annotated[
        bool, typer.Option("--print", help="Print the messages instead, once, and end.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Serve recordings as an exchange on this machine until Ctrl-C: clients get the recorded frames.

    What was not recorded is derived from it (klines and tickers from trades) or made at random (other
    symbols). After the end it begins again, ids and times rising. With --print the messages come as lines of
    JSON, with the time of their receipt (ns) as t.

    Exits with 0 after Ctrl-C, SIGTERM or the end of what is printed (130 and 143 where a signal came before),
    with 2 where a recording cannot be read, with 141 where the reader of a pipe ended.
    """
    if not printing:
        simulate(port=port, address=address, replay=files, speed=speed, once=once, verbose=verbose)
        return
    say(verbose)
    with polite(bounded=True):
        _print(files, _pace(speed))


def _pace(speed: str) -> float | None:
    """The speed as a number; ``None`` for as fast as possible.

    Raises:
        ArgumentError: it is neither a number nor ``max``.
    """
    try:
        return None if speed == "max" else float(speed)
    except ValueError:
        raise ArgumentError(f"speed is a number above 0, or max, not {speed!r}") from None


def _path(name: str) -> Path:
    """Where a recording lies; ``demo`` and ``demo-usdm`` come with the simulated exchange."""
    from ..simulator.recording import SHIPPED

    return SHIPPED.get(name) or Path(name)


def _print(files: list[str], speed: float | None) -> None:
    """Write each message when it is due, or many in one go where they are due at once."""
    records = replayed([*map(_path, files)], speed)
    output, held, most = Output(), [], 1 if speed is not None else MOST
    for record in records:
        if record.note is None:
            held.append(_line(record))
        if len(held) >= most:
            output.write(held)
            held = []
    output.write(held)


def _line(record: Record) -> bytes:
    return b'{"t":%d,"stream":"%b","data":%b}' % (record.time, record.stream.encode(), record.data)
