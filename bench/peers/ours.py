"""binance_ws: the manager, with every feature on."""

from __future__ import annotations

import os
from collections.abc import Iterable

from binance_ws import BinanceSocketManager, Environment
from binance_ws import Client as RestClient
from peers.base import Callback, Target
from peers.managers import ManagerPeer


class Client(ManagerPeer):
    """One manager; a socket a stream."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        # The certificate stands in a variable as for the other peers; the exchange's limit of connections a
        # minute is lifted, for the others keep none.
        environment = Environment.local(target.host, connects=None)
        client = RestClient(environment=environment, ca=os.environ.get("SSL_CERT_FILE"))
        self.manager = BinanceSocketManager(client)
        if target.tls:
            self.manager.STREAM_URL = target.base + "/"

    def open(self, indices: Iterable[int]) -> None:
        super().open(indices)
        self.manager.start()
