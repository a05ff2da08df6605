"""REST: shapes, parameters, errors, and that it agrees with the streams."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.simulator import DEMO, Recording, rest
from binance_ws.simulator.amounts import to_int
from binance_ws.simulator.answers import Bad
from binance_ws.simulator.book import Book, Diff
from binance_ws.simulator.rest import Query
from binance_ws.simulator.routes import pairs
from tests.simulator.markets import REST, Watched, replayed
from tests.simulator.test_streams import shape

NAMES = ("trade", "aggTrade", "depth@100ms", "depth", "kline_1s", "kline_1m", "blockTrade")


class Calls:
    """REST of a market, without HTTP."""

    def __init__(self, watched: Watched, unit: int = 1) -> None:
        self.watched, self._unit = watched, unit

    def __call__(self, name: str, **parameters: Any) -> Any:
        """The answer to a call."""
        query = Query({key: str(value) for key, value in parameters.items()}, self.watched.market, self._unit)
        if name == "exchangeInfo":
            return rest.exchange_info(query, self.watched.market, 1, 6000)
        return rest.CALLS[f"/api/v3/{name}"].answer(query, self.watched.market)


@pytest.fixture(scope="module")
def watched() -> Watched:
    """A replay, after 70 s, and all that it sent."""
    names = [f"btcusdt@{name}" for name in NAMES]
    watched = replayed(Recording(DEMO), *names, "bnbbtc@blockTrade")
    watched.run(70)
    return watched


@pytest.fixture
def calls(watched: Watched) -> Calls:
    """REST of that market."""
    return Calls(watched)


@pytest.mark.parametrize(
    ("name", "parameters", "file"),
    [
        ("depth", {"symbol": "BTCUSDT"}, "spot_rest_depth"),
        ("trades", {"symbol": "BTCUSDT"}, "spot_rest_trades"),
        ("historicalTrades", {"symbol": "BTCUSDT"}, "spot_rest_historical_trades"),
        ("historicalBlockTrades", {"symbol": "BNBBTC", "fromId": 1}, "spot_rest_historical_block_trades"),
        ("aggTrades", {"symbol": "BTCUSDT"}, "spot_rest_agg_trades"),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m"}, "spot_rest_klines"),
        ("uiKlines", {"symbol": "BTCUSDT", "interval": "1m"}, "spot_rest_klines"),
    ],
)
def test_an_answer_has_the_documented_shape(
    calls: Calls, name: str, parameters: dict[str, Any], file: str
) -> None:
    """Keys, their order and types are those of the documented example."""
    assert shape(calls(name, **parameters)) == shape(REST[file])


def test_a_ping_is_empty(calls: Calls) -> None:
    """``ping`` answers with an empty object."""
    assert calls("ping") == {}


def test_exchange_info_lists_symbols_and_limits(calls: Calls) -> None:
    """Recorded, seeded and halted symbols are listed with their states, and the limits with them."""
    info = calls("exchangeInfo")
    states = {symbol["symbol"]: symbol["status"] for symbol in info["symbols"]}
    assert states["BTCUSDT"] == states["BNBBTC"] == states["NEOBTC"] == "TRADING"
    assert {"BREAK", "HALT"} <= set(states.values())
    assert {limit["rateLimitType"] for limit in info["rateLimits"]} >= {"REQUEST_WEIGHT", "RAW_REQUESTS"}
    one = calls("exchangeInfo", symbol="BTCUSDT")["symbols"]
    assert [(s["symbol"], s["baseAsset"], s["quoteAsset"]) for s in one] == [("BTCUSDT", "BTC", "USDT")]
    two = calls("exchangeInfo", symbols='["BTCUSDT","BNBBTC"]')["symbols"]
    assert [s["symbol"] for s in two] == ["BTCUSDT", "BNBBTC"]
    halted = calls("exchangeInfo", symbolStatus="HALT")["symbols"]
    assert [s["symbol"] for s in halted] == ["LUNAUSDT"]


@pytest.mark.parametrize("name", ["btcusdt@depth@100ms", "btcusdt@depth"])
def test_a_snapshot_joins_the_stream(calls: Calls, name: str) -> None:
    """The book of REST is the first snapshot with the changes of the stream applied."""
    snapshot = calls("depth", symbol="BTCUSDT", limit=5000)
    changes = calls.watched.messages(name)
    first = Recording(DEMO).snapshots["BTCUSDT"]
    book = Book()
    book.load(first["lastUpdateId"], _levels(first["bids"]), _levels(first["asks"]))
    for change in changes:
        if change["u"] <= snapshot["lastUpdateId"]:
            book.apply(Diff(change["U"], change["u"], _levels(change["b"]), _levels(change["a"]), 0))
    if name.endswith("ms"):
        assert book.last == snapshot["lastUpdateId"]
        assert book.bids.top() == list(_levels(snapshot["bids"]))
        assert book.asks.top() == list(_levels(snapshot["asks"]))
    assert changes[-1]["U"] <= snapshot["lastUpdateId"] + 1


def test_the_depth_has_its_limit(calls: Calls) -> None:
    """100 levels by default, as many as asked for, best first."""
    assert len(calls("depth", symbol="BTCUSDT")["bids"]) == 100
    few = calls("depth", symbol="BTCUSDT", limit=5)
    assert len(few["asks"]) == 5
    prices = [float(price) for price, _ in few["bids"]]
    assert prices == sorted(prices, reverse=True)


def test_trades_can_be_fetched_again(calls: Calls) -> None:
    """``historicalTrades`` from an id on has exactly the trades of the stream."""
    sent = calls.watched.messages("btcusdt@trade")
    fetched = calls("historicalTrades", symbol="BTCUSDT", fromId=sent[10]["t"], limit=50)
    assert [(t["id"], t["price"], t["qty"], t["time"], t["isBuyerMaker"]) for t in fetched] == [
        (t["t"], t["p"], t["q"], t["T"], t["m"]) for t in sent[10:60]
    ]


def test_aggregates_can_be_fetched_again(calls: Calls) -> None:
    """``aggTrades`` from an id on, and between two times, has exactly those of the stream."""
    sent = [
        {k: v for k, v in a.items() if k not in "eEs"} for a in calls.watched.messages("btcusdt@aggTrade")
    ]
    assert calls("aggTrades", symbol="BTCUSDT", fromId=sent[5]["a"], limit=20) == sent[5:25]
    start, end = sent[5]["T"], sent[30]["T"]
    within = [a for a in sent if start <= a["T"] <= end]
    assert calls("aggTrades", symbol="BTCUSDT", startTime=start, endTime=end, limit=1000) == within
    assert calls("aggTrades", symbol="BTCUSDT", startTime=start, limit=3) == within[:3]
    assert calls("aggTrades", symbol="BTCUSDT", endTime=end, limit=3) == within[-3:]


@pytest.mark.parametrize("interval", ["1s", "1m"])
def test_closed_klines_can_be_fetched_again(calls: Calls, interval: str) -> None:
    """A row of ``klines`` is the closed kline of the stream."""
    closed = [m["k"] for m in calls.watched.messages(f"btcusdt@kline_{interval}") if m["k"]["x"]]
    assert closed
    rows = calls("klines", symbol="BTCUSDT", interval=interval, startTime=closed[0]["t"], limit=len(closed))
    keys = "tohlcvTqnVQB"
    assert rows == [[kline[key] for key in keys] for kline in closed]


def test_klines_of_another_zone(calls: Calls) -> None:
    """``timeZone`` moves the days."""
    here, there = (calls("klines", symbol="BTCUSDT", interval="1d", timeZone=z)[0][0] for z in ("0", "+8:00"))
    assert (here - there) % 86_400_000 == 8 * 3_600_000


def test_times_in_microseconds(watched: Watched) -> None:
    """In microseconds a kline ends with its last one, and a trade's time has sixteen digits."""
    calls = Calls(watched, unit=1000)
    row = calls("klines", symbol="BTCUSDT", interval="1m", limit=1)[0]
    assert row[6] - row[0] == 60_000_000 - 1
    assert len(str(calls("trades", symbol="BTCUSDT", limit=1)[0]["time"])) == 16


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("depth?symbol=NOBODY", -1121),
        ("depth", -1102),
        ("depth?symbol=btcusdt", -1100),
        ("depth?symbol=BTCUSDT&limit=x", -1100),
        ("depth?symbol=BTCUSDT&limit=0", -1130),
        ("klines?symbol=BTCUSDT", -1102),
        ("klines?symbol=BTCUSDT&interval=1y", -1120),
        ("klines?symbol=BTCUSDT&interval=1d&timeZone=x", -1100),
        ("klines?symbol=BTCUSDT&interval=1d&timeZone=15", -1130),
        ("aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128),
        ("historicalBlockTrades?symbol=BTCUSDT", -1102),
        ("exchangeInfo?symbols=[%22NOBODY%22]", -1121),
        ("exchangeInfo?symbols=nonsense", -1100),
        ("exchangeInfo?symbols=[1,%7B]", -1100),
    ],
)
def test_a_bad_call_has_its_code(calls: Calls, path: str, code: int) -> None:
    """Errors are 400 with the exchange's code and words."""
    name, _, query = path.partition("?")
    with pytest.raises(Bad) as bad:
        calls(name, **pairs(query))
    assert bad.value.response.status == 400
    assert list(bad.value.response.body) == ["code", "msg"]
    assert bad.value.response.body["code"] == code


def test_a_symbol_that_does_not_trade_has_an_empty_book(calls: Calls) -> None:
    """It is listed, so it is no error, but there is nothing."""
    assert calls("depth", symbol="BCCBTC")["bids"] == []
    assert calls("klines", symbol="BCCBTC", interval="1m") == []
    assert calls("trades", symbol="BCCBTC") == []


def test_a_seeded_symbol_is_there_without_a_listener(calls: Calls) -> None:
    """REST of a symbol whose streams nobody reads shows its present."""
    assert len(calls("depth", symbol="NEOBTC", limit=20)["bids"]) == 20
    assert calls("trades", symbol="NEOBTC")


def _levels(pairs: list[list[str]]) -> tuple[tuple[int, int], ...]:
    return tuple((to_int(price), to_int(quantity)) for price, quantity in pairs)
