"""The host of options: its streams and how often they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from ..enums import Market as Product
from ..streams.kinds import Stream
from . import option_payloads as payloads
from .candles import DAY, MINUTE, SECOND, Candle
from .derive import Feed, array, gathered, klines, one, window
from .dialect import Dialect, Names, trading
from .option_symbols import Option, named
from .symbols import TRADING, Symbol

if TYPE_CHECKING:
    from .instrument import Instrument
    from .market import Market

Values = dict[str, str]
Index = Callable[[str], int]
"""The index price of an underlying (``"BTCUSDT"``)."""

_SPEEDS = {"@100ms": 100, "@500ms": 500}
_NOTICE, _BATCH = 10 * SECOND, 50
_UNDERLYINGS = ("BTCUSDT", "ETHUSDT")


def concerned(stream: Stream, values: Values, symbols: Mapping[str, Symbol]) -> list[str]:
    """The options that a stream is about."""
    if not stream.symbol:
        return trading(symbols)
    wanted = stream.symbol.upper()
    if wanted in symbols and stream.kind.name not in _GROUPS:
        return [wanted] if symbols[wanted].status == TRADING else []
    if stream.kind.name not in ("option_trade", *_GROUPS):
        return []
    mine = (cast(Option, each) for each in symbols.values() if each.status == TRADING)
    date = values.get("date")
    return [o.name for o in mine if wanted in (o.underlying, o.parts[0]) and date in (None, o.parts[1])]


def _of(instrument: Instrument) -> Option:
    return cast(Option, instrument.symbol)


def _ticker(instrument: Instrument, now: int) -> dict[str, Any] | None:
    found, last = window(instrument, DAY, now, exact=True), instrument.last_trade
    return found and payloads.ticker(_of(instrument), found, last.quantity if last else 0)


def _interest(instrument: Instrument, now: int) -> dict[str, Any]:
    candle = instrument.candles.between(0, now // MINUTE * MINUTE + MINUTE) or Candle(0, 0)
    return payloads.open_interest(_of(instrument), candle.volume, candle.quote // 10**8, now)


_Told = Callable[["Instrument", int], "dict[str, Any] | None"]
_GROUPS = ("expiry_tickers", "option_mark_prices", "open_interest")


def options_dialect(index: Index) -> Dialect:
    """How the host of options talks.

    Args:
        index: the index prices.
    """

    def feed(stream: Stream, values: Values, market: Market) -> Feed | None:
        return _Feeds(stream, values, market, index).feed()

    return Dialect(
        products=(Product.OPTIONS,),
        names=Names("optionTrade", "", "bookTicker", "", ""),
        everyone="",
        trade=payloads.trade,
        aggregate=lambda of, each: {},
        quote=payloads.book_ticker,
        diff=payloads.depth,
        block=lambda of, each: {},
        feed=feed,
        concerned=concerned,
        named=named,
        grid=_BATCH,
        stride=3,
    )


class _Feeds:
    """Makes the feed of one stream."""

    def __init__(self, stream: Stream, values: Values, market: Market, index: Index) -> None:
        self._stream, self._values, self._index = stream, values, index
        self._market = market
        self._names = concerned(stream, values, market.symbols)
        self._first = market.instrument(self._names[0])

    def feed(self) -> Feed | None:
        """The feed; ``None`` for what follows from an event at once."""
        makers: dict[str, Callable[[], Feed | None]] = {
            "option_trade": self._trades,
            "option_ticker": lambda: one(self._first, _ticker, SECOND),
            "expiry_tickers": lambda: self._each(_ticker, SECOND),
            "partial_depth": self._partial,
            "depth": lambda: gathered(self._first, self._speed, payloads.depth),
            "kline": self._kline,
            "option_mark_prices": lambda: self._each(self._mark, SECOND),
            "open_interest": lambda: self._each(_interest, MINUTE),
            "index_prices": lambda: array(self._indexes),
            "new_symbols": lambda: Feed(_NOTICE, self._listed),
        }
        maker = makers.get(self._stream.kind.name)
        return maker() if maker else None

    @property
    def _speed(self) -> int:
        return _SPEEDS[self._values["suffix"]]

    def _instruments(self) -> Iterator[Instrument]:
        return map(self._market.instrument, self._names)

    def _each(self, make: _Told, period: int) -> Feed:
        return array(lambda now: [t for t in (make(e, now) for e in self._instruments()) if t], period)

    def _trades(self) -> Feed | None:
        """The trades of all options on an underlying; those of one option are sent by the market itself."""
        if self._first.name == self._stream.symbol.upper():
            return None
        seen = {each.name: each.last_trade.id if each.last_trade else 0 for each in self._instruments()}

        def make(_: int) -> Iterator[dict[str, Any]]:
            for each in self._instruments():
                for trade in each.trades.since(seen[each.name] + 1, 1_000):
                    seen[each.name] = trade.id
                    yield payloads.trade(_of(each), trade)

        return Feed(_BATCH, make)

    def _partial(self) -> Feed:
        book, count = self._first.book, int(self._values["levels"])
        before = book.last

        def make(now: int) -> Iterator[dict[str, Any]]:
            nonlocal before
            if book.last != before:
                yield payloads.partial_depth(_of(self._first), book, count, now, before)
                before = book.last

        return Feed(self._speed, make)

    def _kline(self) -> Feed:
        of, interval = _of(self._first), self._values["interval"]
        return klines(
            self._first, interval, SECOND, lambda c, end, now: payloads.kline(of, interval, c, end, now)
        )

    def _mark(self, instrument: Instrument, now: int) -> dict[str, Any]:
        of = _of(instrument)
        return payloads.mark_price(of, instrument.best, self._index(of.underlying), now)

    def _indexes(self, now: int) -> list[dict[str, Any]]:
        return [payloads.index_price(each, self._index(each), now) for each in _UNDERLYINGS]

    def _listed(self, now: int) -> list[dict[str, Any]]:
        name = self._names[now // _NOTICE % len(self._names)]
        return [payloads.new_symbol(_of(self._market.instrument(name)), now)]
