"""Messages as a data frame of pandas, or else of polars, with columns of the right types."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..core.columns import TABLES, Kind, each, row, table_of
from ..core.times import microseconds
from ..errors import MissingExtra

_PACKAGES = ("pandas", "polars")


def library() -> Any:
    """Pandas, or polars where that is not installed.

    Raises:
        MissingExtra: neither is installed.
    """
    for package in _PACKAGES:
        try:
            return importlib.import_module(package)
        except ModuleNotFoundError:
            continue
    raise MissingExtra("pandas", "notebook")


def to_frame(messages: Iterable[Any]) -> Any:
    """Messages as a data frame of pandas, or of polars where that is not installed: a row each.

    Times are moments in UTC, prices and quantities floats, ids and counts integers; a column that no message has
    is left out. Messages of several kinds make one frame with the columns of all, the first of which, ``kind``,
    tells them apart. Messages of a kind that has no table (books, accounts) come flat, with the exchange's own
    names, such as ``o.s``.

    Args:
        messages: as callbacks and streams give them, ``{"stream", "data"}`` or bare; each entry of a list is
            a row.

    Raises:
        MissingExtra: neither pandas nor polars is installed.
    """
    rows = list(_rows(messages))
    kinds = [table_of(data) for _, data in rows]
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds):
        return _flat(rows)
    types: dict[str, Kind] = {"kind": "text"} if len(set(known)) > 1 else {}
    types |= {column.name: column.kind for kind in dict.fromkeys(known) for column in TABLES[kind]}
    return _typed(types, [_named(kind, data) for kind, (_, data) in zip(known, rows, strict=True)])


def _rows(messages: Iterable[Any]) -> Iterator[tuple[str | None, Any]]:
    """The data of each message, with the name of its stream where it tells that."""
    for message in messages:
        stream, data = None, message
        if isinstance(message, dict) and message.keys() >= {"stream", "data"}:
            stream, data = message["stream"], message["data"]
        yield from ((stream, entry) for entry in each(data))


def _named(kind: str, data: Any) -> dict[str, Any]:
    columns = TABLES[kind]
    return {"kind": kind, **dict(zip([c.name for c in columns], row(data, columns), strict=True))}


def _flat(rows: Sequence[tuple[str | None, Any]]) -> Any:
    named = any(stream for stream, _ in rows)
    return library().json_normalize([{"stream": s, **data} if named else data for s, data in rows])


def _typed(types: dict[str, Kind], rows: list[dict[str, Any]]) -> Any:
    found = library()
    make = _of_pandas if found.__name__ == "pandas" else _of_polars
    table = {name: _read(kind, [row.get(name) for row in rows]) for name, kind in types.items()}
    return found.DataFrame(
        {
            name: make(found, types[name], values)
            for name, values in table.items()
            if any(value is not None for value in values)
        }
    )


def _read(kind: Kind, values: list[Any]) -> list[Any]:
    """Times as microseconds, decimals as floats."""
    if kind == "time":
        return [None if value is None else microseconds(value) for value in values]
    if kind == "decimal":
        return [None if value is None else float(value) for value in values]
    return values


_PANDAS: dict[Kind, tuple[str | None, str | None]] = {
    "time": ("Int64", "int64"),
    "decimal": ("float64", "float64"),
    "integer": ("Int64", "int64"),
    "boolean": ("boolean", "bool"),
    "text": (None, None),
}
"""The type of a column with gaps, and of one without."""


def _of_pandas(pandas: Any, kind: Kind, values: list[Any]) -> Any:
    sparse, full = _PANDAS[kind]
    series = pandas.Series(values, dtype=sparse if None in values else full)
    if kind != "time":
        return series
    return pandas.to_datetime(series, unit="us", utc=True).astype("datetime64[us, UTC]")


def _of_polars(polars: Any, kind: Kind, values: list[Any]) -> Any:
    types = {
        "time": polars.Datetime("us", "UTC"),
        "decimal": polars.Float64,
        "integer": polars.Int64,
        "boolean": polars.Boolean,
        "text": polars.String,
    }
    return polars.Series(values=values, dtype=types[kind])
