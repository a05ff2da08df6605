"""The host of USD-M and COIN-M, one market since June 2026: its streams and how often they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from ..enums import Market as Product
from ..streams.kinds import Stream
from . import futures_notices as notices
from . import futures_payloads as payloads
from .candles import DAY, SECOND, Candle
from .contracts import Contract, named
from .derive import Feed, array, changed, gathered, klines, one, window
from .dialect import Dialect, Names, trading
from .symbols import TRADING, Symbol

if TYPE_CHECKING:
    from .instrument import Instrument
    from .market import Market

Values = dict[str, str]
_SPEEDS = {"": 250, "@500ms": 500, "@100ms": 100, "@0ms": 50, "@1s": SECOND}
_KLINE = 250
_EVERYONE, _NOTICE = 5 * SECOND, 10 * SECOND
_DIRECT = "@depth@0ms"


def concerned(stream: Stream, values: Values, symbols: Mapping[str, Symbol]) -> list[str]:
    """The contracts that a stream is about."""
    if not stream.symbol:
        return trading(symbols)
    wanted = stream.symbol.upper()
    if "symbol" in values:
        found = symbols.get(wanted)
        return [wanted] if found and _fits(found, stream) else []
    fits = (cast(Contract, each) for each in symbols.values() if _fits(each, stream))
    if "asset" in values:
        return [c.name for c in fits if wanted in (f"{c.assets[0]}USD", c.pair) and c.perpetual][:1]
    kind = values.get("contract", "").upper()
    return [c.name for c in fits if c.pair == wanted and kind in ("", c.contract)]


def _fits(symbol: Symbol, stream: Stream) -> bool:
    return cast(Contract, symbol).product is stream.market and symbol.status == TRADING


def _of(instrument: Instrument) -> Contract:
    return cast(Contract, instrument.symbol)


# What is told about one contract.


def _mini(instrument: Instrument, now: int) -> dict[str, Any] | None:
    found = window(instrument, DAY, now, exact=True)
    return found and payloads.mini_ticker(_of(instrument), found)


def _ticker(instrument: Instrument, now: int) -> dict[str, Any] | None:
    found, last = window(instrument, DAY, now, exact=True), instrument.last_trade
    return found and payloads.ticker(_of(instrument), found, last.quantity if last else 0)


def _mark(instrument: Instrument, now: int) -> dict[str, Any] | None:
    middle = instrument.middle
    return payloads.mark_price(_of(instrument), middle, now) if middle else None


def _index(instrument: Instrument, now: int) -> dict[str, Any] | None:
    return payloads.index_price(_of(instrument), instrument.middle, now)


def _composite(instrument: Instrument, now: int) -> dict[str, Any] | None:
    return payloads.composite_index(_of(instrument), instrument.middle, now)


def _asset(instrument: Instrument, now: int) -> dict[str, Any] | None:
    return payloads.asset_index(f"{_of(instrument).assets[0]}USD", instrument.middle, now)


# Feeds.

_Maker = Callable[[Stream, Values, "Market"], Feed | None]
_Told = Callable[["Instrument", int], "dict[str, Any] | None"]


def _first(stream: Stream, values: Values, market: Market) -> Instrument:
    return market.instrument(concerned(stream, values, market.symbols)[0])


def _single(make: _Told, usdm: int = SECOND, coinm: int | None = None) -> _Maker:
    def maker(stream: Stream, values: Values, market: Market) -> Feed:
        period = usdm if stream.market is Product.USDM else coinm or usdm
        return one(_first(stream, values, market), make, period)

    return maker


def _marks(stream: Stream, values: Values, market: Market) -> Feed:
    period = SECOND if values["suffix"] else 3 * SECOND
    if "symbol" in values:
        return one(_first(stream, values, market), _mark, period)
    names = concerned(stream, values, market.symbols)

    def make(now: int) -> Iterator[list[dict[str, Any]]]:
        found = sorted(map(market.instrument, names), key=lambda each: notices.group(_of(each)))
        for _, members in groupby(found, lambda each: notices.group(_of(each))):
            yield [told for told in (_mark(each, now) for each in members) if told]

    return Feed(period, make)


def _kline(stream: Stream, values: Values, market: Market) -> Feed:
    instrument, interval, event = _first(stream, values, market), values["interval"], stream.kind.event
    of = _of(instrument)

    def make(candle: Candle, end: int, now: int) -> dict[str, Any]:
        if event in ("kline", "continuous_kline"):
            maker = payloads.kline if event == "kline" else payloads.continuous_kline
            return maker(of, interval, candle, end, now)
        return payloads.price_kline(event, of, interval, candle, end, now)

    return klines(instrument, interval, _KLINE, make)


def _depth(stream: Stream, values: Values, market: Market) -> Feed | None:
    # What comes at once is sent by the market itself.
    if stream.name.endswith(_DIRECT):
        return None
    return gathered(_first(stream, values, market), _SPEEDS[values["suffix"]], payloads.depth)


def _partial(stream: Stream, values: Values, market: Market) -> Feed:
    instrument, count = _first(stream, values, market), int(values["levels"])
    before = instrument.book.last

    def make(now: int) -> Iterator[dict[str, Any]]:
        nonlocal before
        if instrument.book.last != before:
            yield payloads.partial_depth(_of(instrument), instrument.book, count, now, before)
            before = instrument.book.last

    return Feed(_SPEEDS[values["suffix"]], make)


def _quotes(_: Stream, __: Values, market: Market) -> Feed:
    seen: dict[str, int] = {}

    def make(now: int) -> Iterator[dict[str, Any]]:
        for each in market.instruments():
            if seen.get(each.name) != each.best.update:
                seen[each.name] = each.best.update
                yield payloads.book_ticker(_of(each), each.best, now)

    return Feed(_EVERYONE, make)


def _liquidations(stream: Stream, values: Values, market: Market) -> Feed:
    names, found = concerned(stream, values, market.symbols), notices.Liquidations()

    def make(now: int) -> Iterator[dict[str, Any]]:
        for each in map(market.instrument, names):
            largest = found.largest(each)
            if largest:
                yield notices.force_order(_of(each), largest, now, not stream.symbol)

    return Feed(SECOND, make)


def _infos(_: Stream, __: Values, market: Market) -> Feed:
    def make(now: int) -> list[dict[str, Any]]:
        found = [*market.instruments()]
        index, last = divmod(now // _NOTICE, 2)
        # From both ends in turn, so that contracts of both products are soon among them.
        index %= len(found)
        return [notices.contract_info(_of(found[-1 - index if last else index]), now)]

    return Feed(_NOTICE, make)


def _assets(_: Stream, __: Values, market: Market) -> Feed:
    def make(now: int) -> list[dict[str, Any]]:
        found = {_of(each).assets[0]: each for each in market.instruments() if _of(each).perpetual}
        return [told for told in (_asset(each, now) for each in found.values()) if told]

    return array(make)


def _feed(stream: Stream, values: Values, market: Market) -> Feed | None:
    maker = _FEEDS.get(stream.kind.name)
    return maker(stream, values, market) if maker else None


_FEEDS: dict[str, _Maker] = {
    "mark_price": _marks,
    "all_mark_prices": _marks,
    "pair_mark_prices": _marks,
    "index_price": _single(_index),
    "kline": _kline,
    "continuous_kline": _kline,
    "mark_price_kline": _kline,
    "index_price_kline": _kline,
    "mini_ticker": _single(_mini, 2 * SECOND, 500),
    "all_mini_tickers": lambda _, __, market: array(changed(market, _mini)),
    "ticker": _single(_ticker, 2 * SECOND, 500),
    "all_tickers": lambda _, __, market: array(changed(market, _ticker)),
    "all_book_tickers": _quotes,
    "depth": _depth,
    "rpi_depth": _depth,
    "partial_depth": _partial,
    "force_order": _liquidations,
    "all_force_orders": _liquidations,
    "contract_info": _infos,
    "composite_index": _single(_composite),
    "asset_index": _single(_asset),
    "all_asset_indexes": _assets,
    "trading_session": lambda _, __, ___: Feed(SECOND, notices.sessions),
}


FUTURES = Dialect(
    products=(Product.USDM, Product.COINM),
    names=Names("trade", "aggTrade", "bookTicker", _DIRECT[1:], ""),
    everyone="",
    trade=payloads.trade,
    aggregate=payloads.agg_trade,
    quote=payloads.book_ticker,
    diff=payloads.depth,
    block=lambda of, each: {},
    feed=_feed,
    concerned=concerned,
    named=named,
    grid=50,
    stride=3,
)
"""How the host of USD-M and COIN-M talks."""
