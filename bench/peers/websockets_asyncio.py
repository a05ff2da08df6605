"""websockets on asyncio: `recv` in a loop, undecoded text."""

from __future__ import annotations

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from peers.base import AsyncPeer


class Client(AsyncPeer):
    """A task a socket."""

    async def follow(self, url: str) -> None:
        socket = await connect(url)
        self.sockets.append(socket)
        try:
            while True:
                self.on_message(orjson.loads(await socket.recv(decode=False)))
        except ConnectionClosed:
            return
