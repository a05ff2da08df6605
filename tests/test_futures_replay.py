"""The recorded USD-M frames, through the routes of today."""

from __future__ import annotations

import itertools

from binance_ws import BinanceSocketManager, Client
from binance_ws.simulator import Exchange
from binance_ws.streams import names

from .peer import SECONDS
from .waiting import Inbox


def test_the_futures_capture_keeps_its_chains() -> None:
    """Depth, best prices and trades over three connections: each ``pu`` is the ``u`` before, ids have no holes."""
    books, best, trades = Inbox(), Inbox(), Inbox()
    with Exchange(recording="demo-usdm", speed=5) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client) as manager:
            manager.start_socket(
                books,
                *(names.depth(symbol, 0, "usdm") for symbol in ("BTCUSDT", "ETHUSDT")),
            )
            manager.start_socket(best, names.book_ticker("BTCUSDT", "usdm"))
            manager.start_socket(
                trades, names.agg_trade("BTCUSDT", "usdm"), names.book_ticker("ETHUSDT", "usdm")
            )
            depth, tickers, mixed = books.wait(200), best.wait(200), trades.wait(100)
            infos = manager.sockets()
        manager.join(SECONDS)
        client.close()
        paths = {request.path for request in exchange.requests if request.upgrade}
    for symbol in ("BTCUSDT", "ETHUSDT"):
        chain = [m["data"] for m in depth if m["data"]["s"] == symbol]
        assert len(chain) > 20
        assert all(later["pu"] == earlier["u"] for earlier, later in itertools.pairwise(chain))
    assert all(later["u"] > earlier["u"] for earlier, later in itertools.pairwise(tickers))
    aggregates = [m["data"]["a"] for m in mixed if m["stream"].endswith("aggTrade")]
    assert aggregates == list(range(aggregates[0], aggregates[0] + len(aggregates)))
    assert [(info.gaps, info.repeated, info.malformed) for info in infos] == [(0, 0, 0)] * 3
    assert {path.split("/")[2] for path in paths} == {"public", "market"}
