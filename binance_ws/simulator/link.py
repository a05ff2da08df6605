"""One TCP connection of the simulated exchange: bytes in, bytes out, never blocking."""

from __future__ import annotations

import selectors
import socket
import struct
from collections.abc import Callable

from .loop import Loop

_CHUNK = 1 << 16
_LINGER = struct.pack("ii", 1, 0)
# A link with more than this waiting holds back a market that runs as fast as clients read.
HIGH = 1 << 18
# Seconds that a peer has to hang up after we have.
_GOODBYE = 1.0


class Link:
    """A connected socket on the loop.

    Args:
        loop: the thread that owns it.
        sock: the socket.
        address: the peer's IP address.
        backlog: bytes that may wait to be sent; more of them cut the peer off.
        crowd: gets this link while much waits to be sent.
        on_data: called with what came.
        on_end: called once when the connection is gone.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        address: str,
        backlog: int,
        crowd: set[Link],
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self.address = address
        self.pending = 0
        self.sent = 0
        self.silent = False
        self.closed = self.frozen = False
        self._loop, self._sock, self._backlog = loop, sock, backlog
        self._crowd = crowd
        self.on_data, self._on_end = on_data, on_end
        self._queue: list[bytes] = []
        self._head = memoryview(b"")
        self._dirty = self._finishing = self._writing = False
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HIGH)
        loop.watch(sock, selectors.EVENT_READ, self._ready)

    # Out.

    def write(self, data: bytes) -> None:
        """Send bytes, in order, as the peer takes them; nothing while the link is silent."""
        if self.silent or self.closed or self._finishing:
            return
        self._queue.append(data)
        self.pending += len(data)
        self._soil()

    def _soil(self) -> None:
        if not self._dirty:
            self._dirty = True
            self._loop.dirty.append(self)

    def flush(self) -> None:
        """Send what the kernel takes now."""
        self._dirty = False
        if self.closed or self.frozen:
            return
        try:
            while self.pending and self._send():
                pass
        except BlockingIOError:
            pass
        except OSError:
            self._end()
            return
        if self.pending > self._backlog:
            self.abort()
            return
        (self._crowd.add if self.pending > HIGH else self._crowd.discard)(self)
        self._listen(bool(self.pending))
        if self._finishing and not self.pending:
            self._shut()

    def _send(self) -> int:
        if not self._head:
            self._head = memoryview(b"".join(self._queue))
            self._queue.clear()
        count = self._sock.send(self._head)
        self._head = self._head[count:]
        self.pending -= count
        self.sent += count
        return count

    def _listen(self, writing: bool) -> None:
        if writing != self._writing:
            self._writing = writing
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if writing else 0)
            self._loop.watch(self._sock, events, self._ready)

    # In.

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_READ:
            self._read()
        if events & selectors.EVENT_WRITE and not self.closed:
            self._soil()

    def _read(self) -> None:
        try:
            data = self._sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.on_data(data)
        else:
            self._end()

    # The end.

    def freeze(self) -> None:
        """Read and send nothing any more, but keep the socket; only RST ends it then."""
        if not self.closed:
            self.frozen = self.silent = True
            self._queue.clear()
            self._head, self.pending = memoryview(b""), 0
            self._crowd.discard(self)
            self._loop.watch(self._sock, 0, self._ready)

    def finish(self) -> None:
        """Send what waits, then FIN; the peer has a second to do the same."""
        if not self._finishing and not self.closed and not self.frozen:
            self._finishing = True
            self._soil()
            self._loop.later(_GOODBYE, self._end)

    def _shut(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._end()

    def abort(self) -> None:
        """Answer everything from now on with RST."""
        if not self.closed:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self._end()

    def _end(self) -> None:
        if not self.closed:
            self.closed = True
            self._loop.watch(self._sock, 0, self._ready)
            self._sock.close()
            self._queue.clear()
            self._crowd.discard(self)
            self._on_end()

    def close(self) -> None:
        """Close at once; what waits is lost."""
        self._end()
