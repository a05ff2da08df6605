"""The order books that `books.py` compares: structures of one side, and whole books of other libraries."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

Message = dict[str, Any]
Texts = Iterable[tuple[str, str]]
WORST = float("-inf")


class Flow(NamedTuple):
    """A snapshot of one symbol and the diffs that follow it."""

    market: str
    symbol: str
    snapshot: Message
    diffs: list[Message]


class BisectDict:
    """A dict of levels and a sorted list of their keys: what `binance_ws` uses, bare."""

    def __init__(self, sign: int) -> None:
        self.sign, self.keys, self.rows = sign, self.make_keys(), {}

    def make_keys(self) -> Any:
        """The empty list of keys."""
        return []

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff."""
        sign, keys, rows = self.sign, self.keys, self.rows
        for key, row in [(sign * float(p), (p, q) if float(q) else None) for p, q in levels]:
            if row is None:
                if key in rows:
                    del rows[key]
                    del keys[bisect_left(keys, key)]
            else:
                if key not in rows:
                    insort(keys, key)
                rows[key] = row

    def best(self) -> tuple[str, str]:
        """The best level."""
        return self.rows[self.keys[-1]]


class BisectArray(BisectDict):
    """The same with the keys in an array: less memory."""

    def make_keys(self) -> Any:
        """The empty array of keys."""
        return array("d")


class TwoLists(BisectDict):
    """Keys and levels in two parallel sorted lists, without a dict."""

    def __init__(self, sign: int) -> None:
        super().__init__(sign)
        self.rows: Any = []

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff."""
        sign, keys, rows = self.sign, self.keys, self.rows
        for key, row in [(sign * float(p), (p, q) if float(q) else None) for p, q in levels]:
            at = bisect_left(keys, key)
            if at < len(keys) and keys[at] == key:
                if row is None:
                    del keys[at], rows[at]
                else:
                    rows[at] = row
            elif row is not None:
                keys.insert(at, key)
                rows.insert(at, row)

    def best(self) -> tuple[str, str]:
        """The best level."""
        return self.rows[-1]


class CopiedLists(TwoLists):
    """Two lists of which the levels are copied before each diff, so that readers keep theirs."""

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff to a copy."""
        self.rows = self.rows.copy()
        super().update(levels)


class Sorted(BisectDict):
    """`sortedcontainers.SortedDict`."""

    def __init__(self, sign: int) -> None:
        from sortedcontainers import SortedDict

        self.sign, self.rows = sign, SortedDict()

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff."""
        sign, rows = self.sign, self.rows
        for price, quantity in levels:
            if float(quantity):
                rows[sign * float(price)] = (price, quantity)
            else:
                rows.pop(sign * float(price), None)

    def best(self) -> tuple[str, str]:
        """The best level."""
        return self.rows.peekitem(-1)[1]


class Heap(BisectDict):
    """A dict and a heap of keys, cleared of the gone ones at its top; keeps no order below the best."""

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff."""
        sign, keys, rows = -self.sign, self.keys, self.rows
        for price, quantity in levels:
            key = sign * float(price)
            if not float(quantity):
                rows.pop(key, None)
            else:
                if key not in rows:
                    heapq.heappush(keys, key)
                rows[key] = (price, quantity)
        while keys and keys[0] not in rows:
            heapq.heappop(keys)

    def best(self) -> tuple[str, str]:
        """The best level."""
        return self.rows[self.keys[0]]


class Remembered(BisectDict):
    """A dict and its best key, looked for anew when it goes; keeps no order below the best."""

    def update(self, levels: Texts) -> None:
        """Apply one side of a diff."""
        sign, rows, best = self.sign, self.rows, self.keys or WORST
        for price, quantity in levels:
            key = sign * float(price)
            if float(quantity):
                rows[key] = (price, quantity)
                best = max(best, key)
            elif rows.pop(key, None) and key == best:
                best = max(rows, default=WORST)
        self.keys = best

    def best(self) -> tuple[str, str]:
        """The best level."""
        return self.rows[self.keys]


class Pair:
    """Two sides of one structure, without any check of sequence."""

    def __init__(self, flow: Flow, side: type[BisectDict]) -> None:
        self.bids, self.asks = side(1), side(-1)

    def load(self, snapshot: Message) -> None:
        """Take a snapshot."""
        self.bids.update(snapshot["bids"])
        self.asks.update(snapshot["asks"])

    def apply(self, diff: Message) -> None:
        """Take a diff."""
        self.bids.update(diff["b"])
        self.asks.update(diff["a"])

    def best(self) -> tuple[Any, Any]:
        """The best levels."""
        return self.bids.best(), self.asks.best()


class Ours:
    """`binance_ws`: with the rules of sequence, and readers in other threads."""

    def __init__(self, flow: Flow) -> None:
        from binance_ws.core.orderbook import FUTURES, SPOT, OrderBook

        book = OrderBook(flow.symbol, SPOT if flow.market == "spot" else FUTURES)
        self.load, self.apply, self._best = book.apply_snapshot, book.apply_diff, book.best

    def best(self) -> tuple[Any, Any]:
        """The best levels."""
        best = self._best()
        return best.bid, best.ask


class PythonBinance:
    """`binance.ws.depthcache.DepthCache`, fed as its manager feeds it."""

    def __init__(self, flow: Flow) -> None:
        from binance.ws.depthcache import DepthCache

        self.cache = DepthCache(flow.symbol)

    def load(self, snapshot: Message) -> None:
        """Take a snapshot."""
        self._add(snapshot["bids"], snapshot["asks"])

    def apply(self, diff: Message) -> None:
        """Take a diff."""
        self._add(diff["b"], diff["a"])

    def _add(self, bids: Texts, asks: Texts) -> None:
        for bid in bids:
            self.cache.add_bid(bid)
        for ask in asks:
            self.cache.add_ask(ask)

    def best(self) -> tuple[Any, Any]:
        """The best levels."""
        return self.cache.get_bids()[0], self.cache.get_asks()[0]


class Unicorn:
    """`BinanceLocalDepthCacheManager` with one synchronized cache, but without its threads and sockets."""

    def __init__(self, flow: Flow) -> None:
        from unicorn_binance_local_depth_cache import BinanceLocalDepthCacheManager as Manager

        self.manager, self.market = Manager.__new__(Manager), flow.symbol
        self.manager.depth_caches = {}
        self.manager.threading_lock_ask, self.manager.threading_lock_bid = {}, {}
        self.manager.default_refresh_interval, self.manager.stop_request = None, False
        self.manager._add_depthcache(market=self.market)
        self.manager.depth_caches[self.market.lower()]["is_synchronized"] = True

    def load(self, snapshot: Message) -> None:
        """Take a snapshot."""
        self.manager._apply_updates(asks=snapshot["asks"], bids=snapshot["bids"], market=self.market)

    def apply(self, diff: Message) -> None:
        """Take a diff."""
        self.manager._apply_updates(asks=diff["a"], bids=diff["b"], market=self.market)

    def best(self) -> tuple[Any, Any]:
        """The best levels."""
        get = self.manager.get_bids, self.manager.get_asks
        return get[0](self.market, limit_count=1)[0], get[1](self.market, limit_count=1)[0]


class Cryptofeed:
    """`order_book.OrderBook`, written in C; fed with Decimals, as cryptofeed feeds it."""

    def __init__(self, flow: Flow) -> None:
        from order_book import OrderBook

        self.book = OrderBook()

    def load(self, snapshot: Message) -> None:
        """Take a snapshot."""
        self.book.bids = {Decimal(price): Decimal(quantity) for price, quantity in snapshot["bids"]}
        self.book.asks = {Decimal(price): Decimal(quantity) for price, quantity in snapshot["asks"]}

    def apply(self, diff: Message) -> None:
        """Take a diff."""
        for side, levels in ((self.book.bids, diff["b"]), (self.book.asks, diff["a"])):
            for text, amount in levels:
                price, quantity = Decimal(text), Decimal(amount)
                if quantity:
                    side[price] = quantity
                elif price in side:
                    del side[price]

    def best(self) -> tuple[Any, Any]:
        """The best levels."""
        return self.book.bids.index(0), self.book.asks.index(0)


MADE: dict[str, Callable[[Flow], Any]] = {
    "binance_ws OrderBook": Ours,
    "dict + sorted list (bare)": partial(Pair, side=BisectDict),
    "dict + sorted array": partial(Pair, side=BisectArray),
    "two sorted lists": partial(Pair, side=TwoLists),
    "two lists, copied": partial(Pair, side=CopiedLists),
    "SortedDict": partial(Pair, side=Sorted),
    "dict + heap": partial(Pair, side=Heap),
    "dict + remembered best": partial(Pair, side=Remembered),
    "python-binance": PythonBinance,
    "unicorn local depth cache": Unicorn,
    "cryptofeed order_book (C)": Cryptofeed,
}
