"""A small bot that trades on paper, against the real order book.

    python examples/paper_bot.py BTCUSDT --size 0.01 --trades 10

It buys when the best bids hold much more than the best asks, and sells when it is the other way round. No order
is sent. Each is filled as the exchange would fill it: level by level, at the prices that the book has at that
moment, with the taker's fee. What the bot owns is valued at what selling it would bring. Do not expect it to earn
anything.
"""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress
from decimal import Decimal

from binance_ws import BinanceSocketManager, Client
from binance_ws.books import Book
from binance_ws.errors import ArgumentError, NotConnected

FEE = Decimal("0.001")
LEVELS = 5
UNEVEN = Decimal("0.5")
"""When it trades: at 0 both sides hold the same, at 1 one side holds nothing."""


class PaperBot:
    """Owns nothing at first, so that its cash is what it earned; its position is never short."""

    def __init__(self, size: Decimal, trades: int | None) -> None:
        self.size, self.most = size, trades
        self.cash = self.position = self.fees = Decimal(0)
        self.trades = 0
        self.done = threading.Event()

    def process_book(self, book: Book) -> None:
        """One change of the book. Called on the thread of its connection: the book stands still meanwhile."""
        if book.stale or self.done.is_set():
            return  # what is not up to date is nothing to trade on
        leaning = book.imbalance(LEVELS) or 0
        if leaning > UNEVEN and not self.position:
            self.order(book, "asks", self.size)
        elif leaning < -UNEVEN and self.position:
            self.order(book, "bids", self.position)

    def order(self, book: Book, side: str, quantity: Decimal) -> None:
        """Take a quantity from a side of the book: the asks to buy, the bids to sell."""
        filled, average, _ = book.price_for(side, quantity)
        if average is None:
            return
        sign, cost = (1 if side == "asks" else -1), filled * average
        self.position += sign * filled
        self.cash -= sign * cost + cost * FEE
        self.fees += cost * FEE
        self.trades += 1
        verb = "bought" if sign > 0 else "sold"
        print(f"{verb} {filled} {book.symbol} at {average:f}, cash {self.cash:f}", flush=True)
        if self.trades == self.most:
            self.done.set()

    def worth(self, book: Book) -> Decimal:
        """Cash, and what selling the position to the book would bring, fee paid."""
        if not self.position:
            return self.cash
        filled, average, _ = book.price_for("bids", self.position)
        return self.cash + filled * (average or 0) * (1 - FEE)


def main() -> None:
    """Read the arguments, trade until there were enough trades, or Ctrl-C, and say how it went."""
    parser = argparse.ArgumentParser(description="Trade on paper.")
    parser.add_argument("symbol")
    parser.add_argument("--size", type=Decimal, default=Decimal("0.01"))
    parser.add_argument("--trades", type=int, help="how many; until Ctrl-C if left out")
    arguments = parser.parse_args()
    bot = PaperBot(arguments.size, arguments.trades)
    with BinanceSocketManager(Client(), max_retries=None) as manager, suppress(KeyboardInterrupt):
        try:
            book = manager.start_order_book(arguments.symbol, bot.process_book, depth=100, stale_ok=True)
            book.wait_ready(30)
        except (ArgumentError, NotConnected) as error:
            parser.error(str(error))
        bot.done.wait()
    worth = bot.worth(book)  # of the last state that it had
    print(f"{bot.trades} trades, position {bot.position}, fees {bot.fees:f}, worth {worth:f}")


if __name__ == "__main__":
    main()
