"""binance-connector 3: `SpotWebsocketStreamClient`, a client a socket, on a thread of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient

from peers.base import Callback, Peer, Target

METHODS = {"trade": "trade", "combined": "trade", "bookTicker": "book_ticker", "depth": "diff_book_depth"}


class Client(Peer):
    """A stream client a socket: the constructor connects, the method subscribes."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.clients: list[SpotWebsocketStreamClient] = []

    def open(self, indices: Iterable[int]) -> None:
        for index in indices:
            self.start(index)

    def start(self, index: int) -> None:
        """One socket and its stream."""
        combined = self.target.kind == "combined"
        client = SpotWebsocketStreamClient(
            stream_url=self.target.base, on_message=self.on_text, is_combined=combined
        )
        self.clients.append(client)
        if self.target.kind == "miniTicker":
            client.mini_ticker()
        else:
            getattr(client, METHODS[self.target.kind])(symbol=self.target.symbol(index))

    def on_text(self, _manager: Any, text: str) -> None:
        """The callback that a user writes."""
        self.on_message(orjson.loads(text))

    def close(self) -> None:
        for client in self.clients:
            client.stop()
