"""``binance-ws record``: streams to files, with a line on a terminal that tells how it goes."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..client import Client
from ..enums import Market
from ..errors import BinanceWsError, NotConnected
from ..manager import BinanceSocketManager
from ..recorder import Recorder
from ..recorder.recorder import size_text
from .console import Screen, in_place
from .ending import polite
from .log import Verbose, advise, say
from .where import AsJson, EnvironmentName, Host, OfMarket, environment_of

EXAMPLES = """\
binance-ws record btc.jsonl.zst btcusdt@trade btcusdt@bookTicker
binance-ws record hour.jsonl.gz btcusdt@aggTrade --market usdm --seconds 3600
binance-ws record books/day.jsonl.zst btcusdt@depth@100ms --max-size 100MB --max-time 1h
"""

CONNECT_SECONDS = 10.0
"""How long the first connection may take; one that is lost later is tried again for ever."""

EVERY_SECONDS = 0.5

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?([a-z]*)", re.IGNORECASE)
_SIZES = {"": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9}
_TIMES = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def _amount(text: str, units: dict[str, int], example: str) -> float:
    found = _AMOUNT.fullmatch(text)
    if not found or found[2].lower() not in units or not float(found[1]):
        raise typer.BadParameter(f"it is written like {example}, not {text!r}")
    return float(found[1]) * units[found[2].lower()]


def _size(text: str) -> int:
    return math.ceil(_amount(text, _SIZES, "100MB"))


def _seconds(text: str) -> float:
    return _amount(text, _TIMES, "1h")


def record(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Ends with .jsonl.zst, .jsonl.gz or .jsonl.", show_default=False),
    ],
    streams: Annotated[list[str], typer.Argument(metavar="STREAM...", help="Names such as btcusdt@trade.")],
    market: OfMarket = Market.SPOT,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so many.")] = None,
    max_size: Annotated[
        int | None, typer.Option(parser=_size, metavar="SIZE", help="Begin the next file after 100MB, 1GB …")
    ] = None,
    max_time: Annotated[
        float | None,
        typer.Option(parser=_seconds, metavar="TIME", help="Begin the next file after 30m, 1h, 1d …"),
    ] = None,
    snapshots: Annotated[
        bool, typer.Option(help="Fetch a snapshot of each book whose changes are recorded.")
    ] = True,
    as_json: AsJson = False,
    environment: EnvironmentName = None,
    host: Host = None,
    verbose: Verbose = False,
) -> None:
    """Record streams to a file, each frame as it came with the time of its receipt, until Ctrl-C.

    What is older than a second can be read whatever happens. No file is written over: where there is one, and
    where a file is full, FILE.0001 and so on are next. Gaps, lost connections and what was fetched afterwards
    are noted in the file. A lost connection is tried again for ever.

    Exits with 0 after Ctrl-C, SIGTERM or --seconds (130 and 143 where a signal came before), with 1 where the
    exchange cannot be reached or the disk takes no more, with 2 where something asked for does not exist.
    """
    say(verbose)
    with polite(bounded=seconds is not None):
        client = Client(environment=environment_of(environment, host))
        with closing(client), BinanceSocketManager(client, max_retries=None, on_event=advise) as manager:
            recorder = manager.record(
                path, *streams, market=market, max_bytes=max_size, max_seconds=max_time, snapshots=snapshots
            )
            began = time.monotonic()
            try:
                with recorder:
                    _connected(manager, recorder)
                    _follow(recorder, seconds)
            finally:
                summary = _summary(recorder, time.monotonic() - began)
                typer.echo(json.dumps(summary) if as_json else _sentence(summary))
                if recorder.error is not None:  # after Ctrl-C too: its end may be what was not written
                    raise recorder.error


def _connected(manager: BinanceSocketManager, recorder: Recorder) -> None:
    """Wait for the first connection.

    Raises:
        BinanceWsError: there was none in time, or the recording has ended meanwhile.
    """
    try:
        manager.wait_connected(recorder.key, CONNECT_SECONDS)
    except BinanceWsError as error:
        if recorder.error is None:
            raise NotConnected(str(error)) from error
        raise recorder.error from recorder.error.__cause__


def _follow(recorder: Recorder, seconds: float | None) -> None:
    """Wait for the end; on a terminal tell how it goes."""
    until = math.inf if seconds is None else time.monotonic() + seconds
    with _drawing() as draw:
        while (left := until - time.monotonic()) > 0 and not recorder.wait(min(left, EVERY_SECONDS)):
            draw(recorder)


@contextmanager
def _drawing() -> Iterator[Callable[[Recorder], object]]:
    """What shows how it goes: a line on a terminal, nothing elsewhere."""
    screen = Screen(stderr=True, highlight=False)
    if not screen.is_terminal:
        yield lambda recorder: None
        return
    line = _Line()
    with in_place(screen) as draw:
        yield lambda recorder: draw(line.of(recorder))


class _Line:
    """The line that tells how it goes, with the rate since the last one."""

    def __init__(self) -> None:
        self._frames, self._time = 0, time.monotonic()

    def of(self, recorder: Recorder) -> str:
        """The line of this moment."""
        frames, now = recorder.frames, time.monotonic()
        rate = (frames - self._frames) / max(now - self._time, 1e-3)
        self._frames, self._time = frames, now
        trouble = f"   [red]{recorder.dropped:,} dropped[/]" if recorder.dropped else ""
        counts = f"{frames:,} frames   {rate:,.0f}/s   {size_text(recorder.bytes)}   {recorder.gaps} gaps"
        return f"[red]●[/] {recorder.paths[-1].name}   {counts}{trouble}"


def _summary(recorder: Recorder, seconds: float) -> dict[str, Any]:
    return {
        "files": [str(path) for path in recorder.paths],
        "seconds": round(seconds, 1),
        "frames": recorder.frames,
        "bytes": recorder.bytes,
        "gaps": recorder.gaps,
        "backfilled": recorder.backfilled,
        "reconnects": recorder.reconnects,
        "dropped": recorder.dropped,
        "error": str(recorder.error) if recorder.error else None,
    }


def _sentence(summary: dict[str, Any]) -> str:
    files = summary["files"]
    where = files[0] if len(files) == 1 else f"{len(files)} files from {files[0]} on"
    told = [
        f"{summary[name]:,} {name}"
        for name in ("gaps", "backfilled", "reconnects", "dropped")
        if summary[name]
    ]
    parts = [f"{summary['frames']:,} frames in {summary['seconds']:g} s", size_text(summary["bytes"]), *told]
    return f"{', '.join(parts)}: {where}"
