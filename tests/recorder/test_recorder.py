"""Recordings as they are made: every message once, and what happened in its place."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.core.packing import SUFFIXES
from binance_ws.errors import ArgumentError, BinanceWsError, GaveUp
from binance_ws.recorder import Record, Recorder, files, read
from binance_ws.recorder import recorder as module
from binance_ws.simulator import Exchange
from binance_ws.streams import names

from ..peer import SECONDS
from ..waiting import Inbox

TRADES, DEPTH = "btcusdt@trade", "btcusdt@depth@100ms"


@pytest.fixture
def exchange(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    """A busy exchange; it plays the recording that a test names."""
    with Exchange(getattr(request, "param", None), speed=20) as made:
        yield made


@pytest.fixture
def manager(exchange: Exchange) -> Iterator[BinanceSocketManager]:
    """A started manager on it."""
    client = Client(environment=exchange.environment)
    with BinanceSocketManager(client, max_retries=None) as made:
        yield made
    made.join(SECONDS)
    client.close()


def until(exchange: Exchange, true: Callable[[], Any]) -> None:
    """Wait for something that the recorder does."""
    assert exchange.wait_for(true, SECONDS)


def more(exchange: Exchange, recorder: Recorder, count: int = 50) -> None:
    """Wait until so many frames more are written."""
    goal = recorder.frames + count
    until(exchange, lambda: recorder.frames >= goal)


def notes(records: list[Record], name: str) -> list[dict[str, Any]]:
    """The notes of a name."""
    return [record.note for record in records if record.note and record.note["note"] == name]


def ids(records: list[Record], stream: str) -> list[int]:
    """The ids of the trades of a stream."""
    return [record.message["t"] for record in records if record.stream == stream and not record.note]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_frame_is_there_as_it_was_sent(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager, suffix: str
) -> None:
    """Byte for byte, in order, between a note of the beginning and one of the end."""
    path = tmp_path / f"x{suffix}"
    with manager.record(path, TRADES, DEPTH, names.book_ticker("ETHUSDT")) as recorder:
        more(exchange, recorder, 200)
    records = list(read(path))
    for name in (TRADES, DEPTH, "ethusdt@bookTicker"):
        got = [record.data for record in records if record.stream == name]
        assert got
        assert got == exchange.sent_bytes(name)[: len(got)]
    start, *_, end = records
    assert start.note == {
        "t": start.time,
        "note": "start",
        "format": 1,
        "library": start.note and start.note["library"],
        "market": "spot",
        "environment": exchange.host,
        "streams": [TRADES, DEPTH, "ethusdt@bookTicker"],
        "part": 0,
    }
    assert end.note == {"t": end.time, "note": "end", "frames": recorder.frames, "dropped": 0}
    assert recorder.frames == sum(record.note is None for record in records)
    assert recorder.bytes == path.stat().st_size
    times = [record.time for record in records if record.note is None]
    assert times == sorted(times)
    assert (recorder.paths, recorder.error, recorder.closed, recorder.dropped) == ([path], None, True, 0)
    assert manager.sockets() == []


@pytest.mark.parametrize("exchange", ["demo"], indirect=True)
def test_what_happened_is_noted_where_it_happened(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager
) -> None:
    """Each trade is there once; what REST repaired is marked; the gaps of the book are noted."""
    with manager.record(tmp_path / "x.jsonl.gz", TRADES, DEPTH) as recorder:
        more(exchange, recorder)
        exchange.faults.reset()
        until(exchange, lambda: recorder.reconnects == 1 and recorder.backfilled)
        more(exchange, recorder)
        before = recorder.backfilled
        with exchange.faults.gap(TRADES, 3):
            until(exchange, lambda: recorder.backfilled >= before + 3)
        gaps = recorder.gaps
        with exchange.faults.gap(DEPTH, 2):
            until(exchange, lambda: recorder.gaps > gaps)
        more(exchange, recorder)
    records = list(read(tmp_path / "x.jsonl.gz"))
    found = ids(records, TRADES)
    assert found == list(range(found[0], found[-1] + 1))
    assert sum(record.backfilled for record in records) == recorder.backfilled
    assert [len(notes(records, name)) for name in ("connected", "lost")] == [2, 1]
    assert len(notes(records, "snapshot")) >= 2
    assert sum(note["count"] for note in notes(records, "backfilled")) == recorder.backfilled
    _check_gaps(records, recorder.gaps)


def _check_gaps(records: list[Record], count: int) -> None:
    """Each note of a gap stands between the changes of the book that it says are missing."""
    gaps, last = 0, None
    for record in records:
        if record.stream != DEPTH:
            continue
        if record.note:
            assert last is not None
            assert record.note["first"] == last + 1
            last, gaps = record.note["last"], gaps + 1
        else:
            assert last is None or record.message["U"] == last + 1
            last = record.message["u"]
    assert gaps == count >= 2


def test_a_recording_is_one_of_its_market(tmp_path: Path) -> None:
    """USD-M's frames come from its own host; streams of several markets are refused."""
    with Exchange("demo-usdm", speed=20) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client) as manager:
            spot = manager.record(tmp_path / "spot.jsonl", TRADES)
            futures = manager.record(tmp_path / "usdm.jsonl", TRADES, "btcusdt@depth@100ms", market="usdm")
            assert (spot.key, futures.key) == (
                "record=btcusdt@trade",
                "record=usdm:btcusdt@trade/usdm:btcusdt@depth@100ms",
            )
            more(exchange, futures)
            more(exchange, spot)
            with pytest.raises(ArgumentError, match="streams of one market"):
                manager.record(tmp_path / "x.jsonl", TRADES, names.agg_trade("btcusdt", "usdm"))
        client.close()
    assert spot.closed
    start, *records = read(tmp_path / "usdm.jsonl")
    assert start.note is not None
    assert start.note["market"] == "usdm"
    assert any("pu" in record.message for record in records if not record.note)
    assert not (tmp_path / "x.jsonl").exists()


def test_it_begins_with_the_manager(tmp_path: Path, exchange: Exchange) -> None:
    """Recorded before the start it connects with it; the manager's end is its end; the next goes on behind it."""
    client = Client(environment=exchange.environment)
    manager = BinanceSocketManager(client)
    for number in (0, 1):
        recorder = manager.record(tmp_path / "x.jsonl", TRADES)
        assert recorder.paths == [tmp_path / ("x.jsonl", "x.0001.jsonl")[number]]
        assert not recorder.wait(0)
        with manager:
            more(exchange, recorder, 5)
        assert recorder.wait(SECONDS)
        manager.join(SECONDS)
    client.close()
    records = list(read(tmp_path / "x.jsonl"))
    assert len(notes(records, "start")) == len(notes(records, "end")) == 2


def test_a_stopped_socket_ends_its_recording(tmp_path: Path, manager: BinanceSocketManager) -> None:
    """However it is stopped, once or more; then its streams can be recorded anew."""
    first = manager.record(tmp_path / "a.jsonl", TRADES)
    with pytest.raises(ArgumentError, match="recorded already"):
        manager.record(tmp_path / "b.jsonl", TRADES)
    manager.stop_socket(first.key)
    assert first.closed
    second = manager.record(tmp_path / "b.jsonl", TRADES)
    first.close()
    assert not second.closed
    second.close()
    second.close()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.jsonl", "b.jsonl"]
    assert manager._listeners == []


def test_it_shows_itself(tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager) -> None:
    """Name, state, frames and size in a line."""
    recorder = manager.record(tmp_path / "x.jsonl", TRADES)
    assert repr(recorder).startswith("<Recorder x.jsonl recording, ")
    recorder.close()
    assert repr(recorder).startswith("<Recorder x.jsonl closed, ")
    assert module.size_text(999) == "999 B"
    assert module.size_text(1_250_000) == "1.2 MB"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"max_bytes": 0}, "max_bytes is a number above 0"),
        ({"max_seconds": -1}, "max_seconds"),
        ({"buffer_bytes": "1MB"}, "buffer_bytes"),
        ({"market": "moon"}, "moon"),
        ({"path": "x.csv"}, "ends with"),
        ({"path": "none/x.jsonl"}, "cannot be made: No such file"),
        ({"streams": ()}, "at least one stream"),
        ({"streams": ("BTCUSDT@trade",)}, "lower-case"),
    ],
)
def test_what_cannot_be_recorded(
    tmp_path: Path, manager: BinanceSocketManager, arguments: dict[str, Any], text: str
) -> None:
    """It is told at once, and nothing is left: no socket, no file, no listener."""
    given = {"path": "x.jsonl", "streams": (TRADES,), **arguments}
    with pytest.raises(ArgumentError, match=text):
        manager.record(tmp_path / given.pop("path"), *given.pop("streams"), **given)
    assert manager.sockets() == []
    assert manager._listeners == []
    assert not list(tmp_path.iterdir())


class Full(FileIO):
    """A file on a disk that takes no more after a while."""

    left = 2000

    def write(self, data: Any) -> int:
        """Write, if there is room."""
        if self.left < len(data):
            raise OSError(28, "No space left on device")
        Full.left -= len(data)
        return super().write(data)


def test_a_full_disk_ends_the_recording_and_nothing_else(
    tmp_path: Path,
    exchange: Exchange,
    manager: BinanceSocketManager,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The error is logged and kept, what was written can be read, the key is free, other sockets live on."""
    monkeypatch.setattr(files, "FileIO", Full)
    monkeypatch.setattr(Full, "left", 2000)
    inbox = Inbox()
    manager.start_trade_socket("ETHUSDT", inbox)
    with caplog.at_level(logging.ERROR, "binance_ws"):
        recorder = manager.record(tmp_path / "x.jsonl", TRADES)
        assert recorder.wait(SECONDS)
    assert type(recorder.error) is BinanceWsError
    assert "x.jsonl has ended: No space left on device" in str(recorder.error)
    assert isinstance(recorder.error.__cause__, OSError)
    assert str(recorder.error) in caplog.text
    assert "stopped: the recording" in repr(recorder)
    assert [info.key for info in manager.sockets()] == ["ethusdt@trade"]
    inbox.wait(len(inbox.messages) + 5)
    assert list(read(tmp_path / "x.jsonl"))[-1].note
    recorder.close()


def test_a_vanished_directory_ends_the_recording(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could ever read what would be written on."""
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.0)
    (tmp_path / "sub").mkdir()
    recorder = manager.record(tmp_path / "sub" / "x.jsonl", TRADES)
    more(exchange, recorder, 5)
    recorder.paths[0].unlink()
    (tmp_path / "sub").rmdir()
    assert recorder.wait(SECONDS)
    assert "the file was removed" in str(recorder.error)
    assert manager.sockets() == []


def test_a_connection_that_is_given_up_ends_the_recording(tmp_path: Path, exchange: Exchange) -> None:
    """The reason is the error and stands in the file."""
    client = Client(environment=exchange.environment)
    with BinanceSocketManager(client, max_retries=0) as manager:
        recorder = manager.record(tmp_path / "x.jsonl.zst", TRADES)
        more(exchange, recorder, 5)
        with exchange.faults.refuse(), exchange.faults.reset():
            assert recorder.wait(SECONDS)
    manager.join(SECONDS)
    client.close()
    assert isinstance(recorder.error, GaveUp)
    *_, given_up, end = read(tmp_path / "x.jsonl.zst")
    assert given_up.note is not None
    assert given_up.note["note"] == "given_up"
    assert given_up.note["cause"] == str(recorder.error)
    assert end.note is not None
    assert end.note["note"] == "end"


def test_a_disk_that_is_too_slow_costs_messages_but_no_reading(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What found no room is counted and noted; ids and counts add up."""
    monkeypatch.setattr(module, "_TICK_SECONDS", 0.4)
    recorder = manager.record(tmp_path / "x.jsonl", TRADES, buffer_bytes=500)
    until(exchange, lambda: recorder.dropped > 5 and recorder.frames > 5)
    recorder.close()
    records = list(read(tmp_path / "x.jsonl"))
    assert sum(note["count"] for note in notes(records, "dropped")) == recorder.dropped
    found, last = 0, None
    for record in records:
        if record.note and record.note["note"] == "dropped" and last is not None:
            last += record.note["count"]
        elif not record.note:
            assert last is None or record.message["t"] == last + 1
            last, found = record.message["t"], found + 1
    assert found == recorder.frames


def test_rotation_by_size_loses_nothing(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file has its own beginning and number; read by the first name they are one recording."""
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.1)
    path = tmp_path / "x.jsonl.gz"
    with manager.record(path, TRADES, max_bytes=1000) as recorder:
        until(exchange, lambda: len(recorder.paths) >= 3)
    records = list(read(path))
    assert [note["part"] for note in notes(records, "start")] == list(range(len(recorder.paths)))
    found = ids(records, TRADES)
    assert found == list(range(found[0], found[-1] + 1))
    assert len(found) == recorder.frames


REPLAYED = [
    ("demo", "spot", (TRADES, "btcusdt@bookTicker", DEPTH)),
    (None, "usdm", ("btcusdt@bookTicker", DEPTH)),  # of one route, and so of one connection
    (None, "coinm", ("btcusd_perp@aggTrade", "btcusd_perp@bookTicker", "btcusd_perp@depth@100ms")),
]


@pytest.mark.parametrize(("source", "market", "streams"), REPLAYED)
def test_a_recording_is_replayed_as_it_was(
    tmp_path: Path, source: str | None, market: str, streams: tuple[str, ...]
) -> None:
    """Recorded, served by the simulated exchange and recorded again, the payloads are the same."""
    first, second = tmp_path / "first.jsonl.zst", tmp_path / "second.jsonl.gz"
    with Exchange(source, speed="max" if source else 20, loop=False) as exchange:
        payloads = recorded(exchange, first, streams, market, endless=source is None)
    with Exchange(first, speed="max", loop=False) as exchange:
        assert recorded(exchange, second, streams, market) == payloads
    assert len(payloads) > 300


def recorded(
    exchange: Exchange, path: Path, streams: tuple[str, ...], market: str, endless: bool = False
) -> list[tuple[str, bytes]]:
    """The payloads of what is recorded until the exchange has no more, or a while long."""
    client = Client(environment=exchange.environment)
    with BinanceSocketManager(client) as manager:
        recorder = manager.record(path, *streams, market=market, max_bytes=100_000, snapshots=False)
        until(exchange, lambda: exchange.finished or (endless and recorder.frames > 400))
        deadline = time.monotonic() + SECONDS
        while exchange.finished and recorder.frames < _sent(exchange, streams, market):
            assert not recorder.wait(0.01)
            assert time.monotonic() < deadline
    manager.join(SECONDS)
    client.close()
    return [(record.stream, record.data) for record in read(path) if not record.note]


def _sent(exchange: Exchange, streams: tuple[str, ...], market: str) -> int:
    return sum(len(exchange.sent_bytes(stream, market)) for stream in streams)


def test_lines_are_what_the_page_says(
    tmp_path: Path, exchange: Exchange, manager: BinanceSocketManager
) -> None:
    """A plain recording is lines of JSON whose frames stand there verbatim."""
    with manager.record(tmp_path / "x.jsonl", TRADES) as recorder:
        more(exchange, recorder, 5)
    lines = (tmp_path / "x.jsonl").read_bytes().splitlines()
    sent = exchange.sent_bytes(TRADES)
    bodies = [line.partition(b",")[2] for line in lines if b'"data"' in line]
    assert bodies == [b'"stream":"btcusdt@trade","data":' + data + b"}" for data in sent[: len(bodies)]]
    assert all(isinstance(json.loads(line)["t"], int) for line in lines)
