"""Every old ``start_*`` method with each form of its arguments, and what each call does: a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from binance_ws import BinanceSocketManager
from binance_ws.enums import (
    KLINE_INTERVAL_1MINUTE,
    KLINE_INTERVAL_1MONTH,
    KLINE_INTERVAL_15MINUTE,
    KLINE_INTERVAL_30MINUTE,
    WEBSOCKET_DEPTH_5,
    WEBSOCKET_DEPTH_10,
    WEBSOCKET_DEPTH_20,
)

Form = tuple[tuple[Any, ...], dict[str, Any]]

C = object()
"""Stands for the callback."""

B, U, OPTION = "BNBBTC", "BTCUSDT", "BTC-261225-60000-C"
M = BinanceSocketManager


def form(*args: Any, **named: Any) -> Form:
    """One way to write a call."""
    return args, named


def plain(symbol: str) -> list[Form]:
    """The ways to write ``(symbol, callback)``."""
    return [
        form(symbol, C),
        form(symbol.lower(), C),
        form(symbol, callback=C),
        form(callback=C, symbol=symbol),
    ]


ALONE = [form(C), form(callback=C)]
"""The ways to write ``(callback)``."""


@dataclass(frozen=True)
class Row:
    """What a call does.

    Args:
        method: the method.
        forms: ways to write the same call.
        key: what it returns.
        target: path and query of the connection that it opens; ``None`` where it takes many.
        event: the ``e`` of the messages; ``None`` where they have none.
        wrapped: the stream's name in the envelope; ``None`` where messages come bare.
        array: whether a message's data is a list.
    """

    method: str
    forms: list[Form]
    key: str
    target: str | None
    event: str | None
    wrapped: str | None = None
    array: bool = False


def spot(method: str, forms: list[Form], name: str, event: str | None, array: bool = False) -> Row:
    """A row whose key is the path."""
    return Row(method, forms, name, f"/ws/{name}", event, array=array)


def usdm(
    method: str, forms: list[Form], name: str, route: str, event: str, array: bool = False, key: str = ""
) -> Row:
    """A row of the futures, whose messages come in the envelope."""
    return Row(method, forms, key or name, f"/fstream/{route}/stream?streams={name}", event, name, array)


def options(method: str, forms: list[Form], name: str, route: str, event: str) -> Row:
    """A row of the options."""
    return Row(method, forms, name, f"/fstream/{route}/ws/{name}", event)


ROWS = [
    spot(
        "start_depth_socket",
        [
            *plain(B),
            form(B, C, None),
            form(B, C, "1"),
            form(B, C, None, None),
            form(B, C, None, 0),
            form(B, C, interval=1000),
            form(B, C, depth=None, interval=None),
        ],
        "bnbbtc@depth",
        "depthUpdate",
    ),
    spot(
        "start_depth_socket",
        [form(B, C, None, 100), form(B, C, interval=100), form(B, C, interval="100"), form(B, C, "1", 100)],
        "bnbbtc@depth@100ms",
        "depthUpdate",
    ),
    spot(
        "start_depth_socket",
        [form(B, C, 5), form(B, C, depth=WEBSOCKET_DEPTH_5), form(B, C, M.WEBSOCKET_DEPTH_5)],
        "bnbbtc@depth5",
        None,
    ),
    spot(
        "start_depth_socket", [form(B, C, "10"), form(B, C, depth=WEBSOCKET_DEPTH_10)], "bnbbtc@depth10", None
    ),
    spot(
        "start_depth_socket",
        [
            form(B, C, 20),
            form(B, C, "20"),
            form(B, C, depth=20),
            form(B, C, depth="20"),
            form(B, C, WEBSOCKET_DEPTH_20),
            form(B, C, depth=M.WEBSOCKET_DEPTH_20),
            form(depth=20, callback=C, symbol=B),
        ],
        "bnbbtc@depth20",
        None,
    ),
    spot(
        "start_depth_socket",
        [form(B, C, 20, 100), form(B, C, depth="20", interval="100")],
        "bnbbtc@depth20@100ms",
        None,
    ),
    spot(
        "start_kline_socket",
        [*plain(B), form(B, C, "1m"), form(B, C, interval=KLINE_INTERVAL_1MINUTE)],
        "bnbbtc@kline_1m",
        "kline",
    ),
    spot(
        "start_kline_socket",
        [form(B, C, KLINE_INTERVAL_30MINUTE), form(B, C, interval="30m")],
        "bnbbtc@kline_30m",
        "kline",
    ),
    spot(
        "start_kline_socket",
        [form(B, C, KLINE_INTERVAL_1MONTH), form(B, C, "1M")],
        "bnbbtc@kline_1M",
        "kline",
    ),
    Row(
        "start_miniticker_socket",
        [*ALONE, form(C, 1000), form(C, update_time=1000)],
        "!miniTicker@arr@1000ms",
        "/ws/!miniTicker@arr",
        "24hrMiniTicker",
        array=True,
    ),
    Row(
        "start_miniticker_socket",
        [form(C, 1200), form(C, update_time=1200)],
        "!miniTicker@arr@1200ms",
        "/ws/!miniTicker@arr",
        "24hrMiniTicker",
        array=True,
    ),
    spot("start_trade_socket", plain(B), "bnbbtc@trade", "trade"),
    spot("start_aggtrade_socket", plain(B), "bnbbtc@aggTrade", "aggTrade"),
    spot("start_symbol_ticker_socket", plain(B), "bnbbtc@ticker", "24hrTicker"),
    Row("start_ticker_socket", ALONE, "!ticker@arr", None, "24hrTicker", array=True),
    spot("start_symbol_book_ticker_socket", plain(B), "bnbbtc@bookTicker", None),
    Row("start_book_ticker_socket", ALONE, "!bookTicker", None, None),
    Row(
        "start_multiplex_socket",
        [form(["bnbbtc@trade"], C), form(("bnbbtc@trade",), C), form(streams=["bnbbtc@trade"], callback=C)],
        "streams=bnbbtc@trade",
        "/stream?streams=bnbbtc@trade",
        "trade",
        "bnbbtc@trade",
    ),
    usdm("start_aggtrade_futures_socket", plain(U), "btcusdt@aggTrade", "market", "aggTrade"),
    usdm(
        "start_symbol_mark_price_socket",
        [*plain(U), form(U, C, True), form(U, C, fast=True)],
        "btcusdt@markPrice@1s",
        "market",
        "markPriceUpdate",
    ),
    usdm(
        "start_symbol_mark_price_socket",
        [form(U, C, False), form(U, C, fast=False)],
        "btcusdt@markPrice",
        "market",
        "markPriceUpdate",
    ),
    usdm(
        "start_all_mark_price_socket",
        [*ALONE, form(C, True), form(C, fast=True)],
        "!markPrice@arr@1s",
        "market",
        "markPriceUpdate",
        array=True,
    ),
    usdm(
        "start_all_mark_price_socket",
        [form(C, False), form(C, fast=False)],
        "!markPrice@arr",
        "market",
        "markPriceUpdate",
        array=True,
    ),
    usdm("start_symbol_ticker_futures_socket", plain(U), "btcusdt@bookTicker", "public", "bookTicker"),
    usdm("start_individual_symbol_ticker_futures_socket", plain(U), "btcusdt@ticker", "market", "24hrTicker"),
    usdm("start_all_ticker_futures_socket", ALONE, "!bookTicker", "public", "bookTicker"),
    options(
        "start_options_ticker_socket", plain(OPTION), f"{OPTION.lower()}@optionTicker", "public", "24hrTicker"
    ),
    options(
        "start_options_recent_trades_socket",
        plain(OPTION),
        f"{OPTION.lower()}@optionTrade",
        "public",
        "trade",
    ),
    options(
        "start_options_kline_socket",
        [*plain(OPTION), form(OPTION, C, "1m"), form(OPTION, C, interval=KLINE_INTERVAL_1MINUTE)],
        f"{OPTION.lower()}@kline_1m",
        "market",
        "kline",
    ),
    options(
        "start_options_kline_socket",
        [form(OPTION, C, KLINE_INTERVAL_15MINUTE), form(OPTION, C, interval="15m")],
        f"{OPTION.lower()}@kline_15m",
        "market",
        "kline",
    ),
    options(
        "start_options_depth_socket",
        [
            *plain(OPTION),
            form(OPTION, C, "10"),
            form(OPTION, C, 10),
            form(OPTION, C, depth=WEBSOCKET_DEPTH_10),
        ],
        f"{OPTION.lower()}@depth10@100ms",
        "public",
        "depthUpdate",
    ),
    options(
        "start_options_depth_socket",
        [form(OPTION, C, 20), form(OPTION, C, "20"), form(OPTION, C, depth=M.WEBSOCKET_DEPTH_20)],
        f"{OPTION.lower()}@depth20@100ms",
        "public",
        "depthUpdate",
    ),
    Row(
        "start_options_multiplex_socket",
        [form(["btcusdt@optionMarkPrice"], C), form(streams=["btcusdt@optionMarkPrice"], callback=C)],
        "streams=btcusdt@optionMarkPrice",
        "/fstream/market/stream?streams=btcusdt@optionMarkPrice",
        "markPrice",
        "btcusdt@optionMarkPrice",
        array=True,
    ),
]

ACCOUNTS: list[tuple[str, list[Form], str, str, str]] = [
    ("start_user_socket", ALONE, "user", "spot", "executionReport"),
    ("start_margin_socket", ALONE, "margin", "margin", "executionReport"),
    (
        "start_isolated_margin_socket",
        plain("BNBUSDT"),
        "isolated_margin:BNBUSDT",
        "isolated_margin:BNBUSDT",
        "executionReport",
    ),
    ("start_futures_user_socket", ALONE, "usdm_user", "usdm", "ORDER_TRADE_UPDATE"),
]
"""Method, forms, key, the exchange's name of the account, and what an order makes it send."""
