"""USD-M: its streams and routes, the replay of a real capture, REST, rules."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

import pytest
import requests

from binance_ws.enums import Market
from binance_ws.simulator import DEMO_USDM, Recording, Rules
from binance_ws.simulator.answers import Bad
from binance_ws.simulator.contracts import contracts
from binance_ws.simulator.futures import FUTURES
from binance_ws.simulator.market import Market as Listed
from binance_ws.simulator.routes import parse
from binance_ws.simulator.symbols import DEFAULT
from binance_ws.streams.lookup import classify
from tests.peer import SECONDS
from tests.simulator import futures
from tests.simulator.conftest import Connect, Make
from tests.simulator.futures import Rest, chained, documented, filled, outline
from tests.simulator.markets import REST, Watched

FILES = {
    "agg_trade": "agg_trade",
    "mark_price": "mark_price",
    "all_mark_prices": "mark_price_arr",
    "kline": "kline",
    "continuous_kline": "continuous_kline",
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
    "rpi_depth": "rpi_depth",
    "contract_info": "contract_info",
    "composite_index": "composite_index",
    "asset_index": "asset_index",
    "all_asset_indexes": "asset_index_arr",
    "trading_session": "trading_session",
    "trade": "raw_trade_undocumented",
}
NAMES = [n for n in futures.names(Market.USDM, "btcusdt") if "tradifi" not in n] + [
    "xauusdt_tradifi_perpetual@continuousKline_1m"
]
LINEAR = 1


@pytest.fixture(scope="module")
def market() -> Watched:
    """All streams of one symbol and of the whole market, after a minute."""
    return futures.watched(futures.world().futures, NAMES, 61)


@pytest.fixture(scope="module")
def rest(market: Watched) -> Rest:
    """REST of that market."""
    return Rest(market.market, "/fapi/v1")


def linear(message: Any) -> Any:
    """What a message says of USD-M; merged streams speak of COIN-M too, whose messages have its own keys."""
    if isinstance(message, list):
        return [each for each in message if each.get("st", LINEAR) == LINEAR]
    return [message] if message.get("st", LINEAR) == LINEAR else []


def test_every_kind_has_an_example() -> None:
    """No kind of stream of the catalogue is left out here."""
    assert {classify(name, Market.USDM).kind.name for name in NAMES} == set(FILES)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_has_the_documented_shape(market: Watched, name: str) -> None:
    """Keys and types are those of the documented example."""
    expected, stream = documented(Market.USDM, name, FILES), classify(name, Market.USDM)
    messages = [each for message in market.messages(name) for each in linear(message)]
    assert messages
    for message in messages:
        assert outline(filled(message)) == (expected[0] if stream.kind.array else expected)
        assert message["e"] in stream.kind.event.split()


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("btcusdt@depth", 250),
        ("btcusdt@depth@500ms", 500),
        ("btcusdt@depth@100ms", 100),
        ("btcusdt@depth5@500ms", 500),
        ("btcusdt@rpiDepth@500ms", 500),
        ("btcusdt@markPrice", 3000),
        ("btcusdt@markPrice@1s", 1000),
        ("!ticker@arr", 1000),
        ("btcusdt@ticker", 2000),
        ("!bookTicker", 5000),
        ("btcusdt@kline_1m", 250),
    ],
)
def test_a_stream_has_its_speed(market: Watched, name: str, period: int) -> None:
    """Messages are a whole number of periods apart, mostly one."""
    flat = (each for m in market.messages(name) for each in (m if isinstance(m, list) else [m]))
    times = sorted({each["E"] for each in flat})
    steps = [(b - a) / period for a, b in itertools.pairwise(times)]
    assert all(step == int(step) for step in steps)
    assert steps.count(1) > len(steps) / 2


@pytest.mark.parametrize("speed", ["", "@500ms", "@100ms", "@0ms"])
def test_changes_of_the_book_join(speed: str) -> None:
    """At each speed ``pu`` is the ``u`` before, and with a snapshot they make the exchange's book."""
    assert futures.joins(futures.world().futures, "/fapi/v1", "BTCUSDT", f"btcusdt@depth{speed}")


def test_merged_arrays_have_both_products(market: Watched) -> None:
    """``st`` says of which one a symbol is; mark prices of other goods than coins are in an array of their own."""
    for name in ("!ticker@arr", "!miniTicker@arr"):
        assert {each["st"] for message in market.messages(name) for each in message} == {1, 2}
    assert {message["st"] for message in market.messages("!bookTicker")} == {1, 2}
    alone = [[each["s"] for each in m] for m in market.messages("!markPrice@arr@1s")]
    assert ["XAUUSDT"] in alone


def test_sessions_are_of_all_markets(market: Watched) -> None:
    """Each second there is a message of each market."""
    events = [message["e"] for message in market.messages("tradingSession")]
    assert len(set(events)) == 5
    assert set(events[:5]) == set(events)


# Routes.

ROUTED = [
    ("/fstream/public", "btcusdt@bookTicker", True),
    ("/fstream/public", "!bookTicker", True),
    ("/fstream/public", "btcusdt@depth5@500ms", True),
    ("/fstream/public", "btcusdt@trade", True),
    ("/fstream/public", "btcusdt@aggTrade", False),
    ("/fstream/market", "btcusdt@aggTrade", True),
    ("/fstream/market", "!forceOrder@arr", True),
    ("/fstream/market", "tradingSession", True),
    ("/fstream/market", "btcusdt@bookTicker", False),
    ("/fstream/private", "btcusdt@bookTicker", False),
    ("/fstream/private", "btcusdt@aggTrade", False),
    ("/fstream", "btcusdt@depth@100ms", True),
    ("/fstream", "btcusdt@markPrice", False),
    ("/fstream/market", "btcusd_perp@markPrice", True),
    ("/fstream/market", "btcusd_perp@kline_1m", True),
    ("/fstream/public", "btcusd_perp@bookTicker", False),
    ("/fstream/market", "btcusd_perp@aggTrade", False),
    ("/fstream/market", "btcusd@indexPrice", False),
    ("/fstream/market", "nobodyusdt@aggTrade", False),
]


@pytest.mark.parametrize(("path", "name", "flows"), ROUTED)
def test_a_route_carries_its_streams_and_no_other(path: str, name: str, flows: bool) -> None:
    """Without a route it is the public one; mark prices and klines of COIN-M come here too."""
    endpoint = parse(f"{path}/ws/{name}")
    assert endpoint is not None
    assert endpoint.streams == (name,)
    assert bool(futures.world().channel(name, endpoint)) == flows


def test_a_wrong_route_is_silent(make: Make, connect: Connect) -> None:
    """It connects, and acknowledges, and nothing comes but what belongs there."""
    exchange = make()
    client = connect(exchange, "/fstream/public/stream?streams=btcusdt@aggTrade")
    assert client.ask({"method": "SUBSCRIBE", "params": ["btcusdt@markPrice@1s"], "id": 1})["result"] is None
    client.say({"method": "SUBSCRIBE", "params": ["btcusdt@bookTicker"], "id": 2})
    assert client.json() == {"result": None, "id": 2}
    assert {message["stream"] for message in client.several(200)} == {"btcusdt@bookTicker"}


@pytest.mark.parametrize(
    ("path", "combined"), [("ws/btcusdt@aggTrade", False), ("stream?streams=btcusdt@aggTrade", True)]
)
def test_both_forms(make: Make, connect: Connect, path: str, combined: bool) -> None:
    """``/ws`` sends messages as they are, ``/stream`` in the envelope."""
    message = connect(make(), f"/fstream/market/{path}").json()
    assert ("stream" in message) == combined
    assert message.get("data", message)["e"] == "aggTrade"


# The capture.


@pytest.fixture(scope="module")
def recording() -> Recording:
    """The shipped one."""
    return Recording(DEMO_USDM)


SPEEDS = ("@0ms", "@100ms", "", "@500ms")
REPLAYED = [
    *(f"{s}@{n}" for s in ("btcusdt", "ethusdt") for n in ("trade", "bookTicker", "aggTrade", "depth@0ms")),
    *(f"btcusdt@depth{speed}" for speed in SPEEDS[1:]),
]


@pytest.fixture(scope="module")
def played(recording: Recording) -> Watched:
    """It, played more than once."""
    market = Listed(contracts(DEFAULT), 1, None, recording, dialect=FUTURES)
    watched = Watched(market, *REPLAYED)
    watched.rounds(1)
    watched.run(5)
    return watched


def test_a_recording_knows_its_market(recording: Recording) -> None:
    """Changes of the book with a ``pu`` are those of USD-M."""
    assert recording.market is Market.USDM
    assert Recording("demo").market is Market.SPOT


def test_the_first_round_is_byte_for_byte(recording: Recording, played: Watched) -> None:
    """Recorded frames are sent as they were; of changes of the book those that follow the snapshot."""
    expected: dict[str, list[bytes]] = defaultdict(list)
    for frame in recording.frames():
        expected[frame.stream].append(frame.payload)
    for name in ("btcusdt@trade", "btcusdt@bookTicker", "ethusdt@trade"):
        assert played.payloads[name][: len(expected[name])] == expected[name]
    first = played.payloads["btcusdt@depth@0ms"]
    skipped = expected["btcusdt@depth@0ms"].index(first[0])
    assert first[: len(expected["btcusdt@depth@0ms"]) - skipped] == expected["btcusdt@depth@0ms"][skipped:]


@pytest.mark.parametrize("name", [name for name in REPLAYED if "depth" in name])
def test_chains_hold_through_all_rounds(played: Watched, name: str) -> None:
    """At each speed ``pu`` is the ``u`` before, across the seams of the rounds too, and times rise."""
    messages = played.messages(name)
    assert chained(messages)
    assert all(a["E"] <= b["E"] for a, b in itertools.pairwise(messages))


@pytest.mark.parametrize("symbol", ["btcusdt", "ethusdt"])
def test_ids_rise_through_all_rounds(played: Watched, symbol: str) -> None:
    """Trades and aggregates have no gap, and the aggregates are made of those trades."""
    trades = [message["t"] for message in played.messages(f"{symbol}@trade")]
    assert trades == list(range(trades[0], trades[0] + len(trades)))
    aggregates = played.messages(f"{symbol}@aggTrade")
    assert all((a["a"] + 1, a["l"] + 1) == (b["a"], b["f"]) for a, b in itertools.pairwise(aggregates))
    assert aggregates[0]["f"] == trades[0]


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_book_of_the_capture_is_right(played: Watched, recording: Recording, speed: str) -> None:
    """The recorded snapshot with all changes until now is the exchange's own book, text for text."""
    rest = Rest(played.market, "/fapi/v1")
    bids, asks = futures.book_of(recording.snapshots["BTCUSDT"], played.messages(f"btcusdt@depth{speed}"))
    shown = rest("depth", symbol="BTCUSDT", limit=1000)
    assert played.messages(f"btcusdt@depth{speed}")[-1]["u"] <= shown["lastUpdateId"]
    if speed == "@0ms":
        assert sorted(bids.items(), key=lambda level: -float(level[0]))[:1000] == [
            (p, q) for p, q in shown["bids"]
        ]
        assert sorted(asks.items(), key=lambda level: float(level[0]))[:1000] == [
            (p, q) for p, q in shown["asks"]
        ]


# REST.


@pytest.mark.parametrize(
    ("name", "parameters", "file"),
    [
        ("depth", {"symbol": "BTCUSDT"}, "depth"),
        ("rpiDepth", {"symbol": "BTCUSDT", "limit": 1000}, "rpi_depth"),
        ("trades", {"symbol": "BTCUSDT"}, "trades"),
        ("historicalTrades", {"symbol": "BTCUSDT", "key": "k"}, "historical_trades"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m"}, "klines"),
        ("klines", {"symbol": "BTCUSD_PERP", "interval": "1m"}, "klines"),
        ("continuousKlines", {"pair": "BTCUSDT", "contractType": "PERPETUAL", "interval": "1m"}, "klines"),
        ("markPriceKlines", {"symbol": "BTCUSDT", "interval": "1m"}, "klines"),
        ("indexPriceKlines", {"pair": "BTCUSDT", "interval": "1m"}, "klines"),
    ],
)
def test_an_answer_has_the_documented_shape(
    rest: Rest, name: str, parameters: dict[str, Any], file: str
) -> None:
    """Keys and types are those of the documented example."""
    assert outline(rest(name, **parameters)) == outline(REST[f"usdm_rest_{file}"])


def test_what_was_sent_can_be_fetched_again(market: Watched, rest: Rest) -> None:
    """Trades, aggregates and closed klines of REST are those of the streams, text for text."""
    trades = market.messages("btcusdt@trade")
    fetched = rest("historicalTrades", key="k", symbol="BTCUSDT", fromId=trades[5]["t"], limit=100)
    assert [(t["id"], t["price"], t["qty"], t["time"], t["isBuyerMaker"]) for t in fetched] == [
        tuple(trade[key] for key in "tpqTm") for trade in trades[5:105]
    ]
    aggregates = market.messages("btcusdt@aggTrade")
    rows = rest("aggTrades", symbol="BTCUSDT", fromId=aggregates[5]["a"], limit=50)
    assert rows == [{key: a[key] for key in rows[0]} for a in aggregates[5:55]]
    closed = next(m["k"] for m in market.messages("btcusdt@kline_1m") if m["k"]["x"])
    row = rest("klines", symbol="BTCUSDT", interval="1m", startTime=closed["t"], limit=1)[0]
    assert row == [closed[key] for key in "tohlcvTqnVQB"]


@pytest.mark.parametrize(
    ("name", "parameters", "code", "status"),
    [
        ("depth", {"symbol": "BTCUSDT", "limit": 7}, -4021, 400),
        ("depth", {"symbol": "BTCUSD_PERP"}, -1121, 400),
        ("historicalTrades", {"symbol": "BTCUSDT"}, -2014, 401),
        ("klines", {"symbol": "BTCUSDT", "interval": "1s"}, -1120, 400),
        ("continuousKlines", {"pair": "NOBODY", "interval": "1m"}, -1121, 400),
        ("aggTrades", {"symbol": "BTCUSDT", "startTime": 1}, -4166, 400),
    ],
)
def test_a_bad_call_has_its_code(
    rest: Rest, name: str, parameters: dict[str, Any], code: int, status: int
) -> None:
    """Errors have the exchange's code and status."""
    with pytest.raises(Bad) as bad:
        rest(name, **parameters)
    assert (bad.value.response.body["code"], bad.value.response.status) == (code, status)


def test_calls_have_their_weights(rest: Rest) -> None:
    """Depth by its limit, klines by how many, trades of the past most."""
    assert [rest.cost("depth", limit=n) for n in (5, 50, 100, 500, 1000)] == [2, 2, 5, 10, 20]
    assert [rest.cost("klines", limit=n) for n in (99, 100, 500, 1000, 1001)] == [1, 2, 5, 5, 10]
    weights = {"historicalTrades": 200, "aggTrades": 20, "trades": 5, "ping": 1, "time": 1, "exchangeInfo": 1}
    assert {name: rest.cost(name) for name in weights} == weights


def test_both_products_share_a_pool_of_weight(make: Make) -> None:
    """2400 a minute for ``/fapi`` and ``/dapi`` together; spot and options have their own."""
    exchange = make(rules=Rules.off(futures_weight=45))

    def get(path: str) -> requests.Response:
        return requests.get(f"{exchange.url}{path}", timeout=SECONDS)

    assert get("/fapi/v1/aggTrades?symbol=BTCUSDT").headers["X-MBX-USED-WEIGHT-1M"] == "20"
    assert get("/dapi/v1/aggTrades?symbol=BTCUSD_PERP").headers["X-MBX-USED-WEIGHT-1M"] == "40"
    assert get("/fapi/v1/aggTrades?symbol=BTCUSDT").status_code == 429
    assert get("/api/v3/depth?symbol=BTCUSDT").headers["X-MBX-USED-WEIGHT-1M"] == "5"
    assert get("/eapi/v1/time").json().keys() == {"serverTime"}
    assert get("/eapi/v1/exchangeInfo").json()["rateLimits"][0]["limit"] == 45
    assert Rules().pool("/fapi/v1/depth") == Rules().pool("/dapi/v1/depth") == ("futures", 2400)


@pytest.mark.parametrize("prefix", ["/fapi", "/dapi", "/eapi"])
def test_the_limits_are_those_of_the_host(make: Make, prefix: str) -> None:
    """Futures allow 1200 orders a minute and 300 in 10 s; options tell of weight alone."""
    told = requests.get(f"{make().url}{prefix}/v1/exchangeInfo", timeout=SECONDS).json()["rateLimits"]
    rows = [tuple(limit[key] for key in ("rateLimitType", "interval", "intervalNum")) for limit in told]
    orders = [("ORDERS", "MINUTE", 1), ("ORDERS", "SECOND", 10)]
    assert rows == [("REQUEST_WEIGHT", "MINUTE", 1), *(orders if prefix != "/eapi" else [])]
    assert [limit["limit"] for limit in told[1:]] == ([1200, 300] if prefix != "/eapi" else [])


def test_exchange_info_lists_contracts(make: Make) -> None:
    """Contracts with their types, precisions and days of delivery, each product its own."""
    exchange = make(symbols=["BNBUSDT", "BNBBTC", "ADAUSD_PERP"])
    infos = {
        path: requests.get(f"{exchange.url}/{path}/v1/exchangeInfo", timeout=SECONDS).json()["symbols"]
        for path in ("fapi", "dapi")
    }
    linear, inverse = ({each["symbol"]: each for each in infos[path]} for path in ("fapi", "dapi"))
    assert {"BNBUSDT", "BTCUSDT_261225", "XAUUSDT"} <= set(linear)
    assert {"BTCUSD_PERP", "ADAUSD_PERP"} <= set(inverse)
    assert "BNBBTC" not in linear
    assert linear["BTCUSDT_261225"]["contractType"] == "CURRENT_QUARTER"
    assert linear["BTCUSDT_261225"]["deliveryDate"] == 1_798_185_600_000
    assert (inverse["BTCUSD_PERP"]["contractSize"], inverse["ETHUSD_PERP"]["contractSize"]) == (100, 10)


# Rules.


def test_rules_of_a_connection() -> None:
    """A ping each three minutes, ten minutes for the pong, ten messages a second, 1024 streams."""
    rules = Rules().socket(Market.USDM)
    assert (rules.ping_interval, rules.pong_deadline, rules.messages, rules.streams) == (180, 600, 10, 1024)


def test_one_stream_too_many(make: Make, connect: Connect) -> None:
    """The 1025th stream gets an error and then the end."""
    client = connect(make(rules=Rules.off(streams=None)), "/fstream/market/stream")
    many = [f"x{n}usdt@aggTrade" for n in range(1024)]
    assert client.ask({"method": "SUBSCRIBE", "params": many, "id": 1})["result"] is None
    assert client.ask({"method": "SUBSCRIBE", "params": ["btcusdt@aggTrade"], "id": 2})["code"] == 2
    assert client.closed().code == 1008


def test_the_eleventh_message_of_a_second_is_too_many(make: Make, connect: Connect) -> None:
    """Ten are answered, then the connection ends."""
    client = connect(make(rules=Rules.off(messages=None, scale=60)), "/fstream/market/ws")
    for number in range(11):
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": number})
    assert [message["id"] for message in client.several(10)] == list(range(10))
    assert client.closed().code == 1008


def test_both_captures_play_at_once(make: Make, connect: Connect) -> None:
    """Each on its host, on one clock."""
    exchange = make(["demo", DEMO_USDM])
    spot = connect(exchange, "/ws/btcusdt@bookTicker").json()
    usdm = connect(exchange, "/fstream/public/ws/btcusdt@bookTicker").json()
    assert "e" not in spot
    assert usdm["e"] == "bookTicker"
    assert exchange.sent("btcusdt@bookTicker", "usdm")[0] == usdm
    assert exchange.sent("btcusdt@bookTicker")[0] == spot
