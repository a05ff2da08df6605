"""Options: their streams and routes on the host of USD-M, their limits, REST."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from binance_ws.enums import Market
from binance_ws.simulator import Option, Rules
from binance_ws.simulator.answers import Bad
from binance_ws.simulator.routes import parse
from binance_ws.streams.lookup import classify
from tests.peer import SECONDS
from tests.simulator import futures
from tests.simulator.conftest import Connect, Make
from tests.simulator.futures import Rest, documented, filled, outline
from tests.simulator.markets import REST, Watched

CALL = "btc-261225-60000-c"
FILES = {
    "option_trade": "trade",
    "option_ticker": "ticker",
    "expiry_tickers": "ticker",
    "book_ticker": "book_ticker",
    "partial_depth": "depth_partial",
    "depth": "depth_diff",
    "kline": "kline",
    "option_mark_prices": "mark_price_arr",
    "open_interest": "open_interest_arr",
    "index_prices": "index_arr",
    "new_symbols": "new_symbol",
}


def _names() -> list[str]:
    """Streams of one option, and those of what it is on."""
    world = futures.world()
    return [n for n in futures.names(Market.OPTIONS, CALL, "btcusdt") if world.options.stream(n)]


NAMES = _names()


@pytest.fixture(scope="module")
def market() -> Watched:
    """All streams of one option and of its underlying, after a minute."""
    return futures.watched(futures.world().options, NAMES, 61)


@pytest.fixture(scope="module")
def rest(market: Watched) -> Rest:
    """REST of that market."""
    return Rest(market.market, "/eapi/v1")


def test_every_kind_has_an_example() -> None:
    """No kind of stream of the catalogue is left out here."""
    assert {classify(name, Market.OPTIONS).kind.name for name in NAMES} == set(FILES)
    assert {f"{CALL}@optionTrade", "btcusdt@optionTrade"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_has_the_documented_shape(market: Watched, name: str) -> None:
    """Keys and types are those of the documented example."""
    expected, stream = documented(Market.OPTIONS, name, FILES), classify(name, Market.OPTIONS)
    element = expected[0] if isinstance(expected, list) else expected
    messages = [each for m in market.messages(name) for each in (m if stream.kind.array else [m])]
    assert messages
    for message in messages:
        assert outline(filled(message)) == element
        assert message["e"] == stream.kind.event


@pytest.mark.parametrize("speed", ["@100ms", "@500ms"])
def test_changes_of_the_book_join(speed: str) -> None:
    """At each speed ``pu`` is the ``u`` before, and with a snapshot they make the exchange's book."""
    assert futures.joins(futures.world().options, "/eapi/v1", CALL.upper(), f"{CALL}@depth{speed}")


def test_an_underlying_has_all_its_options(market: Watched) -> None:
    """Its trades are those of each option, its mark prices of all of them, by day where a day is named."""
    trades = market.messages("btcusdt@optionTrade")
    assert {trade["s"][:4] for trade in trades} == {"BTC-"}
    alone = [trade for trade in trades if trade["s"] == CALL.upper()]
    assert alone == market.messages(f"{CALL}@optionTrade")[: len(alone)]
    marks = {each["s"] for each in market.messages("btcusdt@optionMarkPrice")[-1]}
    dated = {each["s"] for each in market.messages("btcusdt@openInterest@261225")[-1]}
    assert marks - dated == {"BTC-270326-60000-C"}


@pytest.mark.parametrize(
    ("path", "name", "flows"),
    [
        ("/fstream/public", f"{CALL}@optionTrade", True),
        ("/fstream/public", "btcusdt@optionTicker@261225", True),
        ("/fstream/public", f"{CALL}@bookTicker", True),
        ("/fstream/public", f"{CALL}@depth@100ms", True),
        ("/fstream/public", f"{CALL}@depth10@500ms", True),
        ("/fstream/public", f"{CALL}@depth", False),
        ("/fstream/public", f"{CALL}@depth10", False),
        ("/fstream/public", f"{CALL}@depth@250ms", False),
        ("/fstream/public", f"{CALL}@kline_1m", False),
        ("/fstream/market", f"{CALL}@kline_1m", True),
        ("/fstream/market", "!index@arr", True),
        ("/fstream/market", "btcusdt@optionMarkPrice", True),
        ("/fstream/market", f"{CALL}@optionTrade", False),
        ("/fstream", f"{CALL}@bookTicker", True),
        ("/fstream", "!optionSymbol", False),
        ("/fstream/public", "BTC-261225-60000-C@bookTicker", False),
        ("/fstream/public", "btc-200101-1-c@bookTicker", False),
        ("", f"{CALL}@bookTicker", False),
    ],
)
def test_a_route_carries_its_streams_and_no_other(path: str, name: str, flows: bool) -> None:
    """The routes are those of USD-M; changes of the book have to name their speed."""
    endpoint = parse(f"{path}/ws/{name}")
    assert endpoint is not None
    assert bool(futures.world().channel(name, endpoint)) == flows


def test_rules_of_a_connection(make: Make, connect: Connect) -> None:
    """A connection with an option may have 200 streams, one without 1024; pings are further apart."""
    rules, world = Rules().socket(Market.OPTIONS), futures.world()
    assert (rules.ping_interval, rules.pong_deadline, rules.streams) == (300, 900, 200)
    endpoint = parse("/fstream/public/stream")
    assert endpoint is not None
    assert world.product(endpoint, ["btcusdt@bookTicker"]) is Market.USDM
    assert world.product(endpoint, ["btcusdt@bookTicker", f"{CALL}@bookTicker"]) is Market.OPTIONS


def test_one_stream_too_many(make: Make, connect: Connect) -> None:
    """The 201st stream gets an error and then the end."""
    client = connect(make(rules=Rules.off(streams=None)), "/fstream/public/stream")
    many = [f"btc-261225-{n}-c@bookTicker" for n in range(200)]
    assert client.ask({"method": "SUBSCRIBE", "params": many, "id": 1})["result"] is None
    assert client.ask({"method": "SUBSCRIBE", "params": [f"{CALL}@bookTicker"], "id": 2})["code"] == 2
    assert client.closed().code == 1008


def test_messages_come(make: Make, connect: Connect) -> None:
    """Options and futures share a connection."""
    client = connect(make(), f"/fstream/public/stream?streams={CALL}@bookTicker/btcusdt@bookTicker")
    assert {m["data"]["s"] for m in client.several(300)} == {CALL.upper(), "BTCUSDT"}


def test_what_was_sent_can_be_fetched_again(market: Watched, rest: Rest) -> None:
    """Closed klines of REST are those of the stream, and have the documented shape."""
    closed = next(m["k"] for m in market.messages(f"{CALL}@kline_1m") if m["k"]["x"])
    row = rest("klines", symbol=CALL.upper(), interval="1m", startTime=closed["t"], limit=1)[0]
    assert row[:-1] == [closed[key] for key in "tohlcvTqnVQ"]
    assert outline(row) == outline(REST["usdm_rest_klines"][0])
    trades = rest("trades", symbol=CALL.upper(), limit=10)
    assert [t["id"] for t in trades] == [m["t"] for m in market.messages(f"{CALL}@optionTrade")[-10:]]


@pytest.mark.parametrize(
    ("name", "parameters", "code"),
    [
        ("depth", {"symbol": CALL.upper(), "limit": 7}, -4021),
        ("depth", {"symbol": "BTCUSDT"}, -1121),
        ("klines", {"symbol": CALL.upper(), "interval": "1M"}, -1120),
    ],
)
def test_a_bad_call_has_its_code(rest: Rest, name: str, parameters: dict[str, Any], code: int) -> None:
    """Errors have the exchange's code."""
    with pytest.raises(Bad) as bad:
        rest(name, **parameters)
    assert bad.value.response.body["code"] == code


def test_options_may_be_listed(make: Make) -> None:
    """``exchangeInfo`` has the options of the start and those that were asked for."""
    exchange = make(symbols=["ETH-270326-3000-P", Option("SOL-270326-150-C", "12.5", "0.100")])
    info = requests.get(f"{exchange.url}/eapi/v1/exchangeInfo", timeout=SECONDS).json()
    listed = {each["symbol"]: each for each in info["optionSymbols"]}
    assert {CALL.upper(), "ETH-270326-3000-P", "SOL-270326-150-C"} <= set(listed)
    assert listed["ETH-270326-3000-P"]["side"] == "PUT"
    assert listed[CALL.upper()]["strikePrice"] == "60000.000"
    assert [len(info["optionSymbols"]), info["serverTime"] > 0] == [9, True]
