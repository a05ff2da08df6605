"""Packed bytes: what was flushed is there, and a missing or damaged end takes nothing else away."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.packing import GZIP, PLAIN, SUFFIXES, ZSTD, Unpacked, packer, suffix_of
from binance_ws.errors import ArgumentError, MissingExtra

PARTS = st.lists(st.binary(max_size=200), max_size=8)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Bytes, so many at a time."""
    return (data[at : at + size] for at in range(0, len(data), size))


def unpacked(data: bytes, suffix: str, size: int = 1000) -> tuple[bytes, str]:
    """What a file has, and why it has no more."""
    found = Unpacked(in_pieces(data, size), f"x{suffix}")
    return b"".join(found), found.cut


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(parts=PARTS, size=st.integers(1, 100))
def test_what_is_packed_comes_out_again(suffix: str, parts: list[bytes], size: int) -> None:
    """Whatever the pieces, with flushes between them or not."""
    way = packer(suffix)
    data = (
        b"".join(way.pack(part) + (way.flush() if part[:1] < b"\x80" else b"") for part in parts) + way.end()
    )
    assert unpacked(data, suffix, size) == (b"".join(parts), "")


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(parts=PARTS)
def test_what_was_flushed_can_be_read(suffix: str, parts: list[bytes]) -> None:
    """All parts up to a flush come out of what there is by then."""
    way = packer(suffix)
    data = b"".join(way.pack(part) for part in parts) + way.flush()
    assert unpacked(data, suffix)[0] == b"".join(parts)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(parts=PARTS, draw=st.data())
def test_a_cut_file_gives_a_prefix(suffix: str, parts: list[bytes], draw: st.DataObject) -> None:
    """Cut anywhere, nothing is raised, and what comes out is the beginning; a packed file says that it was cut."""
    way = packer(suffix)
    data = b"".join(way.pack(part) + way.flush() for part in parts) + way.end()
    end = draw.draw(st.integers(0, max(0, len(data) - 1)))
    found, why = unpacked(data[:end], suffix)
    assert b"".join(parts).startswith(found)
    assert bool(why) == (suffix != PLAIN and end > 0)


@pytest.mark.parametrize("suffix", [GZIP, ZSTD])
def test_files_behind_one_another_are_one(suffix: str) -> None:
    """As ``cat`` makes them."""
    data = b""
    for part in (b"one ", b"two ", b"three"):
        way = packer(suffix)
        data += way.pack(part) + way.end()
    assert [unpacked(data, suffix, size) for size in (1, 7, 10_000)] == [(b"one two three", "")] * 3


@pytest.mark.parametrize("suffix", [GZIP, ZSTD])
@given(draw=st.data())
def test_damage_is_no_error(suffix: str, draw: st.DataObject) -> None:
    """Any bytes can be given; what is no packed file is said to be damaged, or to lack its end."""
    data = draw.draw(st.binary(min_size=1, max_size=100))
    assert unpacked(data, suffix)[1]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.b.jsonl.zst"])
def test_the_suffix_says_how(name: str) -> None:
    """Each suffix is known, whatever stands before it."""
    assert name.endswith(suffix_of(name))


@pytest.mark.parametrize("name", ["a", "a.csv", "a.json", ".jsonl", "a.zst", "a.jsonl.bz2"])
def test_other_names_are_refused(name: str) -> None:
    """The error says which are allowed."""
    with pytest.raises(ArgumentError, match=r"ends with \.jsonl\.zst, \.jsonl\.gz or \.jsonl, not"):
        suffix_of(name)


def test_without_zstandard_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways; gzip goes without it."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    for attempt in (lambda: packer(ZSTD), lambda: Unpacked([], "x.jsonl.zst")):
        with pytest.raises(MissingExtra, match=r"binance-ws\[record\]"):
            attempt()
    assert packer(GZIP).end()


def test_damage_takes_nothing_away_from_what_stands_before_it() -> None:
    """Zeros at the end of a file, as a loss of power leaves them."""
    lines = b"".join(b"%d\n" % number for number in range(5000))
    way = packer(GZIP)
    packed = way.pack(lines) + way.flush()
    unpacker = Unpacked([packed + bytes(512)], "x" + GZIP)
    assert b"".join(unpacker) == lines
    assert "damaged" in unpacker.cut
