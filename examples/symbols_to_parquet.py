"""Record the trades of several symbols, and write them to a Parquet file when it ends.

    python examples/symbols_to_parquet.py BTCUSDT ETHUSDT BNBUSDT --seconds 3600 --out trades.parquet

Ctrl-C ends it too. The recording stays beside the Parquet file: every frame as it came, which can be replayed.
Where there is one of an earlier run, the file gets the rows of both. Needs the extra ``record``.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from binance_ws import BinanceSocketManager, Client
from binance_ws.errors import ArgumentError
from binance_ws.recorder import export
from binance_ws.streams.names import trade


def main() -> None:
    """Read the arguments, record until the time is up, or Ctrl-C, and export."""
    parser = argparse.ArgumentParser(description="Write the trades of several symbols to Parquet.")
    parser.add_argument("symbols", nargs="+")
    parser.add_argument("--seconds", type=float, help="how long; until Ctrl-C if left out")
    parser.add_argument("--out", type=Path, default=Path("trades.parquet"))
    arguments = parser.parse_args()
    try:
        trades = [trade(symbol) for symbol in arguments.symbols]
    except ArgumentError as error:
        parser.error(str(error))
    capture = arguments.out.with_suffix(".jsonl.zst")
    with (
        BinanceSocketManager(Client(), max_retries=None) as manager,
        suppress(KeyboardInterrupt),
        manager.record(capture, *trades) as recording,
    ):
        recording.wait(arguments.seconds)
    try:
        exported = export(capture, arguments.out)
    except ArgumentError as error:  # nothing came
        parser.exit(1, f"{error}\n")
    for path, rows in exported.files.items():
        print(f"{path}: {rows} trades, {exported.gaps} gaps")


if __name__ == "__main__":
    main()
