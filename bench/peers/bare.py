"""No library: one `recv` loop that cuts well-formed text frames and decodes them. What Python can do at most."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import orjson

from peers.base import ThreadPeer

CHUNK = 256 * 1024
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def dial(url: str) -> socket.socket:
    """Connect and send the upgrade."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))
    if parts.scheme == "wss":
        connection = ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
    path = f"{parts.path}?{parts.query}"
    connection.sendall(UPGRADE.format(path=path, host=parts.netloc).encode())
    return connection


class Client(ThreadPeer):
    """A thread a socket."""

    def follow(self, url: str) -> None:
        connection = dial(url)
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            buffer += connection.recv(CHUNK)
        buffer = buffer.partition(b"\r\n\r\n")[2]
        while True:
            buffer = self.deliver(buffer) + connection.recv(CHUNK)

    def deliver(self, buffer: bytes) -> bytes:
        """Decode every whole frame; return the rest."""
        on_message, loads, view = self.on_message, orjson.loads, memoryview(buffer)
        position, size = 0, len(buffer)
        while size - position >= 10:
            length, start = buffer[position + 1], position + 2
            if length == 126:
                length, start = (buffer[start] << 8) | buffer[start + 1], start + 2
            elif length == 127:
                length, start = int.from_bytes(buffer[start : start + 8], "big"), start + 8
            if start + length > size:
                break
            position = start + length
            on_message(loads(view[start:position]))
        return buffer[position:]

    def close(self) -> None:
        raise NotImplementedError("the bare loop has no close")
