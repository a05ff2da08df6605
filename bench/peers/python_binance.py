"""python-binance 1.0: `ThreadedWebsocketManager`, pointed at the server by its classes' address constants."""

from __future__ import annotations

from binance import AsyncClient, ThreadedWebsocketManager
from binance.ws.streams import BinanceSocketManager

from peers.base import Callback, Target
from peers.managers import ManagerPeer

QUEUE = 1_000_000  # the default of 100 ends the socket for good as soon as messages come faster than it reads


class Client(ManagerPeer):
    """One manager: an asyncio loop in a thread, sockets as tasks."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        AsyncClient.API_URL = target.rest + "/api"
        BinanceSocketManager.STREAM_URL = target.base + "/"
        self.manager = ThreadedWebsocketManager(max_queue_size=QUEUE)
        self.manager.start()

    def close(self) -> None:
        self.manager.stop()
