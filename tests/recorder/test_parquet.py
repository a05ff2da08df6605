"""Recordings as Parquet: the same rows and types for whoever opens them."""

from __future__ import annotations

import datetime
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet as pq
import pytest

from binance_ws.core.columns import TABLES
from binance_ws.core.lines import END, START, fetched, framed, noted
from binance_ws.errors import ArgumentError, MissingExtra
from binance_ws.recorder import export, tables

from .. import payloads

RECEIVED = 1_723_110_000_000_000_000
UTC = datetime.timezone.utc
MINE = ["received", "backfilled", "market"]


def line(data: Any, number: int = 0) -> bytes:
    """The line of a message."""
    return framed(RECEIVED + number * 1000, b'{"stream":"s","data":%b}' % json.dumps(data).encode())


def recording(path: Path, *lines: bytes, market: str = "usdm") -> Path:
    """A recording with these lines."""
    path.write_bytes(b"".join([noted(1, START, market=market), *lines, noted(2, END)]))
    return path


def trade(number: int, **other: Any) -> dict[str, Any]:
    """A trade."""
    return {**payloads.load("spot_trade.json"), "t": number, "p": f"0.{number:08d}", **other}


@pytest.mark.parametrize("exact", [False, True])
def test_everybody_reads_the_same(tmp_path: Path, exact: bool) -> None:
    """pyarrow, pandas, polars and DuckDB agree on every value, and times are of UTC."""
    lines = [line(trade(number), number) for number in range(1, 100)]
    target = tmp_path / "out.parquet"
    made = export(recording(tmp_path / "x.jsonl", *lines, fetched(RECEIVED, "s", trade(0))), target, exact)
    assert made == ({target: 100}, 0, 0, [])
    rows = pq.read_table(target).to_pylist()
    assert rows[0] == {
        "time": datetime.datetime(2022, 12, 31, 19, 43, 2, 136000, UTC),
        "event_time": datetime.datetime(2022, 12, 31, 19, 43, 2, 136000, UTC),
        "symbol": "BNBBTC",
        "trade_id": 1,
        "price": Decimal("0.00000001") if exact else 1e-8,
        "quantity": Decimal(100) if exact else 100.0,
        "buyer_is_maker": True,
        "order_type": None,
        "received": datetime.datetime(2024, 8, 8, 9, 40, 0, 1, UTC),
        "backfilled": False,
        "market": "usdm",
    }
    assert [row["backfilled"] for row in rows].count(True) == 1
    assert polars.read_parquet(target).to_dicts() == rows
    with duckdb.connect() as database:
        database.execute("set timezone = 'UTC'")
        assert database.read_parquet(str(target)).to_arrow_table().to_pylist() == rows
    frame = pandas.read_parquet(target)
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"
    kept = [name for name in rows[0] if name != "order_type"]
    assert frame[kept].to_dict("records") == [{name: row[name] for name in kept} for row in rows]
    assert frame["order_type"].isna().all()


def test_the_types_are_those_of_the_columns(tmp_path: Path) -> None:
    """Timestamps of microseconds in UTC, floats or decimals, integers, booleans and text."""
    lines = [line(payloads.load(name)) for name in ("usdm_kline.json", "spot_book_ticker.json")]
    path = recording(tmp_path / "x.jsonl", *lines)
    for exact, number in ((False, pyarrow.float64()), (True, pyarrow.decimal128(38, 18))):
        export(path, tmp_path / "out", exact)
        schema = pq.read_schema(tmp_path / "out" / "kline.parquet")
        assert schema.names == [*(column.name for column in TABLES["kline"]), *MINE]
        assert schema.field("open_time").type == pyarrow.timestamp("us", tz="UTC")
        assert schema.field("open").type == number
        others = [str(schema.field(name).type) for name in ("trades", "closed", "interval")]
        assert others == ["int64", "bool", "string"]
    (best,) = pq.read_table(tmp_path / "out" / "book_ticker.parquet").to_pylist()
    assert (best["time"], best["bid_price"]) == (None, Decimal("25.3519"))


@pytest.mark.parametrize(
    "name", sorted(n for n in payloads.MARKET if n.startswith(("spot", "usdm", "coinm")))
)
def test_every_example_can_be_exported(tmp_path: Path, name: str) -> None:
    """A message is a row of its table, or is counted as none."""
    path = recording(tmp_path / "x.jsonl", line(trade(1)), line(payloads.load(name)))
    made = export(path, tmp_path / "out", True)
    assert sum(made.files.values()) + made.skipped >= 2
    assert all(pq.read_metadata(file).num_rows == rows for file, rows in made.files.items())


def test_each_kind_gets_a_file(tmp_path: Path) -> None:
    """A directory gets a file for each kind; a name gets the kind put into it where there are several."""
    others = [payloads.load(f"spot_{name}.json") for name in ("mini_ticker_arr", "depth_diff")]
    path = recording(tmp_path / "x.jsonl", *map(line, [trade(1), *others]))
    for target, names in (
        ("some/where", ["mini_ticker.parquet", "trade.parquet"]),
        ("many/out.parquet", ["out.mini_ticker.parquet", "out.trade.parquet"]),
    ):
        made = export([path], str(tmp_path / target))
        assert sorted(file.name for file in made.files) == names
        assert made.skipped == 1
        folder = next(iter(made.files)).parent
        assert sorted(file.name for file in folder.iterdir()) == names
    with duckdb.connect() as database:
        found = database.execute(f"select count(*) from '{tmp_path}/*/*.trade.parquet'").fetchone()
    assert found == (1,)


def test_rows_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no more than a group is held in memory."""
    monkeypatch.setattr(tables, "GROUP_ROWS", 10)
    path = recording(tmp_path / "x.jsonl", *(line(trade(number)) for number in range(25)))
    export(path, tmp_path / "out.parquet")
    metadata = pq.read_metadata(tmp_path / "out.parquet")
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [10, 10, 5]
    assert pq.read_table(tmp_path / "out.parquet")["trade_id"].to_pylist() == list(range(25))


def test_times_may_be_of_microseconds(tmp_path: Path) -> None:
    """Both units in one recording mean the same moment."""
    fine = trade(2, T=1672515782136001, E=1672515782136001)
    export(recording(tmp_path / "x.jsonl", line(trade(1)), line(fine)), tmp_path / "out.parquet")
    first, second = pq.read_table(tmp_path / "out.parquet")["time"].to_pylist()
    assert second - first == datetime.timedelta(microseconds=1)


def test_numbers_that_are_not_text_are_understood(tmp_path: Path) -> None:
    """As recordings of other programs have them."""
    path = recording(tmp_path / "x.jsonl", line(trade(1, p=1.5)), line(trade(2, p=None)))
    export(path, tmp_path / "out.parquet", True)
    assert pq.read_table(tmp_path / "out.parquet")["price"].to_pylist() == [Decimal("1.5"), None]


def test_gaps_and_missing_ends_are_told(tmp_path: Path) -> None:
    """Whoever analyses the rows should know what they lack."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(
        noted(1, START) + line(trade(1)) + noted(2, "gap", stream="s", first=2, last=3) + b'{"t":'
    )
    made = export(path, tmp_path / "out.parquet")
    assert (made.gaps, made.cut) == (1, ["x.jsonl: its last line is unfinished"])


def test_progress_is_told(tmp_path: Path) -> None:
    """In bytes of the recording."""
    path, told = recording(tmp_path / "x.jsonl", line(trade(1))), list[int]()
    export(path, tmp_path / "out.parquet", progress=told.append)
    assert sum(told) == path.stat().st_size


@pytest.mark.parametrize(
    ("lines", "target", "text"),
    [
        ([], "out.parquet", "nothing to export"),
        ([line({"e": "depthUpdate"})], "out.parquet", "nothing to export"),
        ([line(trade(1, p="high"))], "out.parquet", "column price has a value that is no decimal"),
        ([line(trade(1, t="one"))], "out.parquet", "column trade_id has a value that is no integer"),
        ([line(trade(2**70))], "out.parquet", "column trade_id"),
        ([line(trade(1, m="yes"))], "out.parquet", "column buyer_is_maker has a value that is no boolean"),
        ([b'{"t":1,"stream":"s","data":{"e":}}\n'], "out.parquet", "is not JSON"),
        ([line(trade(1))], "y.jsonl.gz", "goes to a name that ends with .parquet"),
        ([line(trade(1))], "x.jsonl/out.parquet", "cannot be written"),
    ],
)
def test_what_cannot_be_exported(tmp_path: Path, lines: list[bytes], target: str, text: str) -> None:
    """One sentence says why, and nothing half-done is left."""
    path = recording(tmp_path / "x.jsonl", *lines)
    with pytest.raises(ArgumentError, match=text):
        export(path, tmp_path / target)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    """An export that fails leaves the one before as it is."""
    target = tmp_path / "out.parquet"
    export(recording(tmp_path / "x.jsonl", line(trade(1))), target)
    before = target.read_bytes()
    with pytest.raises(ArgumentError):
        export(recording(tmp_path / "y.jsonl", line(trade(1)), b"rubbish\n"), target)
    assert target.read_bytes() == before
    export(recording(tmp_path / "z.jsonl", line(trade(1)), line(trade(2))), target)
    assert pq.read_metadata(target).num_rows == 2


def test_without_pyarrow_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is made."""
    path = recording(tmp_path / "x.jsonl", line(trade(1)))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"binance-ws\[record\]"):
        export(path, tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == [path]
