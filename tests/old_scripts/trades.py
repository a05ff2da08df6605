# ruff: noqa
# mypy: ignore-errors
"""Prints trades; ends as the old documentation says."""

from binance.client import Client
from binance.enums import *
from binance.websockets import BinanceSocketManager
from twisted.internet import reactor

import threading

client = Client("api_key", "api_secret")
enough = threading.Event()


def process_message(msg):
    if msg["e"] == "error":
        print("error", msg["m"])
    if not enough.is_set():
        print("message type: {}".format(msg["e"]))
    enough.set()


bm = BinanceSocketManager(client, user_timeout=60)
conn_key = bm.start_trade_socket("BNBBTC", process_message)
other_key = bm.start_kline_socket("BNBBTC", lambda msg: None, interval=KLINE_INTERVAL_30MINUTE)
print(conn_key, other_key, bm.start_trade_socket("BNBBTC", process_message))
bm.start()
enough.wait(30)
bm.stop_socket(conn_key)
bm.close()
reactor.stop()
print("stopped", reactor.running)
