"""Tests of rows and of the names that they match."""

from __future__ import annotations

import dataclasses

import pytest

from binance_ws.enums import Market
from binance_ws.streams.kinds import Kind, Order, Route, Stream

KLINE = Kind(
    Market.SPOT,
    "kline",
    "<symbol>@kline_<interval>",
    values={"interval": ("1m", "1M")},
    suffixes=("", "@+08:00"),
)
CONTRACT = Kind(Market.USDM, "c", "<pair>_<contract>@c", values={"contract": ("perpetual", "next_quarter")})
EXPIRY = Kind(Market.OPTIONS, "e", "<underlying>@e@<date>")
WHOLE = Kind(Market.SPOT, "all", "!all@arr", array=True)


@pytest.mark.parametrize(
    ("kind", "name", "groups"),
    [
        (KLINE, "btcusdt@kline_1m", {"symbol": "btcusdt", "interval": "1m", "suffix": ""}),
        (KLINE, "btcusdt@kline_1M@+08:00", {"symbol": "btcusdt", "interval": "1M", "suffix": "@+08:00"}),
        (KLINE, "这是测试币456@kline_1m", {"symbol": "这是测试币456", "interval": "1m", "suffix": ""}),
        (KLINE, "btcusdt@kline_2m", None),
        (KLINE, "btcusdt@kline_1m@+09:00", None),
        (KLINE, "btcusdt@kline_1m ", None),
        (KLINE, "a btc@kline_1m", None),
        (KLINE, "a/b@kline_1m", None),
        (KLINE, "@kline_1m", None),
        (KLINE, "btcusdt@kline_1m\n", None),
        (CONTRACT, "btcusd_next_quarter@c", {"pair": "btcusd", "contract": "next_quarter", "suffix": ""}),
        (CONTRACT, "btc_usd_perpetual@c", None),
        (EXPIRY, "btc@e@261225", {"underlying": "btc", "date": "261225", "suffix": ""}),
        (EXPIRY, "btc@e@26122", None),
        (WHOLE, "!all@arr", {"suffix": ""}),
        (WHOLE, "xall@arr", None),
    ],
)
def test_a_row_matches_its_names_alone(kind: Kind, name: str, groups: dict[str, str] | None) -> None:
    """A name is matched as a whole, case and all; placeholders take what they allow."""
    found = kind.pattern.fullmatch(name)
    assert (found and found.groupdict()) == groups


@pytest.mark.parametrize(
    ("kind", "placeholders"),
    [(KLINE, ("symbol", "interval")), (CONTRACT, ("pair", "contract")), (WHOLE, ())],
)
def test_placeholders_are_in_the_template_s_order(kind: Kind, placeholders: tuple[str, ...]) -> None:
    """Every pair of angle brackets is a placeholder."""
    assert kind.placeholders == placeholders


def test_a_stream_is_its_row_s_and_prints_as_its_name() -> None:
    """Market and route are those of the row; ``str`` is the exchange's name."""
    kind = Kind(Market.USDM, "x", "<symbol>@x", route=Route.PUBLIC)
    stream = Stream("btcusdt@x", kind, "btcusdt")
    assert (stream.market, stream.route, str(stream)) == (Market.USDM, Route.PUBLIC, "btcusdt@x")
    assert str(kind) == "usdm <symbol>@x"


def test_streams_of_one_name_differ_by_market() -> None:
    """Streams are values: equal, and one key of a dict, where name and row are."""
    spot, usdm = (Kind(market, "x", "<symbol>@x") for market in (Market.SPOT, Market.USDM))
    assert len({Stream("a@x", spot, "a"), Stream("a@x", spot, "a"), Stream("a@x", usdm, "a")}) == 2


def test_rows_and_streams_do_not_change() -> None:
    """They are shared by all threads."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        KLINE.event = "x"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Stream("a@x", KLINE).name = "b@x"  # type: ignore[misc]


def test_values_of_route_are_parts_of_urls() -> None:
    """A route is the word that stands in the path, and nothing where hosts have none."""
    assert [route.value for route in Route] == ["", "public", "market", "private"]
    assert len({order.value for order in Order}) == len(Order)
