# ruff: noqa
# mypy: ignore-errors
"""Reads with callLater, and runs the reactor itself."""

from binance.client import Client
from binance.websockets import *
from twisted.internet import reactor

prices = {}
bm = BinanceSocketManager(Client("", ""))


def process_message(msg):
    prices[msg["s"]] = float(msg["c"])
    if not call.active():
        return
    call.cancel()
    reactor.callLater(0.01, print_prices)


def print_prices():
    print("prices of {}".format(", ".join(prices)))
    reactor.stop()


call = reactor.callLater(60, print, "too late")
bm.start_symbol_ticker_socket("BNBBTC", process_message)
bm.start()
reactor.run()
bm.join()
print("ended", reactor.running, bm.is_alive())
