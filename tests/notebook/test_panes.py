"""What the panes of a view keep, and how they say it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.notebook.panes import CANDLES, Candles, Depth, Ladder, Price, Series
from binance_ws.streams.lookup import classify
from tests import payloads
from tests.notebook.making import FakeBook, kline


@given(st.lists(st.tuples(st.integers(0, 50), st.integers()), max_size=80), st.integers(0, 60))
def test_a_series_keeps_the_latest_in_order(puts: list[tuple[int, int]], since: int) -> None:
    """Of each moment the newest value, so many moments at most, oldest first."""
    series, most = Series(10), 10
    rising = sorted(puts, key=lambda put: put[0])
    for moment, value in rising:
        series.put(moment, value)
    wanted = dict(sorted(dict(rising).items())[-most:])
    assert series.since(0) == wanted
    assert series.since(since) == {at: value for at, value in wanted.items() if at >= since}


def test_what_was_before_a_series() -> None:
    """It counts where nothing live has come."""
    series = Series(3)
    series.put(3, "live")
    series.precede({0: "gone", 1: "before", 2: "before", 3: "before"})
    assert series.since(0) == {1: "before", 2: "before", 3: "live"}


def test_a_price_of_each_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last message of a second is the one that counts."""
    moments = iter([100.2, 100.9, 101.5])
    monkeypatch.setattr("binance_ws.notebook.panes.time", SimpleNamespace(time=lambda: next(moments)))
    tile = Price(classify("btcusdt@trade"))
    assert tile.now() == {"lag": None, "price": None, "change": None, "note": ""}
    for price in ("1", "2", "3"):
        tile.take({"e": "trade", "E": 100_000, "p": price})
    assert tile.count == 3
    assert tile.series(0) == {100: "2", 101: "3"}
    assert tile.series(101) == {101: "3"}
    assert tile.now() == {"lag": 1500.0, "price": "3", "change": None, "note": ""}


def test_candles() -> None:
    """The newest state of each, by the time of its opening in ms, whatever the unit of the messages."""
    tile = Candles(classify("btcusdt@kline_1m"))
    tile.take(kline(60_000, "1"))
    tile.take(kline(60_000, "2"))
    tile.take(kline(1_700_000_000_000_000, "5"))
    assert tile.series(0) == {
        60_000: ["1", "3", "0.5", "2", "10"],
        1_700_000_000_000: ["1", "3", "0.5", "5", "10"],
    }
    for number in range(CANDLES + 10):
        tile.take(kline(number))
    assert len(tile.series(0)) == CANDLES
    assert not tile.fetch()


def test_candles_before() -> None:
    """They are asked for once, and what came live stays."""
    asked = []

    def ask() -> list[dict[str, object]]:
        asked.append(1)
        return [kline(0, "7"), kline(60_000, "8")]

    tile = Candles(classify("btcusdt@kline_1m"), ask)
    tile.take(kline(60_000, "9"))
    assert (tile.fetch(), tile.fetch(), asked) == (True, False, [1])
    assert [candle[3] for candle in tile.series(0).values()] == ["7", "9"]


@pytest.mark.parametrize(
    "name", ["spot_depth_partial.json", "usdm_depth_partial.json", "options_depth_partial.json"]
)
def test_a_ladder_of_a_partial_book(name: str) -> None:
    """Whatever the market calls its sides."""
    tile = Ladder(classify("btcusdt@depth5"))
    assert tile.now()["stale"]
    message = payloads.load(name)
    tile.take(message)
    now = tile.now()
    assert [now["bids"], now["asks"], now["stale"]] == [
        message.get("bids") or message["b"],
        message.get("asks") or message["a"],
        "",
    ]


def test_a_ladder_of_a_book() -> None:
    """Its levels while it is up to date, else why it is not."""
    book = FakeBook()
    pane = Depth(book, 5)
    assert pane.now() == {"bids": (("1.0", "2.0"),), "asks": (("3.0", "4.0"),), "stale": "", "lag": None}
    book.stale, book.reason = True, "its connection is lost"
    assert pane.now()["stale"] == "its connection is lost"
    assert (pane.count, pane.series(0), pane.fetch()) == (None, {}, False)


def test_titles() -> None:
    """The symbol in capitals, then what the stream is of it, and the market unless it is spot."""
    assert Price(classify("btcusdt@aggTrade", "usdm")).about() == {
        "kind": "price",
        "title": "BTCUSDT",
        "subtitle": "aggTrade",
        "market": "usdm",
    }
    assert Price(classify("!miniTicker@arr")).about()["title"] == "!MINITICKER"
    assert Depth(FakeBook(), 5).about()["subtitle"] == "order book"
