"""Tests of the old ``start_*`` methods: their signatures, their shape, and the streams that they start."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from binance_ws.enums import Market
from binance_ws.errors import ArgumentError
from binance_ws.start_methods import Callback, Key, StartMethods
from binance_ws.streams.accounts import Account
from binance_ws.streams.kinds import Stream

SIGNATURES = {
    "start_depth_socket": "symbol, callback, depth=None, interval=None",
    "start_kline_socket": "symbol, callback, interval='1m'",
    "start_miniticker_socket": "callback, update_time=1000",
    "start_trade_socket": "symbol, callback",
    "start_aggtrade_socket": "symbol, callback",
    "start_symbol_ticker_socket": "symbol, callback",
    "start_ticker_socket": "callback",
    "start_symbol_book_ticker_socket": "symbol, callback",
    "start_book_ticker_socket": "callback",
    "start_multiplex_socket": "streams, callback",
    "start_user_socket": "callback",
    "start_margin_socket": "callback",
    "start_isolated_margin_socket": "symbol, callback",
    "start_aggtrade_futures_socket": "symbol, callback",
    "start_symbol_mark_price_socket": "symbol, callback, fast=True",
    "start_all_mark_price_socket": "callback, fast=True",
    "start_symbol_ticker_futures_socket": "symbol, callback",
    "start_individual_symbol_ticker_futures_socket": "symbol, callback",
    "start_all_ticker_futures_socket": "callback",
    "start_futures_user_socket": "callback",
    "start_options_ticker_socket": "symbol, callback",
    "start_options_recent_trades_socket": "symbol, callback",
    "start_options_kline_socket": "symbol, callback, interval='1m'",
    "start_options_depth_socket": "symbol, callback, depth='10'",
    "start_options_multiplex_socket": "streams, callback",
}
"""The old manager's methods: names, arguments, order, defaults."""

METHODS = {name: m for name, m in vars(StartMethods).items() if not name.startswith("_")}
OPTION = "BTC-251226-100000-C"


class Recorder(StartMethods):
    """Notes what would be started."""

    def _start(self, callback: Callback, stream: Stream, *, wrapped: bool = False) -> Key:
        assert callback is print
        return f"{stream.market} {stream.name}{' wrapped' if wrapped else ''}"

    def _start_mini_tickers(self, callback: Callback, update_time: int) -> Key:
        assert callback is print
        return f"mini tickers {update_time}"

    def _start_many(self, callback: Callback, streams: Iterable[str], market: Market) -> Key:
        assert callback is print
        return f"{market} {'/'.join(streams)}"

    def _start_account(self, callback: Callback, account: Account, symbol: str = "") -> Key:
        assert callback is print
        return f"account {account.value} {symbol}".strip()


def test_no_method_is_missing_and_none_is_new() -> None:
    """The class has the old methods alone; what is new is elsewhere."""
    assert list(METHODS) == sorted(METHODS, key=list(METHODS).index)
    assert set(METHODS) == set(SIGNATURES)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_is_the_old_one(name: str) -> None:
    """Names, order and defaults, all of them positional; each argument and the result has a type."""
    signature = inspect.signature(METHODS[name])
    _, *arguments = signature.parameters.values()
    plain = [argument.replace(annotation=inspect.Parameter.empty) for argument in arguments]
    assert ", ".join(map(str, plain)) == SIGNATURES[name]
    assert all(a.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for a in arguments)
    assert all(a.annotation is not inspect.Parameter.empty for a in arguments)
    assert signature.return_annotation == "Key"


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_body_is_a_docstring_and_one_statement(name: str) -> None:
    """A method is a row of the catalogue under its old name, and decides nothing."""
    function = ast.parse(textwrap.dedent(inspect.getsource(METHODS[name]))).body[0]
    assert isinstance(function, ast.FunctionDef)
    docstring, statement = function.body
    assert ast.get_docstring(function)
    assert isinstance(docstring, ast.Expr)
    assert isinstance(statement, ast.Return)


r: Any = Recorder()


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        (r.start_depth_socket("BNBBTC", print), "spot bnbbtc@depth"),
        (r.start_depth_socket("BNBBTC", print, "20"), "spot bnbbtc@depth20"),
        (r.start_depth_socket("BNBBTC", print, depth=5, interval=100), "spot bnbbtc@depth5@100ms"),
        (r.start_depth_socket("BNBBTC", print, "1", 100), "spot bnbbtc@depth@100ms"),
        (r.start_kline_socket("BNBBTC", print), "spot bnbbtc@kline_1m"),
        (r.start_kline_socket("BNBBTC", print, interval="30m"), "spot bnbbtc@kline_30m"),
        (r.start_miniticker_socket(print), "mini tickers 1000"),
        (r.start_miniticker_socket(print, 5000), "mini tickers 5000"),
        (r.start_trade_socket("BNBBTC", print), "spot bnbbtc@trade"),
        (r.start_aggtrade_socket("BNBBTC", print), "spot bnbbtc@aggTrade"),
        (r.start_symbol_ticker_socket("BNBBTC", print), "spot bnbbtc@ticker"),
        (r.start_ticker_socket(print), "spot !ticker@arr"),
        (r.start_symbol_book_ticker_socket("BNBBTC", print), "spot bnbbtc@bookTicker"),
        (r.start_book_ticker_socket(print), "spot !bookTicker"),
        (
            r.start_multiplex_socket(["bnbbtc@aggTrade", "neobtc@ticker"], print),
            "spot bnbbtc@aggTrade/neobtc@ticker",
        ),
        (r.start_user_socket(print), "account spot"),
        (r.start_margin_socket(print), "account margin"),
        (r.start_isolated_margin_socket("BNBBTC", print), "account isolated_margin BNBBTC"),
        (r.start_aggtrade_futures_socket("BTCUSDT", print), "usdm btcusdt@aggTrade wrapped"),
        (r.start_symbol_mark_price_socket("BTCUSDT", print), "usdm btcusdt@markPrice@1s wrapped"),
        (r.start_symbol_mark_price_socket("BTCUSDT", print, False), "usdm btcusdt@markPrice wrapped"),
        (r.start_all_mark_price_socket(print), "usdm !markPrice@arr@1s wrapped"),
        (r.start_all_mark_price_socket(print, fast=False), "usdm !markPrice@arr wrapped"),
        (r.start_symbol_ticker_futures_socket("BTCUSDT", print), "usdm btcusdt@bookTicker wrapped"),
        (r.start_individual_symbol_ticker_futures_socket("BTCUSDT", print), "usdm btcusdt@ticker wrapped"),
        (r.start_all_ticker_futures_socket(print), "usdm !bookTicker wrapped"),
        (r.start_futures_user_socket(print), "account usdm"),
        (r.start_options_ticker_socket(OPTION, print), f"options {OPTION.lower()}@optionTicker"),
        (r.start_options_recent_trades_socket(OPTION, print), f"options {OPTION.lower()}@optionTrade"),
        (r.start_options_kline_socket(OPTION, print, "5m"), f"options {OPTION.lower()}@kline_5m"),
        (r.start_options_depth_socket(OPTION, print), f"options {OPTION.lower()}@depth10@100ms"),
        (r.start_options_depth_socket(OPTION, print, depth="20"), f"options {OPTION.lower()}@depth20@100ms"),
        (r.start_options_multiplex_socket(["a@optionTicker"], print), "options a@optionTicker"),
    ],
)
def test_each_method_starts_its_stream(started: str, expected: str) -> None:
    """Market, stream and envelope are those of the old method."""
    assert started == expected


def test_every_method_is_in_the_table_above() -> None:
    """A method that is added here is tried here."""
    mark = next(m for m in test_each_method_starts_its_stream.pytestmark if m.name == "parametrize")  # type: ignore[attr-defined]
    assert len(mark.args[1]) >= len(SIGNATURES)


@pytest.mark.parametrize(
    "start",
    [
        lambda: r.start_depth_socket("BNBBTC", print, depth=7),
        lambda: r.start_depth_socket("BNBBTC", print, interval=50),
        lambda: r.start_kline_socket("BNBBTC", print, "7m"),
        lambda: r.start_trade_socket("", print),
        lambda: r.start_trade_socket("BNB/BTC", print),
        lambda: r.start_trade_socket(None, print),
        lambda: r.start_options_kline_socket(OPTION, print, "1M"),
        lambda: r.start_options_depth_socket(OPTION, print, "7"),
        lambda: r.start_symbol_mark_price_socket(None, print),
    ],
)
def test_a_wrong_argument_raises_in_the_caller(start: Callable[[], Key]) -> None:
    """Nothing is started, and the message says what is allowed; it is a ``ValueError``, as of old."""
    with pytest.raises(ArgumentError, match=r"not|but"):
        start()


def test_an_interval_of_nought_is_the_default() -> None:
    """``interval=0`` was allowed."""
    assert r.start_depth_socket("BNBBTC", print, interval=0) == "spot bnbbtc@depth"
