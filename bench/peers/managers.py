"""What the managers of binance_ws and of both python-binance have in common: their start methods' names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peers.base import Peer

STARTERS = {
    "trade": "start_trade_socket",
    "bookTicker": "start_symbol_book_ticker_socket",
    "depth": "start_depth_socket",
}


class ManagerPeer(Peer):
    """A peer with a `manager`."""

    manager: Any

    def open(self, indices: Iterable[int]) -> None:
        for index in indices:
            self.start(index)

    def start(self, index: int) -> None:
        """The start method of the kind; arguments by name, for their order differs."""
        if self.target.kind == "miniTicker":
            self.manager.start_miniticker_socket(callback=self.on_message)
        elif self.target.kind == "combined":
            streams = [self.target.stream(index)]
            self.manager.start_multiplex_socket(streams=streams, callback=self.on_message)
        else:
            starter = getattr(self.manager, STARTERS[self.target.kind])
            starter(symbol=self.target.symbol(index), callback=self.on_message)

    def close(self) -> None:
        self.manager.close()
