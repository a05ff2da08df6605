"""Tests of hosts and limits."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlsplit

import pytest

from binance_ws.config import CONNECTS, LIMITS, Environment, Hosts, Limits, UserData
from binance_ws.enums import Market
from binance_ws.errors import ArgumentError
from binance_ws.streams.kinds import Route
from binance_ws.streams.urls import base_of, combined_url, raw_url

E = Environment
ENVIRONMENTS = [E.PRODUCTION, E.TESTNET, E.DEMO, E.US, E.MARKET_DATA, E.local("127.0.0.1:8765")]
PRODUCTS = [field.name for field in dataclasses.fields(Environment) if field.type == "Hosts"]
KEY, TOKEN, SIGNED, NONE = UserData.LISTEN_KEY, UserData.LISTEN_TOKEN, UserData.SIGNATURE, UserData.NONE


@pytest.mark.parametrize(
    ("environment", "product", "rest", "stream", "user_data"),
    [
        (E.PRODUCTION, "spot", "https://api.binance.com", "wss://stream.binance.com:9443", SIGNED),
        (E.PRODUCTION, "margin", "https://api.binance.com", "wss://stream.binance.com:9443", TOKEN),
        (E.PRODUCTION, "margin_risk", "https://api.binance.com", "wss://margin-stream.binance.com", KEY),
        (E.PRODUCTION, "usdm", "https://fapi.binance.com", "wss://fstream.binance.com", KEY),
        (E.PRODUCTION, "coinm", "https://dapi.binance.com", "wss://dstream.binance.com", KEY),
        (E.PRODUCTION, "options", "https://eapi.binance.com", "wss://fstream.binance.com", KEY),
        (E.PRODUCTION, "portfolio", "https://papi.binance.com", "wss://fstream.binance.com/pm", KEY),
        (
            E.PRODUCTION,
            "portfolio_pro",
            "https://fapi.binance.com",
            "wss://fstream.binance.com/pm-classic",
            KEY,
        ),
        (E.TESTNET, "spot", "https://testnet.binance.vision", "wss://stream.testnet.binance.vision", SIGNED),
        (E.TESTNET, "usdm", "https://testnet.binancefuture.com", "wss://fstream.binancefuture.com", KEY),
        (E.TESTNET, "coinm", "https://testnet.binancefuture.com", "wss://dstream.binancefuture.com", KEY),
        (E.TESTNET, "margin", "", "", NONE),
        (E.DEMO, "spot", "https://demo-api.binance.com", "wss://demo-stream.binance.com", SIGNED),
        (E.DEMO, "usdm", "https://demo-fapi.binance.com", "wss://fstream.binancefuture.com", KEY),
        (E.US, "spot", "https://api.binance.us", "wss://stream.binance.us:9443", KEY),
        (E.US, "usdm", "", "", NONE),
        (E.MARKET_DATA, "spot", "https://data-api.binance.vision", "wss://data-stream.binance.vision", NONE),
    ],
)
def test_hosts_are_the_exchange_s(
    environment: Environment, product: str, rest: str, stream: str, user_data: UserData
) -> None:
    """Each product's hosts, and the one way to account events that is alive there."""
    hosts: Hosts = getattr(environment, product)
    assert (hosts.rest, hosts.stream, hosts.user_data) == (rest, stream, user_data)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda each: str(each.name))
def test_urls_are_bases(environment: Environment) -> None:
    """REST bases are HTTP without a path, streams WebSocket without a slash at the end, ws-api a whole URL."""
    scheme = {"http": "ws", "https": "wss"}
    for hosts in (getattr(environment, product) for product in PRODUCTS):
        assert bool(hosts.rest) == bool(hosts.stream)
        if hosts.rest:
            rest, stream = urlsplit(hosts.rest), urlsplit(hosts.stream)
            assert (rest.path, stream.scheme) == ("", scheme[rest.scheme])
            assert not hosts.stream.endswith("/")
        assert not hosts.ws_api or "/ws" in urlsplit(hosts.ws_api).path
        assert hosts.user_data not in (TOKEN, SIGNED) or hosts.ws_api


@pytest.mark.parametrize(
    ("market", "route", "raw", "combined"),
    [
        (Market.SPOT, Route.NONE, "ws://HOST/ws/a@x", "ws://HOST/stream?streams=a@x"),
        (
            Market.USDM,
            Route.PUBLIC,
            "ws://HOST/fstream/public/ws/a@x",
            "ws://HOST/fstream/public/stream?streams=a@x",
        ),
        (Market.COINM, Route.NONE, "ws://HOST/dstream/ws/a@x", "ws://HOST/dstream/stream?streams=a@x"),
        (
            Market.OPTIONS,
            Route.MARKET,
            "ws://HOST/fstream/market/ws/a@x",
            "ws://HOST/fstream/market/stream?streams=a@x",
        ),
    ],
)
def test_the_paths_of_a_local_host(market: Market, route: Route, raw: str, combined: str) -> None:
    """Every product lies under its own path of one plain host."""
    base = base_of(E.local("HOST").hosts(market).stream, route)
    assert (raw_url(base, "a@x"), combined_url(base, ["a@x"])) == (raw, combined)


@pytest.mark.parametrize(
    ("user_data", "spot", "margin", "usdm"), [("today", SIGNED, TOKEN, KEY), ("listen_key", KEY, KEY, KEY)]
)
def test_a_local_host_has_either_way_to_accounts(
    user_data: str, spot: UserData, margin: UserData, usdm: UserData
) -> None:
    """Today's ways, or listen keys everywhere as of old."""
    local = E.local("127.0.0.1:8765", user_data=user_data)
    assert (local.spot.user_data, local.margin.user_data, local.usdm.user_data) == (spot, margin, usdm)
    assert local.spot.ws_api == "ws://127.0.0.1:8765/ws-api/v3"
    assert (local.portfolio.stream, local.margin_risk.stream) == (
        "ws://127.0.0.1:8765/fstream/pm",
        "ws://127.0.0.1:8765/margin-stream",
    )


@pytest.mark.parametrize(
    ("host", "user_data", "says"),
    [
        ("http://127.0.0.1:8765", "today", "like '127.0.0.1:8765'"),
        ("127.0.0.1:8765/", "today", "like '127.0.0.1:8765'"),
        ("", "today", "like '127.0.0.1:8765'"),
        ("127.0.0.1:8765", "tomorrow", "'today' or 'listen_key', not 'tomorrow'"),
    ],
)
def test_a_wrong_local_host_is_answered_with_a_right_one(host: str, user_data: str, says: str) -> None:
    """What cannot be used raises where it is given."""
    with pytest.raises(ArgumentError, match=says):
        E.local(host, user_data=user_data)


def test_variables_make_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``BINANCE_WS_HOST`` the default is production; with it, that host."""
    assert E.default() is E.PRODUCTION
    monkeypatch.setenv("BINANCE_WS_USER_DATA", "listen_key")
    assert E.default() is E.PRODUCTION
    monkeypatch.setenv("BINANCE_WS_HOST", "127.0.0.1:9")
    assert E.default() == E.local("127.0.0.1:9", user_data="listen_key")
    monkeypatch.setenv("BINANCE_WS_USER_DATA", "")
    assert E.default() == E.local("127.0.0.1:9")
    monkeypatch.setenv("BINANCE_WS_HOST", "")
    assert E.default() is E.PRODUCTION


@pytest.mark.parametrize("market", list(Market))
def test_every_market_has_hosts_and_limits(market: Market) -> None:
    """A market is an attribute of environments, and a row of limits."""
    assert E.PRODUCTION.hosts(market) == getattr(E.PRODUCTION, market.value)
    limits = LIMITS[market]
    assert min(limits.streams, limits.messages, limits.silence) > 0


@pytest.mark.parametrize("market", [market.value for market in Market])
def test_a_market_may_be_given_by_its_value(market: str) -> None:
    """``hosts("usdm")`` is as good as ``hosts(Market.USDM)``."""
    assert E.PRODUCTION.hosts(market) == E.PRODUCTION.hosts(Market(market))


def test_a_market_that_is_not_served_is_refused_by_name() -> None:
    """Whoever asks for futures where there are none reads which environment and which market."""
    with pytest.raises(ArgumentError, match="'us' does not serve the usdm market"):
        E.US.hosts(Market.USDM)


def test_limits_are_the_exchange_s() -> None:
    """Streams a connection, messages a second, and longer silence than the server's own pings leave."""
    assert {m.value: (x.streams, x.messages) for m, x in LIMITS.items()} == {
        "spot": (1024, 5),
        "usdm": (1024, 10),
        "coinm": (1024, 10),
        "options": (200, 10),
    }
    pings = {Market.SPOT: 20, Market.USDM: 180, Market.COINM: 180, Market.OPTIONS: 300}
    assert all(LIMITS[market].silence > seconds for market, seconds in pings.items())
    connects, seconds = CONNECTS
    assert connects <= 300
    assert seconds >= 300


def test_where_the_whole_spot_market_is_served() -> None:
    """binance.us still has ``!ticker@arr``, of its pages the only one; a local host has both where asked."""
    assert {e.name: e.whole_market for e in ENVIRONMENTS if e.whole_market} == {"us": {"!ticker@arr"}}
    assert E.local("127.0.0.1:1", whole_market=True).whole_market == {"!ticker@arr", "!bookTicker"}


def test_the_pings_of_binance_us() -> None:
    """They come each three minutes; a connection that is silent for one is no dead one there."""
    assert {e.name: e.silence for e in ENVIRONMENTS if e.silence is not None} == {"us": 300}


def test_tables_are_frozen_and_changed_by_copies() -> None:
    """Another host is a copy with one field changed; nobody changes what others share."""
    mine = dataclasses.replace(E.TESTNET, usdm=Hosts("https://x", "wss://y"))
    assert (mine.hosts(Market.USDM).stream, E.TESTNET.usdm.stream) == (
        "wss://y",
        "wss://fstream.binancefuture.com",
    )
    for table, field in ((E.PRODUCTION, "name"), (Hosts(), "rest"), (Limits(1, 1, 1), "streams")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(table, field, "x")
