"""python-binance 0.7: `BinanceSocketManager` on Twisted and autobahn, as its documentation shows."""

from __future__ import annotations

from collections.abc import Iterable

from binance.websockets import BinanceSocketManager
from twisted.internet import reactor

from peers.base import Callback, Target
from peers.managers import ManagerPeer


class Client(ManagerPeer):
    """One manager; the reactor runs on its thread."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        BinanceSocketManager.STREAM_URL = target.base + "/"
        self.manager = BinanceSocketManager(None)  # market sockets need no REST client

    def open(self, indices: Iterable[int]) -> None:
        if self.manager.is_alive():
            reactor.callFromThread(super().open, list(indices))
        else:
            super().open(indices)
            self.manager.start()

    def close(self) -> None:
        super().close()
        reactor.callFromThread(reactor.stop)
