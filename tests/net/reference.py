"""The reader beside websocket-client's own parser: what each makes of the same bytes, and where they may differ.

The documented differences: the reader refuses what RFC 6455 does not allow from a server (masked frames, long or
fragmented control frames), and does so as soon as the header has come, or the first part that is not UTF-8; it
has a limit; it echoes the code of a close; it answers pings before texts of the same piece are looked at.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from websocket import (
    ABNF,
    WebSocket,
    WebSocketConnectionClosedException,
    WebSocketPayloadException,
    WebSocketProtocolException,
)

from binance_ws.errors import ProtocolViolation
from binance_ws.net.reader import MAX_FRAME_BYTES
from tests.net.wire import Bench, Entry, unmasked
from tests.peer import CLOSE, PONG

_NAMES = {ABNF.OPCODE_TEXT: "text", ABNF.OPCODE_BINARY: "binary"}
CLOSED, REFUSED, RAN_OUT = "closed", "refused", "ran out"


@dataclass(frozen=True)
class Outcome:
    """What came of a stream: messages, answers to pings, how it ended, and with which code."""

    data: list[Entry]
    pongs: list[bytes]
    kind: str
    code: int | None = None


def ours(pieces: Iterable[bytes], limit: int = MAX_FRAME_BYTES) -> Outcome:
    """What the reader makes of a stream."""
    bench = Bench(pieces, limit)
    lost = bench.run()
    assert lost is not None
    kind = CLOSED if bench.only("close") else RAN_OUT
    return Outcome(
        bench.only("text", "binary"),
        [body for _, body in bench.only("pong")],
        REFUSED if isinstance(lost, ProtocolViolation) else kind,
        lost.code,
    )


class _Strict(WebSocket):
    """websocket-client's parser, which by itself would take from a server what only a client may send."""

    def __init__(self) -> None:
        super().__init__()
        self._take_length = self.frame_buffer.recv_length
        self.frame_buffer.recv_length = self._note_length  # type: ignore[method-assign]
        self._written = 0

    def _note_length(self) -> None:
        assert self.frame_buffer.header is not None
        self._written = self.frame_buffer.header[-1]
        self._take_length()

    def recv_frame(self) -> Any:
        frame: Any = super().recv_frame()  # type: ignore[no-untyped-call]
        control = frame.opcode >= CLOSE
        if frame.mask_value or (control and (not frame.fin or self._written > 125)):
            raise WebSocketProtocolException("not from a server")
        return frame


class _Source:
    """A socket that gives a stream and keeps what is sent."""

    def __init__(self, stream: bytes) -> None:
        self.recv = io.BytesIO(stream).read
        self.sent: list[tuple[int, bytes]] = []

    def send(self, data: bytes) -> int:
        self.sent.append(unmasked(data))
        return len(data)

    def gettimeout(self) -> None:
        return None

    def close(self) -> None:
        pass


def theirs(stream: bytes) -> Outcome:
    """What websocket-client makes of a stream."""
    source = _Source(stream)
    ws = _Strict()
    ws.sock = cast(socket.socket, source)
    data: list[Entry] = []
    kind, code = _read(ws, data)
    return Outcome(data, [body for opcode, body in source.sent if opcode == PONG], kind, code)


def _read(ws: WebSocket, data: list[Entry]) -> tuple[str, int | None]:
    """Append what comes until it ends; how it ends."""
    try:
        while True:
            opcode, frame = ws.recv_data_frame(True)
            if opcode == CLOSE:
                return CLOSED, int.from_bytes(frame.data[:2], "big") if frame.data else None
            if opcode == ABNF.OPCODE_TEXT:
                frame.data.decode()  # websocket-client overlooks text that ends within a character
            if opcode in _NAMES:
                data.append((_NAMES[opcode], frame.data))
    except WebSocketConnectionClosedException:
        return RAN_OUT, None
    except (WebSocketProtocolException, WebSocketPayloadException, UnicodeDecodeError):
        return REFUSED, None


def agree(mine: Outcome, other: Outcome) -> None:
    """Both made the same of a stream, but for the documented differences."""
    assert mine.data == other.data
    if mine.kind != REFUSED:
        assert mine == other
        return
    assert other.kind in (REFUSED, RAN_OUT) or mine.code == 1007
    shorter = min(len(mine.pongs), len(other.pongs))
    assert mine.pongs[:shorter] == other.pongs[:shorter]
