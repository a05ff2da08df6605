"""``binance-ws replay``, as a person runs it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.core.lines import framed, noted
from binance_ws.recorder import read

from .people import begin, first_line, run, stop

TRADE = "btcusdt@trade"
START = 1_723_110_000_000_000_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Ten trades, two hundredths of a second apart, and a note."""
    path = tmp_path / "x.jsonl"
    head = '{"stream":"btcusdt@trade","data":{"e":"trade","E":1723110000000,"s":"BTCUSDT","t":'
    frames = [
        f'{head}{number},"p":"5.0","q":"1.0","T":1723110000000,"m":true,"M":true}}}}' for number in range(10)
    ]
    lines = [framed(START + number * 20_000_000, frame.encode()) for number, frame in enumerate(frames)]
    path.write_bytes(b"".join([*lines[:5], noted(START, "gap", stream=TRADE, first=1, last=2), *lines[5:]]))
    return path


@pytest.mark.parametrize("speed", ["1", "max"])
def test_it_prints_the_messages(recording: Path, speed: str) -> None:
    """Each a line as it stands in the recording, at any speed; notes are left out."""
    code, out, err = run(None, "replay", str(recording), "--print", "--speed", speed)
    lines = [line for line in recording.read_text().splitlines() if '"note"' not in line]
    assert (code, out.splitlines(), err) == (0, lines, "")


def test_the_shipped_ones_can_be_printed() -> None:
    """By their names, and the end of a pipe is the end."""
    process = begin(None, "replay", "demo-usdm", "--print")
    assert json.loads(first_line(process))["stream"]
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_it_serves_a_recording_as_an_exchange(recording: Path, tmp_path: Path) -> None:
    """Another command records from it what was recorded, byte for byte, and a signal ends it."""
    served = begin(None, "replay", str(recording), "--port", "0", "--speed", "max", "--once")
    host = first_line(served).partition(" listens on ")[2].partition(";")[0]
    again = tmp_path / "again.jsonl.gz"
    code, _, err = run(None, "record", str(again), TRADE, "--host", host, "--seconds", "0.5")
    assert (code, err) == (0, "")
    first, second = ([record.data for record in read(path) if not record.note] for path in (recording, again))
    assert second == first
    code, _, err = stop(served, signal.SIGTERM)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl"], "the recording none.jsonl cannot be read: No such file"),
        (["demo", "--print", "--speed", "fast"], "speed is a number above 0, or max, not 'fast'"),
        (["demo", "--print", "--speed", "0"], "speed is a number above 0"),
        (["demo", "--speed", "-1"], "speed is a number over 0"),
        ([], "FILE"),
    ],
)
def test_what_cannot_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Is refused with a sentence and the code for that."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["replay", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
