"""Where lines wait: in order, bounded, and honest about what found no room."""

from __future__ import annotations

import json
import threading

from hypothesis import given
from hypothesis import strategies as st

from binance_ws.recorder.box import Box, Note

from ..peer import SECONDS


def test_lines_come_out_in_the_order_in_which_they_came() -> None:
    """Messages and notes alike; what was taken is gone."""
    box = Box(100)
    box.put(b"one\n")
    box.note(b"two\n")
    box.put(b"three\n")
    taken = box.take()
    assert taken == [b"one\n", b"two\n", b"three\n"]
    assert [type(line) is Note for line in taken] == [False, True, False]
    assert box.take() == box.rest() == []


def test_what_finds_no_room_is_counted_and_noted_in_its_place() -> None:
    """The note stands between the last line that found room and the next that does."""
    box = Box(3)
    for line in (b"aaaa", b"bbbb", b"cccc"):
        box.put(line)
    assert box.take() == [b"aaaa"]
    box.put(b"dddd")
    note, line = box.take()
    assert (json.loads(note)["note"], json.loads(note)["count"], line) == ("dropped", 2, b"dddd")
    box.put(b"eeee")
    box.put(b"ffff")
    line, note = box.rest()
    assert (line, json.loads(note)["count"], box.dropped) == (b"eeee", 1, 3)


def test_there_is_always_room_for_a_note() -> None:
    """What happened is told even where messages are dropped."""
    box = Box(1)
    box.put(b"aa")
    box.put(b"bb")
    box.note(b"lost")
    assert box.take() == [b"aa", b"lost"]


@given(st.lists(st.one_of(st.none(), st.integers(1, 9)), max_size=60), st.integers(1, 20))
def test_every_line_is_taken_or_dropped(actions: list[int | None], limit: int) -> None:
    """Whatever the order of putting and taking, nothing is lost unseen and little more than the limit waits."""
    box, put, taken, noted = Box(limit), 0, 0, 0
    for size in [*actions, None]:
        if size is not None:
            box.put(b"x" * size)
            put += 1
            continue
        lines = box.take()
        assert sum(len(line) for line in lines if type(line) is bytes) <= limit + 9
        taken += sum(type(line) is bytes for line in lines)
        noted += sum(json.loads(line)["count"] for line in lines if type(line) is Note)
    noted += sum(json.loads(line)["count"] for line in box.rest())
    assert put == taken + box.dropped
    assert noted == box.dropped


def test_one_thread_may_put_while_another_takes() -> None:
    """Nothing is lost or turned round between the two."""
    box, got, done = Box(1 << 30), list[bytes](), threading.Event()

    def put() -> None:
        for number in range(50_000):
            box.put(b"%d" % number)
        done.set()

    thread = threading.Thread(target=put, daemon=True)
    thread.start()
    while not done.is_set():
        got += box.take()
    thread.join(SECONDS)
    assert [int(line) for line in got + box.rest()] == list(range(50_000))
