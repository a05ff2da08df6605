"""Where missing messages are asked for, and that the answers become messages of the live shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from binance_ws.core.backfill import SOURCES, source_of
from binance_ws.core.sequence import Gap
from binance_ws.enums import Market
from binance_ws.streams import names
from binance_ws.streams.kinds import Stream

PAYLOADS = Path(__file__).parents[1] / "payloads"

TRADE_ROW = {
    "id": 7,
    "price": "1",
    "qty": "2",
    "quoteQty": "2",
    "time": 9,
    "isBuyerMaker": True,
    "isBestMatch": True,
}
AGGREGATE_ROW = {"a": 7, "p": "1", "q": "2", "f": 1, "l": 2, "T": 9, "m": True, "M": True}
KLINE_ROW = [0, "1", "4", "0.5", "2", "10", 59_999, "20", 3, "5", "6", "0"]

CASES: list[tuple[Stream, Any, str]] = [
    (names.trade("BNBBTC"), TRADE_ROW, "spot_trade"),
    (names.agg_trade("BNBBTC"), AGGREGATE_ROW, "spot_agg_trade"),
    (names.kline("BNBBTC"), KLINE_ROW, "spot_kline"),
    (names.trade("BTCUSDT", Market.USDM), TRADE_ROW, "usdm_raw_trade_undocumented"),
    (names.agg_trade("BNBUSDT", Market.USDM), AGGREGATE_ROW, "usdm_agg_trade"),
    (names.kline("BTCUSDT", market=Market.USDM), KLINE_ROW, "usdm_kline"),
    (names.agg_trade("BTCUSD_200626", Market.COINM), AGGREGATE_ROW, "coinm_agg_trade"),
    (names.kline("BTCUSD_200626", market=Market.COINM), KLINE_ROW, "coinm_kline"),
]


def shape(value: Any) -> Any:
    """Keys in order and kinds of values."""
    return [(k, shape(v)) for k, v in value.items()] if isinstance(value, dict) else type(value)


@pytest.mark.parametrize(("stream", "row", "payload"), CASES, ids=[case[2] for case in CASES])
def test_rows_become_live_messages(stream: Stream, row: Any, payload: str) -> None:
    """Keys, their order and their types are those of the exchange's own example."""
    source = source_of(stream)
    assert source is not None
    live = json.loads((PAYLOADS / f"{payload}.json").read_text())
    assert shape(source.message(stream, row)) == shape(live)


def test_every_source_has_a_case() -> None:
    """None is left out."""
    assert {(s.market, s.kind.name) for s, _, _ in CASES} == set(SOURCES)


def test_what_is_asked() -> None:
    """By id for trades, by time for candles, in the time zone of the stream."""
    trades, candles = source_of(names.trade("bnbbtc")), source_of(names.kline("bnbbtc", "1h", utc8=True))
    assert trades is not None
    assert candles is not None
    assert trades.params(names.trade("bnbbtc"), Gap(3, 9), 10_000) == {
        "symbol": "BNBBTC",
        "limit": 1000,
        "fromId": 3,
    }
    asked = candles.params(names.kline("bnbbtc", "1h", utc8=True), Gap(3, 9), 10)
    assert asked == {
        "symbol": "BNBBTC",
        "limit": 10,
        "interval": "1h",
        "startTime": 3,
        "endTime": 9,
        "timeZone": "8",
    }


def test_trades_have_a_second_source() -> None:
    """The latest ones, as many as there are, where the exchange has no older ones or wants a key for them."""
    trade = names.trade("bnbbtc")
    source = source_of(trade)
    assert source is not None
    assert source.otherwise is not None
    assert source.otherwise.params(trade, Gap(3, 9), 10) == {"symbol": "BNBBTC", "limit": 1000}
    assert source.otherwise.message(trade, TRADE_ROW) == source.message(trade, TRADE_ROW)


@pytest.mark.parametrize("stream", [names.depth("B"), names.ticker("B"), names.option_trade("B-C")])
def test_what_has_no_source(stream: Stream) -> None:
    """Books and tickers cannot be had later."""
    assert source_of(stream) is None
