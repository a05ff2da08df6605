"""The page of python-binance 0.7 that users know: its code runs with only its import lines changed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.enums import *  # noqa: F403
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox


@pytest.fixture
def exchange() -> Any:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=20) as made:
        yield made


def test_the_page_runs(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call of the page asks for the path that the exchange expects and receives what it sends."""
    monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
    process_message, process_m_message = Inbox(), Inbox()
    client = Client("api_key", "api_secret")

    bm = BinanceSocketManager(client)
    conn_key = bm.start_trade_socket("BNBBTC", process_message)
    bm = BinanceSocketManager(client, user_timeout=60)
    inboxes = {name: Inbox() for name in EXPECTED}
    it = iter(inboxes.values())
    keys = [
        bm.start_multiplex_socket(["bnbbtc@aggTrade", "neobtc@ticker"], process_m_message),
        bm.start_depth_socket("BNBBTC", next(it)),
        bm.start_depth_socket("BNBBTC", next(it), depth=BinanceSocketManager.WEBSOCKET_DEPTH_5),
        bm.start_kline_socket("BNBBTC", next(it), interval=KLINE_INTERVAL_30MINUTE),  # noqa: F405
        bm.start_aggtrade_socket("BNBBTC", next(it)),
        bm.start_trade_socket("BNBBTC", next(it)),
        bm.start_symbol_ticker_socket("BNBBTC", next(it)),
        bm.start_ticker_socket(next(it)),
        bm.start_miniticker_socket(next(it)),
        bm.start_miniticker_socket(next(it), 5000),
    ]
    bm.start()

    assert conn_key == "bnbbtc@trade"
    assert keys == ["streams=bnbbtc@aggTrade/neobtc@ticker", *EXPECTED]
    for name, inbox in inboxes.items():
        first = inbox.wait()[0]
        assert (event_of(first), type(first)) == EXPECTED[name]
    assert set(process_m_message.wait()[0]) == {"stream", "data"}
    asked = {request.target for request in exchange.requests if request.upgrade}
    assert asked >= PATHS

    bm.stop_socket(keys[1])
    bm.close()
    bm.join(SECONDS)
    assert not bm.is_alive()
    assert [t.name for t in threading.enumerate() if t.name.startswith("binance_ws b")] == []


def event_of(message: Any) -> Any:
    """The event that a message, or the first one of a list, names."""
    return (message[0] if isinstance(message, list) else message).get("e")


EXPECTED: dict[str, tuple[str | None, type]] = {
    "bnbbtc@depth": ("depthUpdate", dict),
    "bnbbtc@depth5": (None, dict),
    "bnbbtc@kline_30m": ("kline", dict),
    "bnbbtc@aggTrade": ("aggTrade", dict),
    "bnbbtc@trade": ("trade", dict),
    "bnbbtc@ticker": ("24hrTicker", dict),
    "!ticker@arr": ("24hrTicker", list),
    "!miniTicker@arr@1000ms": ("24hrMiniTicker", list),
    "!miniTicker@arr@5000ms": ("24hrMiniTicker", list),
}

PATHS = {
    "/ws/bnbbtc@depth",
    "/ws/bnbbtc@depth5",
    "/ws/bnbbtc@kline_30m",
    "/ws/bnbbtc@aggTrade",
    "/ws/bnbbtc@trade",
    "/ws/bnbbtc@ticker",
    "/ws/!miniTicker@arr",
    "/stream?streams=bnbbtc@aggTrade/neobtc@ticker",
}


@pytest.mark.parametrize("whole_market", [False, True])
def test_streams_of_the_whole_market(whole_market: bool) -> None:
    """Where the exchange serves them they are used, else made of each symbol's, of those alone that trade."""
    with Exchange(speed=20, whole_market=whole_market) as exchange:
        tickers, books = Inbox(), Inbox()
        with BinanceSocketManager(Client(environment=exchange.environment)) as manager:
            assert manager.start_ticker_socket(tickers) == "!ticker@arr"
            assert manager.start_ticker_socket(tickers) is False
            assert manager.start_book_ticker_socket(books) == "!bookTicker"
            listed = tickers.wait_for(lambda lists: len({t["s"] for one in lists for t in one}) > 3)
            booked = books.wait_for(lambda messages: len({m["s"] for m in messages}) > 3)
            manager.close()
        manager.join(SECONDS)
        paths = [request.target for request in exchange.requests if request.upgrade]
        assert ("/ws/!ticker@arr" in paths) is whole_market
        assert "LUNAUSDT" not in {ticker["s"] for one in listed for ticker in one}
        assert set(booked[0]) == {"u", "s", "b", "B", "a", "A"}
