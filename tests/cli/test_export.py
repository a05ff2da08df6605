"""``binance-ws export``, as a person runs it."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.core.lines import framed, noted
from binance_ws.core.packing import packer
from binance_ws.simulator.recording import SHIPPED

from .people import begin, run, stop, terminal

TRADE = b'{"stream":"s","data":{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"5.0","q":"1.0","T":1,"m":true}}'
DEPTH = b'{"stream":"s","data":{"e":"depthUpdate","U":1,"u":2}}'


def test_a_recording_becomes_tables(tmp_path: Path) -> None:
    """A file for each kind, with as many rows as it says, and what was left out."""
    target = tmp_path / "out"
    code, out, err = run(None, "export", str(SHIPPED["demo"]), str(target))
    *lines, rest = out.splitlines()
    counts = {path.name: pq.read_metadata(path).num_rows for path in target.iterdir()}
    assert (code, err) == (0, "")
    assert sorted(counts) == ["book_ticker.parquet", "trade.parquet"]
    assert sorted(lines) == sorted(f"{target / name}: {count:,} rows" for name, count in counts.items())
    assert rest.endswith(" messages are rows of no table")


def test_the_summary_as_json_and_warnings(tmp_path: Path) -> None:
    """The object says all; what the rows lack is said on stderr."""
    path, target = tmp_path / "x.jsonl", tmp_path / "x.parquet"
    path.write_bytes(framed(1, TRADE) + framed(2, DEPTH) + noted(3, "gap") + b'{"t":4')
    done = CliRunner().invoke(app, ["export", str(path), str(target), "--json", "--exact"])
    cut = ["x.jsonl: its last line is unfinished"]
    assert json.loads(done.stdout) == {"files": {str(target): 1}, "skipped": 1, "gaps": 1, "cut": cut}
    assert done.stderr.splitlines() == [f"the end of {cut[0]}", "1 gaps stayed in the recordings"]
    assert str(pq.read_schema(target).field("price").type) == "decimal128(38, 18)"


def packed(path: Path, count: int) -> Path:
    """A recording of so many messages."""
    way = packer(".jsonl.gz")
    path.write_bytes(way.pack(b"".join(framed(number, TRADE) for number in range(count))) + way.end())
    return path


def test_in_a_terminal_a_bar_shows_how_far_it_is(tmp_path: Path) -> None:
    """It is gone at the end; what was made stays."""
    path = packed(tmp_path / "x.jsonl.gz", 5000)
    with terminal(None, "export", str(path), str(tmp_path / "x.parquet"), width=200) as shown:
        shown.see("Exporting", r"/[\d.]+ (k|M)B")
        code, rest = shown.end()
    assert code == 0
    assert "5,000 rows" in rest


def test_interrupted_it_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C: its code, no traceback, no file."""
    path, pause = packed(tmp_path / "x.jsonl.gz", 150_000), threading.Event()
    process = begin(None, "export", str(path), str(tmp_path / "out" / "x.parquet"))
    while process.poll() is None and not list(tmp_path.glob("out/*")):
        pause.wait(0.01)
    code, out, err = stop(process, signal.SIGINT)
    assert (code, out, err) == (130, "", "")
    assert not list(tmp_path.glob("out/*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl", "x.parquet"], "the recording none.jsonl cannot be read: No such file"),
        (["a.jsonl", "b.jsonl"], "an export goes to a name that ends with .parquet, or to a directory"),
        (["a.jsonl"], "OUT"),
    ],
)
def test_what_cannot_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Is refused with a sentence and the code for that."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["export", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not list(tmp_path.iterdir())
