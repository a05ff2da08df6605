"""Recordings to Parquet: a file for each kind of message, with columns that have names and types."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from ..core.captures import Progress
from ..core.columns import TABLES, each, table_of
from ..core.lines import CUT, GAP, START, Record
from ..core.packing import SUFFIXES
from ..errors import ArgumentError
from ..net.decode import loads
from .reading import Paths, read
from .tables import Table

PARQUET = ".parquet"
_UNFINISHED = ".unfinished"


class Exported(NamedTuple):
    """What an export made.

    Args:
        files: the rows of each file, by its path.
        skipped: messages that are rows of no table, such as changes of order books.
        gaps: how often messages were missed in the recordings.
        cut: why a recording's end is missing, for each that has none.
    """

    files: dict[Path, int]
    skipped: int
    gaps: int
    cut: list[str]


def export(
    paths: Paths,
    target: str | os.PathLike[str],
    exact: bool = False,
    *,
    progress: Progress | None = None,
) -> Exported:
    """Write recordings to Parquet: trades, klines, best prices, tickers, mark prices, each kind to a file.

    Times are timestamps in microseconds, UTC. Each table has besides its own columns ``received``,
    ``backfilled`` and ``market``. It takes the memory of a few ten thousand rows, however long the recordings
    are.

    Args:
        paths: a recording, or several; the name that a recording was given means all its files.
        target: a name that ends with ``.parquet``, or a directory, which is made where there is none. Where
            there are several kinds, ``out.parquet`` becomes ``out.trade.parquet``, ``out.kline.parquet`` and
            so on. A file of that name is replaced, once the new one is whole.
        exact: whether prices and quantities are ``decimal128(38, 18)`` instead of ``float64``.
        progress: is called with a number of bytes that were read, again and again.

    Raises:
        ArgumentError: a recording cannot be read, has no message that is a row, or the target cannot be
            written.
        MissingExtra: ``pyarrow``, or ``zstandard`` for recordings that need it, is not installed.
    """
    place = Path(target)
    if place.name.endswith(SUFFIXES):
        raise ArgumentError(
            f"an export goes to a name that ends with {PARQUET}, or to a directory, not to {place}"
        )
    try:
        with _Export(place, exact) as tables:
            for record in read(paths, progress):
                tables.take(record)
            return tables.done()
    except OSError as error:
        raise ArgumentError(f"{place} cannot be written: {error.strerror or error}") from error


class _Export:
    """The tables of an export, each begun with its first row."""

    def __init__(self, place: Path, exact: bool) -> None:
        self._single = place.suffix == PARQUET and not place.is_dir()
        self._place, self._exact = place, exact
        self._tables: dict[str, Table] = {}
        self._unfinished: list[Path] = []
        self._market: str | None = None
        self._skipped = self._gaps = 0
        self._cut: list[str] = []

    def take(self, record: Record) -> None:
        """One line of a recording."""
        if record.note is None:
            self._add(record)
        elif record.note["note"] == START:
            self._market = record.note.get("market")
        elif record.note["note"] == GAP:
            self._gaps += 1
        elif record.note["note"] == CUT:
            self._cut.append(f"{record.note['file']}: {record.note['why']}")

    def _add(self, record: Record) -> None:
        for message in each(_decoded(record)):
            name = table_of(message)
            if name is None:
                self._skipped += 1
            else:
                table = self._tables.get(name) or self._begun(name)
                table.add(message, record, self._market)

    def _begun(self, name: str) -> Table:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + _UNFINISHED)
        self._unfinished.append(unfinished)  # an interrupt may come before there is a table
        table = self._tables[name] = Table(name, unfinished, self._exact)
        return table

    def _path(self, name: str) -> Path:
        file = f"{self._place.stem}.{name}{PARQUET}" if self._single else f"{name}{PARQUET}"
        return self._place.with_name(file) if self._single else self._place / file

    def done(self) -> Exported:
        """Finish the files and give them their names; a single one the name that was asked for."""
        if not self._tables:
            raise ArgumentError(f"there is nothing to export: no message is one of {', '.join(TABLES)}")
        for table in self._tables.values():
            table.close()
        alone = self._single and len(self._tables) == 1
        files = {}
        for name, table in self._tables.items():
            path = self._place if alone else self._path(name)
            os.replace(table.path, path)
            files[path] = table.rows
        return Exported(files, self._skipped, self._gaps, self._cut)

    def __enter__(self) -> _Export:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.drop()
        for path in self._unfinished:
            path.unlink(missing_ok=True)


def _decoded(record: Record) -> Any:
    try:
        return loads(record.data)
    except ValueError as error:
        raise ArgumentError(f"a message of {record.stream} is not JSON: {record.data[:80]!r}") from error
