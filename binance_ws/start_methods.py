"""The ``start_*`` methods of the old manager, each a row of the streams' catalogue under its old name.

All of them take the user's function as ``callback``: it is called with each message, on the thread of the
socket, one call at a time. All of them return the socket's key, which is the stream's path, or ``False`` where
that stream is open already; and raise :class:`ArgumentError`, in the caller, where an argument cannot be used.
Nothing connects before the manager is started; after that a socket connects at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Literal

from .enums import KLINE_INTERVAL_1MINUTE, WEBSOCKET_DEPTH_10, Market
from .streams import names
from .streams.accounts import Account
from .streams.kinds import Stream

Callback = Callable[[Any], object]
Key = str | Literal[False]

_USDM, _OPTIONS = Market.USDM, Market.OPTIONS


class StartMethods(ABC):
    """What the old manager could start. Knows streams alone; how they are started is the heir's."""

    @abstractmethod
    def _start(self, callback: Callback, stream: Stream, *, wrapped: bool = False) -> Key:
        """Start one stream under its own name."""

    @abstractmethod
    def _start_mini_tickers(self, callback: Callback, update_time: int) -> Key:
        """Start all mini tickers, delivered each ``update_time`` milliseconds."""

    @abstractmethod
    def _start_many(self, callback: Callback, streams: Iterable[str], market: Market) -> Key:
        """Start many streams under one key."""

    @abstractmethod
    def _start_account(self, callback: Callback, account: Account, symbol: str = "") -> Key:
        """Start the events of an account."""

    # ---- spot -------------------------------------------------------------------------------------------

    def start_depth_socket(
        self,
        symbol: str,
        callback: Callback,
        depth: str | int | None = None,
        interval: int | str | None = None,
    ) -> Key:
        """The changes of a symbol's order book, or its best levels with ``depth``.

        Args:
            symbol: in any case.
            callback: the user's function.
            depth: 5, 10 or 20 levels; ``None`` (or 0 or ``"1"``, as of old) for the changes.
            interval: milliseconds between messages: 100, or ``None`` for one second.
        """
        return self._start(callback, names.book(symbol, depth, interval))

    def start_kline_socket(
        self, symbol: str, callback: Callback, interval: str = KLINE_INTERVAL_1MINUTE
    ) -> Key:
        """The current candle of a symbol; ``interval`` is one of ``enums.KLINE_INTERVAL_*``."""
        return self._start(callback, names.kline(symbol, interval))

    def start_miniticker_socket(self, callback: Callback, update_time: int = 1000) -> Key:
        """The mini tickers of all symbols that changed, as a list, each ``update_time`` milliseconds."""
        return self._start_mini_tickers(callback, update_time)

    def start_trade_socket(self, symbol: str, callback: Callback) -> Key:
        """Every trade of a symbol."""
        return self._start(callback, names.trade(symbol))

    def start_aggtrade_socket(self, symbol: str, callback: Callback) -> Key:
        """Trades of a symbol, those of one taker order at one price in one message."""
        return self._start(callback, names.agg_trade(symbol))

    def start_symbol_ticker_socket(self, symbol: str, callback: Callback) -> Key:
        """Statistics of the last 24 hours of a symbol, once a second."""
        return self._start(callback, names.ticker(symbol))

    def start_ticker_socket(self, callback: Callback) -> Key:
        """Statistics of the last 24 hours of all symbols that changed, as a list, once a second.

        The exchange serves this stream on binance.us alone; elsewhere the library makes the same messages from
        the tickers of every symbol that is traded.
        """
        return self._start(callback, names.all_tickers(Market.SPOT))

    def start_symbol_book_ticker_socket(self, symbol: str, callback: Callback) -> Key:
        """Best bid and ask of a symbol, at each change."""
        return self._start(callback, names.book_ticker(symbol))

    def start_book_ticker_socket(self, callback: Callback) -> Key:
        """Best bid and ask of every symbol, at each change; made by the library as the tickers are."""
        return self._start(callback, names.all_book_tickers(Market.SPOT))

    def start_multiplex_socket(self, streams: Iterable[str], callback: Callback) -> Key:
        """Any number of spot streams under one key, ``{"stream": name, "data": message}`` each message.

        Args:
            streams: their names, symbols in lower case: ``["bnbbtc@aggTrade", "neobtc@ticker"]``.
            callback: the user's function.
        """
        return self._start_many(callback, streams, Market.SPOT)

    # ---- accounts ---------------------------------------------------------------------------------------

    def start_user_socket(self, callback: Callback) -> Key:
        """The events of the spot account: orders, balances."""
        return self._start_account(callback, Account.SPOT)

    def start_margin_socket(self, callback: Callback) -> Key:
        """The events of the cross-margin account."""
        return self._start_account(callback, Account.MARGIN)

    def start_isolated_margin_socket(self, symbol: str, callback: Callback) -> Key:
        """The events of the isolated-margin account of a symbol."""
        return self._start_account(callback, Account.ISOLATED_MARGIN, symbol)

    def start_futures_user_socket(self, callback: Callback) -> Key:
        """The events of the USD-M futures account."""
        return self._start_account(callback, Account.USDM)

    # ---- USD-M futures ----------------------------------------------------------------------------------

    def start_aggtrade_futures_socket(self, symbol: str, callback: Callback) -> Key:
        """Aggregated trades of a USD-M symbol; wrapped, as all messages of the futures methods are."""
        return self._start(callback, names.agg_trade(symbol, _USDM), wrapped=True)

    def start_symbol_mark_price_socket(self, symbol: str, callback: Callback, fast: bool = True) -> Key:
        """Mark price of a USD-M symbol each second, or each three where ``fast`` is false; wrapped."""
        return self._start(callback, names.mark_price(symbol, fast), wrapped=True)

    def start_all_mark_price_socket(self, callback: Callback, fast: bool = True) -> Key:
        """Mark prices of all USD-M symbols, a list; wrapped."""
        return self._start(callback, names.all_mark_prices(fast), wrapped=True)

    def start_symbol_ticker_futures_socket(self, symbol: str, callback: Callback) -> Key:
        """Best bid and ask of a USD-M symbol (its old name notwithstanding); wrapped."""
        return self._start(callback, names.book_ticker(symbol, _USDM), wrapped=True)

    def start_individual_symbol_ticker_futures_socket(self, symbol: str, callback: Callback) -> Key:
        """Statistics of the last 24 hours of a USD-M symbol; wrapped."""
        return self._start(callback, names.ticker(symbol, _USDM), wrapped=True)

    def start_all_ticker_futures_socket(self, callback: Callback) -> Key:
        """Best bid and ask of all USD-M symbols (its old name notwithstanding); wrapped."""
        return self._start(callback, names.all_book_tickers(_USDM), wrapped=True)

    # ---- options ----------------------------------------------------------------------------------------

    def start_options_ticker_socket(self, symbol: str, callback: Callback) -> Key:
        """Statistics of the last 24 hours of an option."""
        return self._start(callback, names.option_ticker(symbol))

    def start_options_recent_trades_socket(self, symbol: str, callback: Callback) -> Key:
        """Trades of an option, or of all options of an underlying."""
        return self._start(callback, names.option_trade(symbol))

    def start_options_kline_socket(
        self, symbol: str, callback: Callback, interval: str = KLINE_INTERVAL_1MINUTE
    ) -> Key:
        """The current candle of an option; ``interval`` is one of ``enums.KLINE_INTERVAL_*``."""
        return self._start(callback, names.kline(symbol, interval, _OPTIONS))

    def start_options_depth_socket(
        self, symbol: str, callback: Callback, depth: str | int = WEBSOCKET_DEPTH_10
    ) -> Key:
        """The best 5, 10 or 20 levels of an option's order book, each 100 ms."""
        return self._start(callback, names.partial_depth(symbol, depth, 100, _OPTIONS))

    def start_options_multiplex_socket(self, streams: Iterable[str], callback: Callback) -> Key:
        """Any number of options streams under one key; wrapped."""
        return self._start_many(callback, streams, _OPTIONS)
