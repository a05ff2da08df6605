"""A random market of one symbol, the same for the same seed: prices walk, orders come, trades happen."""

from __future__ import annotations

import random

from .amounts import to_int
from .book import Diff, Level
from .candles import Trade
from .instrument import Block, Instrument

_DEPTH = 50
_BLOCK_EVERY = 100
# A market that slept longer than this many steps begins to walk again where it was.
_CATCH_UP = 6_000
_MS = 1_000_000


class Seeded:
    """The random market of one symbol.

    Args:
        instrument: where it reports to.
        seed: the seed of the exchange.
        start: the first moment, in ns.
        step: ms between two changes.
    """

    def __init__(self, instrument: Instrument, seed: int, start: int, step: int) -> None:
        self.instrument = instrument
        self.due = start + step * _MS
        self._step = step * _MS
        # The other methods of Random are several times slower.
        self._chance = random.Random(f"{seed}:{instrument.name}").random
        self._tick, self._lot = to_int(instrument.symbol.tick), to_int(instrument.symbol.lot)
        self._middle = instrument.symbol.ticks
        self._update, self._trade, self._block, self._steps = 1_000_000, 100_000, 1, 0
        self._found()

    def _found(self) -> None:
        bids, asks = (
            [self._level(self._middle + sign * offset) for offset in range(1, _DEPTH + 1)] for sign in (-1, 1)
        )
        self.instrument.book.load(self._update, bids, asks)
        self.instrument.best = self.instrument.book.best()

    def _level(self, tick: int, quantity: int | None = None) -> Level:
        return tick * self._tick, self._quantity() if quantity is None else quantity

    def _quantity(self) -> int:
        return (1 + int(self._chance() * 5_000)) * self._lot

    def catch_up(self, now: int) -> None:
        """Walk to a moment in ns."""
        behind = (now - self.due) // self._step - _CATCH_UP
        self.due += max(behind, 0) * self._step
        while self.due <= now:
            self.fire()

    def fire(self) -> None:
        """Take the step that is due."""
        now = self.due // _MS
        self.due += self._step
        self._steps += 1
        self._walk(now)
        for _ in range((0, 1, 1, 2)[int(self._chance() * 4)]):
            self._deal(now)
        if self._steps % _BLOCK_EVERY == 0:
            self._deal_block(now)
        self.instrument.settle(now)

    def _walk(self, now: int) -> None:
        moves = (-2, -1, 0, 0, 0, 1, 2)[int(self._chance() * 7)]
        if self._middle + moves < 2 * _DEPTH:
            moves = abs(moves)
        bids: dict[int, int] = {}
        asks: dict[int, int] = {}
        for _ in range(abs(moves)):
            self._move(1 if moves > 0 else -1, bids, asks)
        for side, sign in ((bids, -1), (asks, 1)):
            side.update([self._level(self._middle + sign * (1 + int(self._chance() * 8)))])
        changes = len(bids) + len(asks)
        first = self._update + self.instrument.stride + 1
        self._update = first + changes - 1
        diff = Diff(first, self._update, tuple(bids.items()), tuple(asks.items()), now)
        self.instrument.diff(diff)

    def _move(self, by: int, bids: dict[int, int], asks: dict[int, int]) -> None:
        # The side that is walked into loses its best level, the other gains one; both ends move along.
        ahead, behind = (asks, bids) if by > 0 else (bids, asks)
        old = self._middle
        self._middle += by
        ahead.update([self._level(old + by, 0), self._level(old + by * (_DEPTH + 1))])
        behind.update([self._level(old), self._level(old - by * _DEPTH, 0)])

    def _deal(self, now: int) -> None:
        maker = self._chance() < 0.5
        best = self.instrument.best
        price = best.bid if maker else best.ask
        # Some orders meet several resting ones: trades of one time and price.
        for _ in range((1, 1, 1, 2, 3)[int(self._chance() * 5)]):
            self._trade += 1
            self.instrument.trade(Trade(self._trade, price, self._quantity(), now, maker))

    def _deal_block(self, now: int) -> None:
        price = self._middle * self._tick
        self.instrument.block(Block(self._block, price, 500 * self._quantity(), now, self._chance() < 0.5))
        self._block += 1
