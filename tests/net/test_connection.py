"""Tests of one connection's life: states, messages, retries, and what it makes of refusals."""

from __future__ import annotations

import itertools

import pytest

from binance_ws.core.lifecycle import State
from binance_ws.errors import (
    BinanceWsError,
    ConnectionLost,
    GaveUp,
    NotConnected,
    OpenError,
    ProtocolViolation,
)
from tests.net.notes import BINARY, ENDED, LOST, OPENED, TEXT, connecting, ends
from tests.peer import BINARY as BINARY_OPCODE
from tests.peer import CLOSE, PING, PONG, frame, peer, refusing
from tests.peer import TEXT as TEXT_OPCODE

HOUR = 3600.0


def test_a_life_passes_through_its_states() -> None:
    """New, connecting, open, waiting, connecting, open, closed; each is entered before it is told."""
    with peer() as host, connecting(f"ws://{host.host}/ws/a@trade", start=False) as notes:
        connection = notes.connection
        assert (connection.state, connection.last) == (State.NEW, None)
        connection.start()
        link = host.accept()
        assert link.read_request() == "/ws/a@trade"
        assert connection.state is State.CONNECTING
        link.upgrade()
        notes.wait(OPENED)
        link.close()
        host.accept().upgrade()
        notes.wait(OPENED, 2)
        connection.stop()
        ends(notes)
    assert [(note.kind, note.state) for note in notes.inbox.messages] == [
        (OPENED, State.OPEN),
        (LOST, State.WAITING),
        (OPENED, State.OPEN),
        (ENDED, State.CLOSED),
    ]


def test_messages_come_and_go() -> None:
    """Text and binary both ways, masked on the way out; pings are answered; bytes are counted over attempts."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        link = host.accept()
        link.upgrade()
        link.send(frame("one") + frame(b"\x00", BINARY_OPCODE) + frame("hello", PING))
        assert link.read_frame() == (PONG, b"hello")
        assert notes.wait(TEXT).payload == b"one"
        assert notes.wait(BINARY).payload == b"\x00"
        notes.connection.send("two")
        notes.connection.send(b"\x02")
        assert [link.read_frame(), link.read_frame()] == [(TEXT_OPCODE, b"two"), (BINARY_OPCODE, b"\x02")]
        assert (notes.connection.received, notes.connection.last is not None) == (5 + 3 + 7, True)
        link.close()
        host.accept().upgrade()
        notes.wait(OPENED, 2)
        assert notes.connection.received == 5 + 3 + 7


def test_bytes_right_behind_the_upgrade_are_not_lost() -> None:
    """A message may come in one piece with the answer to the upgrade."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        host.accept().upgrade(frame("at once"))
        assert notes.wait(TEXT).payload == b"at once"


def test_nothing_can_be_sent_where_nothing_is_open() -> None:
    """Neither before it opens nor after it has ended."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        host.accept().read_request()
        with pytest.raises(NotConnected):
            notes.connection.send("early")
        notes.connection.stop()
        ends(notes)
        with pytest.raises(NotConnected):
            notes.connection.send("late")


def test_sending_to_a_peer_that_has_reset_it_is_a_loss() -> None:
    """The sender learns of it, or the reader does first; it opens again in any case."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        link = host.accept()
        link.upgrade()
        notes.wait(OPENED)
        link.reset()
        try:
            notes.connection.send("x")
        except NotConnected:
            pass
        assert isinstance(notes.wait(LOST).cause, ConnectionLost)
        host.accept().upgrade()
        notes.wait(OPENED, 2)


def test_six_attempts_are_made_where_none_opens() -> None:
    """Five retries, each told with its number and cause, then the end, told once with the last cause."""
    with refusing() as host, connecting(f"ws://{host}/ws") as notes:
        end = ends(notes)
    assert len(notes.asked.messages) == 6
    assert [note.attempt for note in notes.all(LOST)] == [1, 2, 3, 4, 5]
    assert isinstance(end.cause, GaveUp)
    assert isinstance(end.cause.__cause__, OpenError)
    assert "refused" in str(end.cause)


@pytest.mark.parametrize("retries", [0, 1, 7])
def test_as_many_retries_as_asked_for(retries: int) -> None:
    """Zero is one attempt."""
    with refusing() as host, connecting(f"ws://{host}/ws", max_retries=retries) as notes:
        ends(notes)
    assert len(notes.asked.messages) == 1 + retries


def test_no_number_of_retries_never_gives_up() -> None:
    """Until it is stopped, which is no failure."""
    with refusing() as host, connecting(f"ws://{host}/ws", max_retries=None) as notes:
        assert notes.wait(LOST, 50).attempt == 50
        notes.connection.stop()
        assert ends(notes).cause is None


def test_merely_opening_does_not_count_anew() -> None:
    """A peer that accepts the upgrade and hangs up six times is given up."""
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        for _ in range(6):
            link = host.accept()
            link.upgrade()
            link.close()
        assert isinstance(ends(notes).cause, GaveUp)
    assert len(notes.all(OPENED)) == 6


def test_delivering_counts_anew_once() -> None:
    """After a connection that delivered there are five more retries, and no more than that."""
    with refusing() as nobody, peer() as host:
        urls = [f"ws://{nobody}/", f"ws://{nobody}/", f"ws://{host.host}/", f"ws://{nobody}/"]
        with connecting(*urls) as notes:
            link = host.accept()
            link.upgrade()
            link.send(frame("a"))
            notes.wait(TEXT)
            link.close()
            end = ends(notes)
    assert [note.attempt for note in notes.all(LOST)] == [1, 2, 1, 2, 3, 4, 5]
    assert isinstance(end.cause, GaveUp)


def test_delivering_begins_the_waits_anew() -> None:
    """The waits between attempts start with the first again."""
    with peer() as host, connecting(f"ws://{host.host}/", delays=lambda: itertools.count(0, 0.001)) as notes:
        for sent in (b"", b"", frame("a")):
            link = host.accept()
            link.upgrade(sent)
            notes.wait(OPENED)
            link.close()
        notes.wait(LOST, 3)
    assert [note.seconds for note in notes.all(LOST)[:3]] == [0, 0.001, 0]


def test_each_attempt_asks_for_its_url() -> None:
    """Listen keys and streams may have changed in between."""
    with peer() as host:
        urls = [f"ws://{host.host}/ws/{name}" for name in ("first", "second", "third")]
        with connecting(*urls) as notes:
            for name in ("first", "second", "third"):
                link = host.accept()
                assert link.upgrade() == f"/ws/{name}"
                link.close()
            notes.wait(LOST, 3)


def test_an_error_of_the_url_is_a_failed_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a listener raises where it cannot tell is retried like any other failure."""
    with refusing() as host, connecting(f"ws://{host}/", start=False) as notes:
        fault = OpenError("no listen key")
        monkeypatch.setattr(notes, "url", lambda: _raise(fault))
        notes.connection.start()
        end = ends(notes)
    assert {note.cause for note in notes.all(LOST)} == {fault}
    assert end.cause is not None
    assert end.cause.__cause__ is fault


def test_a_fault_of_a_listener_ends_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and told as the end, so that nobody waits for it."""
    with refusing() as host, connecting(f"ws://{host}/", start=False) as notes:
        monkeypatch.setattr(notes, "url", lambda: _raise(ZeroDivisionError("a fault")))
        notes.connection.start()
        end = ends(notes)
    assert "a fault" in str(end.cause)
    assert "binance_ws test failed" in caplog.text


def _raise(error: Exception) -> str:
    raise error


def test_hanging_up_opens_again_with_that_cause() -> None:
    """Whoever hangs up says why; the count goes on as after any other loss."""
    why = BinanceWsError("the socket has been silent")
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        link = host.accept()
        link.upgrade()
        notes.wait(OPENED)
        notes.connection.hang_up(why)
        assert notes.wait(LOST).cause is why
        host.accept().upgrade()
        notes.wait(OPENED, 2)
        host.links[1].close()
        assert notes.wait(LOST, 2).cause is not why


def test_hanging_up_while_it_opens_has_that_cause_too() -> None:
    """The attempt fails, and the cause is not what hanging up made of it."""
    why = BinanceWsError("no longer wanted there")
    with peer() as host, connecting(f"ws://{host.host}/ws") as notes:
        host.accept().read_request()
        notes.connection.hang_up(why)
        assert notes.wait(LOST).cause is why


def test_hanging_up_on_nothing_is_silent() -> None:
    """Before it starts and after it has ended."""
    with refusing() as host, connecting(f"ws://{host}/", start=False, max_retries=0) as notes:
        notes.connection.hang_up(BinanceWsError("early"))
        notes.connection.start()
        cause = ends(notes).cause
        notes.connection.hang_up(BinanceWsError("late"))
        assert isinstance(cause, GaveUp)
        assert "refused" in str(cause)


@pytest.mark.parametrize("within", [True, False], ids=["in its callback", "from outside"])
def test_a_fault_that_others_find_ends_it_with_their_code(within: bool) -> None:
    """The peer reads the code, and the connection opens again."""
    fault = ProtocolViolation("compressed, which was not agreed", 1008)
    with peer() as host, connecting(f"ws://{host.host}/ws", start=False) as notes:
        if within:
            notes.then = lambda _: notes.connection.violate(fault)
        notes.connection.start()
        link = host.accept()
        link.upgrade(frame("a"))
        notes.wait(TEXT)
        if not within:
            notes.connection.violate(fault)
        assert link.read_frame() == (CLOSE, b"\x03\xf0")
        link.close()
        assert notes.wait(LOST).cause is fault
        host.accept().upgrade()
        notes.wait(OPENED, 2)
