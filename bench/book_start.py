"""How long it takes to bring up 50 and 500 order books at once, within the exchange's request weight.

`python bench/book_start.py` opens them against the simulated exchange, which keeps the exchange's own rules: 6,000
of weight a minute, 300 connections in five minutes, a ban for whoever does not listen. "Weight alone" is what the
same snapshots would take if nothing but the weight counted; a tenth of each minute's is left to others.
"""

from __future__ import annotations

import argparse
import math
import time

from binance_ws import BinanceSocketManager, Client
from binance_ws.core.snapshots import size_for
from binance_ws.enums import Market
from binance_ws.simulator import Exchange

WEIGHT = 6000 * 0.9
DEADLINE = 3600.0
TITLES = ("books", "levels", "weight each", "seconds", "weight alone", "connections")


def minute_begins() -> None:
    """Wait for the next calendar minute, so that each run has a whole one's weight first."""
    time.sleep(60 - time.time() % 60 + 0.5)


def bring_up(count: int, depth: int) -> tuple[float, int]:
    """Seconds until all are up, and the connections that it took."""
    with Exchange(symbols=count) as exchange:
        client = Client(environment=exchange.environment)
        rows = client.exchange_info()["symbols"]
        symbols = [row["symbol"] for row in rows if row["status"] == "TRADING"][:count]
        with BinanceSocketManager(client) as manager:
            began = time.monotonic()
            books = [manager.start_order_book(symbol, depth=depth) for symbol in symbols]
            for book in books:
                book.wait_ready(DEADLINE)
            seconds = time.monotonic() - began
            connections = len(exchange.connections)
            assert not any(request.status in (418, 429) for request in exchange.requests)
        client.close()
    return seconds, connections


def least(count: int, depth: int) -> float:
    """Seconds that the weight alone takes, begun with a minute."""
    a_minute = int(WEIGHT // size_for(Market.SPOT, depth).weight)
    return 60.0 * (math.ceil(count / a_minute) - 1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--depth", type=int, default=20, help="levels of each book")
    given = parser.parse_args()
    weight = size_for(Market.SPOT, given.depth).weight
    print(" ".join(f"{title:>12}" for title in TITLES))
    for count in given.books:
        minute_begins()
        seconds, connections = bring_up(count, given.depth)
        row = (count, given.depth, weight, f"{seconds:.1f}", f"{least(count, given.depth):.0f}", connections)
        print(" ".join(f"{value:>12}" for value in row), flush=True)


if __name__ == "__main__":
    main()
