"""Prebuilt frames: real messages with rising ids, cut so that one `join` makes a whole lap of them.

A lap is 1,000 messages (100 of depth). Its frames differ from those of the lap before only in the leading
digits of the ids, which stand at the places where the bytes are cut.
"""

from __future__ import annotations

import functools
import gzip
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
MARK = "1000000"  # the leading digits of every id of lap 0; no other digits of a message may contain it
PLACE = "@PREFIX"  # stands where MARK goes; as long as it, so that frame lengths are right
ARRAY_BYTES = 100 * 1024
STAMP_BASE = 10**18  # makes every time stamp 19 digits wide
KINDS = ("trade", "combined", "bookTicker", "depth", "miniTicker")

Message = dict[str, Any]


def header(length: int) -> bytes:
    """The header of an unmasked, final text frame."""
    if length < 126:
        return struct.pack("!BB", 0x81, length)
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length)
    return struct.pack("!BBQ", 0x81, 127, length)


def frame(text: str) -> bytes:
    """One server frame."""
    payload = text.encode()
    return header(len(payload)) + payload


def recorded(kind: str) -> list[Message]:
    """The real messages kept in `data/`."""
    with gzip.open(DATA / f"{kind}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def compact(message: object) -> str:
    """JSON as the exchange writes it, with the ids' leading digits marked."""
    return json.dumps(message, separators=(",", ":")).replace(f'"{PLACE}', PLACE).replace('$"', "")


def numbered(suffix: str) -> str:
    """An id whose leading digits come later; `compact` takes the quotes off."""
    return f"{PLACE}{suffix}$"


def trades() -> list[str]:
    """1,000 trades with consecutive ids."""
    return [compact(m | {"t": numbered(f"{i:03d}")}) for i, m in enumerate(recorded("trade"))]


def combined() -> list[str]:
    """The same trades as a combined stream wraps them."""
    return [f'{{"stream":"btcusdt@trade","data":{text}}}' for text in trades()]


def book_tickers() -> list[str]:
    """1,000 book tickers with rising update ids."""
    return [compact(m | {"u": numbered(f"{i:04d}")}) for i, m in enumerate(recorded("bookTicker"))]


def depths() -> list[str]:
    """100 depth diffs; each begins at the update id after the last one's end."""
    return [
        compact(m | {"U": numbered(f"{i:02d}0"), "u": numbered(f"{i:02d}9")})
        for i, m in enumerate(recorded("depth"))
    ]


def mini_tickers() -> list[str]:
    """One array of at least 100 KiB, the real elements repeated."""
    elements = [compact(m) for m in recorded("miniTicker")]
    times = -(-ARRAY_BYTES // len(",".join(elements)))
    return [f"[{','.join(elements * times)}]"]


MESSAGES: dict[str, Callable[[], list[str]]] = {
    "trade": trades,
    "combined": combined,
    "bookTicker": book_tickers,
    "depth": depths,
    "miniTicker": mini_tickers,
}


def payload_bytes(kind: str) -> int:
    """The mean size of a message of this kind."""
    texts = MESSAGES[kind]()
    return round(sum(map(len, texts)) / len(texts))


@functools.cache
def pieces(kind: str) -> list[bytes]:
    """A lap of frames, cut at the leading digits of the ids."""
    return b"".join(map(frame, MESSAGES[kind]())).split(PLACE.encode())


def laps(kind: str) -> Iterator[bytes]:
    """Endless blocks of frames, each a `join` of the same pieces with the next leading digits."""
    prefix = int(MARK)
    while True:
        yield str(prefix).encode().join(pieces(kind))
        prefix += 1


def stamped() -> bytes:
    """A trade's frame as a `%` template of its id (10 digits) and the sender's clock (19 digits)."""
    text = compact(recorded("trade")[0] | {"t": numbered("000"), "ns": STAMP_BASE})
    frame_bytes = frame(text).replace(b"%", b"%%")
    return frame_bytes.replace(f"{PLACE}000".encode(), b"%d").replace(str(STAMP_BASE).encode(), b"%d")
