"""Tests of the rows against an example of every message that the exchange sends."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest

from binance_ws.core.sequence import REPEATED, tracker
from binance_ws.enums import Market
from binance_ws.streams.catalogue import CATALOGUE, KINDS
from binance_ws.streams.kinds import Kind, Order, Route
from binance_ws.streams.lookup import classify, examples
from binance_ws.streams.messages import is_shutdown, reply
from tests.payloads import INDEX, MARKET, load, patterns

SAME_AS = {(Market.COINM, "!markPrice@arr"): (Market.USDM, "!markPrice@arr")}
"""Rows whose messages the exchange describes on another market's page."""

WITNESSES: dict[Order, tuple[str, ...]] = {
    Order.NONE: (),
    Order.TRADE_ID: ("t",),
    Order.AGGREGATE_ID: ("a",),
    Order.UPDATE_RANGE: ("U", "u"),
    Order.PREVIOUS_UPDATE: ("pu", "u"),
    Order.UPDATE_ID: ("u",),
    Order.LAST_UPDATE_ID: ("lastUpdateId",),
    Order.KLINE: ("E", "k"),
    Order.EVENT_TIME: ("E",),
}
"""The keys by which messages are put in order."""


def _rows(name: str) -> list[Kind]:
    market = INDEX[name]["market"]
    known = [template for template, _ in patterns(name)]
    return [kind for kind in CATALOGUE if kind.market == market and kind.template in known]


def _one(message: Any) -> dict[str, Any]:
    first = message[0] if isinstance(message, list) else message
    assert isinstance(first, dict)
    return first


@pytest.mark.parametrize("name", MARKET)
def test_each_pattern_has_one_row(name: str) -> None:
    """The pattern of a page is the template of exactly one row of its market, with its suffixes and route."""
    template, suffixes = patterns(name)[0]
    rows = [kind for kind in _rows(name) if kind.template == template]
    assert len(rows) == 1
    assert suffixes <= set(rows[0].suffixes)
    assert rows[0].route is Route(INDEX[name].get("route", "/").split(" ")[0][1:])


@pytest.mark.parametrize("name", MARKET)
def test_each_message_is_as_its_row_says(name: str) -> None:
    """A message is a list where the row says so, has one of its events, and what puts it in order."""
    message, row = load(name), _rows(name)[0]
    assert isinstance(message, list) is row.array
    assert _one(message).get("e", "") in (row.event.split() or [""])
    assert _one(message).keys() >= set(WITNESSES[row.order])


def test_each_documented_row_has_a_message() -> None:
    """There is an example of every stream that a page names."""
    seen = {(INDEX[n]["market"], template) for n in MARKET for template, _ in patterns(n)}
    rows = {(kind.market, kind.template) for kind in CATALOGUE if kind.documented}
    assert {row for row in rows if SAME_AS.get(row, row) not in seen} == set()


def test_every_event_of_every_row_is_known_from_a_message() -> None:
    """No row claims an event that no message has; windows and sessions share rows."""
    seen = {(row.market, _one(load(n)).get("e", "")) for n in MARKET for row in _rows(n)}
    claimed = {
        (row.market, event) for row in CATALOGUE for event in row.event.split() or [""] if row.documented
    }
    unseen = {(Market.SPOT, "4hTicker"), (Market.SPOT, "1dTicker")}
    assert claimed - seen <= unseen


def test_a_row_is_found_by_market_and_name() -> None:
    """No two rows of a market share a name or a template."""
    assert list(KINDS.values()) == list(CATALOGUE)
    assert len({(kind.market, kind.template) for kind in CATALOGUE}) == len(CATALOGUE)
    assert {kind.market for kind in CATALOGUE} == set(Market)


@pytest.mark.parametrize("kind", CATALOGUE, ids=str)
def test_a_row_is_whole(kind: Kind) -> None:
    """Listed values belong to placeholders, routes to markets that have them, periods to no silence."""
    assert set(kind.values) <= set(kind.placeholders)
    assert all(kind.values.values())
    assert kind.suffixes
    assert len(set(kind.suffixes)) == len(kind.suffixes)
    assert (kind.route is not Route.NONE) == (kind.market in (Market.USDM, Market.OPTIONS))
    assert kind.period is None or kind.period > 0
    assert all(suffix == "" or suffix.startswith("@") for suffix in kind.suffixes)


@pytest.mark.parametrize("market", list(Market))
def test_names_of_different_rows_are_different(market: Market) -> None:
    """Every value of every placeholder with every suffix gives a name of its own, and it is classified."""
    names = list(examples(market, "btcusd"))
    # A COIN-M name with a pair means the pair's; with an underscore it means the symbol's.
    doubled = {"btcusd@markPrice", "btcusd@markPrice@1s"} if market is Market.COINM else set()
    assert {a for a, b in itertools.pairwise(sorted(names)) if a == b} == doubled
    assert all(classify(name, market).name == name for name in names)


def test_what_a_market_lacks() -> None:
    """Facts that are easily got wrong: intervals, speeds that must be named, contracts."""
    assert "1s" in KINDS[Market.SPOT, "kline"].values["interval"]
    assert "1s" not in KINDS[Market.USDM, "kline"].values["interval"]
    assert "1s" in KINDS[Market.USDM, "continuous_kline"].values["interval"]
    assert "1s" not in KINDS[Market.COINM, "continuous_kline"].values["interval"]
    assert not {"8h", "1M", "1s"} & set(KINDS[Market.OPTIONS, "kline"].values["interval"])
    assert "" not in KINDS[Market.OPTIONS, "depth"].suffixes
    assert KINDS[Market.USDM, "rpi_depth"].suffixes == ("@500ms",)
    assert not {"@500ms", "@0ms"} & set(KINDS[Market.SPOT, "depth"].suffixes)
    assert "tradifi_perpetual" not in KINDS[Market.COINM, "continuous_kline"].values["contract"]
    assert [k.template for k in CATALOGUE if not k.documented] == [
        "!ticker@arr",
        "!bookTicker",
        "<symbol>@trade",
    ]


def test_one_speed_is_on_no_page() -> None:
    """Books of futures at once are known from captures alone; every other speed of a book is documented."""
    listed = {(INDEX[n]["market"], t): suffixes for n in MARKET for t, suffixes in patterns(n)}
    books = [kind for kind in CATALOGUE if kind.event == "depthUpdate" or kind.name == "partial_depth"]
    more = {kind: set(kind.suffixes) - listed[kind.market, kind.template] for kind in books}
    at_once = {kind for kind, suffixes in more.items() if suffixes == {"@0ms"}}
    assert {str(kind) for kind in at_once} == {
        f"{market} <symbol>@{name}" for market in ("usdm", "coinm") for name in ("depth", "depth<levels>")
    }
    assert {kind for kind, suffixes in more.items() if suffixes} == at_once


@pytest.mark.parametrize("name", MARKET)
def test_each_message_goes_through_sequence_and_is_no_answer(name: str) -> None:
    """The first is the next of its stream, the same again is repeated where the stream has an order."""
    row, message = _rows(name)[0], load(name)
    stream = classify(
        next(iter(examples(row.market, "btcusd_perp" if row.market == "coinm" else "btcusdt"))), row.market
    )
    track = tracker(dataclasses.replace(stream, kind=row))
    assert track.step(message) is None
    assert (track.step(message) is REPEATED) is (row.order is not Order.NONE)
    assert isinstance(message, list) or (reply(message) is None and not is_shutdown(message))
