"""picows: a Cython client on asyncio; the payload goes to orjson as a memoryview, uncopied."""

from __future__ import annotations

from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from peers.base import AsyncPeer, Callback


class Listener(WSListener):  # type: ignore[misc]
    """Decodes text frames."""

    def __init__(self, on_message: Callback) -> None:
        self.on_message = on_message

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.on_message(orjson.loads(frame.get_payload_as_memoryview()))


class Client(AsyncPeer):
    """A listener a socket."""

    async def follow(self, url: str) -> None:
        transport, _ = await ws_connect(lambda: Listener(self.on_message), url)
        self.sockets.append(transport)
        await transport.wait_disconnected()

    async def close_one(self, socket: Any) -> None:
        socket.send_close()
        socket.disconnect()
        await socket.wait_disconnected()
