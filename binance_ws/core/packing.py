"""How the bytes of a capture are packed: plain, gzip or zstd, told by the end of the file's name.

Both ways go piece by piece, and what is missing or damaged at the end of a packed file takes nothing away
from what was flushed before it, but for some lines of a damaged gzip: those that no checksum has proven.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from ..errors import ArgumentError, MissingExtra

GZIP, ZSTD, PLAIN = ".jsonl.gz", ".jsonl.zst", ".jsonl"
SUFFIXES = (ZSTD, GZIP, PLAIN)

_GZIP_WINDOW = 31
_GZIP_LEVEL = 5
_LEAST, _MOST = 1 << 14, 1 << 18
"""Bytes after which a member of a gzip ends at the next flush, and at once. It makes a file some 5 % longer."""

_PROVEN = 1 << 20
"""Bytes of a member that are kept back until its checksum has proven them; of longer ones nothing is."""

_SLICE = 128
"""Bytes that are unpacked at a time: where they are damaged, what stands among them before that is lost."""

_ZSTD_LEVEL = 6


class Packer(Protocol):
    """Packs what it is given; what it gives out may lag behind until a flush."""

    def pack(self, data: bytes) -> bytes:
        """Take more; what is ready."""

    def flush(self) -> bytes:
        """The rest, so that all that was taken can be read."""

    def end(self) -> bytes:
        """The rest and what stands at a file's end."""


class _Plain:
    def pack(self, data: bytes) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""

    def end(self) -> bytes:
        return b""


class _Gzip:
    """Members behind one another, each with a checksum at its end."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._way, self._taken = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW), 0

    def pack(self, data: bytes) -> bytes:
        self._taken += len(data)
        packed = self._way.compress(data)
        return packed if self._taken < _MOST else packed + self.end()

    def flush(self) -> bytes:
        return self._way.flush(zlib.Z_SYNC_FLUSH) if self._taken < _LEAST else self.end()

    def end(self) -> bytes:
        packed = self._way.flush(zlib.Z_FINISH)
        self._begin()
        return packed


class _Zstd:
    def __init__(self) -> None:
        self._zstd = _zstandard()
        self._way = self._zstd.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True).compressobj()
        self.pack: Callable[[bytes], bytes] = self._way.compress

    def flush(self) -> bytes:
        return bytes(self._way.flush(self._zstd.COMPRESSOBJ_FLUSH_BLOCK))

    def end(self) -> bytes:
        return bytes(self._way.flush(self._zstd.COMPRESSOBJ_FLUSH_FINISH))


_PACKERS: dict[str, Callable[[], Packer]] = {PLAIN: _Plain, GZIP: _Gzip, ZSTD: _Zstd}


def suffix_of(name: str) -> str:
    """The end of a file's name that says how it is packed.

    Raises:
        ArgumentError: it ends otherwise.
    """
    for suffix in SUFFIXES:
        if name.endswith(suffix) and name != suffix:
            return suffix
    raise ArgumentError(
        f"the name of a recording ends with {', '.join(SUFFIXES[:-1])} or {PLAIN}, not {name!r}"
    )


def packer(suffix: str) -> Packer:
    """What packs a file of this suffix.

    Raises:
        MissingExtra: it is zstd's, and ``zstandard`` is not installed.
    """
    return _PACKERS[suffix]()


class _Member:
    """A member of a gzip, or a frame of zstd, as it is unpacked.

    Args:
        way: unpacks it.
        proven: bytes up to which nothing of it is given out before its end, where its checksum stands.
    """

    def __init__(self, way: Any, proven: int) -> None:
        self.begun = False
        self._way = way
        self._proven = proven
        self._size = 0
        self._held: list[bytes] = []

    def take(self, part: bytes) -> bytes:
        """Take more; what stands behind its end."""
        self.begun = True
        self._held.append(self._way.decompress(part))
        self._size += len(self._held[-1])
        return bytes(self._way.unused_data)

    @property
    def ended(self) -> bool:
        """Whether its end has come, and has proven it."""
        return bool(self._way.eof)

    def believed(self) -> bytes:
        """What of it may be given out before its end."""
        return self.rest() if self._size > self._proven else b""

    def rest(self) -> bytes:
        """What was not given out."""
        held, self._held = self._held, []
        return b"".join(held)


class Unpacked:
    """The pieces of a packed file, unpacked, as far as they are whole.

    Args:
        pieces: of the file.
        name: of the file; its end says how it is packed, anything but ``.gz`` and ``.zst`` being plain.

    Attributes:
        cut: why there is no more; empty where the file is whole.
        packed: whether it is.

    Raises:
        MissingExtra: it is zstd's, and ``zstandard`` is not installed.
    """

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self.cut = ""
        self.packed = name.endswith((".gz", ".zst"))
        self._pieces = pieces
        self._new: Callable[[], Any] = lambda: zlib.decompressobj(_GZIP_WINDOW)
        self._broken: type[Exception] = zlib.error
        self._proven = _PROVEN
        if name.endswith(".zst"):
            zstd = _zstandard()
            self._new = lambda: zstd.ZstdDecompressor().decompressobj()
            self._broken = zstd.ZstdError
            self._proven = 0  # its checksum may be far away, and damage is noticed where it is, as a rule

    def __iter__(self) -> Iterator[bytes]:
        return self._unpack(_Member(self._new(), self._proven)) if self.packed else iter(self._pieces)

    def _unpack(self, member: _Member) -> Iterator[bytes]:
        """Members, or frames, may follow one another: the end of one is the beginning of the next."""
        piece = b""
        try:
            for piece in self._pieces:
                for at in range(0, len(piece), _SLICE):
                    left = piece[at : at + _SLICE]
                    while left:
                        left = member.take(left)
                        if member.ended:
                            yield member.rest()
                            member = _Member(self._new(), self._proven)
                yield member.believed()
            if member.begun and piece.endswith(bytes(_SLICE)):  # which zlib takes for lines
                raise self._broken("zeros stand where its end should be")
        except self._broken as error:
            self.cut = f"it is damaged: {error}"
            yield member.believed()
            return
        self.cut = "its end is missing" if member.begun else ""
        yield member.rest()


def _zstandard() -> Any:
    try:
        return importlib.import_module("zstandard")
    except ModuleNotFoundError as error:
        raise MissingExtra("zstandard", "record") from error
