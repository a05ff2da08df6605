"""The files of a recording: one after the other, none ever written over, each whole up to the last flush."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from errno import ENOENT
from io import FileIO
from pathlib import Path
from time import monotonic, time_ns

from ..core.captures import numbered, numbers
from ..core.lines import NEXT, joined, noted
from ..core.packing import Packer, packer, suffix_of

_PIECE = 1 << 18
"""Bytes of lines after which is looked whether the file is full."""


class Files:
    """Writes lines into a series of files.

    Args:
        path: the name of the first; where there are files of that name already, the series goes on with the
            next number.
        header: the line that a file begins with, given its number.
        max_bytes: of a file, packed, after which the next begins; ``None`` for no limit.
        max_seconds: after which the next begins; ``None`` for no limit.

    Attributes:
        path: the name.
        paths: the files that were written, in order.
        bytes: what was written, as it is packed.

    Raises:
        ArgumentError: the name has no suffix that is known.
        MissingExtra: the suffix is zstd's, and ``zstandard`` is not installed.
    """

    def __init__(
        self, path: Path, header: Callable[[int], bytes], max_bytes: int | None, max_seconds: float | None
    ) -> None:
        self.paths: list[Path] = []
        self.bytes = 0
        self.path, self._header = path, header
        self._max_bytes, self._max_seconds = max_bytes, max_seconds
        self._suffix = suffix_of(path.name)
        self._packer: Packer = packer(self._suffix)
        self._file: FileIO | None = None
        self._before = 0
        self._opened = 0.0
        self._behind = False

    def open(self) -> None:
        """Begin the next file of the series.

        Raises:
            OSError: it cannot be made.
        """
        number = self._free()
        while self._file is None:
            path = numbered(self.path, number)
            try:
                self._file = FileIO(path, "xb")
            except FileExistsError:
                number += 1  # somebody else records under this name, too
        self.paths.append(path)
        self._packer, self._before, self._opened = packer(self._suffix), self.bytes, monotonic()
        self._put(self._packer.pack(self._header(number)) + self._packer.flush())

    def _free(self) -> int:
        return max(numbers(self.path), default=-1) + 1

    def write(self, lines: Iterable[bytes]) -> None:
        """Write lines; where the file is full, into the next one.

        Raises:
            OSError: they cannot be written.
        """
        piece, size = [], 0
        for line in lines:
            piece.append(line)
            size += len(line)
            if size > _PIECE:
                self._write(joined(piece))
                piece, size = [], 0
        if piece:
            self._write(joined(piece))

    def _write(self, lines: bytes) -> None:
        if self._full():
            self.end(noted(time_ns(), NEXT, file=numbered(self.path, self._free()).name))
            self.open()
        self._put(self._packer.pack(lines))
        self._behind = True

    def _full(self) -> bool:
        size, age = self.bytes - self._before, monotonic() - self._opened
        return (self._max_bytes is not None and size >= self._max_bytes) or (
            self._max_seconds is not None and age >= self._max_seconds
        )

    def flush(self) -> None:
        """Have all that was written stand in the file, whatever happens to this process.

        Raises:
            OSError: it cannot be written, or the file has been removed.
        """
        if self._behind:
            self._put(self._packer.flush())
            self._behind = False
        if self._file is not None and os.fstat(self._file.fileno()).st_nlink == 0:
            raise FileNotFoundError(ENOENT, "the file was removed", str(self.paths[-1]))

    def end(self, last: bytes) -> None:
        """Write the last line, and see that the file is on the disk.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is not None:
            self._put(self._packer.pack(last) + self._packer.end())
            os.fsync(self._file.fileno())
        self.drop()

    def drop(self) -> None:
        """Let go of the file as it is."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        while left and self._file is not None:
            written = self._file.write(left)
            self.bytes += written
            left = left[written:]
