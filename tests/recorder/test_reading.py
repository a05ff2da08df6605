"""Recordings as iterators."""

from __future__ import annotations

from pathlib import Path

import pytest

from binance_ws.core.lines import framed, noted
from binance_ws.errors import ArgumentError
from binance_ws.recorder import read, reading, replay

SECOND = 1_000_000_000


def write(path: Path, *seconds: float) -> Path:
    """A recording with messages of these moments, and a note at the last of them."""
    frame = b'{"stream":"a@trade","data":{}}'
    lines = [framed(int(second * SECOND), frame) for second in seconds]
    path.write_bytes(b"".join([*lines, noted(int(seconds[-1] * SECOND), "gap")]))
    return path


class Clock:
    """A clock that waiting moves on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """The time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let it pass."""
        self.waits.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which recordings are replayed."""
    made = Clock()
    monkeypatch.setattr(reading, "monotonic", made.monotonic)
    monkeypatch.setattr(reading, "Event", lambda: made)
    return made


def test_several_recordings_come_one_after_the_other(tmp_path: Path) -> None:
    """Each with all its files, in the order given."""
    first, second = write(tmp_path / "a.jsonl", 1), write(tmp_path / "b.jsonl", 5)
    write(tmp_path / "a.0001.jsonl", 2)
    times = [record.time // SECOND for record in read([second, str(first)]) if not record.note]
    assert times == [5, 1, 2]
    assert [record.time // SECOND for record in read(str(first)) if not record.note] == [1, 2]


def test_each_record_comes_when_it_is_due(tmp_path: Path, clock: Clock) -> None:
    """At twice the speed the waits are half as long; what is due already is not waited for."""
    path = write(tmp_path / "a.jsonl", 1000, 1001, 1001, 1000.5, 1004)
    found = []
    for record in replay(path, 2):
        found.append((record.time // SECOND, clock.now))
        clock.now += 0.1
    assert clock.waits == [0.4, 1.2]
    assert [time for time, _ in found] == [1000, 1001, 1001, 1000, 1004, 1004]
    assert next(now for time, now in found if time == 1004) == pytest.approx(102)


def test_without_a_speed_nothing_is_waited_for(tmp_path: Path, clock: Clock) -> None:
    """It comes as fast as it can be read."""
    assert len(list(replay(write(tmp_path / "a.jsonl", 1, 1000), None))) == 3
    assert clock.waits == []


@pytest.mark.parametrize("speed", [0, -1.0])
def test_a_speed_is_a_number_above_0(tmp_path: Path, speed: float) -> None:
    """Others are refused at once."""
    with pytest.raises(ArgumentError, match="speed is a number above 0"):
        replay(tmp_path / "a.jsonl", speed)


def test_a_missing_recording_is_told(tmp_path: Path) -> None:
    """When it is read."""
    with pytest.raises(ArgumentError, match=r"a\.jsonl cannot be read"):
        list(read(tmp_path / "a.jsonl"))
