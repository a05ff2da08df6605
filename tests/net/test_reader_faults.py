"""Tests of what the reader refuses: each fault of the peer, the close code that names it, and the limit."""

from __future__ import annotations

import struct

import pytest

from binance_ws.errors import ProtocolViolation
from tests.net.wire import CONTINUATION, Bench, closing, cut
from tests.peer import BINARY, CLOSE, PING, TEXT, frame

LIMIT = 0xFFFF
"""The least limit that a reader takes."""

VIOLATIONS = {
    "reserved bit 1": (b"\xc1\x00", 1002),
    "reserved bit 2": (b"\xa1\x00", 1002),
    "reserved bit 3": (b"\x91\x00", 1002),
    "reserved data opcode": (b"\x83\x00", 1002),
    "reserved control opcode": (b"\x8b\x00", 1002),
    "masked text": (b"\x81\x81\x00\x00\x00\x00a", 1002),
    "masked ping": (b"\x89\x80\x00\x00\x00\x00", 1002),
    "fragmented ping": (b"\x09\x00", 1002),
    "fragmented close": (b"\x08\x00", 1002),
    "long ping": (b"\x89\x7e\x00\x7e", 1002),
    "long pong": (b"\x8a\x7f", 1002),
    "continuation of nothing": (frame("a", CONTINUATION), 1002),
    "last continuation of nothing": (frame("a", CONTINUATION, fin=False), 1002),
    "text in a fragmented message": (frame("a", fin=False) + frame("b"), 1002),
    "fragment of text in a fragmented message": (frame("a", fin=False) + frame("b", fin=False), 1002),
    "binary in a fragmented message": (frame("a", fin=False) + frame("b", BINARY), 1002),
    "close of one byte": (frame("a", CLOSE), 1002),
    "close code 0": (closing(0), 1002),
    "close code 999": (closing(999), 1002),
    "close code 1004": (closing(1004), 1002),
    "close code 1005": (closing(1005), 1002),
    "close code 1006": (closing(1006), 1002),
    "close code 1015": (closing(1015), 1002),
    "close code 2999": (closing(2999), 1002),
    "close code 5000": (closing(5000), 1002),
    "close reason that is no text": (closing(1000, b"\xff"), 1007),
    "no text": (frame(b"\xff"), 1007),
    "no text in the first fragment": (frame(b"\xc0", fin=False), 1007),
    "no text in the last fragment": (frame(b"a", fin=False) + frame(b"\xff", CONTINUATION), 1007),
    "half a character": (frame(b"\xe2", fin=False) + frame(b"\x82", CONTINUATION), 1007),
    "text over the limit": (b"\x81\x7f" + struct.pack("!Q", LIMIT + 1), 1009),
    "binary over the limit": (b"\x82\x7f" + struct.pack("!Q", LIMIT + 1), 1009),
    "fragment over the limit": (b"\x01\x7f" + struct.pack("!Q", LIMIT + 1), 1009),
    "text of 2**63 bytes": (b"\x81\x7f" + struct.pack("!Q", 2**63), 1009),
    "binary of 2**64 - 1 bytes": (b"\x82\x7f" + struct.pack("!Q", 2**64 - 1), 1009),
    "fragments over the limit": (
        frame(b"a" * LIMIT, fin=False) + frame("", PING) + b"\x80\x01",
        1009,
    ),
}


@pytest.mark.parametrize(("stream", "code"), VIOLATIONS.values(), ids=list(VIOLATIONS))
@pytest.mark.parametrize("whole", [True, False], ids=["in one piece", "byte by byte"])
def test_what_may_not_be_ends_it_with_the_code_that_says_why(stream: bytes, code: int, whole: bool) -> None:
    """Messages before it are delivered, one close frame names the fault, and nothing after it counts."""
    sent = frame("before") + stream
    bench = Bench(cut(sent, () if whole else range(len(sent))), limit=LIMIT)
    lost = bench.run()
    assert isinstance(lost, ProtocolViolation)
    assert lost.code == code
    assert bench.only("text", "binary") == [("text", b"before")]
    assert bench.only("close") == [("close", struct.pack("!H", code))]


def test_nothing_after_a_fault_in_one_piece_is_taken() -> None:
    """Neither messages nor pings."""
    bench = Bench([frame("a") + b"\xc1\x00" + frame("b") + frame("", PING)])
    bench.run()
    assert bench.log == [("text", b"a"), ("close", b"\x03\xea")]


def test_bad_text_comes_before_a_later_fault_of_the_frames() -> None:
    """The first fault of a stream names the close code, though frames are cut before texts are read."""
    bench = Bench([frame(b"\xff") + b"\xc1\x00"])
    lost = bench.run()
    assert lost is not None
    assert lost.code == 1007


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_the_limit_itself_is_allowed(opcode: int) -> None:
    """In one frame and in fragments alike; a ping between them does not count."""
    body = b"a" * (LIMIT + 1)
    parts = frame(body[:10], opcode, False) + frame("p" * 125, PING) + frame(body[10:], CONTINUATION)
    bench = Bench(cut(frame(body, opcode) + parts, ()), limit=LIMIT + 1)
    bench.run()
    assert [len(data) for _, data in bench.only("text", "binary")] == [LIMIT + 1, LIMIT + 1]


def test_a_lower_limit_is_not_taken() -> None:
    """Lengths of 16 bits are never looked at in the fast lane, so that no kind of frame is held to less."""
    bench = Bench(cut(frame("a" * LIMIT) + frame("b" * LIMIT, BINARY), ()), limit=10)
    assert bench.run() is not None
    assert [len(data) for _, data in bench.log] == [LIMIT, LIMIT]


def test_a_claim_is_refused_before_its_bytes_come() -> None:
    """A header is enough; nothing is kept for it."""
    bench = Bench(limit=LIMIT)
    with pytest.raises(ProtocolViolation, match=r"the limit is 65535"):
        bench.reader.feed(b"\x82\x7f" + struct.pack("!Q", 1 << 40))
    assert bench.held == 0
