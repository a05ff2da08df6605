"""Typed builders of streams, one a kind; the market is an argument where several markets have the kind.

Every builder returns a :class:`Stream`, takes symbols in any case, and raises :class:`ArgumentError`, which
says what is allowed, where a value is not. ``str(stream)`` is the exchange's name for it.
"""

from __future__ import annotations

from ..enums import Market
from ..errors import ArgumentError
from .kinds import Stream
from .lookup import build

SPOT = Market.SPOT
AnyMarket = Market | str


def trade(symbol: str, market: AnyMarket = SPOT) -> Stream:
    """Every trade of a symbol. USD-M delivers it too, but on no page of the exchange."""
    return build(market, "trade", symbol=symbol)


def agg_trade(symbol: str, market: AnyMarket = SPOT) -> Stream:
    """Trades of a symbol, those of one taker order at one price in one message."""
    return build(market, "agg_trade", symbol=symbol)


def block_trade(symbol: str) -> Stream:
    """Block trades of a spot symbol."""
    return build(SPOT, "block_trade", symbol=symbol)


def reference_price(symbol: str) -> Stream:
    """The reference price of a spot symbol, once a second; its ``r`` may be ``None``."""
    return build(SPOT, "reference_price", symbol=symbol)


def kline(symbol: str, interval: str = "1m", market: AnyMarket = SPOT, *, utc8: bool = False) -> Stream:
    """The current candle of a symbol.

    Args:
        symbol: the symbol.
        interval: its length, ``"1m"`` to ``"1M"``; spot has ``"1s"`` too.
        market: spot, USD-M, COIN-M or options.
        utc8: buckets begin in UTC+8 instead of UTC (spot alone).
    """
    return build(market, "kline", "@+08:00" if utc8 else "", symbol=symbol, interval=interval)


def continuous_kline(
    pair: str, contract: str = "perpetual", interval: str = "1m", market: AnyMarket = Market.USDM
) -> Stream:
    """The current candle of a pair's contract type, whichever contract that is today."""
    return build(market, "continuous_kline", pair=pair, contract=contract, interval=interval)


def index_price_kline(pair: str, interval: str = "1m") -> Stream:
    """The current candle of a COIN-M pair's index price."""
    return build(Market.COINM, "index_price_kline", pair=pair, interval=interval)


def mark_price_kline(symbol: str, interval: str = "1m") -> Stream:
    """The current candle of a COIN-M symbol's mark price."""
    return build(Market.COINM, "mark_price_kline", symbol=symbol, interval=interval)


def mini_ticker(symbol: str, market: AnyMarket = SPOT) -> Stream:
    """Close, open, high, low and volume of the last 24 hours of a symbol."""
    return build(market, "mini_ticker", symbol=symbol)


def all_mini_tickers(market: AnyMarket = SPOT) -> Stream:
    """The mini tickers of all symbols that changed, once a second, as a list."""
    return build(market, "all_mini_tickers")


def ticker(symbol: str, market: AnyMarket = SPOT) -> Stream:
    """Statistics of the last 24 hours of a symbol."""
    return build(market, "ticker", symbol=symbol)


def all_tickers(market: AnyMarket = Market.USDM) -> Stream:
    """The tickers of all symbols that changed, once a second, as a list; of spot on binance.us alone."""
    return build(market, "all_tickers")


def window_ticker(symbol: str, window: str = "1h") -> Stream:
    """Statistics of a rolling window (``"1h"``, ``"4h"``, ``"1d"``) of a spot symbol."""
    return build(SPOT, "window_ticker", symbol=symbol, window=window)


def all_window_tickers(window: str = "1h") -> Stream:
    """Rolling-window statistics of all spot symbols that changed, once a second, as a list."""
    return build(SPOT, "all_window_tickers", window=window)


def book_ticker(symbol: str, market: AnyMarket = SPOT) -> Stream:
    """Best bid and ask of a symbol, at each change."""
    return build(market, "book_ticker", symbol=symbol)


def all_book_tickers(market: AnyMarket = Market.USDM) -> Stream:
    """Best bid and ask of every symbol; of spot on binance.us alone."""
    return build(market, "all_book_tickers")


def avg_price(symbol: str) -> Stream:
    """The average price of a spot symbol over the last minutes, once a second."""
    return build(SPOT, "avg_price", symbol=symbol)


def depth(symbol: str, speed: int | str | None = None, market: AnyMarket = SPOT) -> Stream:
    """The changes of a symbol's order book.

    Args:
        symbol: the symbol.
        speed: milliseconds between messages (100, ``"100ms"``); ``None`` for the market's default.
        market: spot, USD-M, COIN-M or options.
    """
    return build(market, "depth", _speed(speed, market), symbol=symbol)


def partial_depth(
    symbol: str, levels: int | str = 20, speed: int | str | None = None, market: AnyMarket = SPOT
) -> Stream:
    """The best 5, 10 or 20 levels of a symbol's order book; the other arguments as of :func:`depth`."""
    return build(market, "partial_depth", _speed(speed, market), symbol=symbol, levels=str(levels))


def book(symbol: str, levels: int | str | None = None, speed: int | str | None = None) -> Stream:
    """A spot symbol's best levels, or, with ``levels`` of ``None``, 0 or 1, the changes of its whole book."""
    if not levels or str(levels) == "1":
        return depth(symbol, speed or None)
    return partial_depth(symbol, levels, speed or None)


def rpi_depth(symbol: str) -> Stream:
    """The changes of a USD-M symbol's order book, retail price improvement orders included."""
    return build(Market.USDM, "rpi_depth", symbol=symbol)


def mark_price(symbol: str, fast: bool = True, market: AnyMarket = Market.USDM) -> Stream:
    """Mark price and funding rate of a symbol, each second, or each three where ``fast`` is false."""
    return build(market, "mark_price", _fast(fast), symbol=symbol)


def all_mark_prices(fast: bool = True, market: AnyMarket = Market.USDM) -> Stream:
    """Mark price and funding rate of all symbols, as a list."""
    return build(market, "all_mark_prices", _fast(fast))


def pair_mark_prices(pair: str, fast: bool = True) -> Stream:
    """Mark prices of all contracts of a COIN-M pair, as a list."""
    return build(Market.COINM, "pair_mark_prices", _fast(fast), pair=pair)


def index_price(pair: str) -> Stream:
    """The index price of a COIN-M pair, once a second."""
    return build(Market.COINM, "index_price", pair=pair)


def force_order(symbol: str, market: AnyMarket = Market.USDM) -> Stream:
    """Liquidations of a symbol, at most one a second."""
    return build(market, "force_order", symbol=symbol)


def all_force_orders(market: AnyMarket = Market.USDM) -> Stream:
    """Liquidations of all symbols, each a message of its own, at most one a symbol and second."""
    return build(market, "all_force_orders")


def composite_index(symbol: str) -> Stream:
    """The composition of a USD-M index symbol, once a second."""
    return build(Market.USDM, "composite_index", symbol=symbol)


def contract_info(market: AnyMarket = Market.USDM) -> Stream:
    """Listings, settlements and bracket changes of contracts."""
    return build(market, "contract_info")


def asset_index(asset: str) -> Stream:
    """The multi-assets-mode index of one asset pair (``"adausd"``), once a second."""
    return build(Market.USDM, "asset_index", asset=asset)


def all_asset_indexes() -> Stream:
    """The multi-assets-mode indexes of all assets, once a second, as a list."""
    return build(Market.USDM, "all_asset_indexes")


def trading_session() -> Stream:
    """The trading session of each market of traditional assets, once a second."""
    return build(Market.USDM, "trading_session")


def option_trade(symbol: str) -> Stream:
    """Trades of an option (``"BTC-251226-100000-C"``) or of all options of an underlying."""
    return build(Market.OPTIONS, "option_trade", symbol=symbol)


def option_ticker(symbol: str) -> Stream:
    """Statistics of the last 24 hours of an option."""
    return build(Market.OPTIONS, "option_ticker", symbol=symbol)


def expiry_tickers(underlying: str, date: str) -> Stream:
    """The tickers of all options of an underlying that expire on a day (``"251226"``)."""
    return build(Market.OPTIONS, "expiry_tickers", underlying=underlying, date=date)


def option_mark_prices(underlying: str) -> Stream:
    """Mark prices and greeks of all options of an underlying, once a second, as a list."""
    return build(Market.OPTIONS, "option_mark_prices", underlying=underlying)


def open_interest(underlying: str, date: str) -> Stream:
    """Open interest of the options of an underlying that expire on a day, once a minute, as a list."""
    return build(Market.OPTIONS, "open_interest", underlying=underlying, date=date)


def index_prices() -> Stream:
    """The index prices of all options' underlyings, once a second, as a list."""
    return build(Market.OPTIONS, "index_prices")


def new_symbols() -> Stream:
    """New listings of options."""
    return build(Market.OPTIONS, "new_symbols")


_DEFAULT_SPEED: dict[AnyMarket, str] = {Market.SPOT: "1000", Market.USDM: "250", Market.COINM: "250"}


def _fast(fast: bool) -> str:
    return "@1s" if fast else ""


def _speed(speed: int | str | None, market: AnyMarket) -> str:
    """The suffix for a speed in milliseconds; the market's default speed has none."""
    text = str(speed if speed is not None else "").removeprefix("@").removesuffix("ms")
    if text and not text.isdigit():
        raise ArgumentError(f"a speed is a number of milliseconds such as 100, not {speed!r}")
    return "" if text in ("", _DEFAULT_SPEED.get(market)) else f"@{text}ms"
