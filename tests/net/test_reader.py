"""Tests of the fast lane: what comes out of it, in which order, and how it ends."""

from __future__ import annotations

import errno
import itertools
import struct
from collections.abc import Iterator

import pytest

from binance_ws.errors import ConnectionLost, ProtocolViolation
from tests.net.wire import CONTINUATION, Bench, closing, cut
from tests.peer import BINARY, CLOSE, PING, PONG, TEXT, frame

SAMPLE = b"".join(
    (
        frame("first"),
        frame("ev", fin=False),
        frame("1", PING),
        frame("en", CONTINUATION),
        frame(b"\x00\xff", BINARY),
        frame("x" * 200),
        frame("2", PING),
        frame("", PONG),
        frame("last"),
    )
)
SAMPLE_DATA = [
    ("text", b"first"),
    ("text", b"even"),
    ("binary", b"\x00\xff"),
    ("text", b"x" * 200),
    ("text", b"last"),
]
SAMPLE_PONGS = [("pong", b"1"), ("pong", b"2")]


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 255, 256, 65535, 65536, 200_000])
def test_messages_of_every_length_come_whole(opcode: int, length: int) -> None:
    """One, two and eight bytes of length mean the same to both lanes."""
    body = b"a" * length
    bench = Bench(cut(frame(body, opcode) + frame("next"), ()))
    bench.run()
    assert bench.log == [("text" if opcode == TEXT else "binary", body), ("text", b"next")]


def test_pings_are_answered_before_any_callback() -> None:
    """No callback of an earlier frame of the same piece stands between a ping and its pong."""
    bench = Bench([frame("a") + frame("b") + frame("now", PING) + frame("c") + frame("too", PING)])
    bench.run()
    texts = [("text", b"a"), ("text", b"b"), ("text", b"c")]
    assert bench.log == [("pong", b"now"), ("pong", b"too"), *texts]


def test_binary_messages_do_not_hold_up_a_pong() -> None:
    """They keep their place among the texts, which are not delivered for their sake before a ping is answered."""
    bench = Bench([frame("a") + frame("b", BINARY) + frame("c") + frame("d", BINARY) + frame("now", PING)])
    bench.run()
    messages = [("text", b"a"), ("binary", b"b"), ("text", b"c"), ("binary", b"d")]
    assert bench.log == [("pong", b"now"), *messages]


def test_a_fragmented_message_keeps_its_place() -> None:
    """Texts, fragments with a ping between them, and binary messages come in the order they were sent in."""
    bench = Bench([SAMPLE])
    bench.run()
    assert (bench.only("text", "binary"), bench.only("pong")) == (SAMPLE_DATA, SAMPLE_PONGS)


def test_one_byte_at_a_time_is_enough() -> None:
    """Then even the order of pongs and messages is that of the frames."""
    bench = Bench(cut(SAMPLE, range(len(SAMPLE))))
    bench.run()
    assert bench.log == [
        SAMPLE_DATA[0],
        SAMPLE_PONGS[0],
        *SAMPLE_DATA[1:4],
        SAMPLE_PONGS[1],
        SAMPLE_DATA[4],
    ]


@pytest.mark.parametrize("place", range(1, len(SAMPLE)))
def test_a_cut_changes_nothing(place: int) -> None:
    """Wherever a stream is cut in two, the same comes out."""
    bench = Bench([SAMPLE[:place], SAMPLE[place:]])
    bench.run()
    assert (bench.only("text", "binary"), bench.only("pong")) == (SAMPLE_DATA, SAMPLE_PONGS)


def test_many_small_fragments_make_one_message() -> None:
    """A message in ten thousand parts, empty ones among them, comes once and whole."""
    parts = [b"ab", b""] * 5000
    stream = frame(b"", TEXT, fin=False) + b"".join(frame(p, CONTINUATION, fin=False) for p in parts)
    bench = Bench(cut(stream + frame(b"!", CONTINUATION), ()))
    bench.run()
    assert bench.log == [("text", b"ab" * 5000 + b"!")]


def test_text_may_be_cut_within_a_character() -> None:
    """A character whose bytes lie in two fragments is whole again."""
    euro = "€".encode()
    bench = Bench([frame(euro[:1], fin=False) + frame(euro[1:], CONTINUATION)])
    bench.run()
    assert bench.log == [("text", euro)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, b""), (1001, b"going away"), (1008, "für immer".encode()), (3000, b""), (4999, b"x" * 123)],
)
def test_a_close_is_echoed_with_its_code(code: int, reason: bytes) -> None:
    """The answer carries the peer's code and waits for no callback; what came before is delivered, no more."""
    bench = Bench([frame("a") + closing(code, reason) + frame("b") + frame("", PING)])
    lost = bench.run()
    assert bench.log == [("close", struct.pack("!H", code)), ("text", b"a")]
    assert isinstance(lost, ConnectionLost)
    assert not isinstance(lost, ProtocolViolation)
    assert (lost.code, str(code) in str(lost), reason.decode() in str(lost)) == (code, True, True)


def test_a_close_without_a_code_is_echoed_without_one() -> None:
    """The error then has no code either."""
    bench = Bench([frame("", CLOSE)])
    lost = bench.run()
    assert bench.log == [("close", b"")]
    assert lost is not None
    assert lost.code is None


def test_an_end_without_a_close_is_a_loss() -> None:
    """In the middle of a frame as well as between two."""
    for stream in (b"", frame("a"), frame("a")[:-1], frame("a")[:1]):
        bench = Bench(cut(stream, ()))
        lost = bench.run()
        assert (type(lost), bench.only("close")) == (ConnectionLost, [])
        assert lost is not None
        assert lost.code is None


@pytest.mark.parametrize("error", [ConnectionResetError(errno.ECONNRESET, "reset"), OSError("odd")])
def test_a_broken_connection_is_a_loss_with_its_cause(error: OSError) -> None:
    """What the system says is the cause."""

    def breaking() -> Iterator[bytes]:
        yield frame("a")
        raise error

    bench = Bench(breaking())
    lost = bench.run()
    assert bench.log == [("text", b"a")]
    assert lost is not None
    assert (lost.__cause__, str(error.strerror or error) in str(lost)) == (error, True)


def test_a_dead_peer_is_a_loss_and_a_silent_one_is_not() -> None:
    """A timeout of our own goes on; the system's, of keep-alive, ends it."""

    class Silence:
        """Times out, speaks, and dies."""

        def __init__(self) -> None:
            turns = (TimeoutError("timed out"), frame("a"), TimeoutError(errno.ETIMEDOUT, "dead"))
            self.turns: Iterator[bytes | OSError] = iter(turns)

        def __iter__(self) -> Silence:
            return self

        def __next__(self) -> bytes:
            turn = next(self.turns)
            if isinstance(turn, bytes):
                return turn
            raise turn

    bench = Bench(Silence())
    lost = bench.run()
    assert bench.log == [("text", b"a")]
    assert lost is not None
    assert "dead" in str(lost)


def test_messages_before_an_unanswerable_ping_are_delivered() -> None:
    """The peer may be gone already; what it said is not lost."""
    bench = Bench([frame("a") + frame("", PING) + frame("b")])
    bench.wire.fails = _gone
    lost = bench.run()
    assert bench.log == [("text", b"a")]
    assert lost is not None
    assert isinstance(lost.__cause__, BrokenPipeError)


def _gone() -> None:
    raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_a_close_that_cannot_be_answered_is_still_the_peer_s() -> None:
    """Its code counts, whether or not our answer reached anybody; so does the code of a fault."""
    for stream, code in ((closing(1001), 1001), (b"\xc1\x00", 1002)):
        bench = Bench([stream])
        bench.wire.fails = _gone
        lost = bench.run()
        assert lost is not None
        assert lost.code == code


def test_ending_it_ourselves_says_goodbye_once() -> None:
    """With 1000, after the messages that had come; it is no loss."""
    bench = Bench([frame("a") + frame("b"), frame("c")])
    bench.sink.then = lambda: setattr(bench.reader, "running", False)
    assert bench.run() is None
    assert bench.log == [("text", b"a"), ("text", b"b"), ("close", b"\x03\xe8")]


def test_a_close_that_has_been_answered_is_not_said_again() -> None:
    """Being told to stop while the peer closes sends one close frame, not two."""
    bench = Bench([frame("a") + closing(1001)])
    bench.sink.then = lambda: setattr(bench.reader, "running", False)
    assert bench.run() is None
    assert bench.only("close") == [("close", b"\x03\xe9")]


def test_a_fault_found_by_others_is_named() -> None:
    """Whoever delivers may find that a rule of theirs is broken; the close code is theirs."""
    fault = ProtocolViolation("not what was agreed", 1008)
    bench = Bench([frame("a")])
    bench.sink.then = lambda: bench.reader.fail(fault)
    assert bench.run() is fault
    assert bench.only("close") == [("close", struct.pack("!H", 1008))]


def test_after_a_close_the_peer_hangs_up_first() -> None:
    """Bytes that were still under way are read, so that the close frame is not destroyed by a reset."""
    pieces = iter([closing(1000), b"on its way", b"too", b"", b"never read"])
    Bench(pieces, clock=lambda: 0.0).run()
    assert list(pieces) == [b"never read"]


def test_a_peer_that_talks_on_after_its_close_is_left() -> None:
    """It gets half a second."""
    talk = itertools.chain([closing(1000)], itertools.repeat(b"and another thing"))
    bench = Bench(talk, clock=(n / 10 for n in itertools.count()).__next__)
    lost = bench.run()
    assert lost is not None
    assert lost.code == 1000
    assert all(seconds is None or 0 < seconds <= 0.5 for seconds in bench.wire.timeouts)


def test_bytes_and_the_last_moment_are_kept() -> None:
    """Everything that comes counts, pings and half frames included."""
    bench = Bench([frame("a"), frame("", PING), frame("b")[:1]], clock=iter([5.0, 6.0, 7.0, 8.0]).__next__)
    assert bench.reader.last == 5.0
    bench.run()
    assert (bench.reader.bytes, bench.reader.last) == (3 + 2 + 1, 8.0)
