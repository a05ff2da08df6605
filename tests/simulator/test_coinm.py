"""COIN-M: its streams, what it shares with USD-M, REST."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.enums import Market
from binance_ws.simulator import Contract, Rules
from binance_ws.simulator.answers import Bad
from binance_ws.simulator.routes import parse
from binance_ws.streams.lookup import classify
from tests.simulator import futures
from tests.simulator.conftest import Connect, Make
from tests.simulator.futures import Rest, documented, filled, outline
from tests.simulator.markets import REST, Watched

FILES = {
    "agg_trade": "agg_trade",
    "pair_mark_prices": "mark_price_pair_arr",
    "mark_price": "mark_price",
    "all_mark_prices": "mark_price_pair_arr",
    "kline": "kline",
    "continuous_kline": "continuous_kline",
    "index_price": "index_price",
    "index_price_kline": "index_price_kline",
    "mark_price_kline": "mark_price_kline",
    "mini_ticker": "mini_ticker",
    "all_mini_tickers": "mini_ticker_arr",
    "ticker": "ticker",
    "all_tickers": "ticker_arr",
    "book_ticker": "book_ticker",
    "all_book_tickers": "book_ticker_all",
    "force_order": "force_order",
    "all_force_orders": "force_order_arr",
    "partial_depth": "depth_partial",
    "depth": "depth_diff",
    "contract_info": "contract_info",
}
MERGED = ("!miniTicker@arr", "!ticker@arr", "!bookTicker", "!forceOrder@arr", "!contractInfo")


def _names() -> list[str]:
    """Streams of symbols about a contract, streams of pairs about its pair."""
    every = futures.names(Market.COINM, "btcusd_perp", "btcusd")
    return [n for n in every if futures.world().futures.stream(n)]


NAMES = _names()


@pytest.fixture(scope="module")
def market() -> Watched:
    """All streams of one contract and of the whole market, after a minute."""
    return futures.watched(futures.world().futures, NAMES, 61)


@pytest.fixture(scope="module")
def rest(market: Watched) -> Rest:
    """REST of that market."""
    return Rest(market.market, "/dapi/v1")


def test_every_kind_has_an_example() -> None:
    """No kind of stream of the catalogue is left out here."""
    assert {classify(name, Market.COINM).kind.name for name in NAMES} == set(FILES)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_has_the_documented_shape(market: Watched, name: str) -> None:
    """Keys and types are those of the documented example."""
    expected, stream = documented(Market.COINM, name, FILES), classify(name, Market.COINM)
    messages = [each for m in market.messages(name) for each in (m if isinstance(m, list) else [m])]
    mine = [each for each in messages if each.get("st", 2) == 2]
    assert mine
    for message in mine:
        assert outline(filled(message)) == (expected[0] if stream.kind.array else expected)
        assert message["e"] == stream.kind.event


@pytest.mark.parametrize("speed", ["", "@500ms", "@100ms"])
def test_changes_of_the_book_join(speed: str) -> None:
    """At each speed ``pu`` is the ``u`` before, and with a snapshot they make the exchange's book."""
    assert futures.joins(futures.world().futures, "/dapi/v1", "BTCUSD_PERP", f"btcusd_perp@depth{speed}")


def test_a_pair_has_all_its_contracts(market: Watched) -> None:
    """Mark prices of a pair are of each contract; one that is delivered has no funding."""
    latest = {each["s"]: each for each in market.messages("btcusd@markPrice@1s")[-1]}
    assert set(latest) == {"BTCUSD_PERP", "BTCUSD_261225", "BTCUSD_270326"}
    assert (latest["BTCUSD_261225"]["r"], latest["BTCUSD_261225"]["T"]) == ("", 0)
    assert latest["BTCUSD_PERP"]["T"] > latest["BTCUSD_PERP"]["E"]


def test_contracts_are_counted_and_worth_coins(market: Watched) -> None:
    """Quantities are whole contracts of 100 dollars; what they are worth is in bitcoin."""
    kline = market.messages("btcusd_perp@kline_1m")[-1]["k"]
    assert kline["v"].isdecimal()
    assert float(kline["q"]) == pytest.approx(100 * int(kline["v"]) / float(kline["c"]), rel=1e-3)
    assert Contract("ETHUSD_PERP").size == 10


@pytest.mark.parametrize("name", MERGED)
def test_both_hosts_send_the_same_of_everything(name: str) -> None:
    """The streams of the whole market are one, whichever host they are taken from."""
    world = futures.world()
    route = "public" if name == "!bookTicker" else "market"
    ends = [parse(f"/fstream/{route}/ws/{name}"), parse(f"/dstream/ws/{name}")]
    channels = [world.channel(name, end) for end in ends if end]
    assert channels[0] is not None
    assert channels[0] is channels[1]


@pytest.mark.parametrize(
    ("name", "flows"),
    [
        ("btcusd_perp@aggTrade", True),
        ("btcusd_perp@bookTicker", True),
        ("btcusd@indexPrice", True),
        ("btcusd@indexPrice@1s", False),
        ("btcusdt@markPrice", True),
        ("btcusdt@kline_1m", True),
        ("btcusdt@aggTrade", False),
        ("btcusdt@depth", False),
        ("tradingSession", False),
        ("!assetIndex@arr", False),
        ("btc-261225-60000-c@bookTicker", False),
    ],
)
def test_a_host_carries_its_streams(name: str, flows: bool) -> None:
    """Mark prices and klines of USD-M come here too, its trades and books do not."""
    endpoint = parse(f"/dstream/ws/{name}")
    assert endpoint is not None
    assert bool(futures.world().channel(name, endpoint)) == flows


@pytest.mark.parametrize("path", ["ws/btcusd_perp@aggTrade", "stream?streams=btcusd_perp@aggTrade"])
def test_both_forms(make: Make, connect: Connect, path: str) -> None:
    """``/ws`` sends messages as they are, ``/stream`` in the envelope; there is no route."""
    exchange = make()
    message = connect(exchange, f"/dstream/{path}").json()
    assert message.get("data", message)["s"] == "BTCUSD_PERP"
    assert parse(f"/dstream/market/{path}") is None


@pytest.mark.parametrize(
    ("name", "parameters", "file"),
    [
        ("depth", {"symbol": "BTCUSD_PERP"}, "coinm_rest_depth"),
        ("aggTrades", {"symbol": "BTCUSD_PERP"}, "coinm_rest_agg_trades"),
        ("klines", {"symbol": "BTCUSD_PERP", "interval": "1m"}, "usdm_rest_klines"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m"}, "usdm_rest_klines"),
        ("indexPriceKlines", {"pair": "BTCUSD", "interval": "1m"}, "usdm_rest_klines"),
    ],
)
def test_an_answer_has_the_documented_shape(
    rest: Rest, name: str, parameters: dict[str, Any], file: str
) -> None:
    """Keys and types are those of the documented example."""
    assert outline(rest(name, **parameters)) == outline(REST[file])


def test_what_was_sent_can_be_fetched_again(market: Watched, rest: Rest) -> None:
    """Aggregates and closed klines of REST are those of the streams; a trade says its worth in coins."""
    aggregates = market.messages("btcusd_perp@aggTrade")
    rows = rest("aggTrades", symbol="BTCUSD_PERP", fromId=aggregates[5]["a"], limit=50)
    assert rows == [{key: a[key] for key in rows[0]} for a in aggregates[5:55]]
    closed = next(m["k"] for m in market.messages("btcusd_perp@kline_1m") if m["k"]["x"])
    row = rest("klines", symbol="BTCUSD_PERP", interval="1m", startTime=closed["t"], limit=1)[0]
    assert row == [closed[key] for key in "tohlcvTqnVQB"]
    trade = rest("historicalTrades", key="k", symbol="BTCUSD_PERP")[0]
    assert float(trade["baseQty"]) == pytest.approx(100 * int(trade["qty"]) / float(trade["price"]))


def test_a_contract_of_the_other_product_is_none(rest: Rest) -> None:
    """But for klines, each host knows its own."""
    with pytest.raises(Bad) as bad:
        rest("depth", symbol="BTCUSDT")
    assert bad.value.response.body["code"] == -1121


def test_rules_of_a_connection() -> None:
    """They are those of USD-M."""
    assert Rules().socket(Market.COINM) == Rules().socket(Market.USDM)
