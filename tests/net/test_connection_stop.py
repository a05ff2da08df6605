"""Tests of stopping a connection: in every state, from everywhere, politely and without waiting for the peer."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websocket import WebSocket

from binance_ws.core.lifecycle import State
from binance_ws.net.network import Network
from tests.certificates import Authority
from tests.net.notes import ENDED, LOST, OPENED, TEXT, Notes, connecting, ends
from tests.peer import CLOSE, Link, black_hole, frame, peer, refusing
from tests.waiting import Inbox, in_thread, wait_event

GOODBYE = (CLOSE, b"\x03\xe8")


@contextlib.contextmanager
def dialling() -> Iterator[Notes]:
    """Connecting to a host that lets nobody in."""
    with black_hole() as host, connecting(f"ws://{host}/") as notes:
        notes.asked.wait()
        yield notes


@contextlib.contextmanager
def in_tls() -> Iterator[Notes]:
    """In the TLS handshake with a peer that is silent."""
    with peer() as host, connecting(f"wss://{host.host}/") as notes:
        assert host.accept().sock.recv(1) == b"\x16"
        yield notes


@contextlib.contextmanager
def upgrading() -> Iterator[Notes]:
    """In the upgrade with a peer that is silent."""
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        host.accept().read_request()
        yield notes


@contextlib.contextmanager
def upgrading_slowly() -> Iterator[Notes]:
    """In the upgrade with a peer that sends byte after byte."""
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        link = host.accept()
        link.read_request()
        link.send(b"HTTP/1.1 101 Switching")
        dribbling = in_thread(lambda: link.dribble(b"a" * 1_000_000))
        yield notes
        dribbling.join()


@contextlib.contextmanager
def mute() -> Iterator[Notes]:
    """Open, with a peer that says nothing more."""
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        host.accept().upgrade()
        notes.wait(OPENED)
        yield notes


@contextlib.contextmanager
def mute_in_a_message() -> Iterator[Notes]:
    """Open, with a peer that fell silent in the middle of a frame."""
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        host.accept().upgrade(frame("a") + frame("b" * 1000)[:500])
        notes.wait(TEXT)
        yield notes


@contextlib.contextmanager
def flooding() -> Iterator[Notes]:
    """Open, with a peer that sends as fast as it can."""
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        link = host.accept()
        link.upgrade()
        sending = in_thread(lambda: _flood(link))
        notes.wait(TEXT, 1000)
        yield notes
        sending.join()


def _flood(link: Link) -> None:
    with contextlib.suppress(OSError):
        for data in itertools.repeat(frame("a" * 100) * 100):
            link.send(data)


@contextlib.contextmanager
def waiting() -> Iterator[Notes]:
    """Between two attempts."""
    with refusing() as host, connecting(f"ws://{host}/", delays=lambda: itertools.repeat(3600.0)) as notes:
        assert notes.wait(LOST).seconds == 3600
        yield notes


SITUATIONS = [dialling, in_tls, upgrading, upgrading_slowly, mute, mute_in_a_message, flooding, waiting]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_can_be_stopped_in_every_state(
    situation: Callable[[], contextlib.AbstractContextManager[Notes]],
) -> None:
    """Its thread ends, which is told once, as no failure, and no further attempt is made."""
    with situation() as notes:
        attempts = len(notes.asked.messages)
        notes.connection.stop()
        assert ends(notes).cause is None
        assert len(notes.asked.messages) == attempts == 1


def test_it_can_be_stopped_before_it_starts() -> None:
    """Then there is no thread to wait for, and a later start ends at once without connecting."""
    with peer() as host, connecting(f"ws://{host.host}/", start=False) as notes:
        notes.connection.stop()
        assert notes.connection.join(0)
        assert (notes.kinds(), notes.connection.state) == ([], State.NEW)
        notes.connection.start()
        assert ends(notes).cause is None
        assert not host.waiting()


def test_it_can_be_stopped_in_its_own_callback() -> None:
    """Waiting for itself there says no, at once, and does no harm."""
    joined = []
    with peer() as host, connecting(f"ws://{host.host}/", start=False) as notes:

        def stop(_: bytes) -> None:
            notes.connection.stop()
            joined.append(notes.connection.join(3600))

        notes.then = stop
        notes.connection.start()
        link = host.accept()
        link.upgrade(frame("a"))
        assert link.read_frame() == GOODBYE
        assert ends(notes).cause is None
    assert joined == [False]


@pytest.mark.parametrize("kind", [OPENED, LOST])
def test_it_can_be_stopped_when_it_is_told_something(kind: str) -> None:
    """Being told that it is open, or that it is lost, is a callback like any other."""
    with peer() as host, connecting(f"ws://{host.host}/", start=False) as notes:
        notes.inbox = Inbox(lambda note: notes.connection.stop() if note.kind == kind else None)
        notes.connection.start()
        link = host.accept()
        link.upgrade()
        if kind == LOST:
            link.close()
        assert ends(notes).cause is None
    assert len(notes.asked.messages) == 1


def test_it_can_be_stopped_while_its_callback_is_busy() -> None:
    """Stopping returns at once; the thread ends when the callback returns."""
    busy, go_on = threading.Event(), threading.Event()
    with peer() as host:

        def be_busy(_: bytes) -> None:
            busy.set()
            wait_event(go_on)

        with connecting(f"ws://{host.host}/", then=be_busy) as notes:
            link = host.accept()
            link.upgrade(frame("a"))
            wait_event(busy)
            notes.connection.stop()
            assert not notes.connection.join(0)
            go_on.set()
            assert ends(notes).cause is None
        assert link.read_frame() == GOODBYE


def test_it_can_be_stopped_by_many_at_once() -> None:
    """It ends once."""
    with mute() as notes:
        stoppers = [in_thread(notes.connection.stop) for _ in range(20)]
        for stopper in stoppers:
            stopper.join()
        assert ends(notes).cause is None


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_stopping_says_goodbye_and_waits_for_no_answer(
    secure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mute peer gets one close frame with 1000 and the end; websocket-client's waiting close is never begun."""
    waits = []
    close = WebSocket.close

    def noted(ws: WebSocket, *args: object, **options: object) -> None:
        waits.append(ws.connected)
        close(ws)

    monkeypatch.setattr(WebSocket, "close", noted)
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1") if secure else None
    with peer(context) as host:
        url = f"{'wss' if secure else 'ws'}://{host.host}/"
        with connecting(url, network=Network(5, ca=authority.path), start=False) as notes:
            opening = in_thread(lambda: host.accept().upgrade())
            notes.connection.start()
            notes.wait(OPENED)
            opening.join()
            notes.connection.stop()
            ends(notes)
        assert host.links[0].read_frame() == GOODBYE
        with pytest.raises(EOFError):
            host.links[0].read_frame()
    assert not any(waits)


@pytest.mark.parametrize("end", [Link.close, Link.reset, lambda link: link.send(b"\x88\x02\x03\xe8")])
def test_a_connection_that_ended_is_closed_without_waiting(
    end: Callable[[Link], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it ended: by FIN, RST or a close frame of a peer that does not hang up."""
    waits = []
    monkeypatch.setattr(WebSocket, "close", lambda ws, *_, **__: waits.append(ws.connected))
    with peer() as host, connecting(f"ws://{host.host}/") as notes:
        link = host.accept()
        link.upgrade()
        notes.wait(OPENED)
        end(link)
        notes.wait(LOST)
        host.accept().upgrade()
        notes.wait(OPENED, 2)
    assert not any(waits)


def test_nothing_is_told_after_the_end() -> None:
    """The last thing that a listener hears is that it ended."""
    with flooding() as notes:
        notes.connection.stop()
        ends(notes)
        told = len(notes.inbox.messages)
    assert (len(notes.inbox.messages), notes.kinds()[-1]) == (told, ENDED)
