"""Captures as files: series, and files whose end is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.captures import numbered, numbers, records, series
from binance_ws.core.lines import CUT, END, START, Record, framed, noted
from binance_ws.core.packing import GZIP, SUFFIXES, ZSTD, packer
from binance_ws.errors import ArgumentError


def frame(number: int) -> bytes:
    """The line of a message."""
    return framed(number, b'{"stream":"a@trade","data":{"t":%d}}' % number)


LINES = [noted(1, START), *map(frame, range(2, 41)), noted(41, "gap", stream="a@trade"), noted(42, END)]
"""A whole capture."""


def packed(suffix: str, lines: list[bytes]) -> bytes:
    """A file in which each line was flushed."""
    way = packer(suffix)
    return b"".join(way.pack(line) + way.flush() for line in lines) + way.end()


WHOLE = {suffix: packed(suffix, LINES) for suffix in SUFFIXES}


def read(folder: Path, suffix: str, data: bytes) -> list[Record]:
    """The records of a file."""
    path = folder / f"x{suffix}"
    path.write_bytes(data)
    return list(records(path))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the files of this module."""
    return tmp_path_factory.mktemp("captures")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_file_has_every_line_and_no_complaint(folder: Path, suffix: str) -> None:
    """Messages and notes come in order, and no note says that something is missing."""
    found = read(folder, suffix, WHOLE[suffix])
    assert [record.time for record in found] == list(range(1, 43))
    assert [record.note["note"] for record in found if record.note] == [START, "gap", END]


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(draw=st.data())
def test_a_file_cut_anywhere_gives_what_is_whole_and_says_so(
    folder: Path, suffix: str, draw: st.DataObject
) -> None:
    """Never an error: whole lines from the beginning, and last a note where there was anything at all."""
    data = WHOLE[suffix]
    end = draw.draw(st.integers(0, len(data) - 1))
    *found, last = read(folder, suffix, data[:end]) or [Record(0, "", b"", note={"note": CUT})]
    if suffix == ".jsonl" and data[:end] + b"\n" == data:
        assert last.note == {"t": 42, "note": END}  # nothing is missing but the end of the last line
        return
    assert last.note is not None
    assert last.note["note"] == CUT
    assert [record.time for record in found] == list(range(1, len(found) + 1))
    assert last.time == len(found)


def test_a_file_that_was_not_closed_says_so(folder: Path) -> None:
    """A recorder that was killed between two lines leaves a file that lacks its last note."""
    last = read(folder, ".jsonl", b"".join(LINES[:5]))[-1]
    assert last.note == {"t": 5, "note": CUT, "file": "x.jsonl", "why": "it was not closed"}


def test_a_capture_without_notes_lacks_nothing(folder: Path) -> None:
    """Captures of other programs have neither beginning nor end."""
    assert [record.note for record in read(folder, ".jsonl", frame(1) + frame(2))] == [None, None]


def test_a_series_is_read_by_its_first_name(tmp_path: Path) -> None:
    """The name itself, then its numbers in order, whether or not the first file is there still."""
    first = tmp_path / "a.b.jsonl.gz"
    for name in ("a.b.jsonl.gz", "a.b.0002.jsonl.gz", "a.b.10000.jsonl.gz", "a.b.0010.jsonl.gz"):
        (tmp_path / name).write_bytes(b"")
    for name in (
        "a.b.jsonl",
        "a.0001.jsonl.gz",
        "a.b.1.jsonl.gz",
        "aXb.0001.jsonl.gz",
        "a.b.0001.jsonl.gz.old",
    ):
        (tmp_path / name).write_bytes(b"")
    assert numbers(first) == [0, 2, 10, 10000]
    assert series(first) == [numbered(first, number) for number in (0, 2, 10, 10000)]
    assert series(tmp_path / "a.b.0002.jsonl.gz") == [tmp_path / "a.b.0002.jsonl.gz"]
    first.unlink()
    assert numbers(first) == [2, 10, 10000]
    assert series(tmp_path / "none.jsonl") == [tmp_path / "none.jsonl"]
    assert series(tmp_path / "other.txt") == [tmp_path / "other.txt"]


@pytest.mark.parametrize("name", ["none.jsonl", ".", "none/x.jsonl.gz"])
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """One sentence, with the system's reason."""
    with pytest.raises(ArgumentError, match=r"cannot be read: (No such file|Is a directory)"):
        list(records(tmp_path / name))


def test_progress_counts_the_bytes_of_the_file(folder: Path) -> None:
    """All that was read, as it lies on the disk."""
    path, counted = folder / "p.jsonl.zst", list[int]()
    path.write_bytes(WHOLE[".jsonl.zst"])
    assert len(list(records(path, counted.append))) == len(LINES)
    assert sum(counted) == path.stat().st_size


@pytest.mark.parametrize("suffix", [GZIP, ZSTD])
def test_a_broken_line_of_a_damaged_file_is_no_error(folder: Path, suffix: str) -> None:
    """Damage may show in what is unpacked before it is noticed; a file that is whole has only itself to blame."""
    data = packed(suffix, [frame(1), b"rubbish\n", frame(2)])
    one, cut = read(folder, suffix, data[:-1])
    assert (one.note, cut.note and cut.note["note"]) == (None, CUT)
    with pytest.raises(ArgumentError, match="line 2 of"):
        read(folder, suffix, data)
