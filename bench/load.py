"""The load generator: a WebSocket server of its own process that costs almost nothing a message.

It takes the listening socket from its parent (`--fd`), so the port is known before it runs, answers each
upgrade whatever its path is, and then, by `--mode`:

flood      once `--sockets` clients are there, sends laps of frames as fast as each client reads
paced      sends `--rate` trades a second, each with the sender's clock in its key `ns`
idle       sends one message, then only answers pings and closes
mute       sends one message, then neither reads nor writes
blackhole  takes the TCP connection and never answers the upgrade

A plain HTTP request is answered with a server time, for libraries that ask the REST interface for it first.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import itertools
import os
import selectors
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from time import perf_counter_ns
from typing import IO

import frames

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
FIRST_ID = 10**9
BURST = 64  # messages a write at most, when the pacer has to catch up
PONG, CLOSE, PING = 10, 8, 9


def request(reader: IO[bytes]) -> dict[bytes, bytes]:
    """Read one HTTP request; its header fields by lower-case name."""
    lines = iter(reader.readline, b"\r\n")
    next(lines)
    pairs = (line.partition(b":") for line in lines if line)
    return {name.lower(): value.strip() for name, _, value in pairs}


def accept_reply(key: bytes) -> bytes:
    """The 101 that accepts an upgrade."""
    token = base64.b64encode(hashlib.sha1(key + GUID).digest())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return head + b"Sec-WebSocket-Accept: " + token + b"\r\n\r\n"


HTTP_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HTTP_REPLY = HTTP_HEAD + b'Content-Length: 16\r\n\r\n{"serverTime":0}'


def client_frame(reader: IO[bytes]) -> tuple[int, bytes]:
    """Read one masked frame: its opcode and payload. Raises EOFError at the end."""
    head = reader.read(2)
    if len(head) < 2:
        raise EOFError
    length = head[1] & 127
    if length == 126:
        length = int.from_bytes(reader.read(2), "big")
    mask, payload = reader.read(4), reader.read(length)
    return head[0] & 15, bytes(byte ^ key for byte, key in zip(payload, itertools.cycle(mask)))


class Flow:
    """The endless frames of one socket, and how much of the present lap is still to go."""

    def __init__(self, connection: socket.socket, kind: str) -> None:
        self.connection, self.laps = connection, frames.laps(kind)
        self.rest = memoryview(b"")

    def push(self) -> None:
        """Send what the socket takes; raises OSError once the client is gone."""
        if not self.rest:
            self.rest = memoryview(next(self.laps))
        with contextlib.suppress(BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            self.rest = self.rest[self.connection.send(self.rest) :]


def pump(connections: list[socket.socket], kind: str) -> None:
    """Keep the buffers of all these sockets full, until one of them is closed."""
    selector = selectors.DefaultSelector()
    for connection in connections:
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_WRITE, Flow(connection, kind))
    while True:
        for ready, _ in selector.select():
            ready.data.push()


class Load:
    """What to do with each connection, by mode."""

    def __init__(self, mode: str, kind: str, sockets: int, rate: int) -> None:
        self.mode, self.kind, self.rate = mode, kind, rate
        self.everyone = threading.Barrier(sockets)
        self.greeting = frames.frame(frames.trades()[0].replace(frames.PLACE, frames.MARK))
        self.flooded: list[socket.socket] = []
        self.parked: list[socket.socket] = []

    def serve(self, connection: socket.socket) -> None:
        """One connection, on its own thread; a client that goes away is no error."""
        try:
            self._serve(connection)
        except (OSError, EOFError, StopIteration):
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = connection.makefile("rb")
        fields = request(reader)
        while b"sec-websocket-key" not in fields:
            connection.sendall(HTTP_REPLY)
            fields = request(reader)
        if self.mode == "blackhole":
            return self.parked.append(connection)
        connection.sendall(accept_reply(fields[b"sec-websocket-key"]))
        play: Callable[[socket.socket, IO[bytes]], None] = getattr(self, self.mode)
        return play(connection, reader)

    def flood(self, connection: socket.socket, _reader: IO[bytes]) -> None:
        """Frames as fast as the clients read, from when all are there; one thread serves them all."""
        self.flooded.append(connection)
        if self.everyone.wait() == 0:
            pump(self.flooded, self.kind)

    def paced(self, connection: socket.socket, _reader: IO[bytes]) -> None:
        """`rate` messages a second, each due at its own moment; what is overdue goes in one write."""
        template, sent, start = frames.stamped(), 0, perf_counter_ns()
        while True:
            now = perf_counter_ns()
            due = min((now - start) * self.rate // 10**9 - sent, BURST)
            if due > 0:
                ids = range(FIRST_ID + sent, FIRST_ID + sent + due)
                stamp = frames.STAMP_BASE + now
                connection.sendall(b"".join([template % (i, stamp) for i in ids]))
                sent += due

    def idle(self, connection: socket.socket, reader: IO[bytes]) -> None:
        """A greeting; afterwards only what the protocol asks for."""
        self.greet(connection)
        while True:
            opcode, payload = client_frame(reader)
            if opcode in (CLOSE, PING):
                reply = CLOSE if opcode == CLOSE else PONG
                connection.sendall(bytes([0x80 | reply, len(payload)]) + payload)
            if opcode == CLOSE:
                return connection.close()

    def mute(self, connection: socket.socket, _reader: IO[bytes]) -> None:
        """A greeting; afterwards nothing, not even reading."""
        self.greet(connection)
        self.parked.append(connection)

    def greet(self, connection: socket.socket) -> None:
        """One message tells the client that this socket is open."""
        connection.sendall(self.greeting)


def wrapped(connection: socket.socket, context: ssl.SSLContext | None) -> socket.socket:
    """The connection, through TLS if there is a context."""
    return context.wrap_socket(connection, server_side=True) if context else connection


def attend(load: Load, connection: socket.socket, context: ssl.SSLContext | None) -> None:
    """A connection's thread."""
    try:
        connection = wrapped(connection, context)
    except OSError:
        return
    load.serve(connection)


def accept_all(listener: socket.socket, load: Load, context: ssl.SSLContext | None) -> None:
    """A thread for each connection, until the parent ends this process."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=attend, args=(load, connection, context), daemon=True).start()


def tls_context(cert: str, key: str) -> ssl.SSLContext | None:
    """The server's side of TLS, or None for plain TCP."""
    if not cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def end_with_parent() -> None:
    """End this process when the parent's end of stdin closes, however the parent ended."""
    sys.stdin.buffer.read()
    os._exit(0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--mode", choices=("flood", "paced", "idle", "mute", "blackhole"), required=True)
    parser.add_argument("--kind", choices=frames.KINDS, default="trade")
    parser.add_argument("--sockets", type=int, default=1)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--core", type=int, default=-1)
    parser.add_argument("--cert", default="")
    parser.add_argument("--key", default="")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if options.core >= 0:
        os.sched_setaffinity(0, {options.core})
    threading.Thread(target=end_with_parent, daemon=True).start()
    load = Load(options.mode, options.kind, options.sockets, options.rate)
    listener = socket.socket(fileno=options.fd)
    accept_all(listener, load, tls_context(options.cert, options.key))


if __name__ == "__main__":
    main()
