"""The sockets of a soak: thirty, of every kind."""

from __future__ import annotations

import contextlib
import json
import threading
from functools import partial
from typing import Any

from binance_ws import BinanceSocketManager
from binance_ws.pull import MessageStream

from .trail import Ledger

SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBBTC")
FUTURES = (
    ("usdm", "btcusdt@trade"),
    ("usdm", "btcusdt@aggTrade"),
    ("usdm", "ethusdt@aggTrade"),
    ("usdm", "btcusdt@kline_1m"),
    ("usdm", "solusdt@kline_3m"),
    ("coinm", "btcusd_perp@aggTrade"),
    ("coinm", "btcusd_perp@kline_1m"),
)
MANY = [f"{symbol.lower()}@kline_1m" for symbol in SYMBOLS] + ["dogeusdt@trade", "ltcbtc@aggTrade"]
STAYING = ["xrpusdt@trade", "xrpusdt@kline_1s"]
CHANGED = ["xrpusdt@aggTrade", "neobtc@trade", "neobtc@kline_1s"]
"""Streams that come and go on the socket of those that stay."""

PULLED = ["dogeusdt@aggTrade", "dogeusdt@kline_1s"]
BOOK = "SOLUSDT"


def start(manager: BinanceSocketManager, ledger: Ledger) -> str:
    """Start them; the key of the one whose streams change."""
    _start_singles(manager, ledger)
    _start_unnumbered(manager)
    for market, name in FUTURES:
        take = ledger.single(f"{market}:{name}")
        ledger.markets[str(manager.start_socket(take, name, market=market))] = f"{market}:"
    manager.start_multiplex_socket(MANY, ledger.many)
    many = partial(ledger.many, market="usdm:")
    key = manager.start_socket(many, "ethusdt@trade", "ethusdt@kline_1m", market="usdm")
    ledger.markets[str(key)] = "usdm:"
    manager.start_socket(ledger.single("ethbtc@trade"), "ethbtc@trade", maxsize=500, overflow="block")
    manager.start_socket(_checked, "ethbtc@aggTrade", raw=True)
    _pull(manager.stream(*PULLED), ledger)
    return str(manager.start_multiplex_socket(STAYING, ledger.many))


def _start_singles(manager: BinanceSocketManager, ledger: Ledger) -> None:
    for symbol in SYMBOLS:
        low = symbol.lower()
        manager.start_trade_socket(symbol, ledger.single(f"{low}@trade"))
        manager.start_aggtrade_socket(symbol, ledger.single(f"{low}@aggTrade"))
        manager.start_kline_socket(symbol, ledger.single(f"{low}@kline_1s"), interval="1s")


def _start_unnumbered(manager: BinanceSocketManager) -> None:
    """Streams without a number of their own: they are there to be in the way."""
    manager.start_depth_socket("BTCUSDT", _nothing)
    manager.start_depth_socket("BTCUSDT", _nothing, depth=5)
    manager.start_ticker_socket(_nothing)
    manager.start_miniticker_socket(_nothing)
    manager.start_symbol_book_ticker_socket("BTCUSDT", _nothing)
    manager.start_socket(_nothing, "ethusdt@bookTicker", maxsize=10, overflow="latest")


def _nothing(message: Any) -> None:
    """A callback."""


def _checked(frame: bytes) -> None:
    with contextlib.suppress(ValueError):  # faults send frames that are no JSON
        json.loads(frame)


def _pull(stream: MessageStream, ledger: Ledger) -> None:
    def run() -> None:
        for message in stream:
            ledger.many(message)

    threading.Thread(target=run, name="puller", daemon=True).start()
