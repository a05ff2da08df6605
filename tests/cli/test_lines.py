"""Messages become lines; lines that nobody takes hold the exchange back; a reader that is gone is noticed."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.cli import lines as module
from binance_ws.cli.lines import Lines, Output
from binance_ws.core.told import last_word, refused
from binance_ws.errors import GaveUp, OpenError, StreamRefused
from tests.peer import SECONDS
from tests.waiting import in_thread

NAME = "btcusdt@trade"
DATA = b'{"e":"trade","p":"1.50000000"}'
FRAME = b'{"stream":"btcusdt@trade","data":' + DATA + b"}"


def message(frame: bytes | None = FRAME, data: Any = None) -> dict[str, Any]:
    """A message as a socket brings it."""
    carried = {} if frame is None else {"frame": frame}
    return {"stream": NAME, "data": data or json.loads(DATA), **carried}


@pytest.mark.parametrize(
    ("only", "frame", "line"),
    [
        (NAME, FRAME, DATA),
        (None, FRAME, FRAME),
        (NAME, None, DATA),  # fetched by gap repair
        (None, None, FRAME),
        (NAME, b'{ "stream": "btcusdt@trade", "data": {} }', DATA),  # as no exchange writes it
        (NAME, b'{"stream":"btcusdt@trade","data":{\n}}', DATA),
        (None, b'{"stream":"btcusdt@trade",\n"data":{}}', FRAME),
    ],
)
def test_the_line_of_a_message(only: str | None, frame: bytes | None, line: bytes) -> None:
    """It is what the exchange sent, bare or wrapped, and where there is no such line, JSON that means the same."""
    lines = Lines(only)
    lines(message(frame))
    assert lines.take(10, 0) == [line]


@given(st.lists(st.integers(1, 5), max_size=20), st.integers(1, 7))
def test_every_line_is_taken_once_and_in_order(bursts: list[int], most: int) -> None:
    """Whatever bursts they come in, and however many are taken in one go."""
    lines, taken, number = Lines(), [], 0
    for burst in bursts:
        for _ in range(burst):
            lines(message(b"%d" % number))
            number += 1
        taken += lines.take(most, 0)
    while more := lines.take(most, 0):
        taken += more
    assert taken == [b"%d" % n for n in range(number)]


def test_waiting_for_a_line() -> None:
    """Whoever takes waits for the first line, and no longer."""
    lines, found = Lines(), []
    taker = in_thread(lambda: found.extend(lines.take(10, SECONDS)))
    lines(message())
    taker.join(SECONDS)
    assert found == [FRAME]
    assert lines.take(10, 0.001) == []


def test_too_many_lines_hold_the_socket_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread waits until some are taken, or until nobody will take any."""
    monkeypatch.setattr(module, "WAITING", 3)
    lines, passed = Lines(), threading.Semaphore(0)

    def bring() -> None:
        for _ in range(5):
            lines(message())
            passed.release()

    bringer = in_thread(bring)
    assert passed.acquire(timeout=SECONDS)
    assert passed.acquire(timeout=SECONDS)
    assert not passed.acquire(timeout=0.05)
    assert len(lines.take(2, SECONDS)) == 2
    assert passed.acquire(timeout=SECONDS)
    lines.close()
    bringer.join(SECONDS)
    assert not bringer.is_alive()


def test_the_end() -> None:
    """That the connection was given up is known after the last line; what else a socket says is no line."""
    lines = Lines()
    lines(message())
    cause = OpenError("no route")
    lines(refused("k", StreamRefused("the exchange refused nonsense", ("nonsense",))))
    lines(last_word("k", cause))
    assert lines.take(10, 0) == [FRAME]
    assert lines.take(10, SECONDS) == []
    assert isinstance(lines.failure, GaveUp)
    assert str(lines.failure) == "no route"
    assert lines.failure.__cause__ is cause


def test_a_reader_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is nothing to write, and on writing."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        output = Output()
        output.check()
        output.write([b"one", b"two"])
        assert os.read(reader, 100) == b"one\ntwo\n"
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            output.check()
        with pytest.raises(BrokenPipeError):
            output.write([b"three"])
