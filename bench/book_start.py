"""How long it takes to bring up 50 and 500 order books at once, within the exchange's request weight.

`python bench/book_start.py` opens them against the simulated exchange, which keeps the exchange's own rules: 6,000
of weight a minute, 300 connections in five minutes, a ban for whoever does not listen. The share of the budget is
what the same snapshots would take if nothing but the weight counted: 90 % of each calendar minute's is ours to use.
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


def minute_begins() -> None:
    """Wait for the next calendar minute, so that each run has a whole one's weight first."""
    time.sleep(60 - time.time() % 60 + 0.5)


def bring_up(count: int, depth: int | None) -> tuple[float, list[float], int, int]:
    """Seconds until all are up, the moment of each, connections, and refusals of the exchange."""
    with Exchange(symbols=count) as exchange:
        client = Client(environment=exchange.environment)
        symbols = [row["symbol"] for row in client.exchange_info()["symbols"] if row["status"] == "TRADING"][
            :count
        ]
        with BinanceSocketManager(client) as manager:
            exchange.pardon()
            began = time.monotonic()
            books = [manager.start_order_book(symbol, depth=depth, speed=1000) for symbol in symbols]
            moments = []
            for book in books:
                book.wait_ready(DEADLINE)
                moments.append(time.monotonic() - began)
            seconds = time.monotonic() - began
            connections = len(exchange.connections)
            refused = sum(not book.snapshots for book in books)
        client.close()
    return seconds, sorted(moments), connections, refused


def least(count: int, depth: int | None) -> float:
    """Seconds that the weight alone takes, begun with a minute."""
    a_minute = int(WEIGHT // size_for(Market.SPOT, depth).weight)
    return 60.0 * (math.ceil(count / a_minute) - 1)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--depth", type=int, nargs="+", default=[20])
    given = parser.parse_args()
    print(
        f"{'books':>6} {'levels':>7} {'weight each':>12} {'seconds':>9} {'the weight alone':>17} {'connections':>12}"
    )
    for depth in given.depth:
        for count in given.books:
            minute_begins()
            seconds, _, connections, _ = bring_up(count, depth)
            weight = size_for(Market.SPOT, depth).weight
            row = f"{count:>6} {depth:>7} {weight:>12} {seconds:>9.1f} {least(count, depth):>17.0f} {connections:>12}"
            print(row, flush=True)


if __name__ == "__main__":
    main()
