"""aiohttp: `async for` over a WebSocket of one session."""

from __future__ import annotations

import aiohttp
import orjson

from peers.base import AsyncPeer


class Client(AsyncPeer):
    """One session; a task a socket. Its limit of 100 connections is lifted."""

    session: aiohttp.ClientSession | None = None

    async def follow(self, url: str) -> None:
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        socket = await self.session.ws_connect(url)
        self.sockets.append(socket)
        async for message in socket:
            self.on_message(orjson.loads(message.data))

    async def close_all(self) -> None:
        await super().close_all()
        if self.session is not None:
            await self.session.close()
