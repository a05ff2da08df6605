"""Tests of the typed builders: one a row, each with the exchange's name for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.enums import Market
from binance_ws.errors import ArgumentError
from binance_ws.streams import names
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.streams.kinds import Kind, Stream

BUILDERS = {
    name: builder
    for name, builder in vars(names).items()
    if inspect.isfunction(builder) and builder.__module__ == names.__name__ and not name.startswith("_")
}
SAMPLES = {
    "symbol": "BTCUSD_PERP",
    "pair": "BTCUSD",
    "underlying": "BTCUSDT",
    "asset": "ADAUSD",
    "date": "261225",
}
TWO_KINDS = {"book"}
"""Builders that choose between kinds by their arguments."""


def _call(kind: Kind) -> Stream:
    builder: Callable[..., Stream] = BUILDERS[kind.name]
    takes = inspect.signature(builder).parameters
    given_values: dict[str, Any] = {p: kind.values.get(p, (SAMPLES.get(p),))[0] for p in kind.placeholders}
    if "market" in takes:
        given_values["market"] = kind.market
    return builder(**given_values)


@pytest.mark.parametrize("kind", CATALOGUE, ids=str)
def test_every_row_has_a_builder_of_its_name(kind: Kind) -> None:
    """A builder takes the row's placeholders by their names, and the market where several have the kind."""
    assert _call(kind).kind is kind


def test_every_builder_has_a_row() -> None:
    """Nothing is built that the catalogue does not know."""
    assert set(BUILDERS) == {kind.name for kind in CATALOGUE} | TWO_KINDS


def test_a_market_is_asked_for_only_where_there_is_a_choice() -> None:
    """Several markets have a kind: its builder takes ``market``; one alone: it does not."""
    for name in BUILDERS.keys() - TWO_KINDS:
        markets = [kind.market for kind in CATALOGUE if kind.name == name]
        assert ("market" in inspect.signature(BUILDERS[name]).parameters) == (len(markets) > 1), name


n = names
OPTION = "BTC-251226-100000-C"


@pytest.mark.parametrize(
    ("stream", "market", "name"),
    [
        (n.trade("BNBBTC"), "spot", "bnbbtc@trade"),
        (n.kline("BNBBTC"), "spot", "bnbbtc@kline_1m"),
        (n.kline("BNBBTC", "1M", utc8=True), "spot", "bnbbtc@kline_1M@+08:00"),
        (n.kline("BTCUSDT", "1M", "usdm"), "usdm", "btcusdt@kline_1M"),
        (n.continuous_kline("BTCUSDT"), "usdm", "btcusdt_perpetual@continuousKline_1m"),
        (n.depth("BNBBTC"), "spot", "bnbbtc@depth"),
        (n.depth("BNBBTC", 100), "spot", "bnbbtc@depth@100ms"),
        (n.depth("BNBBTC", "100ms"), "spot", "bnbbtc@depth@100ms"),
        (n.depth("BNBBTC", "@100ms"), "spot", "bnbbtc@depth@100ms"),
        (n.depth("BNBBTC", 1000), "spot", "bnbbtc@depth"),
        (n.depth("BTCUSDT", 250, "usdm"), "usdm", "btcusdt@depth"),
        (n.depth("BTCUSDT", 500, "usdm"), "usdm", "btcusdt@depth@500ms"),
        (n.depth("BTCUSDT", 0, "usdm"), "usdm", "btcusdt@depth@0ms"),
        (n.depth(OPTION, market="options"), "options", f"{OPTION.lower()}@depth@100ms"),
        (n.depth(OPTION, 500, "options"), "options", f"{OPTION.lower()}@depth@500ms"),
        (n.partial_depth("BNBBTC"), "spot", "bnbbtc@depth20"),
        (n.partial_depth("BNBBTC", 5, 100), "spot", "bnbbtc@depth5@100ms"),
        (n.partial_depth("BNBBTC", "10"), "spot", "bnbbtc@depth10"),
        (n.book("BNBBTC"), "spot", "bnbbtc@depth"),
        (n.book("BNBBTC", "1", 100), "spot", "bnbbtc@depth@100ms"),
        (n.book("BNBBTC", 20), "spot", "bnbbtc@depth20"),
        (n.rpi_depth("BTCUSDT"), "usdm", "btcusdt@rpiDepth@500ms"),
        (n.mark_price("BTCUSDT"), "usdm", "btcusdt@markPrice@1s"),
        (n.mark_price("BTCUSDT", False), "usdm", "btcusdt@markPrice"),
        (n.all_mark_prices(), "usdm", "!markPrice@arr@1s"),
        (n.all_mark_prices(False, "coinm"), "coinm", "!markPrice@arr"),
        (n.window_ticker("BNBBTC", "4h"), "spot", "bnbbtc@ticker_4h"),
        (n.all_window_tickers("1d"), "spot", "!ticker_1d@arr"),
        (n.all_tickers("spot"), "spot", "!ticker@arr"),
        (n.open_interest("BTCUSDT", "261225"), "options", "btcusdt@openInterest@261225"),
    ],
    ids=str,
)
def test_builders_write_the_exchange_s_names(stream: Stream, market: str, name: str) -> None:
    """Symbols are lowered, numbers and texts of levels and speeds mean the same, defaults are the market's."""
    assert (str(stream), stream.market.value) == (name, market)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: n.kline("BNBBTC", "2m"), "it has 1s, 1m, 3m"),
        (lambda: n.kline("BTCUSDT", market="usdm", utc8=True), "but not by @\\+08:00"),
        (lambda: n.partial_depth("BNBBTC", 7), "it has 5, 10, 20"),
        (lambda: n.depth("BNBBTC", 50), "is 100 or None, not 50"),
        (lambda: n.depth("BNBBTC", "fast"), "a number of milliseconds such as 100, not 'fast'"),
        (lambda: n.depth("BNBBTC", -100), "a number of milliseconds such as 100, not -100"),
        (lambda: n.depth("BNBBTC", 1.5), "a number of milliseconds"),  # type: ignore[arg-type]
        (lambda: n.window_ticker("BNBBTC", "2h"), "it has 1h, 4h, 1d"),
        (lambda: n.mark_price("BTCUSDT", market="spot"), "spot has no mark price stream"),
        (lambda: n.trade("BTC-251226-100000-C", "options"), "options has no trade stream"),
        (lambda: n.trade(""), "such as 'BNBBTC'"),
        (lambda: n.trade("BNBBTC", "moon"), "there are spot, usdm, coinm, options"),
        (lambda: n.continuous_kline("BTCUSD", "tradifi_perpetual", market="coinm"), "it has perpetual"),
        (lambda: n.expiry_tickers("BTCUSDT", "soon"), "no stream 'btcusdt@optionTicker@soon'"),
    ],
)
def test_builders_say_what_is_allowed(build: Callable[[], Stream], says: str) -> None:
    """A wrong value raises where it is given."""
    with pytest.raises(ArgumentError, match=says):
        build()


def test_a_speed_that_options_lack_is_refused() -> None:
    """Nobody who asks for 250 ms gets 100 ms."""
    with pytest.raises(ArgumentError, match="is 100, 500 or None, not 250"):
        n.depth(OPTION, 250, "options")


def test_an_interval_of_nought_is_the_default() -> None:
    """As of old, ``start_depth_socket(..., interval=0)`` is the stream of one second."""
    assert str(n.book("BNBBTC", None, 0)) == "bnbbtc@depth"


@given(st.integers() | st.text(max_size=8), st.sampled_from(["spot", "usdm", "coinm", "options"]))
def test_any_speed_is_a_stream_s_or_refused(speed: int | str, market: str) -> None:
    """What is not a speed of the market never raises anything but ``ArgumentError``."""
    try:
        stream = n.depth("btcusdt", speed, market)
    except ArgumentError:
        return
    assert stream.market == Market(market)
