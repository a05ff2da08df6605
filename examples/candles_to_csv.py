"""Write the candles of a symbol to a CSV file, each when it has closed.

    python examples/candles_to_csv.py BTCUSDT --interval 1m --out btcusdt.csv

Ctrl-C ends it, and so does --count. Candles that close while the connection is away are fetched and written in
their place. Prices and volumes are written as the exchange sends them, digit by digit.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path

from binance_ws import BinanceSocketManager, Client
from binance_ws.errors import ArgumentError
from binance_ws.streams.names import kline
from binance_ws.types import Kline, KlineBar

COLUMNS = ("open_time", "open", "high", "low", "close", "volume", "quote_volume", "trades")


def row(candle: KlineBar) -> tuple[object, ...]:
    """The values of the columns."""
    opened = datetime.fromtimestamp(candle["t"] / 1000, timezone.utc)
    prices = (candle["o"], candle["h"], candle["l"], candle["c"])
    return (opened.isoformat(), *prices, candle["v"], candle["q"], candle["n"])


def main() -> None:
    """Read the arguments and write candles until there are enough, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Write closed candles to a CSV file.")
    parser.add_argument("symbol")
    parser.add_argument("--interval", default="1m", help="1s, 1m, 5m, 1h, 1d and so on")
    parser.add_argument("--out", type=Path, default=Path("candles.csv"))
    parser.add_argument("--count", type=int, help="candles; until Ctrl-C if left out")
    arguments = parser.parse_args()
    try:
        wanted = kline(arguments.symbol, arguments.interval)
    except ArgumentError as error:
        parser.error(str(error))
    with (
        BinanceSocketManager(Client(), max_retries=None) as manager,
        arguments.out.open("w", newline="", encoding="utf-8") as file,
        suppress(KeyboardInterrupt),
    ):
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        messages: Iterator[Kline] = manager.stream(wanted)
        closed = (message["k"] for message in messages if message["k"]["x"])
        for candle in islice(closed, arguments.count):
            writer.writerow(row(candle))
            file.flush()  # so that others can read it meanwhile


if __name__ == "__main__":
    main()
