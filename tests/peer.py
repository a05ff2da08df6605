"""A scripted peer: a real socket on the loopback whose every byte the test decides."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Iterator

SECONDS = 20.0
"""How long a test waits for anything before it fails."""

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_PACE = threading.Event()
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes | str, opcode: int = TEXT, fin: bool = True) -> bytes:
    """The bytes of a server's frame."""
    body = payload.encode() if isinstance(payload, str) else payload
    head = bytes([(0x80 if fin else 0) | opcode])
    if len(body) < 126:
        return head + bytes([len(body)]) + body
    if len(body) < 65536:
        return head + b"\x7e" + struct.pack("!H", len(body)) + body
    return head + b"\x7f" + struct.pack("!Q", len(body)) + body


class Link:
    """One accepted connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.request = b""
        sock.settimeout(SECONDS)

    def read_request(self) -> str:
        """The request line's path, once the whole head has come."""
        while b"\r\n\r\n" not in self.request:
            got = self.sock.recv(4096)
            if not got:
                raise EOFError("the client hung up")
            self.request += got
        return self.request.split(b" ", 2)[1].decode()

    def upgrade(self, more: bytes = b"") -> str:
        """Accept the upgrade, with more bytes in the same breath; the path that was asked for."""
        path = self.read_request()
        lines = self.request.split(b"\r\n")
        key = next(
            line.split(b":", 1)[1].strip() for line in lines if line.lower().startswith(b"sec-websocket-key:")
        )
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self.sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + more
        )
        return path

    def answer(self, status: str, headers: str = "") -> None:
        """Answer the request with an HTTP status."""
        self.read_request()
        self.sock.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}\r\n".encode())

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.sock.sendall(data)

    def dribble(self, data: bytes) -> None:
        """Send byte after byte, slowly, for as long as the client is there."""
        with contextlib.suppress(OSError):
            for place in range(len(data)):
                self.sock.sendall(data[place : place + 1])
                _PACE.wait(0.01)

    def read_frame(self) -> tuple[int, bytes]:
        """Opcode and unmasked payload of the client's next frame."""
        first, second = self._exactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self._exactly(2), "big")
        elif length == 127:
            length = int.from_bytes(self._exactly(8), "big")
        mask = self._exactly(4)
        body = self._exactly(length)
        return first & 0x0F, bytes(b ^ mask[i % 4] for i, b in enumerate(body))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            got = self.sock.recv(count - len(data))
            if not got:
                raise EOFError("the client hung up")
            data += got
        return data

    def reset(self) -> None:
        """End it with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """End it with FIN."""
        self.sock.close()


class Peer:
    """A listening socket on a free port."""

    def __init__(self, context: ssl.SSLContext | None = None, backlog: int = 128) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self._listener.settimeout(SECONDS)
        self.links: list[Link] = []
        self.closed = False
        self.port: int = self._listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"

    def accept(self) -> Link:
        """The next connection."""
        sock, _ = self._listener.accept()
        link = Link(sock if self._context is None else self._secured(sock, self._context))
        self.links.append(link)
        return link

    def _secured(self, sock: socket.socket, context: ssl.SSLContext) -> socket.socket:
        sock.settimeout(SECONDS)
        try:
            return context.wrap_socket(sock, server_side=True)
        except OSError:
            sock.close()
            raise

    def waiting(self) -> bool:
        """Whether somebody has connected and was not accepted yet."""
        return bool(select.select([self._listener], [], [], 0)[0])

    def close(self) -> None:
        """End everything."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
        self._listener.close()
        for link in self.links:
            link.close()


@contextlib.contextmanager
def peer(context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A peer for the length of a test."""
    made = Peer(context)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """A host that refuses every connection: its port is taken, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """A host that never answers: the one place in its queue is taken, so that it drops what else comes."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.create_connection(listener.getsockname(), SECONDS),
    ):
        yield f"127.0.0.1:{listener.getsockname()[1]}"
