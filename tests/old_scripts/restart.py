# ruff: noqa
# mypy: ignore-errors
"""Closes and restarts inside the callback when the retries are used up, after the main thread has ended."""

import binance.websockets
from twisted.internet import reactor


class Bot:
    def __init__(self):
        self.manager = binance.websockets.BinanceSocketManager(None)
        self.good_url = self.manager.STREAM_URL
        self.manager.STREAM_URL = "ws://127.0.0.1:1/"
        self.start()

    def start(self):
        self.conn_key = self.manager.start_trade_socket("BNBBTC", self.process_message)
        self.manager.start()

    def process_message(self, msg):
        if msg["e"] == "error":
            print(msg["m"])
            self.manager.stop_socket(self.conn_key)
            self.manager.close()
            self.manager.STREAM_URL = self.good_url
            self.start()
        elif self.conn_key:
            print("back again:", msg["e"])
            self.conn_key = None
            reactor.callFromThread(reactor.stop)


Bot()
