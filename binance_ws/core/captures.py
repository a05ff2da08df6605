"""Captures as files: which files one name means, and what stands in them as far as they are whole.

A long capture is a series: ``trades.jsonl.zst``, then ``trades.0001.jsonl.zst``, ``trades.0002.jsonl.zst``
and so on. The first name means all of them; any other means that file.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from ..errors import ArgumentError
from .lines import CUT, END, NEXT, START, Record, is_whole, parsed
from .packing import SUFFIXES, Unpacked

Progress = Callable[[int], object]
"""Is called with a number of bytes that were read, again and again."""

_PIECE = 1 << 18


def numbered(path: Path, number: int) -> Path:
    """The file of a number in the series of a name; 0 is the name itself."""
    stem, suffix = _split(path)
    return path.with_name(f"{stem}.{number:04d}{suffix}") if number else path


def numbers(path: Path) -> list[int]:
    """The numbers of the files that there are of a series, in order."""
    stem, suffix = _split(path)
    pattern = re.compile(rf"{re.escape(stem)}\.(\d{{4,}}){re.escape(suffix)}")
    beside = path.parent.iterdir() if suffix and path.parent.is_dir() else ()
    found = [int(match[1]) for each in beside if (match := pattern.fullmatch(each.name))]
    return sorted(found + [0] * path.exists())


def series(path: Path) -> list[Path]:
    """The files that a name means, in order; the name itself where there is none."""
    return [numbered(path, number) for number in numbers(path)] or [path]


def _split(path: Path) -> tuple[str, str]:
    suffix = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), "")
    return path.name.removesuffix(suffix), suffix


def records(path: Path, progress: Progress | None = None) -> Iterator[Record]:
    """The lines of one file. Where its end is missing or damaged the last one is a note that says so.

    Args:
        path: the file.
        progress: is told of what was read.

    Raises:
        ArgumentError: the file cannot be read, or a line is none of a capture.
        MissingExtra: it is packed with zstd, and ``zstandard`` is not installed.
    """
    time, unclosed = 0, False
    with _opened(path) as file:
        unpacked = Unpacked(_pieces(file, progress), path.name)
        lines = _lines(unpacked)
        for number, line in enumerate(lines, 1):
            try:
                record = parsed(line, path, number)
            except ArgumentError:
                deque(lines, 0)  # the damage may show only at the end
                if unpacked.packed and unpacked.cut:
                    break
                raise
            if record is not None:
                time = record.time
                unclosed = _OPEN.get(record.note["note"], unclosed) if record.note else unclosed
                yield record
    why = unpacked.cut or ("it was not closed" if unclosed else "")
    if why:
        yield Record(time, "", b"", note={"t": time, "note": CUT, "file": path.name, "why": why})


_OPEN = {START: True, NEXT: False, END: False}


def _lines(unpacked: Unpacked) -> Iterator[bytes]:
    rest = b""
    for piece in unpacked:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if is_whole(rest):
        yield rest
    elif rest.strip():
        unpacked.cut = unpacked.cut or "its last line is unfinished"


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ArgumentError(f"the recording {path} cannot be read: {error.strerror}") from error


def _pieces(file: IO[bytes], progress: Progress | None) -> Iterator[bytes]:
    for piece in iter(partial(file.read, _PIECE), b""):
        if progress is not None:
            progress(len(piece))
        yield piece
