"""Properties of the fast lane: whatever comes, cut anywhere, means what it means to websocket-client."""

from __future__ import annotations

import struct

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.net.reference import RAN_OUT, REFUSED, agree, ours, theirs
from tests.net.wire import CONTINUATION, Bench, closing, cut
from tests.peer import BINARY, CLOSE, PING, PONG, TEXT, frame

LIMIT = 0xFFFF
OPCODES = (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)

lengths = st.one_of(
    st.integers(0, 300), st.sampled_from([125, 126, 127, 65535, 65536, 70000]), st.integers(0, 3)
)
texts = st.one_of(st.text(max_size=40).map(str.encode), lengths.map(lambda n: b"t" * n))
bodies = st.one_of(st.binary(max_size=40), lengths.map(lambda n: b"\xfe" * n))
codes = st.one_of(st.sampled_from([1000, 1001, 1002, 1003, 1007, 1011, 1014]), st.integers(3000, 4999))
controls = st.builds(frame, st.binary(max_size=125), st.sampled_from([PING, PONG]))


@st.composite
def fragmented(draw: st.DrawFn) -> bytes:
    """A message in parts, cut anywhere, with control frames between them."""
    opcode = draw(st.sampled_from([TEXT, BINARY]))
    body = draw(texts if opcode == TEXT else bodies)
    places = draw(st.lists(st.integers(0, len(body)), min_size=1, max_size=4).map(sorted))
    parts = [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
    stream = frame(parts[0], opcode, fin=False)
    for part in parts[1:-1]:
        stream += b"".join(draw(st.lists(controls, max_size=2))) + frame(part, CONTINUATION, fin=False)
    return stream + b"".join(draw(st.lists(controls, max_size=2))) + frame(parts[-1], CONTINUATION)


messages = st.one_of(
    st.builds(frame, texts), st.builds(frame, bodies, st.just(BINARY)), fragmented(), controls
)
closes = st.one_of(st.builds(closing, codes, st.text(max_size=20).map(str.encode)), st.just(frame("", CLOSE)))
masked = st.builds(
    lambda first, body: bytes([first, 0x80 | len(body)]) + bytes(4) + body,
    st.sampled_from([0x81, 0x82, 0x89, 0x8A, 0x88]),
    st.binary(max_size=20),
)
reserved = st.builds(
    lambda first, body: bytes([first, len(body)]) + body,
    st.sampled_from([byte for byte in range(256) if byte & 0x70 or byte & 0x0F not in OPCODES]),
    st.binary(max_size=20),
)
misplaced = st.one_of(
    st.builds(frame, texts, st.just(CONTINUATION), st.booleans()),
    st.builds(lambda a, b: frame(a, TEXT, False) + frame(b), texts, texts),
    st.builds(lambda a, b: frame(a, BINARY, False) + frame(b, BINARY, False), bodies, bodies),
    st.builds(frame, st.binary(max_size=20), st.sampled_from([PING, PONG, CLOSE]), st.just(False)),
    st.builds(frame, st.binary(min_size=126, max_size=200), st.sampled_from([PING, PONG])),
    st.builds(closing, st.one_of(st.integers(0, 999), st.sampled_from([1004, 1005, 1006, 1015, 5000]))),
    st.just(frame("a", CLOSE)),
)
streams = st.builds(
    lambda before, end, after: b"".join([*before, *end, *after]),
    st.lists(messages, max_size=8),
    st.lists(st.one_of(closes, masked, reserved, misplaced), max_size=1),
    st.lists(messages, max_size=2),
)
places = st.lists(st.integers(0, 3000), max_size=12)


@given(streams, places)
def test_whole_frames_mean_the_same_to_both_parsers(stream: bytes, places: list[int]) -> None:
    """Cut anywhere: the same messages, the same answers to pings, the same end."""
    mine, other = ours(cut(stream, places)), theirs(stream)
    event(mine.kind)
    assert (mine.data, mine.pongs, mine.kind) == (other.data, other.pongs, other.kind)
    assert mine.kind == REFUSED or mine.code == other.code


@given(streams, places, st.lists(st.tuples(st.integers(0, 400), st.integers(1, 255)), min_size=1, max_size=3))
def test_corrupted_frames_mean_the_same_to_both_parsers(
    stream: bytes, places: list[int], flips: list[tuple[int, int]]
) -> None:
    """Whichever bits are turned over, headers among them, they differ only where that is documented."""
    changed = bytearray(stream or b"\x81\x00")
    for place, bits in flips:
        changed[place % len(changed)] ^= bits
    mine, other = ours(cut(bytes(changed), places)), theirs(bytes(changed))
    event(f"{mine.kind}, {other.kind}")
    agree(mine, other)


@given(streams, places, st.integers(0, 3000))
def test_a_part_of_a_stream_gives_a_part_of_its_messages(stream: bytes, places: list[int], end: int) -> None:
    """Nothing is delivered that later bytes would take back."""
    part, whole = ours(cut(stream[:end], places)), ours(cut(stream, places))
    assert whole.data[: len(part.data)] == part.data
    assert part.kind in (RAN_OUT, whole.kind)


headers = st.builds(
    lambda first, length: bytes([first, 127]) + struct.pack("!Q", length),
    st.sampled_from([0x81, 0x01, 0x82, 0x02, 0x80, 0x00]),
    st.one_of(st.integers(0, LIMIT), st.integers(LIMIT, 2**64 - 1), st.sampled_from([LIMIT, LIMIT + 1])),
)
noise = st.one_of(st.binary(max_size=300), st.integers(0, 70000).map(bytes), headers, streams)


@given(st.lists(noise, max_size=6), places)
def test_no_bytes_break_it_or_fill_it(parts: list[bytes], places: list[int]) -> None:
    """Only documented errors come out, and never more is held than the limit, a header and its message."""
    Bench(limit=LIMIT).feed(cut(b"".join(parts), places))


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=5))
def test_a_fragmented_message_is_held_to_the_limit_as_a_whole(opcode: int, sizes: list[int]) -> None:
    """It comes through if its parts together are within the limit, and ends with 1009 if they are not."""
    first, *others = sizes
    stream = frame(b"a" * first, opcode, False)
    stream += b"".join(frame(b"a" * size, CONTINUATION, False) for size in others) + frame("", CONTINUATION)
    outcome = ours(cut(stream, ()), LIMIT)
    total = sum(sizes)
    if total <= LIMIT:
        assert [len(body) for _, body in outcome.data] == [total]
    else:
        assert (outcome.kind, outcome.code) == (REFUSED, 1009)
