"""Callbacks as users of a type checker write them. Nothing here runs: ``make types`` checks it, and a test does.

Each ``type: ignore`` stands where a mistake must be found: mypy says so too where one is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from binance_ws import BinanceSocketManager
from binance_ws.types import (
    BookTicker,
    Combined,
    ErrorMessage,
    Kline,
    MiniTicker,
    SpotEvent,
    Trade,
    UsdmAggTrade,
    UsdmEvent,
)


def process_message(msg: Trade) -> None:
    """A key is completed and has its type; one that is not there is a mistake."""
    price: str = msg["p"]
    number: float = msg["p"]  # type: ignore[assignment]
    print(price, number, msg["price"])  # type: ignore[typeddict-item]


def process_or_fail(msg: Trade | ErrorMessage) -> str:
    """The error message is told apart by ``e``."""
    if msg["e"] == "error":
        return msg["m"]
    return msg["p"]


def process_quote(msg: BookTicker | ErrorMessage) -> str:
    """Messages without ``e`` are told apart by that."""
    return msg["m"] if "e" in msg else msg["b"]


def process_many(msg: Combined[Trade | Kline]) -> str:
    """Several streams under one key."""
    data = msg["data"]
    if data["e"] == "kline":
        return data["k"]["c"]
    return msg["stream"] + data["p"]


def process_futures(msg: Combined[UsdmAggTrade]) -> str:
    """The old futures methods wrap their messages."""
    return msg["data"]["nq"]


def process_tickers(msg: list[MiniTicker]) -> list[str]:
    """Streams of the whole market send lists."""
    return [ticker["c"] for ticker in msg]


def process_event(event: SpotEvent) -> str:
    """The events of an account are told apart by ``e``, whose values are known."""
    if event["e"] == "executionReport":
        return event["X"]
    if event["e"] == "balanceUpdate":
        return event["d"]
    if event["e"] == "balanceUpdated":  # type: ignore[comparison-overlap]
        print(event["e"])
    return str(event["z"])  # type: ignore[typeddict-item]


def process_futures_event(event: UsdmEvent) -> str:
    """Likewise on futures."""
    if event["e"] == "ORDER_TRADE_UPDATE":
        return event["o"]["X"] + event["o"].get("er", "0")
    return event["or"]["r"] if event["e"] == "CONDITIONAL_ORDER_TRIGGER_REJECT" else ""


def all_of_them(manager: BinanceSocketManager) -> None:
    """The manager takes each of these, and what it gives can be said to be of a type."""
    manager.start_trade_socket("BNBBTC", process_message)
    manager.start_trade_socket("BNBBTC", process_or_fail)
    manager.start_symbol_book_ticker_socket("BNBBTC", process_quote)
    manager.start_multiplex_socket(["bnbbtc@trade", "bnbbtc@kline_1m"], process_many)
    manager.start_aggtrade_futures_socket("BTCUSDT", process_futures)
    manager.start_miniticker_socket(process_tickers)
    manager.start_user_socket(process_event)
    manager.start_futures_user_socket(process_futures_event)
    trades: Iterator[Trade] = manager.stream("bnbbtc@trade")
    print([trade["p"] for trade in trades])
