"""Print the trades of some symbols as they happen.

    python examples/trades.py BTCUSDT ETHUSDT
    python examples/trades.py BTCUSDT --seconds 10

Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import datetime, timezone

from binance_ws import BinanceSocketManager, Client
from binance_ws.errors import ArgumentError
from binance_ws.types import ErrorMessage, Trade


def process_message(msg: Trade | ErrorMessage) -> None:
    """Print a trade."""
    if msg["e"] == "error":
        print(msg["m"])
        return
    moment = datetime.fromtimestamp(msg["T"] / 1000, timezone.utc)
    verb = "sold" if msg["m"] else "bought"
    print(f"{moment:%H:%M:%S.%f} {msg['s']} {verb} {msg['q']} at {msg['p']}", flush=True)


def main() -> None:
    """Read the arguments and stream until the time is up, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Print trades as they happen.")
    parser.add_argument("symbols", nargs="*", default=["BTCUSDT"])
    parser.add_argument("--seconds", type=float, help="how long; until Ctrl-C if left out")
    arguments = parser.parse_args()
    # Each symbol has a thread; one at a time may print, so that lines do not mix.
    manager = BinanceSocketManager(Client(), max_retries=None, serialize_callbacks=True)
    with manager, suppress(KeyboardInterrupt):
        try:
            for symbol in arguments.symbols:
                manager.start_trade_socket(symbol, process_message)
        except ArgumentError as error:
            parser.error(str(error))
        manager.join(arguments.seconds)


if __name__ == "__main__":
    main()
