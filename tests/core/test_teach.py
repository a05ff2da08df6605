"""Tests of the sentences on silent streams."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.core.teach import Listing, explain, listing_of
from binance_ws.enums import Market
from binance_ws.streams import names
from binance_ws.streams.kinds import Stream

SPOT = listing_of(
    {
        "symbols": [
            {"symbol": "BTCUSDT", "status": "TRADING"},
            {"symbol": "BNBBTC", "status": "TRADING"},
            {"symbol": "LUNAUSDT", "status": "BREAK"},
        ]
    }
)
USDM = listing_of(
    {
        "symbols": [
            {"symbol": "BTCUSDT", "pair": "BTCUSDT", "status": "TRADING"},
            {"symbol": "1000PEPEUSDT", "pair": "1000PEPEUSDT", "status": "TRADING"},
            {"symbol": "FTTUSDT", "pair": "FTTUSDT", "status": "SETTLING"},
        ]
    }
)
COINM = listing_of(
    {
        "symbols": [
            {"symbol": "BTCUSD_251226", "pair": "BTCUSD", "contractStatus": "TRADING"},
            {"symbol": "BTCUSD_250328", "pair": "BTCUSD", "contractStatus": "DELIVERED"},
            {"symbol": "BTCUSD_PERP", "pair": "BTCUSD", "contractStatus": "TRADING"},
        ]
    }
)
OPTIONS = listing_of({"optionSymbols": [{"symbol": "BTC-251226-100000-C", "underlying": "BTCUSDT"}]})
ALL = {Market.SPOT: SPOT, Market.USDM: USDM, Market.COINM: COINM, Market.OPTIONS: OPTIONS}

TAUGHT: list[tuple[Stream, str]] = [
    (names.trade("BTCUSTD"), "spot has no symbol BTCUSTD; did you mean BTCUSDT?"),
    (names.trade("BTC-USDT"), "spot has no symbol BTC-USDT; did you mean BTCUSDT?"),
    (names.trade("XYZXYZXYZ"), "spot has no symbol XYZXYZXYZ"),
    (names.trade("1000PEPEUSDT"), "spot has no symbol 1000PEPEUSDT, but usdm has"),
    (names.kline("BTCUSD_PERP"), "spot has no symbol BTCUSD_PERP, but coinm has"),
    (names.mark_price("BNBBTC"), "usdm has no symbol BNBBTC, but spot has"),
    (
        names.trade("LUNAUSDT"),
        "LUNAUSDT is not traded on spot: its status is BREAK, and its streams are silent",
    ),
    (
        names.mark_price("FTTUSDT"),
        "FTTUSDT is not traded on usdm: its status is SETTLING, and its streams are silent",
    ),
    (
        names.kline("BTCUSD", market=Market.COINM),
        "BTCUSD is a pair of coinm, and no symbol: its symbols are BTCUSD_251226, BTCUSD_PERP, BTCUSD_250328",
    ),
    (names.index_price("BTCUSDX"), "coinm has no symbol BTCUSDX; did you mean BTCUSD_PERP?"),
]


@pytest.mark.parametrize(("stream", "sentence"), TAUGHT, ids=lambda value: str(value))
def test_what_is_the_matter_is_said(stream: Stream, sentence: str) -> None:
    """An unknown symbol with the nearest one or its market, one that is not traded, a pair for a symbol."""
    assert explain(stream, ALL) == sentence


@pytest.mark.parametrize(
    "stream",
    [
        names.trade("BTCUSDT"),
        names.all_mini_tickers(),
        names.index_price("BTCUSD"),
        names.continuous_kline("BTCUSDT"),
        names.option_trade("BTC-251226-100000-C"),
        names.option_trade("BTCUSDT"),
        names.option_mark_prices("BTCUSDT"),
        names.asset_index("ADAUSD"),
    ],
    ids=str,
)
def test_nothing_is_said_where_nothing_is_wrong(stream: Stream) -> None:
    """A quiet market is no mistake, and what no list tells is left alone."""
    assert explain(stream, ALL) is None


def test_without_its_own_list_nothing_is_said() -> None:
    """Other markets alone tell nothing."""
    assert explain(names.trade("BTCUSTD"), {Market.USDM: USDM}) is None


@pytest.mark.parametrize("info", [{}, {"symbols": []}])
def test_an_empty_answer_lists_nothing(info: Any) -> None:
    """It is no error."""
    assert listing_of(info) == Listing({}, {})
