"""unicorn-binance-websocket-api: one manager, a stream (a thread and a loop) a socket, dicts by callback."""

from __future__ import annotations

from collections.abc import Iterable

from unicorn_binance_websocket_api import BinanceWebSocketApiManager

from peers.base import Callback, Peer, Target

CHANNELS = {"trade": "trade", "combined": "trade", "bookTicker": "bookTicker", "depth": "depth"}


class Client(Peer):
    """The manager with the base address that its constructor takes."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.manager = BinanceWebSocketApiManager(
            exchange="binance.com",
            output_default="dict",
            websocket_base_uri=target.base + "/",
            warn_on_update=False,
            high_performance=True,  # else create_stream() waits some five seconds for each stream
        )

    def open(self, indices: Iterable[int]) -> None:
        for index in indices:
            channel, market = self.names(index)
            self.manager.create_stream(channel, market, process_stream_data=self.on_message)

    def names(self, index: int) -> tuple[str, str]:
        """Channel and market."""
        if self.target.kind == "miniTicker":
            return "arr", "!miniTicker"
        return CHANNELS[self.target.kind], self.target.symbol(index).lower()

    def close(self) -> None:
        self.manager.stop_manager()
