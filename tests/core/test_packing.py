"""Packed bytes: what was flushed is there, and a missing or damaged end takes nothing else away."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from random import Random

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


LINES = [b"%d,%d\n" % (number, number * number % 9973) for number in range(20_000)]


def recorded(suffix: str) -> tuple[bytes, list[tuple[int, int]]]:
    """Lines, flushed a hundred at a time, and how many bytes stood there with how many lines after each flush."""
    way, data, flushed = packer(suffix), b"", []
    for at in range(0, len(LINES), 100):
        data += way.pack(b"".join(LINES[at : at + 100])) + way.flush()
        flushed.append((len(data), at + 100))
    return data + way.end(), flushed


DAMAGES: dict[str, Callable[[bytes, int], bytes]] = {
    "zeros": lambda data, at: data[:at] + bytes(len(data) - at),
    "rubbish": lambda data, at: data[:at] + Random(1).randbytes(len(data) - at),
    "a flipped byte": lambda data, at: data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("suffix", [GZIP, ZSTD])
@pytest.mark.parametrize("behind", [0, 7, 60])
def test_damage_takes_nothing_away_from_what_stands_before_it(suffix: str, damage: str, behind: int) -> None:
    """What is read is what was written, but for the last flush, or the last member of a gzip."""
    data, flushed = recorded(suffix)
    end, lines = flushed[120]
    found, why = unpacked(DAMAGES[damage](data, end + behind), suffix, 1 << 18)
    whole = found[: found.rfind(b"\n") + 1].splitlines(keepends=True)
    lost = sum(map(len, LINES[len(whole) : lines]))
    assert whole[:lines] == LINES[: min(len(whole), lines)]
    assert lost < ((1 << 14) + 2000 if suffix == GZIP else 2000)
    assert suffix == ZSTD or whole == LINES[: len(whole)], "nothing of a gzip is believed before its checksum"
    assert why.startswith("it is damaged")


def test_checksums_cost_little() -> None:
    """Members are short enough to lose little, and long enough to pack well."""
    one = zlib.compressobj(5, zlib.DEFLATED, 31)
    shortest = one.compress(b"".join(LINES)) + one.flush()
    assert len(recorded(GZIP)[0]) < 1.2 * len(shortest)


def test_a_long_member_is_not_kept_back() -> None:
    """Other programs make a single one of a whole file: it is read as it comes."""
    data = gzip.compress(Random(1).randbytes(3 << 20))
    first = next(piece for piece in Unpacked(in_pieces(data, 1 << 16), "x" + GZIP) if piece)
    assert 1 << 20 < len(first) < 2 << 20
