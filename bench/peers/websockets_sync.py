"""websockets with threads: `recv` in a loop on a thread of ours, beside the library's own reader thread."""

from __future__ import annotations

import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from peers.base import Callback, Target, ThreadPeer


class Client(ThreadPeer):
    """A thread a socket."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.sockets: list[ClientConnection] = []

    def follow(self, url: str) -> None:
        socket = connect(url)
        self.sockets.append(socket)
        try:
            while True:
                self.on_message(orjson.loads(socket.recv(decode=False)))
        except ConnectionClosed:
            return

    def close(self) -> None:
        for socket in self.sockets:
            socket.close()
