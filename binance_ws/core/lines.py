"""The lines of a capture: one a message, with the moment of its receipt, and notes on what happened.

A message is the frame as the exchange sent it on a combined stream, with the time (ns since the epoch) put in
front of what it says: ``{"t":1723110000000000000,"stream":"btcusdt@trade","data":{…}}``. One that was fetched
later, because a gap had swallowed it, has ``"backfilled":true`` behind its time. A note is
``{"t":…,"note":"gap",…}``. A snapshot of a book by REST,
``{"t":…,"symbol":"BTCUSDT","data":{"lastUpdateId":…,"bids":[…],"asks":[…]}}``, counts as a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import ArgumentError

FORMAT = 1
"""The number of this format, in the note at the beginning of each file."""

START, NEXT, END, CUT, SNAPSHOT, GAP = "start", "next", "end", "cut", "snapshot", "gap"
"""Notes: a file begins, another follows, it ends, its end is missing; a book's snapshot; missing messages."""

_BRACE = ord("{")
_LINE = re.compile(rb'\{"t":(\d+),("backfilled":true,)?"stream":"([^"\\]+)","data":(.*)\}\s*')


class Record(NamedTuple):
    """One line of a capture.

    Args:
        time: when it was received, or happened, in ns since the epoch.
        stream: the name of the message's stream; empty for a note that is of none.
        data: the bytes of the message's ``data``, as they were sent; empty for most notes.
        backfilled: whether the message was fetched by REST because a gap had swallowed it.
        note: what happened, ``{"note": "gap", …}``; ``None`` for a message.
    """

    time: int
    stream: str
    data: bytes
    backfilled: bool = False
    note: dict[str, Any] | None = None

    @property
    def message(self) -> Any:
        """The data, decoded; ``None`` where there is none."""
        return json.loads(self.data) if self.data else None


def encode(value: Any) -> bytes:
    """JSON as the exchange writes it: no spaces, UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def framed(time: int, frame: bytes) -> bytes:
    """The line of a frame of a combined stream, whose bytes stay as they are."""
    if frame[0] != _BRACE:
        frame = frame.lstrip()
    return b'{"t":%d,%b\n' % (time, frame[1:])


def joined(lines: Sequence[bytes]) -> bytes:
    """Lines in a row. Ends of lines within a frame, which JSON has between tokens alone, become spaces."""
    whole = b"".join(lines)
    if whole.count(b"\n") == len(lines):
        return whole
    return b"".join(line[:-1].replace(b"\n", b" ") + b"\n" for line in lines)


def fetched(time: int, stream: str, data: Any) -> bytes:
    """The line of a message that a gap had swallowed."""
    return b'{"t":%d,"backfilled":true,"stream":%b,"data":%b}\n' % (time, encode(stream), encode(data))


def noted(time: int, note: str, **about: Any) -> bytes:
    """The line of a note."""
    return encode({"t": time, "note": note, **about}) + b"\n"


def parsed(line: bytes, file: object, number: int) -> Record | None:
    """What a line says; ``None`` for an empty one.

    Args:
        line: with or without its end.
        file, number: where it stands, for the error's text.

    Raises:
        ArgumentError: it is no line of a capture.
    """
    found = _LINE.fullmatch(line)
    if found:
        return Record(int(found[1]), found[3].decode(errors="replace"), found[4], found[2] is not None)
    return _otherwise(line, f"line {number} of {file}") if line.strip() else None


def _otherwise(line: bytes, where: str) -> Record:
    """A note, a snapshot, or a message that is written in another way."""
    try:
        entry = json.loads(line)
        time, stream, note = entry["t"], entry.get("stream", ""), entry.get("note", "")
        if (
            isinstance(time, int)
            and isinstance(stream, str)
            and isinstance(note, str)
            and (note or "data" in entry)
        ):
            return _entry(time, stream, entry)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ArgumentError(f'{where} is not like {{"t":…,"stream":"btcusdt@trade","data":{{…}}}}')


def _entry(time: int, stream: str, entry: dict[str, Any]) -> Record:
    note = entry if "note" in entry else None if stream else {**entry, "note": SNAPSHOT}
    data = encode(entry["data"]) if "data" in entry else b""
    return Record(time, stream, data, bool(entry.get("backfilled")), note)


def is_whole(line: bytes) -> bool:
    """Whether a line without an end is all there."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
