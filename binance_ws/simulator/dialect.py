"""How one host of the exchange talks: which streams it has, what their messages look like, how often they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..enums import Market
from ..streams.catalogue import CATALOGUE
from ..streams.kinds import Kind, Stream
from . import payloads
from .derive import Feed, feed
from .symbols import TRADING, Symbol, named

if TYPE_CHECKING:
    from .book import Best, Diff
    from .candles import Trade
    from .instrument import AggTrade, Block
    from .market import Market as Listed

_SYMBOLS = ("symbol", "pair", "underlying", "asset")


@lru_cache(maxsize=1 << 15)
def recognised(name: str, product: Market) -> tuple[Stream, dict[str, str]] | None:
    """The stream of a product that a name means, and the values of its placeholders; ``None`` for no stream."""
    for kind in CATALOGUE:
        found = kind.pattern.fullmatch(name) if kind.market is product else None
        if found:
            values = found.groupdict()
            symbol = values.get(_symbolic(kind), "")
            return (Stream(name, kind, symbol), values) if symbol == symbol.lower() else None
    return None


def _symbolic(kind: Kind) -> str:
    return next((each for each in kind.placeholders if each in _SYMBOLS), "")


def either(name: str, products: tuple[Market, ...]) -> Iterator[Stream]:
    """The streams that a name may mean, of each product."""
    for product in products:
        found = recognised(name, product)
        if found:
            yield found[0]


class Names(NamedTuple):
    """What stands behind the symbol in the names of the streams that follow at once; empty where there is none."""

    trade: str
    aggregate: str
    quote: str
    diff: str
    block: str


@dataclass(frozen=True)
class Dialect:
    """How a host talks.

    Args:
        products: whose streams it has; a name that two of them know is the first one's.
        names: of the streams that follow from an event at once.
        everyone: the stream that carries the best prices of all symbols at once, if there is one.
        trade, aggregate, quote, diff, block: make the messages; ``quote`` takes the time of the change in ms,
            ``diff`` the update id before it.
        feed: the feed of a stream that is sent once a period.
        concerned: the symbols that a stream is about; none where it is not served.
        named: a symbol by its name.
        grid: ms between two looks at what is due.
        stride: how many update ids are left out before each random change.
    """

    products: tuple[Market, ...]
    names: Names
    everyone: str
    trade: Callable[[Any, Trade], Any]
    aggregate: Callable[[Any, AggTrade], Any]
    quote: Callable[[Any, Best, int], Any]
    diff: Callable[[Any, Diff, int], Any]
    block: Callable[[Any, Block], Any]
    feed: Callable[[Stream, dict[str, str], Listed], Feed | None]
    concerned: Callable[[Stream, dict[str, str], Mapping[str, Symbol]], list[str]]
    named: Callable[[str], Symbol] = named
    grid: int = 100
    stride: int = 0


def trading(symbols: Mapping[str, Symbol]) -> list[str]:
    """The names of the symbols that trade."""
    return [symbol.name for symbol in symbols.values() if symbol.status == TRADING]


def _spot_symbols(stream: Stream, _: dict[str, str], symbols: Mapping[str, Symbol]) -> list[str]:
    if not stream.symbol:
        return trading(symbols)
    symbol = symbols.get(stream.symbol.upper())
    return [symbol.name] if symbol and symbol.status == TRADING else []


SPOT = Dialect(
    products=(Market.SPOT,),
    names=Names("trade", "aggTrade", "bookTicker", "depth@100ms", "blockTrade"),
    everyone="!bookTicker",
    trade=lambda symbol, each: payloads.trade(symbol.name, each),
    aggregate=lambda symbol, each: payloads.agg_trade(symbol.name, each),
    quote=lambda symbol, best, _: payloads.book_ticker(symbol.name, best),
    diff=lambda symbol, diff, _: payloads.depth(symbol.name, diff),
    block=lambda symbol, each: payloads.block_trade(symbol.name, each),
    feed=feed,
    concerned=_spot_symbols,
)
