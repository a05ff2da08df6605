"""``binance-ws export``: recordings to Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ..recorder import Exported
from ..recorder import export as exported
from ..recorder.reading import files as files_of
from .console import Screen
from .ending import polite
from .where import AsJson

EXAMPLES = """\
binance-ws export trades.jsonl.zst trades.parquet
binance-ws export monday.jsonl.zst tuesday.jsonl.zst week/
binance-ws export trades.jsonl.gz trades.parquet --exact --json
"""


def export(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A name.parquet, or a directory.")],
    exact: Annotated[
        bool, typer.Option("--exact", help="Prices and quantities as decimals instead of floats.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write recordings to Parquet: trades, klines, best prices, tickers and so on, with typed columns.

    Each kind of message gets a file: DIR/trade.parquet, or out.trade.parquet where there are several kinds.
    The name that a recording was given means all its files.

    Exits with 0, with 2 where a recording cannot be read or OUT cannot be written, with 130 and 143 after a
    signal, whereupon nothing is left of OUT.
    """
    with polite(bounded=True):
        with _progress(files) as progress:
            made = exported(files, target, exact, progress=progress)
        for text in _warnings(made):
            typer.echo(text, err=True)
        typer.echo(_json(made) if as_json else _text(made))


@contextmanager
def _progress(files: list[Path]) -> Iterator[Callable[[int], object] | None]:
    """A bar on a terminal, nothing elsewhere."""
    screen = Screen(stderr=True)
    if not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    total = sum(file.stat().st_size for file in files_of(files) if file.exists())
    columns = ("Exporting", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)


def _warnings(made: Exported) -> list[str]:
    gaps = [f"{made.gaps} gaps stayed in the recordings"] if made.gaps else []
    return [f"the end of {cut}" for cut in made.cut] + gaps


def _json(made: Exported) -> str:
    return json.dumps({**made._asdict(), "files": {str(path): rows for path, rows in made.files.items()}})


def _text(made: Exported) -> str:
    lines = [f"{path}: {rows:,} rows" for path, rows in made.files.items()]
    skipped = [f"{made.skipped:,} messages are rows of no table"] if made.skipped else []
    return "\n".join(lines + skipped)
