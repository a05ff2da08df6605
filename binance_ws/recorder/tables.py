"""Rows on their way into Parquet: gathered by column, turned into Arrow's types, written group by group."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..core.columns import TABLES, Column, row
from ..core.lines import Record
from ..core.times import MICROSECONDS_FROM
from ..errors import ArgumentError, MissingExtra

GROUP_ROWS = 1 << 16
"""Rows of a group: what is held in memory of each table at most."""

_ALL: tuple[Column, ...] = (
    Column("received", (), "time"),
    Column("backfilled", (), "boolean"),
    Column("market", (), "text"),
)
"""What every table has besides: when the message was received, whether it was fetched later, and its market."""

_PRECISION, _SCALE = 38, 18


def arrow(module: str = "pyarrow") -> Any:
    """A module of Arrow.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtra("pyarrow", "record") from error


class Table:
    """One Parquet file that is being written.

    Args:
        name: of the table, as :mod:`binance_ws.core.columns` has it.
        path: where it is written; nobody is to see it before it is whole.
        exact: whether decimals are ``decimal128`` instead of ``float64``.
    """

    def __init__(self, name: str, path: Path, exact: bool) -> None:
        self.path = path
        self.rows = 0
        self._columns = TABLES[name]
        self._held: list[tuple[Any, ...]] = []
        self._types = _types(exact)
        whole = [*self._columns, *_ALL]
        self._schema = arrow().schema([(column.name, self._types[column.kind]) for column in whole])
        self._writer = arrow("pyarrow.parquet").ParquetWriter(path, self._schema, compression="zstd")

    def add(self, message: dict[str, Any], record: Record, market: str | None) -> None:
        """Add a message.

        Raises:
            ArgumentError: a value is not of its column's kind.
        """
        self._held.append((*row(message, self._columns), record.time // 1000, record.backfilled, market))
        if len(self._held) >= GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        columns = zip([*self._columns, *_ALL], zip(*self._held, strict=True), strict=True)
        arrays = [_array(column, values, self._types[column.kind]) for column, values in columns]
        self._writer.write_table(arrow().Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(self._held)
        self._held.clear()

    def close(self) -> None:
        """Write what is left; the file is whole now."""
        if self._held:
            self._write()
        self._writer.close()

    def drop(self) -> None:
        """Let go of the file, as it is."""
        with suppress(OSError):
            self._writer.close()


def _types(exact: bool) -> dict[str, Any]:
    pa = arrow()
    return {
        "time": pa.timestamp("us", tz="UTC"),
        "decimal": pa.decimal128(_PRECISION, _SCALE) if exact else pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "text": pa.string(),
    }


def _array(column: Column, values: Sequence[Any], type_: Any) -> Any:
    """The values of a column as Arrow has them."""
    pa = arrow()
    try:
        return _MAKERS.get(column.kind, _plain)(pa, values, type_)
    except (pa.ArrowException, TypeError, OverflowError) as error:
        raise ArgumentError(
            f"the column {column.name} has a value that is no {column.kind}: {error}"
        ) from error


def _plain(pa: Any, values: Sequence[Any], type_: Any) -> Any:
    return pa.array(values, type_)


def _times(pa: Any, values: Sequence[Any], type_: Any) -> Any:
    """Milliseconds and microseconds alike."""
    compute = arrow("pyarrow.compute")
    given = pa.array(values, pa.int64())
    fine = compute.greater(given, MICROSECONDS_FROM)
    return compute.if_else(fine, given, compute.multiply(given, 1000)).cast(type_)


def _decimals(pa: Any, values: Sequence[Any], type_: Any) -> Any:
    """Text, which Arrow reads; a number, which other recorders may write, is made text first."""
    try:
        given = pa.array(values, pa.string())
    except pa.ArrowException:
        given = pa.array([None if value is None else str(value) for value in values], pa.string())
    return given.cast(type_)


_MAKERS: dict[str, Callable[[Any, Sequence[Any], Any], Any]] = {"time": _times, "decimal": _decimals}
