"""The fast lane: reads an upgraded socket in large chunks and takes whole text frames straight out of them.

websocket-client's own loop makes several system calls and some thirty Python calls a frame. Here a chunk is
walked twice: once to cut it into frames, answering pings and a close on the way, and once to deliver them, so
that no callback stands between a ping and its pong. Everything but whole, unmasked text frames is checked against
RFC 6455 and goes through websocket-client's parser.
"""

from __future__ import annotations

import codecs
import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Callable
from typing import Protocol

from websocket import ABNF, WebSocket, WebSocketProtocolException

from ..errors import ConnectionLost, ProtocolViolation
from . import crowd
from .closing import hear_out
from .frames import BAD_DATA, CONTROL, NORMAL, PROTOCOL_ERROR, TOO_BIG, broken, check, not_text

CHUNK = 20 * 1024  # more than a record of TLS, and little enough for each of a thousand idle sockets
MAX_FRAME_BYTES = 16 * 1024 * 1024

_TEXT = 0x81  # the first byte of a whole text frame
_HEADER = struct.Struct(">HH")
_TLS_SECONDS = 2.0


class Sink(Protocol):
    """Whoever takes what a reader reads; called on the reader's thread."""

    def deliver(self, payloads: list[bytes]) -> None:
        """Take text messages, in the order in which they came."""

    def binary(self, payload: bytes) -> None:
        """Take a binary message."""


class Reader:
    """Reads one upgraded socket on the calling thread until it ends.

    Args:
        ws: websocket-client's side of the connection, upgraded.
        sink: takes the messages.
        max_frame_bytes: the longest message that is accepted, whatever a header claims; at least 65535.
        clock: seconds that do not jump.
    """

    def __init__(
        self,
        ws: WebSocket,
        sink: Sink,
        max_frame_bytes: int = MAX_FRAME_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.running = True
        self.bytes = 0
        self.last = clock()
        self._ws = ws
        assert ws.sock is not None
        self._sock: socket.socket = ws.sock
        self._sink = sink
        self._limit = max(max_frame_bytes, 0xFFFF)  # the fast lane looks at 64-bit lengths alone
        self._clock = clock
        self._text = _TEXT  # what begins a whole text frame; nothing does inside a fragmented message
        self._opcode = ABNF.OPCODE_TEXT  # of the message that came last in frames of the slow lane
        self._message = bytearray()
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._answered = False
        self._failure: ProtocolViolation | None = None
        self._parts: list[bytes] = []
        self._missing = 0
        self._binaries: list[tuple[int, bytes]] = []  # with the number of texts before each

    def run(self) -> ConnectionLost | None:
        """Read until the connection ends; ``None`` where we ended it ourselves."""
        # A TLS socket without one holds OpenSSL while it waits, and nobody can write; it bounds writes too.
        self._sock.settimeout(_TLS_SECONDS if isinstance(self._sock, ssl.SSLSocket) else None)
        try:
            self._loop()
        except (ProtocolViolation, UnicodeDecodeError) as fault:
            return self._refuse(fault)
        except ConnectionLost as lost:
            if self._answered:
                hear_out(self._sock, self._clock)
            if self.running:
                return lost
        except OSError as error:
            if self.running:
                return broken(error)
        if self._failure is not None:
            self._refuse(self._failure)
            return self._failure
        if not self._answered:  # the peer has no close frame of ours; its answer is not waited for
            self._send_close(NORMAL.to_bytes(2, "big"))
        return None

    def fail(self, violation: ProtocolViolation) -> None:
        """End it because what was delivered breaks a rule that the reader does not know."""
        self._failure = violation
        self.running = False

    def send(self, payload: bytes, opcode: int) -> None:
        """Send one frame; from any thread.

        Raises:
            OSError: the peer is gone, or has not read for seconds; the connection is of no more use.
        """
        frame = ABNF.create_frame(payload, opcode).format()
        with self._ws.lock:
            self._sock.sendall(frame)

    def _loop(self) -> None:
        # One buffer for all chunks: a new one for each would leave holes in the process's memory.
        recv, buffer, clock = self._sock.recv_into, memoryview(bytearray(CHUNK)), self._clock
        full = False
        while self.running:
            try:
                chunk = crowd.read(recv, buffer) if full else bytes(buffer[: recv(buffer)])
                full = len(chunk) >= CHUNK  # TLS never fills it
            except TimeoutError as silence:
                if silence.errno is not None:  # the system's own: keep-alive had no answer
                    raise
                continue
            if not chunk:
                raise ConnectionLost("the exchange ended the connection without a close frame")
            self.last = clock()
            self.bytes += len(chunk)
            self.feed(chunk)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the connection, cut anywhere.

        Raises:
            ConnectionLost: they ended it; :class:`ProtocolViolation` where they may not stand there.
            OSError: a ping among them could not be answered.
        """
        if self._parts:
            self._parts.append(chunk)
            self._missing -= len(chunk)
            if self._missing > 0:
                return
            chunk = b"".join(self._parts)
            self._parts = []
        payloads: list[bytes] = []
        ended: ConnectionLost | OSError | None = None
        try:
            done = self._cut(chunk, payloads)
            if done < len(chunk):
                self._parts = [chunk[done:]]
        except (ConnectionLost, OSError) as lost:  # what came before it is delivered all the same
            ended = lost
        if self._binaries:
            payloads = self._deliver_mixed(payloads)
        if payloads:
            self._sink.deliver(payloads)
        if ended is not None:
            raise ended

    def _deliver_mixed(self, payloads: list[bytes]) -> list[bytes]:
        """Deliver up to the last binary message of a chunk; the texts behind it."""
        binaries, self._binaries, done = self._binaries, [], 0
        for position, message in binaries:
            if position > done:
                self._sink.deliver(payloads[done:position])
            self._sink.binary(message)
            done = position
        return payloads[done:]

    def _cut(self, data: bytes, payloads: list[bytes]) -> int:
        """Append the messages of a chunk; the position of the first frame that is not whole."""
        position, end, last = 0, len(data), len(data) - 4
        take, unpack = payloads.append, _HEADER.unpack_from
        short, medium = self._heads()
        self._missing = 1
        while position <= last:
            head, length = unpack(data, position)
            if head == medium:
                start = position + 4
            elif short <= head < medium:
                length = head - short
                start = position + 2
            else:
                following = self._other(data, position, payloads)
                if following is None:
                    return position
                position = following
                short, medium = self._heads()
                continue
            stop = start + length
            if stop > end:
                self._missing = stop - end
                return position
            take(data[start:stop])
            position = stop
        while end - position >= 2:  # what is left is shorter than the header that the loop above reads
            following = self._other(data, position, payloads)
            if following is None:
                break
            position = following
        return position

    def _heads(self) -> tuple[int, int]:
        """What a whole text frame begins with, its length in the second byte or in the two behind it."""
        return (_TEXT << 8, _TEXT << 8 | 126) if self._text == _TEXT else (-1, -1)

    def _other(self, data: bytes, position: int, payloads: list[bytes]) -> int | None:
        """Take a frame that is not of the usual kind; where the next begins, or ``None`` if it is not whole."""
        first, second = data[position], data[position + 1]
        check(first, second)
        start = position + {126: 4, 127: 10}.get(second, 2)
        if start > len(data):
            return None
        length = int.from_bytes(data[position + 2 : start], "big") if second > 125 else second
        self._bound(length if first & CONTROL else length + len(self._message))
        stop = start + length
        if stop > len(data):
            self._missing = stop - len(data)
            return None
        if first == self._text:
            payloads.append(data[start:stop])
        else:
            self._take(data[position:stop], payloads)
        return stop

    def _bound(self, length: int) -> None:
        if length > self._limit:
            raise ProtocolViolation(f"a message has {length} bytes; the limit is {self._limit}", TOO_BIG)

    def _take(self, raw: bytes, payloads: list[bytes]) -> None:
        """Hand one whole frame to websocket-client and act on what it finds."""
        self._ws.frame_buffer.recv_buffer = [raw]
        try:
            frame = self._ws.frame_buffer.recv_frame()
            body = bytes(frame.data or b"")  # type: ignore[arg-type]  # it is text only where we made it
            if frame.opcode == ABNF.OPCODE_PING:
                self.send(body, ABNF.OPCODE_PONG)
            elif frame.opcode == ABNF.OPCODE_CLOSE:
                self._closed(body)
            elif frame.opcode != ABNF.OPCODE_PONG:
                self._part(frame, body, payloads)
        except WebSocketProtocolException as error:
            raise ProtocolViolation(f"the exchange sent a bad frame: {error}", PROTOCOL_ERROR) from error

    def _part(self, frame: ABNF, body: bytes, payloads: list[bytes]) -> None:
        """One frame of a message; websocket-client would copy the whole message for each of its parts."""
        goes_on = frame.opcode == ABNF.OPCODE_CONT
        if goes_on is (self._text == _TEXT):
            raise ProtocolViolation("a message in parts begins or goes on where it may not", PROTOCOL_ERROR)
        self._opcode = self._opcode if goes_on else frame.opcode
        if self._opcode == ABNF.OPCODE_TEXT:
            self._check_text(body, last=bool(frame.fin))
        self._message += body
        self._text = _TEXT if frame.fin else -1
        if frame.fin:
            whole, self._message = bytes(self._message), bytearray()
            self._whole(whole, payloads)

    def _whole(self, message: bytes, payloads: list[bytes]) -> None:
        if self._opcode == ABNF.OPCODE_TEXT:
            payloads.append(message)
        else:
            self._binaries.append((len(payloads), message))

    def _check_text(self, part: bytes, last: bool) -> None:
        """Bad text ends the connection at its first bad part, not when the message is whole."""
        try:
            self._utf8.decode(part, final=last)
        except UnicodeDecodeError as error:
            raise not_text(error) from error

    def _closed(self, body: bytes) -> None:
        """The peer closes: answer with its code; what came before is delivered after that."""
        try:
            reason = body[2:].decode()
        except UnicodeDecodeError as error:
            raise ProtocolViolation("the reason of a close frame is not UTF-8", BAD_DATA) from error
        code = int.from_bytes(body[:2], "big") if body else None
        self._answered = True
        self._send_close(body[:2])
        says = " ".join(str(part) for part in (code, reason) if part)
        raise ConnectionLost(f"the exchange closed the connection ({says or 'no code'})", code)

    def _refuse(self, fault: ProtocolViolation | UnicodeDecodeError) -> ProtocolViolation:
        """Close with the code that names the fault, and let the peer read it."""
        violation = fault if isinstance(fault, ProtocolViolation) else not_text(fault)
        self._send_close((violation.code or PROTOCOL_ERROR).to_bytes(2, "big"))
        hear_out(self._sock, self._clock)
        return violation

    def _send_close(self, body: bytes) -> None:
        with contextlib.suppress(OSError):  # the peer may be gone already: that it ends is what counts
            self.send(body, ABNF.OPCODE_CLOSE)
