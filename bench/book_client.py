"""One library brings up order books against a local exchange, in a process of its own; for `book_start.py`.

`python bench/book_client.py LIBRARY HOST:PORT SECONDS` reads symbols from its input and prints how many books were
up in that time, and after how many seconds the last one was. Each library is used as its documentation shows.
"""

from __future__ import annotations

import email.utils
import functools
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

LEVELS = 20
LOOK_SECONDS = 0.02
Count = Callable[[], int]
"""How many books are up."""


def binance_ws(host: str, symbols: list[str]) -> Count:
    """A manager and a book for each symbol."""
    from binance_ws import BinanceSocketManager, Client, Environment

    manager = BinanceSocketManager(Client(environment=Environment.local(host)))
    manager.start()
    books = [manager.start_order_book(symbol, depth=LEVELS) for symbol in symbols]
    return lambda: sum(not book.stale for book in books)


def python_binance(host: str, symbols: list[str]) -> Count:
    """`ThreadedDepthCacheManager`; a cache counts from its first callback on."""
    from binance import AsyncClient, ThreadedDepthCacheManager
    from binance.ws.depthcache import DepthCache
    from binance.ws.streams import BinanceSocketManager

    AsyncClient.API_URL = f"http://{host}/api"
    BinanceSocketManager.STREAM_URL = f"ws://{host}/"
    up = set()

    def process(cache: object) -> None:
        if isinstance(cache, DepthCache):
            up.add(cache.symbol)

    manager = ThreadedDepthCacheManager()
    manager.start()
    for symbol in symbols:
        manager.start_depth_cache(process, symbol, limit=500, ws_interval=100)
    return lambda: len(up)


def unicorn(host: str, symbols: list[str], regulated: bool = True) -> Count:
    """`BinanceLocalDepthCacheManager`, all symbols given at once; unregulated is its `high_performance`."""
    from unicorn_binance_local_depth_cache import BinanceLocalDepthCacheManager, manager
    from unicorn_binance_rest_api import BinanceRestApiManager

    class Rest(BinanceRestApiManager):
        """Asks here from its first call on."""

        def get_server_time(self) -> object:
            self.API_URL = f"http://{host}/api"
            return super().get_server_time()

        def _save_used_weight(self) -> bool:
            """Without the date it would not know the weight, and crash; the simulated exchange sends none."""
            self.response.headers.setdefault("Date", email.utils.formatdate(usegmt=True))
            return bool(super()._save_used_weight())

    streams = manager.BinanceWebSocketApiManager
    manager.BinanceWebSocketApiManager = functools.partial(streams, websocket_base_uri=f"ws://{host}/")
    rest = Rest(exchange="binance.com", warn_on_update=False)
    made = BinanceLocalDepthCacheManager(
        exchange="binance.com",
        depth_cache_update_interval=100,
        high_performance=not regulated,
        ubra_manager=rest,
        warn_on_update=False,
    )
    made.create_depthcache(markets=symbols)
    return lambda: sum(made.depth_caches[symbol.lower()]["is_synchronized"] for symbol in symbols)


def cryptofeed(host: str, symbols: list[str]) -> Count:
    """A feed of Binance with all symbols; a book counts from its first callback on."""
    import asyncio

    from cryptofeed import FeedHandler, connection
    from cryptofeed.connection import RestEndpoint, WebsocketEndpoint
    from cryptofeed.defines import L2_BOOK
    from cryptofeed.exchanges import Binance

    routes = Binance.rest_endpoints[0].routes
    Binance.rest_endpoints = [RestEndpoint(f"http://{host}", routes=routes)]
    Binance.websocket_endpoints = [WebsocketEndpoint(f"wss://{host}")]
    dial = (
        connection.connect
    )  # the library takes no address without TLS, which the simulated exchange has not
    connection.connect = lambda url, **options: dial(url.replace("wss:", "ws:"), **options)
    up = set()

    async def process(book: Any, received: float) -> None:
        up.add(book.symbol)

    def run() -> None:
        handler = FeedHandler()
        asyncio.set_event_loop(asyncio.new_event_loop())
        names = [name for name, symbol in Binance.symbol_mapping().items() if symbol in symbols]
        handler.add_feed(
            Binance(symbols=names, channels=[L2_BOOK], max_depth=500, callbacks={L2_BOOK: process})
        )
        handler.run(install_signal_handlers=False)

    threading.Thread(target=run, daemon=True).start()
    return lambda: len(up)


LIBRARIES: dict[str, Callable[[str, list[str]], Count]] = {
    "binance_ws": binance_ws,
    "python-binance": python_binance,
    "unicorn": unicorn,
    "unicorn-unregulated": functools.partial(unicorn, regulated=False),
    "cryptofeed": cryptofeed,
}


def main() -> None:
    """Bring them up, and tell."""
    library, host, deadline = sys.argv[1:]
    symbols = sys.stdin.read().split()
    began = time.monotonic()
    count = LIBRARIES[library](host, symbols)
    up, seconds = 0, 0.0
    while up < len(symbols) and time.monotonic() - began < float(deadline):
        time.sleep(LOOK_SECONDS)
        now = count()
        if now > up:
            up, seconds = now, time.monotonic() - began
    print(json.dumps({"up": up, "seconds": seconds}), flush=True)
    os._exit(0)  # not every library ends its threads


if __name__ == "__main__":
    main()
