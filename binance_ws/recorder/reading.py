"""Recordings as iterators: as fast as they can be read, or at the pace at which they were made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic

from ..core.captures import Progress, records, series
from ..core.lines import Record
from ..errors import ArgumentError

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def read(paths: Paths, progress: Progress | None = None) -> Iterator[Record]:
    """The messages and notes of recordings, in the order in which they were written.

    A file whose end is missing, because the recording goes on yet or was cut off, gives what is whole of it,
    and a note ``{"note": "cut", "why": …}``.

    Args:
        paths: a recording, or several, one after the other. The name that a recording was given means all its
            files; ``name.0001.jsonl.zst`` that one alone.
        progress: is called with a number of bytes that were read, again and again.

    Raises:
        ArgumentError: there is no such file, or a line is none of a recording.
        MissingExtra: it is packed with zstd, and ``zstandard`` is not installed.
    """
    for file in files(paths):
        yield from records(file, progress)


def files(paths: Paths) -> list[Path]:
    """The files that the names of recordings mean, in order."""
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return [file for path in given for file in series(Path(path))]


def replay(paths: Paths, speed: float | None = 1.0) -> Iterator[Record]:
    """The messages and notes of recordings, each when it is due.

    Args:
        paths: as of :func:`read`.
        speed: how many times faster than they came; ``None`` for as fast as they can be read.

    Raises:
        ArgumentError: the speed is no number above 0, or as :func:`read`.
    """
    if speed is None:
        return read(paths)
    if not speed > 0:
        raise ArgumentError(f"speed is a number above 0, or None, not {speed!r}")
    return _paced(read(paths), speed * 1e9)


def _paced(records: Iterator[Record], ns_per_second: float) -> Iterator[Record]:
    pause, began, first = Event(), monotonic(), None
    for record in records:
        first = record.time if first is None else first
        left = (record.time - first) / ns_per_second - (monotonic() - began)
        if left > 0:
            pause.wait(left)
        yield record
