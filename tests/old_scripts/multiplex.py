# ruff: noqa
# mypy: ignore-errors
"""Several streams under one key; the reactor is stopped from the callback."""

from binance.client import Client
from binance.websockets import BinanceSocketManager
from twisted.internet import reactor

seen = set()


def process_m_message(msg):
    if msg["stream"] not in seen:
        seen.add(msg["stream"])
        if len(seen) == 2:
            print("streams: {}".format(" ".join(sorted(seen))))
            reactor.stop()


bm = BinanceSocketManager(Client("", ""))
print(bm.start_multiplex_socket(["bnbbtc@aggTrade", "ethusdt@ticker"], process_m_message))
bm.start()
bm.join()
print("ended")
