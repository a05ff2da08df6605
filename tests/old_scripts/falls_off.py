# ruff: noqa
# mypy: ignore-errors
"""Falls off its end and streams on; the callback closes the manager."""

from binance import websockets
from binance.client import Client

manager = websockets.BinanceSocketManager(Client())
count = 0


def process_message(msg):
    global count
    count += 1
    if count == 3:
        print("three messages")
        manager.close()
        print("closed")


manager.start_depth_socket("BNBBTC", process_message, depth=websockets.BinanceSocketManager.WEBSOCKET_DEPTH_5)
manager.start()
print("the end of the script")
