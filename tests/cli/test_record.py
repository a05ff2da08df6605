"""``binance-ws record``, as a person runs it."""

from __future__ import annotations

import errno
import json
import resource
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from binance_ws.cli import record as command
from binance_ws.cli.app import app
from binance_ws.core.packing import SUFFIXES
from binance_ws.recorder import Record, read
from binance_ws.recorder.files import Files
from binance_ws.simulator import Exchange

from .people import CTRL_C, SECONDS, begin, finish, run, stop, terminal

TRADE = "btcusdt@trade"
PAUSE = threading.Event()


def messages(path: Path) -> list[Record]:
    """The messages of a recording that may be under way, or not have begun."""
    return [record for record in read(path) if record.note is None] if path.exists() else []


def until(true: Callable[[], Any]) -> None:
    """Wait for something that another process does to the disk."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        PAUSE.wait(0.05)


def test_it_records_for_some_time(tmp_path: Path, exchange: Exchange) -> None:
    """What the exchange sent is there; one line at the end says how much, and nothing else is said."""
    path = tmp_path / "x.jsonl.zst"
    code, out, err = run(exchange, "record", str(path), TRADE, "ethusdt@bookTicker", "--seconds", "1")
    found = messages(path)
    assert (code, err) == (0, "")
    assert out.startswith(f"{len(found):,} frames in ")
    assert out.endswith(f": {path}\n")
    got = [record.data for record in found if record.stream == TRADE]
    sent = exchange.sent_bytes(TRADE)
    first = sent.index(got[0])
    assert got == sent[first : first + len(got)]


def test_the_summary_as_json(tmp_path: Path, exchange: Exchange) -> None:
    """One object, with every file."""
    path = tmp_path / "x.jsonl"
    options = ("--seconds", "1", "--max-size", "2kB", "--max-time", "1h", "--json", "--market", "usdm")
    code, out, err = run(exchange, "record", str(path), "btcusdt@bookTicker", *options)
    summary = json.loads(out)
    assert (code, err) == (0, "")
    assert summary["files"][:2] == [str(path), str(tmp_path / "x.0001.jsonl")]
    assert summary["frames"] == len(messages(path))
    assert summary["bytes"] == sum(Path(file).stat().st_size for file in summary["files"])
    assert (summary["gaps"], summary["dropped"], summary["error"]) == (0, 0, None)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_killed_it_leaves_what_was_flushed(tmp_path: Path, exchange: Exchange, suffix: str) -> None:
    """kill -9: what could be read before can be read after, in order, and the next recording goes on behind it."""
    path = tmp_path / f"x{suffix}"
    process = begin(exchange, "record", str(path), TRADE, "btcusdt@depth@100ms")
    until(lambda: len(messages(path)) >= 10)
    before = messages(path)
    code, _, err = stop(process, signal.SIGKILL)
    records = list(read(path))
    after = [record for record in records if record.note is None]
    assert (code, err) == (-signal.SIGKILL, "")
    assert after[: len(before)] == before
    assert records[-1].note is not None
    assert records[-1].note["note"] == "cut"
    ids = [record.message["t"] for record in after if record.stream == TRADE]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    if suffix == SUFFIXES[0]:
        assert run(exchange, "record", str(path), TRADE, "--seconds", "0.2")[0] == 0
        assert len(messages(path)) > len(after)
        assert [file.name for file in sorted(tmp_path.iterdir())] == ["x.0001.jsonl.zst", "x.jsonl.zst"]


def test_a_signal_ends_it_and_all_is_written(tmp_path: Path, exchange: Exchange) -> None:
    """Ctrl-C and SIGTERM: success where nothing else was to end it; the file is whole."""
    ends = {"a": (signal.SIGINT, (), 0), "b": (signal.SIGTERM, ("--seconds", "1000"), 143)}
    paths = {name: tmp_path / f"{name}.jsonl.gz" for name in ends}
    begun = {name: begin(exchange, "record", str(paths[name]), TRADE, *ends[name][1]) for name in ends}
    for name, (number, _, expected) in ends.items():
        process, path = begun[name], paths[name]
        until(partial(messages, path))
        code, out, err = stop(process, number)
        records = list(read(path))
        assert (code, err) == (expected, "")
        assert records[-1].note is not None
        assert records[-1].note["note"] == "end"
        assert out.startswith(f"{records[-1].note['frames']} frames in ")


def test_a_full_disk_is_a_failure(tmp_path: Path, exchange: Exchange) -> None:
    """It says why, and what was written before can be read."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, before[1]))
    try:
        process = begin(exchange, "record", str(tmp_path / "x.jsonl"), "btcusdt@bookTicker", TRADE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    code, out, err = finish(process)
    assert code == 1
    assert "File too large" in err
    assert "Traceback" not in err
    assert " frames in " in out
    assert len(messages(tmp_path / "x.jsonl")) > 5


def test_in_a_terminal(tmp_path: Path, exchange: Exchange) -> None:
    """A line tells frames, rate, size and gaps as they grow, and the last one the sum."""
    with terminal(exchange, "record", str(tmp_path / "x.jsonl.zst"), TRADE) as shown:
        shown.see(r"x\.jsonl\.zst   \d+ frames   \d+/s   [\d.]+ k?B   0 gaps", r"[1-9]\d* frames")
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert code == 0
    assert "frames in" in rest
    assert "Traceback" not in rest


def test_nobody_listens_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that says what to do, and the code of a failure."""
    monkeypatch.setattr(command, "CONNECT_SECONDS", 0.3)
    with Exchange() as gone:
        pass
    done = CliRunner().invoke(app, ["record", str(tmp_path / "x.jsonl"), TRADE, "--host", gone.host])
    assert done.exit_code == 1
    assert "not connected" in done.stderr
    assert done.stderr.count("binance-ws doctor") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x.csv", TRADE], "ends with .jsonl.zst, .jsonl.gz or .jsonl, not 'x.csv'"),
        (["none/x.jsonl", TRADE], "cannot be made: No such file"),
        (["x.jsonl", "btcusdt@trad"], "did you mean 'btcusdt@trade'?"),
        (["x.jsonl"], "STREAM"),
        (["x.jsonl", TRADE, "--max-size", "100 apples"], "it is written like 100MB"),
        (["x.jsonl", TRADE, "--max-size", "0"], "it is written like 100MB"),
        (["x.jsonl", TRADE, "--max-time", "soon"], "it is written like 1h"),
        (["x.jsonl", TRADE, "--environment", "moon"], "an environment is one of"),
    ],
)
def test_what_cannot_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Is refused before anything is made, with the code for that."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["record", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "size"), [("5", 5), ("1k", 1000), ("100MB", 10**8), ("1.5 gb", 1_500_000_000), ("0.1B", 1)]
)
def test_sizes(text: str, size: int) -> None:
    """In bytes and their thousands, in any case."""
    assert command._size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("2s", 2), ("30m", 1800), ("1H", 3600), ("1d", 86400)]
)
def test_times(text: str, seconds: float) -> None:
    """In seconds, minutes, hours and days."""
    assert command._seconds(text) == seconds


def test_an_end_that_cannot_be_written_is_no_success(
    tmp_path: Path, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is the ordinary end; what it could not write is an error all the same."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Files, "end", full)
    monkeypatch.setattr(command, "_follow", interrupted)
    done = CliRunner().invoke(app, ["record", str(tmp_path / "x.jsonl"), TRADE, "--host", exchange.host])
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
