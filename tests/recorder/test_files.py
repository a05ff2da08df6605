"""The files of a recording: one after the other, never over another, and nothing lost between them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from binance_ws.core.captures import records
from binance_ws.core.lines import END, NEXT, START, framed, noted
from binance_ws.core.packing import SUFFIXES
from binance_ws.errors import ArgumentError
from binance_ws.recorder import files as module
from binance_ws.recorder import read
from binance_ws.recorder.files import Files


def lines(first: int, last: int) -> Iterator[bytes]:
    """The lines of some messages, which do not pack well."""
    return (
        framed(number, b'{"stream":"a@trade","data":{"x":"%b"}}' % os.urandom(40).hex().encode())
        for number in range(first, last)
    )


def opened(path: Path, max_bytes: int | None = None, max_seconds: float | None = None) -> Files:
    """Files that are open."""
    files = Files(path, lambda part: noted(part, START, part=part), max_bytes, max_seconds)
    files.open()
    return files


def notes(path: Path) -> list[Any]:
    """The names of the notes of one file."""
    return [record.note["note"] for record in records(path) if record.note]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_file_is_followed_by_the_next(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says which one follows, all of them have every message once, and none is much larger than asked for."""
    monkeypatch.setattr(module, "_PIECE", 1000)
    path = tmp_path / f"x{suffix}"
    files = opened(path, max_bytes=20_000)
    for first in range(0, 2000, 100):
        files.write(lines(first, first + 100))
        files.flush()
    files.end(noted(9, END))
    names = [path.name for path in files.paths]
    assert names == [f"x{suffix}", *(f"x.{number:04d}{suffix}" for number in range(1, len(names)))]
    assert len(names) >= 4
    assert [record.time for record in read(path) if record.note is None] == list(range(2000))
    assert [notes(path) for path in files.paths] == [*[[START, NEXT]] * (len(names) - 1), [START, END]]
    follows = [record.note["file"] for record in read(path) if record.note and record.note["note"] == NEXT]
    assert follows == names[1:]
    sizes = [path.stat().st_size for path in files.paths]
    assert sum(sizes) == files.bytes
    assert max(sizes) < 20_000 + 25_000


def test_files_follow_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the seconds given the next line goes into the next file; without a line there is none."""
    clock = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    files = opened(tmp_path / "x.jsonl", max_seconds=60)
    files.write(lines(0, 1))
    clock[0] = 59.9
    files.write(lines(1, 2))
    clock[0] = 3600
    files.flush()
    assert len(files.paths) == 1
    files.write(lines(2, 3))
    files.end(b"")
    assert [path.name for path in files.paths] == ["x.jsonl", "x.0001.jsonl"]
    assert [record.time for record in read(files.paths[1]) if not record.note] == [2]


def test_no_file_is_written_over(tmp_path: Path) -> None:
    """Where there are files of that name the series goes on behind the last of them."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"mine\n")
    (tmp_path / "x.0007.jsonl").write_bytes(b"mine, too\n")
    files = opened(path)
    files.end(b"")
    assert [path.name for path in files.paths] == ["x.0008.jsonl"]
    assert path.read_bytes() == b"mine\n"


def test_two_recorders_of_one_name_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another one makes the file first, this one takes the next number."""
    monkeypatch.setattr(module, "numbers", lambda path: [])
    names = [opened(tmp_path / "x.jsonl") for _ in range(3)]
    assert [files.paths[0].name for files in names] == ["x.jsonl", "x.0001.jsonl", "x.0002.jsonl"]
    for files in names:
        files.drop()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_flushed_is_on_the_disk(tmp_path: Path, suffix: str) -> None:
    """It can be read though the file is open still."""
    files = opened(tmp_path / f"x{suffix}")
    files.write(lines(0, 10))
    files.flush()
    found = list(read(tmp_path / f"x{suffix}"))
    assert [record.time for record in found if record.note is None] == list(range(10))
    assert found[-1].note is not None
    assert "why" in found[-1].note
    files.drop()


def test_a_removed_file_is_noticed(tmp_path: Path) -> None:
    """Writing on into a file that nobody can ever read would lose everything unseen."""
    (tmp_path / "sub").mkdir()
    files = opened(tmp_path / "sub" / "x.jsonl")
    files.paths[0].unlink()
    (tmp_path / "sub").rmdir()
    files.write(lines(0, 1))
    with pytest.raises(FileNotFoundError, match="the file was removed"):
        files.flush()
    files.drop()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's error comes out, whatever the way of packing."""
    monkeypatch.setattr(module, "FileIO", lambda path, mode: FileIO("/dev/full", "wb"))
    files = Files(tmp_path / "x.jsonl", lambda part: noted(part, START), None, None)
    with pytest.raises(OSError, match="No space left") as caught:
        files.open()
    assert caught.value.errno == errno.ENOSPC
    files.drop()
    files.drop()


def test_a_disk_may_take_less_than_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is written, in the end."""

    class Slow(FileIO):
        def write(self, data: Any) -> int:
            return super().write(bytes(data[:7]))

    monkeypatch.setattr(module, "FileIO", Slow)
    files = opened(tmp_path / "x.jsonl.gz")
    files.write(lines(0, 50))
    files.end(noted(1, END))
    assert [record.time for record in read(tmp_path / "x.jsonl.gz") if not record.note] == list(range(50))
    assert files.bytes == (tmp_path / "x.jsonl.gz").stat().st_size


def test_a_name_must_say_how_it_is_packed(tmp_path: Path) -> None:
    """Before anything is made."""
    with pytest.raises(ArgumentError, match="ends with"):
        Files(tmp_path / "x.csv", lambda part: b"", None, None)
    assert not list(tmp_path.iterdir())
