"""The lines of a capture: what is written is what is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.lines import SNAPSHOT, Record, fetched, framed, is_whole, joined, noted, parsed
from binance_ws.errors import ArgumentError

FRAME = b'{"stream":"btcusdt@trade","data":{"e":"trade","p":"0.10","t":5}}'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_a_frame_stands_in_its_line_as_it_was_sent() -> None:
    """Behind the brace and the time come the bytes of the frame, and reading gives the bytes of its data."""
    line = framed(17, FRAME)
    assert line == b'{"t":17,' + FRAME[1:] + b"\n"
    assert parsed(line, "x", 1) == Record(17, "btcusdt@trade", b'{"e":"trade","p":"0.10","t":5}')


def test_a_frame_with_ends_of_lines_stays_one_line() -> None:
    """A frame that is written over several lines is one line of a capture, and means the same."""
    pretty = b"\n" + json.dumps(json.loads(FRAME), indent=1).encode() + b"\n"
    written = joined([framed(1, pretty), framed(2, FRAME)])
    assert written.count(b"\n") == 2
    first, second = (parsed(line, "x", 1) for line in written.splitlines())
    assert first is not None
    assert second is not None
    assert first.message == second.message
    assert joined([framed(1, FRAME), framed(2, FRAME)]) == framed(1, FRAME) + framed(2, FRAME)


@given(st.text(min_size=1), VALUES, st.integers(0, 2**63))
def test_what_was_fetched_is_read_as_such(stream: str, data: Any, time: int) -> None:
    """Any data of any stream comes back, marked; its line is one line."""
    line = fetched(time, stream, data)
    record = parsed(line, "x", 1)
    assert line.count(b"\n") == 1
    assert record is not None
    assert (record.time, record.stream, record.message) == (time, stream, data)
    assert record.backfilled
    assert record.note is None


def test_notes_say_what_happened() -> None:
    """A note has its name and fields, and the stream where it is about one."""
    record = parsed(noted(5, "gap", stream="a@trade", first=1, last=3), "x", 1)
    assert record is not None
    assert (record.time, record.stream, record.data) == (5, "a@trade", b"")
    assert record.note == {"t": 5, "note": "gap", "stream": "a@trade", "first": 1, "last": 3}
    assert record.message is None


def test_a_snapshot_counts_as_a_note() -> None:
    """A line of a symbol instead of a stream is a snapshot of its book."""
    record = parsed(b'{"t":1,"symbol":"BTCUSDT","data":{"lastUpdateId":7}}', "x", 1)
    assert record is not None
    assert record.note is not None
    assert (record.note["note"], record.note["symbol"], record.message) == (
        SNAPSHOT,
        "BTCUSDT",
        {"lastUpdateId": 7},
    )


@pytest.mark.parametrize(
    "line",
    [
        b'{"stream": "a@trade", "data": {"e":"x"}, "t": 3}',
        b'{"t":3,"stream":"a@trade" ,"data":{"e":"x"}}\r\n',
        b'{"t":3,"stream":"a\\u0040trade","data":{"e":"x"}}',
    ],
)
def test_other_ways_to_write_the_same_are_understood(line: bytes) -> None:
    """Other spaces, another order and escapes make no difference."""
    assert parsed(line, "x", 1) == Record(3, "a@trade", b'{"e":"x"}')


@pytest.mark.parametrize("line", [b"", b"\n", b"  \n"])
def test_empty_lines_say_nothing(line: bytes) -> None:
    """They are passed over."""
    assert parsed(line, "x", 1) is None


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[1]",
        b"5",
        b'{"t":"x","stream":"a","data":1}',
        b'{"t":1}',
        b'{"t":1,"note":5}',
        b"[" * 5000,
        b"\xff",
    ],
)
def test_what_is_no_line_of_a_capture_is_told_with_its_place(line: bytes) -> None:
    """The error names the file and the line, and what a line looks like."""
    with pytest.raises(ArgumentError, match=r'line 7 of here is not like {"t"'):
        parsed(line, "here", 7)


@given(VALUES, st.data())
def test_a_part_of_a_line_is_not_whole(data: Any, draw: st.DataObject) -> None:
    """A line that was cut off anywhere can be told from one that lacks nothing but its end."""
    line = fetched(1, "a@trade", data)[:-1]
    assert is_whole(line)
    assert not is_whole(line[: draw.draw(st.integers(0, len(line) - 1))])
