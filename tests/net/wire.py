"""A reader without a network: a wire that gives bytes in chosen pieces, and one log of all that comes of it."""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from websocket import WebSocket

from binance_ws.errors import ConnectionLost
from binance_ws.net.reader import MAX_FRAME_BYTES, Reader
from tests.peer import CLOSE, PONG, frame

CONTINUATION = 0x0

Entry = tuple[str, bytes]
"""``text`` and ``binary`` are what the sink got, ``pong`` and ``close`` what was sent, in one order."""

_SENT = {PONG: "pong", CLOSE: "close"}


def unmasked(frame: bytes) -> tuple[int, bytes]:
    """Opcode and payload of a client's short frame, which must be masked."""
    assert frame[1] & 0x80, "a client masks what it sends"
    length = frame[1] & 0x7F
    assert length <= 125
    mask, body = frame[2:6], frame[6 : 6 + length]
    assert len(frame) == 6 + length
    return frame[0] & 0x0F, bytes(b ^ mask[i % 4] for i, b in enumerate(body))


@dataclass
class Wire:
    """Stands in for an upgraded socket."""

    pieces: Iterator[bytes]
    log: list[Entry]
    fails: Callable[[], None] = lambda: None
    timeouts: list[float | None] = field(default_factory=list)
    _rest: bytes = b""

    def recv(self, count: int) -> bytes:
        """The next piece, or as much of it as is asked for; nothing, when there is none."""
        piece = self._rest or next(self.pieces, b"")
        self._rest = piece[count:]
        return piece[:count]

    def recv_into(self, buffer: memoryview, size: int = 0, flags: int = 0) -> int:
        """The same, into a buffer; how much it was."""
        piece = self.recv(size or len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def sendall(self, data: bytes) -> None:
        """Write down what is sent, unless it fails."""
        self.fails()
        opcode, body = unmasked(data)
        self.log.append((_SENT[opcode], body))

    def settimeout(self, seconds: float | None) -> None:
        """Keep what was asked for."""
        self.timeouts.append(seconds)


@dataclass
class Heard:
    """A sink that decodes as the library's own does, and writes down."""

    log: list[Entry]
    then: Callable[[], object] = lambda: None

    def deliver(self, payloads: list[bytes]) -> None:
        """Text messages."""
        for payload in payloads:
            payload.decode()
            self.log.append(("text", payload))
            self.then()

    def binary(self, payload: bytes) -> None:
        """A binary message."""
        self.log.append(("binary", payload))


@dataclass
class Bench:
    """A reader, the wire it reads from, and the log."""

    pieces: Iterable[bytes] = ()
    limit: int = MAX_FRAME_BYTES
    clock: Callable[[], float] = field(default_factory=lambda: itertools.count().__next__)

    def __post_init__(self) -> None:
        self.log: list[Entry] = []
        self.wire = Wire(iter(self.pieces), self.log)
        self.sink = Heard(self.log)
        ws = WebSocket(skip_utf8_validation=True)
        ws.sock = cast(socket.socket, self.wire)
        self.reader = Reader(ws, self.sink, self.limit, self.clock)

    def run(self) -> ConnectionLost | None:
        """Read all pieces; how it ended."""
        return self.reader.run()

    def only(self, *kinds: str) -> list[Entry]:
        """The entries of some kinds."""
        return [entry for entry in self.log if entry[0] in kinds]

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Feed pieces until it ends; between them, no more is held than the limit and a frame's header."""
        for piece in pieces:
            try:
                self.reader.feed(piece)
            except (ConnectionLost, UnicodeDecodeError):
                return
            assert self.held <= self.limit + 10

    @property
    def held(self) -> int:
        """Bytes that the reader holds on to between pieces."""
        return sum(map(len, self.reader._parts)) + len(self.reader._message)


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    """A stream in pieces that fit one read, cut at some places."""
    inside = {place for place in places if 0 < place < len(stream)}
    edges = sorted({0, len(stream)} | inside | set(range(0, len(stream), 65536)))
    return [stream[start:stop] for start, stop in itertools.pairwise(edges)]


def closing(code: int, reason: bytes = b"") -> bytes:
    """A close frame."""
    return frame(struct.pack("!H", code) + reason, CLOSE)
