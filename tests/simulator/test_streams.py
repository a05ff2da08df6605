"""Every spot stream of the catalogue: served, in the documented shape, consistent with its neighbours."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from binance_ws.enums import Market
from binance_ws.simulator.amounts import to_int
from binance_ws.simulator.candles import DAY, HOUR, bucket
from binance_ws.streams.lookup import classify, examples
from tests import payloads
from tests.simulator.markets import EPOCH, Watched, seeded

FILES = {
    "agg_trade": "spot_agg_trade",
    "trade": "spot_trade",
    "block_trade": "spot_block_trade",
    "reference_price": "spot_reference_price",
    "kline": "spot_kline",
    "mini_ticker": "spot_mini_ticker",
    "all_mini_tickers": "spot_mini_ticker_arr",
    "ticker": "spot_ticker",
    "window_ticker": "spot_ticker_window",
    "all_window_tickers": "spot_ticker_window_arr",
    "book_ticker": "spot_book_ticker",
    "avg_price": "spot_avg_price",
    "partial_depth": "spot_depth_partial",
    "depth": "spot_depth_diff",
    "all_tickers": "spot_ticker_arr_retired",
    "all_book_tickers": "spot_book_ticker",
}
NAMES = sorted(set(examples(Market.SPOT, "bnbbtc")))
FIRST = bucket("1d", EPOCH // 10**6)[0]


@pytest.fixture(scope="module")
def market() -> Watched:
    """All streams of one symbol and of the whole market, after half a minute."""
    watched = seeded(*NAMES, whole_market=True)
    watched.run(31)
    return watched


def shape(value: Any) -> Any:
    """Keys in order, types of values; of a list the first element."""
    if isinstance(value, dict):
        return [(key, shape(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_every_kind_has_an_example() -> None:
    """No kind of stream of the catalogue is left out here."""
    assert {classify(name).kind.name for name in NAMES} == set(FILES)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_has_the_documented_shape(market: Watched, name: str) -> None:
    """Keys, their order and the types are those of the documented example."""
    stream = classify(name)
    messages = market.messages(name)
    assert messages
    expected = shape(payloads.load(f"{FILES[stream.kind.name]}.json"))
    for message in messages:
        if stream.kind.name == "depth":
            message = {**message, "b": message["b"] or [["0", "0"]], "a": message["a"] or [["0", "0"]]}
        assert shape(message) == expected
    assert all(_event(message) in stream.kind.event.split() for message in messages if _event(message))


def _event(message: Any) -> str:
    message = message[0] if isinstance(message, list) else message
    return str(message.get("e", ""))


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("bnbbtc@kline_1s", 1000),
        ("bnbbtc@kline_1m", 2000),
        ("bnbbtc@miniTicker", 1000),
        ("bnbbtc@depth", 1000),
        ("bnbbtc@avgPrice", 1000),
        ("!miniTicker@arr", 1000),
    ],
)
def test_a_stream_keeps_its_period(market: Watched, name: str, period: int) -> None:
    """Event times are multiples of the period, none left out."""
    messages = [m[0] if isinstance(m, list) else m for m in market.messages(name)]
    times = sorted({m["E"] for m in messages})
    assert times == list(range(times[0], times[-1] + 1, period))
    assert times[0] % period == 0


def test_aggregates_are_their_trades(market: Watched) -> None:
    """Every aggregate is the sum of the trades that it names; they join without a gap."""
    trades = {m["t"]: m for m in market.messages("bnbbtc@trade")}
    aggregates = market.messages("bnbbtc@aggTrade")
    assert any(a["l"] > a["f"] for a in aggregates)
    expected = aggregates[0]["f"]
    for number, each in enumerate(aggregates, aggregates[0]["a"]):
        parts = [trades[id] for id in range(each["f"], each["l"] + 1)]
        assert (each["a"], each["f"]) == (number, expected)
        assert {(p["p"], p["m"], p["T"]) for p in parts} == {(each["p"], each["m"], each["T"])}
        assert to_int(each["q"]) == sum(to_int(p["q"]) for p in parts)
        expected = each["l"] + 1


@pytest.mark.parametrize("interval", ["1s", "1m"])
def test_a_closed_kline_is_the_sum_of_its_trades(interval: str) -> None:
    """Every kline ends closed, exactly once, with all trades of its time."""
    watched = seeded("bnbbtc@trade", f"bnbbtc@kline_{interval}")
    watched.run(185)
    trades = watched.messages("bnbbtc@trade")
    closed = [m["k"] for m in watched.messages(f"bnbbtc@kline_{interval}") if m["k"]["x"]]
    starts = [k["t"] for k in closed]
    assert starts == list(range(starts[0], starts[-1] + 1, starts[1] - starts[0]))
    for kline in closed:
        inside = [t for t in trades if kline["t"] <= t["T"] <= kline["T"]]
        assert kline["n"] == len(inside)
        assert to_int(kline["v"]) == sum(to_int(t["q"]) for t in inside)
        if inside:
            assert (kline["f"], kline["L"]) == (inside[0]["t"], inside[-1]["t"])
            assert (kline["o"], kline["c"]) == (inside[0]["p"], inside[-1]["p"])


def test_klines_of_the_other_zone_begin_eight_hours_earlier(market: Watched) -> None:
    """Days begin at 16:00 UTC there, and times are still those of UTC."""
    here, there = (market.messages(f"bnbbtc@kline_1d{zone}")[-1]["k"]["t"] for zone in ("", "@+08:00"))
    assert here == FIRST
    assert there == bucket("1d", EPOCH // 10**6, 8 * HOUR)[0]


@pytest.mark.parametrize("name", ["bnbbtc@depth", "bnbbtc@depth@100ms"])
def test_changes_of_the_book_join(market: Watched, name: str) -> None:
    """Each change begins where the last one ended, at both speeds."""
    changes = market.messages(name)
    assert all(a["u"] + 1 == b["U"] for a, b in itertools.pairwise(changes))


def test_both_speeds_make_the_same_book(market: Watched) -> None:
    """Partial books, applied changes and the best price agree where their update ids do."""
    partial = market.messages("bnbbtc@depth20")[-1]
    book = market.market.instrument("bnbbtc").book
    assert len(partial["bids"]) == 20
    assert partial["lastUpdateId"] <= book.last
    best = {m["u"]: m for m in market.messages("bnbbtc@bookTicker")}
    quotes = [m for m in market.messages("bnbbtc@depth5@100ms") if m["lastUpdateId"] in best]
    assert quotes
    for quote in quotes:
        same = best[quote["lastUpdateId"]]
        assert quote["bids"][0] == [same["b"], same["B"]]
        assert quote["asks"][0] == [same["a"], same["A"]]


def test_arrays_have_what_changed_and_only_that(market: Watched) -> None:
    """Symbols that do not trade are in no array, those that did are."""
    symbols = {each["s"] for m in market.messages("!miniTicker@arr") for each in m}
    assert "BTCUSDT" in symbols
    assert "BCCBTC" not in symbols
    seen: dict[str, Any] = {}
    for message in market.messages("!ticker@arr"):
        for each in message:
            assert seen.get(each["s"]) != each["L"]
            seen[each["s"]] = each["L"]


def test_a_ticker_is_about_its_trades(market: Watched) -> None:
    """Open, close, counts and ids of the day are those of the trades so far."""
    ticker = market.messages("bnbbtc@ticker")[-1]
    trades = [t for t in market.messages("bnbbtc@trade") if t["T"] <= ticker["C"]]
    assert (ticker["o"], ticker["c"]) == (trades[0]["p"], trades[-1]["p"])
    assert (ticker["F"], ticker["L"], ticker["n"]) == (trades[0]["t"], trades[-1]["t"], len(trades))
    assert ticker["C"] - ticker["O"] == DAY
    assert market.messages("bnbbtc@ticker_1h")[-1]["O"] % 60_000 == 0


@pytest.mark.parametrize(
    "name", ["!ticker@arr", "!bookTicker", "bccbtc@trade", "nobody@trade", "bnbbtc@nothing", "BNBBTC@trade"]
)
def test_what_is_not_served_has_no_channel(name: str) -> None:
    """Retired streams, symbols that do not trade, and unknown names are silent."""
    assert seeded().market.channel(name) is None


def test_the_same_seed_is_the_same_market() -> None:
    """Two markets of one seed send the same bytes; another seed does not."""
    runs = []
    for seed in (1, 1, 2):
        watched = seeded("bnbbtc@trade", "neobtc@depth@100ms", seed=seed)
        watched.run(10)
        runs.append(dict(watched.payloads))
    assert runs[0] == runs[1] != runs[2]


def test_it_does_not_matter_when_somebody_begins_to_listen() -> None:
    """A stream that is joined later is the end of the one that was joined first."""
    early, late = seeded("bnbbtc@trade"), seeded()
    early.run(20)
    late.run(10)
    late.watch("bnbbtc@trade")
    late.run(10)
    assert late.payloads["bnbbtc@trade"]
    assert (
        early.payloads["bnbbtc@trade"][-len(late.payloads["bnbbtc@trade"]) :] == late.payloads["bnbbtc@trade"]
    )


def test_nothing_is_computed_that_nobody_wants() -> None:
    """When the last listener goes, its feed goes too."""
    watched = seeded()
    channel = watched.market.channel("bnbbtc@depth")
    assert channel is not None

    class Ear:
        form = 0

        def push(self, frame: bytes) -> None:
            """Take it."""

    ear = Ear()
    channel.join(ear)
    assert watched.market._feeds
    channel.leave(ear)
    assert not watched.market._feeds
    assert not watched.market._heap
    assert not watched.market.instrument("bnbbtc").on_diff
    assert watched.market.listened == 0


def test_many_symbols_can_be_listed() -> None:
    """A number of symbols lists so many that trade, and some that do not."""
    watched = seeded("x0100usdt@trade", symbols=1500)
    assert len(list(watched.market.instruments())) == 1500
    watched.run(5)
    assert watched.messages("x0100usdt@trade")
