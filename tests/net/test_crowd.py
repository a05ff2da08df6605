"""Reading in turn, where there is more to read than can be worked off."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from binance_ws.net import crowd

from ..peer import SECONDS
from ..waiting import in_thread


class Taken:
    """A turn that is never free at once."""

    def acquire(self, blocking: bool = True) -> bool:
        return blocking

    def release(self) -> None:
        """Nothing."""


def test_what_is_there_is_read_at_once() -> None:
    """All of it, however little the buffer takes."""
    ours, peer = socket.socketpair()
    with ours, peer:
        peer.sendall(b"abcdef")
        assert crowd.read(ours.recv_into, memoryview(bytearray(4))) == b"abcdef"


def test_who_had_to_wait_reads_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many read, what they have read must not be much."""
    monkeypatch.setattr(crowd, "_turn", Taken())
    monkeypatch.setattr(crowd, "LESS", 4)
    ours, peer = socket.socketpair()
    with ours, peer:
        peer.sendall(b"abcdef")
        assert crowd.read(ours.recv_into, memoryview(bytearray(4))) == b"abcd"


def test_who_has_nothing_to_read_holds_nobody_up() -> None:
    """It waits for its data outside the turn: another one reads meanwhile."""
    quiet, silent = socket.socketpair()
    ours, peer = socket.socketpair()
    with quiet, silent, ours, peer:
        chunks: list[bytes] = []
        waiting = in_thread(lambda: chunks.append(crowd.read(quiet.recv_into, memoryview(bytearray(4)))))
        peer.sendall(b"a")
        assert crowd.read(ours.recv_into, memoryview(bytearray(4))) == b"a"
        silent.sendall(b"bc")
        waiting.join(SECONDS)
        assert chunks == [b"bc"]


def test_the_end_of_a_connection_is_read_as_such() -> None:
    """Nothing, as ``recv`` gives it."""
    ours, peer = socket.socketpair()
    with ours:
        peer.close()
        assert crowd.read(ours.recv_into, memoryview(bytearray(4))) == b""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_does_not_wait_for_a_reader_of_its_parent() -> None:
    """Whoever was reading at the fork is not there to give the turn back."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with crowd._turn:
            held.set()
            free.wait(SECONDS)

    holder = in_thread(hold)
    assert held.wait(SECONDS)
    child = os.fork()
    if not child:
        os._exit(0 if crowd._turn.acquire(timeout=SECONDS) else 1)
    free.set()
    holder.join(SECONDS)
    assert os.waitpid(child, 0)[1] == 0
