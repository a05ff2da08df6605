"""Captures: what is understood, and what is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from binance_ws.errors import ArgumentError
from binance_ws.simulator import DEMO, Recording

LINE = b'{"t":5000000000,"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000000,"t":1}}\n'
SNAPSHOT = b'{"t":1,"symbol":"BTCUSDT","data":{"lastUpdateId":7,"bids":[],"asks":[]}}\n'


def test_the_shipped_recording_joins_its_snapshots() -> None:
    """Both symbols have trades, best prices and changes, and the first change contains the snapshot's id."""
    recording = Recording(DEMO)
    assert recording.streams == {
        f"{s}@{n}" for s in ("btcusdt", "ethusdt") for n in ("trade", "bookTicker", "depth@100ms")
    }
    for symbol, snapshot in recording.snapshots.items():
        name = f"{symbol.lower()}@depth@100ms"
        first = next(json.loads(f.payload) for f in recording.frames() if f.stream == name)
        assert first["U"] <= snapshot["lastUpdateId"] + 1 <= first["u"]
    assert 60e9 < recording.end - recording.start < 90e9


def test_the_shipped_recording_carries_its_licence() -> None:
    """The notice stands beside the recording."""
    folder = Recording(DEMO).path.parent
    notice = (folder / "NOTICE").read_text()
    assert "nkaz001" in notice
    assert "MIT License" in notice
    assert sum(f.stat().st_size for f in folder.iterdir()) < 3 << 20


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_plain_and_packed_files_are_read(tmp_path: Path, name: str) -> None:
    """Both kinds of file give the frames' payloads unchanged, and the snapshots."""
    data = SNAPSHOT + LINE + b"\n" + LINE
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    recording = Recording(tmp_path / name)
    frames = list(recording.frames())
    assert [f.payload for f in frames] == [b'{"e":"trade","E":1700000000000,"t":1}'] * 2
    assert (frames[0].at, frames[0].stream) == (5_000_000_000, "btcusdt@trade")
    assert recording.snapshots["BTCUSDT"]["lastUpdateId"] == 7
    assert recording.lead == 1_700_000_000_000_000_000 - 5_000_000_000


def test_other_spacing_is_understood(tmp_path: Path) -> None:
    """A line that is the same JSON written otherwise is a frame, too."""
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"stream": "a@trade", "data": {"e": "trade"}, "t": 3}))
    (frame,) = Recording(path).frames()
    assert (frame.at, frame.stream, frame.payload) == (3, "a@trade", b'{"e":"trade"}')


def test_snapshots_may_stand_beside(tmp_path: Path) -> None:
    """Snapshots of a file beside the capture are used if they name the capture."""
    (tmp_path / "x.jsonl").write_bytes(LINE)
    mine = {
        "t": 1,
        "capture": "x.jsonl",
        "symbol": "BTCUSDT",
        "data": {"lastUpdateId": 1, "bids": [], "asks": []},
    }
    other = {**mine, "capture": "y.jsonl", "symbol": "ETHUSDT"}
    beside = "\n".join(map(json.dumps, (mine, other))).encode()
    (tmp_path / "snapshots.jsonl.gz").write_bytes(gzip.compress(beside))
    assert set(Recording(tmp_path / "x.jsonl").snapshots) == {"BTCUSDT"}


@pytest.mark.parametrize("content", [b"", b"hello\n", b'{"t":"x","stream":"a","data":1}\n', b"[1]\n"])
def test_what_is_no_capture_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file and a line that is no frame are told with their place."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(ArgumentError, match=r"x\.jsonl"):
        Recording(path)


def test_a_missing_file_is_told() -> None:
    """There is one sentence for a file that is not there."""
    with pytest.raises(ArgumentError, match="cannot be read"):
        Recording("/nowhere/x.jsonl")


def test_a_long_recording_is_read_again_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit in memory gives the same frames, any number of times."""
    monkeypatch.setattr("binance_ws.simulator.recording._IN_MEMORY", 1)
    (tmp_path / "x.jsonl").write_bytes(LINE * 3)
    recording = Recording(tmp_path / "x.jsonl")
    assert [len(list(recording.frames())) for _ in range(2)] == [3, 3]


def start(market: str) -> bytes:
    """The line that a recording of a market begins with."""
    return b'{"t":1,"note":"start","format":1,"market":"%b"}\n' % market.encode()


@pytest.mark.parametrize(("market", "played"), [("spot", "spot"), ("usdm", "usdm"), ("coinm", "usdm")])
def test_a_recording_says_whose_frames_it_has(tmp_path: Path, market: str, played: str) -> None:
    """What it says counts, whatever its frames look like; both futures are served by one host."""
    (tmp_path / "x.jsonl").write_bytes(start(market) + LINE)
    assert Recording(tmp_path / "x.jsonl").market == played


def test_recordings_of_options_are_refused(tmp_path: Path) -> None:
    """The error says which can be replayed."""
    (tmp_path / "x.jsonl").write_bytes(start("options") + LINE)
    with pytest.raises(ArgumentError, match="is of options, which cannot be replayed: spot, usdm, coinm can"):
        Recording(tmp_path / "x.jsonl")


def test_all_files_of_a_recording_are_played(tmp_path: Path) -> None:
    """Notes and repaired messages are understood, and a file whose end is missing gives what is whole."""
    fetched = LINE.replace(b'"stream"', b'"backfilled":true,"stream"')
    note = b'{"t":1,"note":"gap","stream":"btcusdt@trade","first":1,"last":2}\n'
    packed = gzip.compress(start("spot") + LINE + fetched) + gzip.compress(note + LINE)[:-12]
    (tmp_path / "x.jsonl.gz").write_bytes(packed)
    (tmp_path / "x.0001.jsonl.gz").write_bytes(gzip.compress(start("spot") + SNAPSHOT + LINE))
    recording = Recording(tmp_path / "x.jsonl.gz")
    frames = list(recording.frames())
    assert 3 <= len(frames) <= 4
    assert {frame.payload for frame in frames} == {b'{"e":"trade","E":1700000000000,"t":1}'}
    assert recording.snapshots["BTCUSDT"]["lastUpdateId"] == 7
