"""The market of one symbol: what happened, the book, and the streams that follow at once from an event.

Sources (a replay, the seeded market) report trades, changes of the book and best prices here; everything that is
sent once a period is made in :mod:`derive` from the state kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .book import Best, Book, Diff
from .candles import Candles, Trade
from .channel import SILENT, Channel
from .history import History
from .recording import encode
from .symbols import Symbol

if TYPE_CHECKING:
    from .dialect import Dialect

Open = Callable[[str], Channel]
"""Opens the channel of a name."""

Recorded = Callable[[], bytes] | None
"""Gives the recorded message, asked only where somebody listens; ``None`` has one made."""


class AggTrade(NamedTuple):
    """Trades of one order at one price; ``first`` and ``last`` are trade ids."""

    id: int
    price: int
    quantity: int
    first: int
    last: int
    time: int
    maker: bool


class Block(NamedTuple):
    """A block trade."""

    id: int
    price: int
    quantity: int
    time: int
    maker: bool


# An order's trades come within a few ms; after this many an aggregate is complete.
_COMPLETE = 100


class Instrument:
    """The market of one symbol.

    Args:
        symbol: what is traded.
        channel: opens a channel.
        dialect: how its host talks.
    """

    def __init__(self, symbol: Symbol, channel: Open, dialect: Dialect) -> None:
        self.symbol = symbol
        self.name = symbol.name
        self.time = 0
        self.stride = dialect.stride
        self.book, self.candles = Book(), Candles()
        self.best = Best(0, 0, 0, 0, 0)
        self.trades: History[Trade] = History()
        self.aggregates: History[AggTrade] = History()
        self.blocks: History[Block] = History()
        self.on_diff: list[Callable[[Diff], None]] = []
        self.last_trade: Trade | None = None
        self.quoted = False
        self.aggregated = False
        self._open: AggTrade | None = None
        self._next_aggregate = 1
        self._dialect = dialect
        lower = self.name.lower()
        self._trade, self._aggregate, self._quote, self._diff, self._block = (
            channel(f"{lower}@{n}") if n else SILENT for n in dialect.names
        )
        self._everyone = channel(dialect.everyone) if dialect.everyone else SILENT

    def trade(self, trade: Trade, recorded: Recorded = None) -> None:
        """Something was traded."""
        self.trades.add(trade)
        self.candles.add(trade)
        self.last_trade = trade
        self._count_in(trade)
        if self._trade.wanted:
            self._trade.publish(recorded() if recorded else encode(self._dialect.trade(self.symbol, trade)))

    def _count_in(self, trade: Trade) -> None:
        group = self._open
        if group and (group.price, group.time, group.maker) == (trade.price, trade.time, trade.maker):
            self._open = group._replace(quantity=group.quantity + trade.quantity, last=trade.id)
            return
        self._complete()
        self._open = AggTrade(self._next_aggregate, *trade[1:3], trade.id, trade.id, trade.time, trade.maker)
        self._next_aggregate += 1

    def settle(self, now: int) -> None:
        """Complete the aggregate that no further trade can join; ``now`` in ms."""
        if self._open and now - self._open.time >= _COMPLETE:
            self._complete()

    def _complete(self) -> None:
        group, self._open = self._open, None
        if group is None:
            return
        self.aggregates.add(group)
        if self._aggregate.wanted and not self.aggregated:
            self._aggregate.publish(encode(self._dialect.aggregate(self.symbol, group)))

    def diff(self, diff: Diff, recorded: Recorded = None) -> None:
        """The book changed."""
        before, self.time = self.book.last, diff.time
        self.book.apply(diff)
        for told in self.on_diff:
            told(diff)
        if self._diff.wanted:
            made = recorded() if recorded else encode(self._dialect.diff(self.symbol, diff, before))
            self._diff.publish(made)
        if not self.quoted:
            self._requote()

    def _requote(self) -> None:
        best = self.book.best()
        if best[1:] != self.best[1:]:
            self.quote(best)

    def quote(self, best: Best, recorded: Recorded = None) -> None:
        """The best prices changed."""
        self.best = best
        if self._quote.wanted or self._everyone.wanted:
            payload = recorded() if recorded else encode(self._dialect.quote(self.symbol, best, self.time))
            for channel in (self._quote, self._everyone):
                if channel.wanted:
                    channel.publish(payload)

    def block(self, block: Block) -> None:
        """A block was traded."""
        self.blocks.add(block)
        if self._block.wanted:
            self._block.publish(encode(self._dialect.block(self.symbol, block)))

    @property
    def middle(self) -> int:
        """Half way between the best prices; 0 before there are any."""
        return (self.best.bid + self.best.ask) // 2
