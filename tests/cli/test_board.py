"""The numbers of ``top`` and how they are shown."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.cli.board import Board, Row, busiest
from binance_ws.cli.board_view import Look, json_line, lines, sparkline, table
from binance_ws.cli.console import Screen, counted
from binance_ws.core.lifecycle import State
from binance_ws.core.told import last_word
from binance_ws.enums import Market
from binance_ws.errors import ArgumentError, GaveUp, OpenError

ROW = Row("BTCUSDT", "61837.50000000", -1.25, 2.5e9, 12.34, 56.0, 0.25, (1.0, 2.0), 2)
EMPTY = Row("NEWUSDT", None, None, None, 0.0, None, None)


class FakeInfo:
    """The numbers of a socket that are shown, as :class:`binance_ws.info.SocketInfo` has them."""

    state, streams, messages, reconnects, gaps = State.OPEN, 2, 1234, 1, 0


def look(*rows: Row) -> Look:
    """A look at some symbols."""
    socket: Any = FakeInfo
    return Look("somewhere spot", rows, socket, "a note")


def drawn(shown: Look, width: int, height: int) -> list[str]:
    """The lines of a picture."""
    screen = Screen(width=width, height=height, file=io.StringIO(), record=True)
    screen.print(table(shown, width, height))
    return screen.export_text().splitlines()


def trade(stream: str, **data: Any) -> dict[str, Any]:
    """A message of a stream."""
    return {"stream": stream, "data": data}


def test_a_row_is_made_of_the_last_messages() -> None:
    """Price of the last trade, change and volume by the ticker, lag by the newest message's clock."""
    board = Board(["btcusdt"], Market.SPOT)
    assert [str(stream) for stream in board.streams] == ["btcusdt@trade", "btcusdt@miniTicker"]
    now = int(time.time() * 1000)
    board(trade("btcusdt@miniTicker", E=now - 9000, c="99.0", o="100.0", q="5000.5"))
    assert board.look()[0].price == "99.0"
    board(trade("btcusdt@trade", E=now - 50, p="110.50"))
    (row,) = board.look()
    assert (row.symbol, row.price, row.volume, row.decimals) == ("BTCUSDT", "110.50", 5000.5, 1)
    assert row.change == pytest.approx(10.5)
    assert row.lag is not None
    assert row.lag >= 49
    assert row.age is not None
    assert row.age >= 0


def test_a_rate_is_that_of_the_last_seconds() -> None:
    """Messages since the last look that is five seconds ago, however far apart looks are."""
    board = Board(["BTCUSDT"], Market.SPOT)
    watched = board._watched[0]
    rates = []
    for second in (0, 10, 20, 22, 24, 26):
        for _ in range(second):
            board(trade("btcusdt@trade", p="1"))
        rates.append(watched.look(float(second), 0.0).rate)
    assert rates == [0.0, 10 / 10, 20 / 10, 42 / 12, round(66 / 14, 1), 72 / 6]


@pytest.mark.parametrize(
    ("market", "symbol", "names"),
    [
        ("usdm", "BTCUSDT", ["btcusdt@aggTrade", "btcusdt@miniTicker"]),
        ("coinm", "BTCUSD_PERP", ["btcusd_perp@aggTrade", "btcusd_perp@miniTicker"]),
        (
            "options",
            "BTC-261225-60000-C",
            ["btc-261225-60000-c@optionTrade", "btc-261225-60000-c@optionTicker"],
        ),
    ],
)
def test_each_market_has_its_streams(market: str, symbol: str, names: list[str]) -> None:
    """One of trades and one of tickers; a symbol that is named twice has them once."""
    assert [str(stream) for stream in Board([symbol, symbol.lower()], Market(market)).streams] == names


def test_what_is_no_symbol_is_refused() -> None:
    """With a sentence."""
    with pytest.raises(ArgumentError, match="letters and digits"):
        Board(["BTC/USDT"], Market.SPOT)


def test_the_end_is_known() -> None:
    """Word that the connection is given up ends the looking."""
    board = Board(["BTCUSDT"], Market.SPOT)
    cause = OpenError("no route")
    board(last_word("k", cause))
    assert board.over.is_set()
    assert isinstance(board.failure, GaveUp)
    assert (str(board.failure), board.failure.__cause__) == ("no route", cause)


def test_the_busiest_by_volume_in_one_asset() -> None:
    """Those of the wanted quote asset; all where none is; COIN-M by contracts; none of another market."""
    volumes = {"AUSDT": "5", "BUSDT": "50", "CTRY": "5000", "DUSDT": "7"}
    tickers = [{"s": symbol, "q": volume, "v": str(-float(volume))} for symbol, volume in volumes.items()]
    assert busiest(tickers, Market.SPOT, "usdt", 2) == ["BUSDT", "DUSDT"]
    assert busiest(tickers, Market.SPOT, "EUR", 1) == ["CTRY"]
    assert busiest(tickers, Market.COINM, "USDT", 1) == ["AUSDT"]
    both = [{**ticker, "st": kind} for ticker, kind in zip(tickers, (1, 2, 1, 2), strict=True)]
    assert busiest(both, Market.USDM, "USDT", 9) == ["AUSDT"]
    assert busiest(both, Market.COINM, "TRY", 9) == ["DUSDT", "BUSDT"]


@given(st.lists(st.floats(-1e9, 1e9), max_size=40))
def test_a_sparkline_has_a_bar_each(values: list[float]) -> None:
    """The lowest is the shortest bar, the highest the tallest, and equal ones are alike."""
    bars = sparkline(values)
    assert len(bars) == len(values)
    if values:
        assert bars[values.index(min(values))] == "▁"
        assert len({bars[i] for i, value in enumerate(values) if value == max(values)}) == 1


@pytest.mark.parametrize(("width", "columns"), [(110, "volume age trend"), (85, "volume age"), (60, "")])
def test_a_narrow_terminal_has_fewer_columns(width: int, columns: str) -> None:
    """What matters is left: symbol, price, change, rate and lag, unbroken."""
    text = "\n".join(drawn(look(ROW, EMPTY), width, 24))
    assert all(name in text for name in (*columns.split(), "symbol", "price", "messages/s", "lag"))
    assert ("trend" in text) == ("trend" in columns)
    assert all(part in text for part in ("BTCUSDT", "61837.50", "-1.25 %", "12.3", "56 ms"))
    assert not any("…" in line for line in text.splitlines() if "USDT" in line)


@pytest.mark.parametrize("height", [24, 12, 9])
def test_a_low_terminal_has_fewer_rows(height: int) -> None:
    """The picture fits, and says how many are missing; the state of the connection stays."""
    shown = drawn(look(*[ROW] * 7), 100, height)
    rows = sum("BTCUSDT" in line for line in shown)
    assert len(shown) <= height
    assert ("more" in "".join(shown)) == (rows < 7)
    assert rows == 7 or f"and {7 - rows} more" in "\n".join(shown)
    assert any("open" in line and "1 reconnect " in line for line in shown)


def test_without_a_terminal() -> None:
    """A line each symbol that has a price; or one line of JSON, with the exchange's own text for the price."""
    assert lines(look(ROW, EMPTY)) == ["BTCUSDT 61837.50 -1.25 % 12.3/s lag 56 ms"]
    told = json.loads(json_line(look(ROW, EMPTY)))
    assert (told["state"], told["messages"], told["gaps"]) == ("open", 1234, 0)
    assert told["symbols"][0] == {
        "symbol": "BTCUSDT",
        "price": "61837.50000000",
        "change": -1.25,
        "volume": 2.5e9,
        "rate": 12.34,
        "lag": 56.0,
        "age": 0.25,
    }
    assert told["symbols"][1]["price"] is None


def test_counting() -> None:
    """One of a thing is one thing."""
    assert [counted(n, "gap") for n in (0, 1, 1000)] == ["0 gaps", "1 gap", "1,000 gaps"]
