"""The markets of all hosts on one clock, and what each host serves of them by which route."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ..enums import Market as Product
from ..streams.kinds import Route, Stream
from . import option_symbols
from .channel import Channel
from .contracts import contracts
from .contracts import named as contract
from .dialect import either
from .futures import FUTURES
from .futures_payloads import index_of
from .market import FOREVER, Market
from .option_symbols import options
from .options import options_dialect
from .recording import Recording
from .replay import Replay
from .routes import Endpoint
from .symbols import Symbol, listing

# What either host of the futures serves of the symbols of the other one.
_ANYWHERE = frozenset(
    "kline continuous_kline mark_price pair_mark_prices mark_price_kline index_price_kline".split()
)
_SECOND = 1_000_000_000


def listed(symbols: int | Iterable[str | Symbol]) -> tuple[Symbol, ...]:
    """The symbols meant by the argument of the exchange: contracts and options are known by their names."""
    if isinstance(symbols, int):
        return listing(symbols)
    return listing(_meant(symbol) for symbol in symbols)


def _meant(symbol: str | Symbol) -> str | Symbol:
    name = "" if isinstance(symbol, Symbol) else symbol.upper()
    if option_symbols.NAME.fullmatch(name):
        return option_symbols.named(name)
    return contract(name) if "_" in name else symbol


class World:
    """All markets.

    Args:
        symbols: what is listed; contracts and options among them where they belong, and a perpetual contract of
            USD-M for each symbol in dollars.
        seed: of the random markets.
        start: the first moment in ns; ``None`` for that of the recordings, or else now.
        recordings: what is replayed, one for each market at most.
        loop: whether recordings begin again at their end.
        whole_market: whether spot's ``!ticker@arr`` and ``!bookTicker`` are served.
    """

    def __init__(
        self,
        symbols: Sequence[Symbol],
        seed: int,
        start: int | None,
        recordings: Iterable[Recording] = (),
        loop: bool = True,
        whole_market: bool = False,
    ) -> None:
        played = {each.market: each for each in recordings}
        begin = start if start is not None else min((r.start + r.lead for r in played.values()), default=None)
        begin = time.time_ns() // _SECOND * _SECOND if begin is None else begin

        def first(product: Product) -> int | None:
            return start if product in played else begin

        pairs = [symbol for symbol in symbols if type(symbol) is Symbol]
        spot, futures = played.get(Product.SPOT), played.get(Product.USDM)
        self.spot = Market(pairs, seed, first(Product.SPOT), spot, loop, whole_market)
        self.futures = Market(contracts(symbols), seed, first(Product.USDM), futures, loop, dialect=FUTURES)
        self.options = Market(options(symbols), seed, begin, dialect=options_dialect(self._index))
        self._markets = (self.spot, self.futures, self.options)

    def _index(self, underlying: str) -> int:
        found = self.futures.find(underlying)
        return index_of(found.middle) if found else 0

    def of(self, product: Product) -> Market:
        """The market that a product is part of."""
        hosts = {Product.SPOT: self.spot, Product.OPTIONS: self.options}
        return hosts.get(product, self.futures)

    @property
    def replays(self) -> list[Replay]:
        """The recordings that are played."""
        return [market.replay for market in self._markets if market.replay]

    # What is served where.

    def channel(self, name: str, endpoint: Endpoint) -> Channel | None:
        """What a connection gets that subscribes a name: nothing where its host or route does not carry it."""
        home = self.home(name, endpoint)
        return self.of(home).channel(name) if home else None

    def home(self, name: str, endpoint: Endpoint) -> Product | None:
        """The market whose stream a connection gets by a name; ``None`` where it gets none."""
        if endpoint.market is Product.SPOT:
            return Product.SPOT if self.spot.stream(name) else None
        for market in (self.futures, self.options):
            stream = market.stream(name)
            if stream:
                return stream.market if _carried(stream, endpoint) else None
        return None

    def product(self, endpoint: Endpoint, names: Iterable[str]) -> Product:
        """Whose rules hold for a connection: on the host of USD-M those of options where it has one of theirs."""
        if endpoint.market is not Product.USDM:
            return endpoint.market
        has = any(self.options.stream(name) and not self.futures.stream(name) for name in names)
        return Product.OPTIONS if has else Product.USDM

    # The clock.

    @property
    def now(self) -> int:
        """The moment that it is, in ns."""
        return max(market.now for market in self._busy())

    @property
    def listened(self) -> int:
        """How many streams somebody listens to."""
        return sum(market.listened for market in self._markets)

    @property
    def sent(self) -> int:
        """How many messages of streams were sent to anybody."""
        return sum(market.sent for market in self._markets)

    @property
    def due(self) -> int:
        """When something happens next, in ns."""
        return min(market.due for market in self._busy())

    def _busy(self) -> list[Market]:
        return [market for market in self._markets if market.busy] or [self.spot]

    def advance(self, until: int, budget: int) -> bool:
        """Let happen what is due up to a moment in ns; whether all of it did within about ``budget`` events."""
        busy = self._busy()
        done = False
        while budget > 0 and not done:
            next_ = min(busy, key=lambda market: market.due)
            others = min((market.due for market in busy if market is not next_), default=FOREVER)
            taken = next_.step(min(until, max(others, next_.due)), budget)
            budget -= taken
            done = not taken
        moment = until if done and until < FOREVER else max(market.now for market in busy)
        for market in self._markets:
            if done or market not in busy:
                market.rest(moment)
        return done


def _carried(stream: Stream, endpoint: Endpoint) -> bool:
    """Whether a host carries a stream by the route that a connection came by."""
    if endpoint.market is Product.COINM:
        return (
            any(each.market is Product.COINM for each in _readings(stream)) or stream.kind.name in _ANYWHERE
        )
    if stream.market is Product.COINM and stream.kind.name not in _ANYWHERE:
        return False
    # Without a route a connection gets what it would get by the public one.
    asked = endpoint.route if endpoint.route is not Route.NONE else Route.PUBLIC
    return (stream.route if stream.route is not Route.NONE else Route.MARKET) is asked


def _readings(stream: Stream) -> Iterable[Stream]:
    """What a name may mean: a stream of the whole market is one of both products."""
    return (stream,) if stream.symbol else either(stream.name, (Product.USDM, Product.COINM))
