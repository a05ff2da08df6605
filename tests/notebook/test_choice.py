"""Which pane shows a stream, and which view takes the place of which."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.enums import Market
from binance_ws.notebook.choice import Views, tile_of
from binance_ws.notebook.panes import CANDLES, Candles, Ladder, Price, Tile
from binance_ws.notebook.shell import Cell
from binance_ws.notebook.view import View
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.streams.lookup import classify, examples

ROW = [60_000, "1", "3", "0.5", "2", "10", 119_999, "20", 5, "5", "10", "0"]


@pytest.mark.parametrize(
    ("name", "market", "pane"),
    [
        ("btcusdt@kline_1m", "spot", Candles),
        ("btcusdt_perpetual@continuousKline_1m", "usdm", Candles),
        ("btcusdt@depth5", "spot", Ladder),
        ("btcusdt@trade", "spot", Price),
        ("!miniTicker@arr", "spot", Price),
    ],
)
def test_panes(name: str, market: str, pane: type[Tile]) -> None:
    """Candles, ladders, or prices."""
    assert type(tile_of(classify(name, market), lambda *args, **params: [])) is pane


@pytest.mark.parametrize("market", list(Market))
def test_every_stream_has_a_pane(market: Market) -> None:
    """Each kind of the catalogue says how it stands, before anything has come."""
    streams = {classify(name, market) for name in examples(market, "btcusdt") if name}
    assert {stream.kind for stream in streams} <= set(CATALOGUE)
    for stream in streams:
        tile = tile_of(stream, lambda *args, **params: [])
        assert tile.about()["title"]
        assert tile.now()["lag"] is None


def test_candles_before_are_asked_of_the_market() -> None:
    """As many as are shown, the latest; a row becomes a message."""
    asked: list[Any] = []

    def ask(*args: Any, **params: Any) -> Any:
        asked.append((args, params))
        return [ROW]

    tile = tile_of(classify("btcusdt@kline_5m", "usdm"), ask)
    assert tile.fetch()
    assert asked == [(("klines", Market.USDM, 5), {"symbol": "BTCUSDT", "interval": "5m", "limit": CANDLES})]
    assert tile.series(0) == {60_000: ["1", "3", "0.5", "2", "10"]}


def test_where_there_is_nothing_to_ask() -> None:
    """Options and continuous contracts have live candles alone."""
    assert not tile_of(classify("btcusdt_perpetual@continuousKline_1m", "usdm"), print).fetch()


@pytest.mark.parametrize(
    ("first", "second", "closed"),
    [
        (("a", None), ("a", None), True),
        (("a", None), ("b", None), False),
        (("a", Cell("1", "x")), ("b", Cell("1", "y")), True),
        (("a", Cell("1", "x")), ("b", Cell("1", "x")), False),
        (("a", Cell("1", "x")), ("b", Cell("2", "y")), False),
        (("a", Cell("1", "x")), ("b", None), False),
    ],
)
def test_an_elder_is_closed(
    first: tuple[str, Cell | None], second: tuple[str, Cell | None], closed: bool
) -> None:
    """One of the same streams, or of an earlier run of the same cell; not another one of the same run."""
    views, elder, younger = Views(), View([]), View([])
    views.replace(*first)
    views.add(*first, elder)
    views.replace(*second)
    views.add(*second, younger)
    assert (bool(elder.closed), younger.closed) == (closed, "")
