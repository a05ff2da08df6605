"""Ring when the spread of a symbol becomes wide, and say when it is narrow again.

    python examples/spread_alarm.py BTCUSDT ETHUSDT BNBUSDT --above 2

The spread is that of the best bid and ask, in basis points of the price halfway between them. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
from contextlib import suppress

from binance_ws import BinanceSocketManager, Client
from binance_ws.errors import ArgumentError
from binance_ws.streams.names import book_ticker
from binance_ws.types import BookTicker


def spread(quote: BookTicker) -> float:
    """The spread in basis points."""
    bid, ask = float(quote["b"]), float(quote["a"])
    return (ask - bid) / (ask + bid) * 20_000


class Alarm:
    """Knows which symbols are wide, so that it rings once and not at each quote."""

    def __init__(self, above: float) -> None:
        self.above = above
        self.wide: set[str] = set()
        self.rung = 0

    def hear(self, quote: BookTicker) -> None:
        """One quote."""
        symbol, basis_points = quote["s"], spread(quote)
        if basis_points > self.above and symbol not in self.wide:
            self.wide.add(symbol)
            self.rung += 1
            print(f"\a{symbol} is wide: {basis_points:.3g} bp, {quote['b']} / {quote['a']}", flush=True)
        elif basis_points <= self.above and symbol in self.wide:
            self.wide.remove(symbol)
            print(f"{symbol} is narrow: {basis_points:.3g} bp", flush=True)


def main() -> None:
    """Read the arguments and listen until the alarm has rung often enough, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Ring when a spread becomes wide.")
    parser.add_argument("symbols", nargs="+")
    parser.add_argument("--above", type=float, default=2.0, help="basis points")
    parser.add_argument("--alarms", type=int, help="how many; until Ctrl-C if left out")
    arguments = parser.parse_args()
    try:
        quotes = [book_ticker(symbol) for symbol in arguments.symbols]
    except ArgumentError as error:
        parser.error(str(error))
    alarm = Alarm(arguments.above)
    with BinanceSocketManager(Client(), max_retries=None) as manager, suppress(KeyboardInterrupt):
        for message in manager.stream(*quotes):
            alarm.hear(message.get("data", message))  # several streams come with their names
            if alarm.rung == arguments.alarms:
                break


if __name__ == "__main__":
    main()
