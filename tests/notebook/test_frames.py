"""Messages as data frames."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from binance_ws.core.columns import TABLES, table_of
from binance_ws.errors import MissingExtra
from binance_ws.notebook import to_frame
from tests import payloads

pandas: Any = pytest.importorskip("pandas", reason="pandas makes the frames")
TRADE: dict[str, Any] = payloads.load("spot_trade.json")
BEST: dict[str, Any] = payloads.load("spot_book_ticker.json")


@pytest.fixture(params=["pandas", "polars"])
def package(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the two packages; polars where pandas is not installed."""
    pytest.importorskip(request.param, reason=f"{request.param} makes the frames")
    if request.param == "polars":
        monkeypatch.setitem(sys.modules, "pandas", None)
    return str(request.param)


def _types(frame: Any) -> dict[str, str]:
    return {name: str(frame[name].dtype) for name in frame.columns}


def test_the_types_of_columns(package: str) -> None:
    """Times are moments in UTC, prices floats, ids integers; what no message has is left out."""
    frame = to_frame([TRADE, TRADE])
    time, text = (
        ("datetime64[us, UTC]", "str") if package == "pandas" else ("Datetime('us', 'UTC')", "String")
    )
    decimal, integer = ("float64", "int64") if package == "pandas" else ("Float64", "Int64")
    boolean = "bool" if package == "pandas" else "Boolean"
    found = {
        name: kind.replace("time_unit=", "").replace("time_zone=", "") for name, kind in _types(frame).items()
    }
    if package == "pandas" and pandas.__version__ < "3":
        text = "object"
    assert found == {
        "time": time,
        "event_time": time,
        "symbol": text,
        "trade_id": integer,
        "price": decimal,
        "quantity": decimal,
        "buyer_is_maker": boolean,
    }
    assert frame["price"].to_list() == [0.001, 0.001]
    assert frame["time"][0].isoformat() == "2022-12-31T19:43:02.136000+00:00"
    assert list(getattr(frame, "index", [0, 1])) == [0, 1]


def test_wrapped_lists_and_microseconds(package: str) -> None:
    """The envelope is taken off, each entry of a list is a row, and times may be in either unit."""
    late = {**TRADE, "T": TRADE["T"] * 1000 + 7}
    frame = to_frame([{"stream": "bnbbtc@trade", "data": TRADE}, [TRADE, late]])
    assert [moment.microsecond for moment in frame["time"]] == [136_000, 136_000, 136_007]


def test_several_kinds_make_one_frame(package: str) -> None:
    """The first column tells them apart; what one kind lacks is missing there, and ids stay whole numbers."""
    frame = to_frame([TRADE, {**BEST, "u": 2**53 + 1}])
    assert frame.columns[0] == "kind"
    assert list(frame["kind"]) == ["trade", "book_ticker"]
    assert list(frame["update_id"])[1] == 2**53 + 1
    assert _types(frame)["trade_id"] == "Int64"
    assert _types(frame)["bid_price"] == ("float64" if package == "pandas" else "Float64")


def test_messages_without_a_table_come_flat(package: str) -> None:
    """Under the exchange's own names, with their stream where that is known."""
    frame = to_frame([{"stream": "user", "data": {"e": "x", "o": {"s": "BNBBTC"}}}])
    assert list(frame.columns) == ["stream", "e", "o.s"]
    assert list(to_frame([{"e": "x"}]).columns) == ["e"]


def test_nothing(package: str) -> None:
    """No message makes an empty frame."""
    assert len(to_frame([])) == 0


@pytest.mark.parametrize("name", payloads.MARKET)
def test_every_example_makes_a_frame(name: str) -> None:
    """Each message that the exchange's pages show."""
    message = payloads.load(name)
    frame = to_frame([message])
    assert len(frame) == (len(message) if isinstance(message, list) else 1)
    table = table_of(message[0] if isinstance(message, list) else message)
    assert table is None or set(frame.columns) <= {column.name for column in TABLES[table]}


def test_neither_package_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"binance-ws\[notebook\]"):
        to_frame([TRADE])
