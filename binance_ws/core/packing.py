"""How the bytes of a capture are packed: plain, gzip or zstd, told by the end of the file's name.

Both ways go piece by piece, and what is missing or damaged at the end of a packed file takes nothing away
from what stands before it.
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
    def __init__(self) -> None:
        self._way = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
        self.pack = self._way.compress

    def flush(self) -> bytes:
        return self._way.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._way.flush(zlib.Z_FINISH)


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


class Unpacked:
    """The pieces of a packed file, unpacked, as far as they are whole.

    Args:
        pieces: of the file.
        name: of the file; its end says how it is packed, anything but ``.gz`` and ``.zst`` being plain.

    Attributes:
        cut: why there is no more; empty where the file is whole.

    Raises:
        MissingExtra: it is zstd's, and ``zstandard`` is not installed.
    """

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self.cut = ""
        self._pieces = pieces
        self._new: Callable[[], Any] | None = None
        self._broken: tuple[type[Exception], ...] = (zlib.error,)
        if name.endswith(".gz"):
            self._new = lambda: zlib.decompressobj(_GZIP_WINDOW)
        elif name.endswith(".zst"):
            zstd = _zstandard()
            self._new = lambda: zstd.ZstdDecompressor().decompressobj()
            self._broken = (zstd.ZstdError,)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces) if self._new is None else self._unpack(self._new)

    def _unpack(self, new: Callable[[], Any]) -> Iterator[bytes]:
        """Members, or frames, may follow one another: the end of one is the beginning of the next."""
        way, begun = new(), False
        try:
            for piece in self._pieces:
                while piece:
                    begun = True
                    yield from self._whole(way, piece)
                    piece = b""
                    if way.eof:
                        way, piece, begun = new(), way.unused_data, False
        except self._broken as error:
            self.cut = f"it is damaged: {error}"
            return
        self.cut = "its end is missing" if begun else ""

    def _whole(self, way: Any, piece: bytes) -> Iterator[bytes]:
        """What a piece holds; where it is damaged, what stands before the damage."""
        before = way.copy() if hasattr(way, "copy") else None  # zlib forgets what it had on an error
        try:
            unpacked = way.decompress(piece)
        except self._broken:
            if before is not None:
                for at in range(len(piece)):
                    yield before.decompress(piece[at : at + 1])  # raises where the damage is
            raise
        yield unpacked


def _zstandard() -> Any:
    try:
        return importlib.import_module("zstandard")
    except ModuleNotFoundError as error:
        raise MissingExtra("zstandard", "record") from error
