# ruff: noqa
# mypy: ignore-errors
"""Keeps a depth cache and prints from it."""

from binance.client import Client
from binance.depthcache import DepthCacheManager
from twisted.internet import reactor

done = False


def process_depth(depth_cache):
    global done
    if depth_cache is not None and not done:
        done = True
        bid, ask = depth_cache.get_bids()[0], depth_cache.get_asks()[0]
        print("symbol {}, crossed: {}".format(depth_cache.symbol, bid[0] >= ask[0]))
        reactor.stop()


dcm = DepthCacheManager(Client("", ""), "BNBBTC", callback=process_depth, refresh_interval=60 * 60)
print(dcm.get_symbol())
