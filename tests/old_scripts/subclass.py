# ruff: noqa
# mypy: ignore-errors
"""A manager of its own, with attributes of its own."""

from binance.client import Client
from binance.websockets import BinanceSocketManager


class Collector(BinanceSocketManager):
    def __init__(self, client, symbols):
        super().__init__(client)
        self.client = client
        self.symbols = symbols
        self.streams = {}
        self.data = []
        self.lock = None
        self.callback = self.collect

    def collect(self, msg):
        self.data.append(msg)
        if len(self.data) == 4:
            print(sorted({m["s"] for m in self.data if m["s"] in self.symbols}) != [])
            self.close()

    def go(self):
        for symbol in self.symbols:
            self.streams[symbol] = self.start_aggtrade_socket(symbol, self.callback)
        print(sorted(self.streams.values()))
        self.start()


collector = Collector(Client("api_key", "api_secret"), ["BNBBTC", "ETHBTC"])
collector.go()
collector.join()
print(collector.is_alive(), len(collector.data) >= 4)
