"""Tests of URLs, and of which streams share a connection."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.config import LIMITS
from binance_ws.streams import names
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.streams.kinds import Route, Stream
from binance_ws.streams.urls import (
    LONGEST_URL,
    NAMES_PER_REQUEST,
    base_of,
    combined_url,
    needs_subscribing,
    raw_url,
    requests,
    shards,
)

BASE = "ws://127.0.0.1:8765"
some_names = st.lists(
    st.sampled_from(["btcusdt@trade", "bnbbtc@kline_1m@+08:00", "!miniTicker@arr", "这是测试币456@depth20"]),
    max_size=120,
)
streams = st.builds(
    Stream,
    st.integers(0, 10**9).map("s{}@x".format),
    st.sampled_from(CATALOGUE),
)


@pytest.mark.parametrize(
    ("base", "route", "url"),
    [
        ("wss://stream.binance.com:9443", Route.NONE, "wss://stream.binance.com:9443"),
        ("wss://stream.binance.com:9443/", Route.NONE, "wss://stream.binance.com:9443"),
        ("wss://fstream.binance.com", Route.PUBLIC, "wss://fstream.binance.com/public"),
        ("ws://127.0.0.1:1/fstream/", Route.MARKET, "ws://127.0.0.1:1/fstream/market"),
    ],
)
def test_a_base_ends_with_its_route(base: str, route: Route, url: str) -> None:
    """Whether or not the base ends in a slash, as the old class constants do."""
    assert base_of(base, route) == url


@pytest.mark.parametrize(
    ("name", "unit", "path"),
    [
        ("btcusdt@trade", None, "/ws/btcusdt@trade"),
        ("!miniTicker@arr", None, "/ws/!miniTicker@arr"),
        ("btcusdt@kline_1m@+08:00", None, "/ws/btcusdt@kline_1m@+08:00"),
        ("btcusdt@trade", "MICROSECOND", "/ws/btcusdt@trade?timeUnit=MICROSECOND"),
        ("这@trade", None, "/ws/%E8%BF%99@trade"),
    ],
)
def test_one_stream_is_named_in_the_path(name: str, unit: str | None, path: str) -> None:
    """What may stand in a path stands there plainly; the rest is percent-encoded."""
    assert raw_url(BASE, name, unit) == BASE + path
    assert not needs_subscribing(BASE + path)


@pytest.mark.parametrize(
    ("given_names", "unit", "path"),
    [
        (["a@trade", "b@depth"], None, "/stream?streams=a@trade/b@depth"),
        (["a@trade"], "MICROSECOND", "/stream?streams=a@trade&timeUnit=MICROSECOND"),
        (["a@kline_1m@+08:00"], None, "/stream?streams=a@kline_1m@%2B08:00"),
        ([], None, "/stream"),
        ([], "MICROSECOND", "/stream?timeUnit=MICROSECOND"),
        ([f"symbol{i}@trade" for i in range(1024)], None, "/stream"),
        ([f"symbol{i}@trade" for i in range(1024)], "MICROSECOND", "/stream?timeUnit=MICROSECOND"),
    ],
)
def test_many_streams_are_named_in_the_query(given_names: list[str], unit: str | None, path: str) -> None:
    """Too many for a URL, or none, and they are to be subscribed; a plus sign would read as a space there."""
    assert combined_url(BASE, given_names, unit) == BASE + path
    assert needs_subscribing(BASE + path) is ("streams=" not in path)


@given(some_names, st.sampled_from([None, "MICROSECOND"]))
def test_a_combined_url_names_all_streams_or_none(given_names: list[str], unit: str | None) -> None:
    """A server that decodes the query reads the same names; a URL that would be too long has none."""
    url = combined_url(BASE, given_names, unit)
    query = parse_qs(urlsplit(url).query)
    assert query.get("timeUnit", [None]) == [unit]
    assert len(url) <= LONGEST_URL + len("&timeUnit=MICROSECOND")
    if needs_subscribing(url):
        assert "streams" not in query
    else:
        assert query["streams"] == ["/".join(given_names)]


@given(st.sampled_from(["btcusdt@trade", "a@kline_1m@+08:00", "!ticker_1h@arr", "这@depth5@100ms"]))
def test_a_raw_url_names_its_stream(name: str) -> None:
    """A server that decodes the path reads the same name."""
    assert unquote(urlsplit(raw_url(BASE, name)).path) == f"/ws/{name}"


@given(st.lists(streams, max_size=600), st.integers(0, 2500))
def test_shards_have_every_stream_once_within_limits(some: list[Stream], spot: int) -> None:
    """Each connection carries one market and one route, and no more streams than the market allows."""
    everything = some + [names.trade(f"a{i}") for i in range(spot)]
    groups = list(shards(everything))
    assert Counter(s for group in groups for s in group) == Counter(everything)
    for group in groups:
        assert len({(s.market, s.route) for s in group}) == 1
        assert 0 < len(group) <= LIMITS[group[0].market].streams
    fewest = Counter((s.market, s.route) for s in everything)
    assert len(groups) == sum(-(-count // LIMITS[market].streams) for (market, _), count in fewest.items())


@given(st.lists(st.integers().map(str), max_size=1100))
def test_requests_have_every_name_once_within_the_limit(some: list[str]) -> None:
    """Names keep their order over the portions; only the last one is not full."""
    portions = list(requests(some))
    assert [name for portion in portions for name in portion] == some
    assert all(len(portion) == NAMES_PER_REQUEST for portion in portions[:-1])
    assert all(0 < len(portion) <= NAMES_PER_REQUEST for portion in portions)
