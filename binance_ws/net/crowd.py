"""Reads that follow a full one: there is more than can be worked off, so they are large, and made in turn.

Few large reads cost the kernel less than many small ones, but a large room for each connection would be too much:
there is one for all. And a thread that comes back from a system call and finds the interpreter taken wakes every
five milliseconds to ask for it (``sys.getswitchinterval``); with a hundred of them that takes a sixth of the time,
while those that wait for the room sleep. Those that had to wait read less at a time, so that what many have read
and not yet worked off stays small.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable

LARGE, LESS = 512 * 1024, 64 * 1024
"""What is read at once, and by those that had to wait for their turn."""

_AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0)  # Windows has none

_room = memoryview(bytearray(LARGE))
_turn: threading.Lock


def read(recv: Callable[..., int], buffer: memoryview) -> bytes:
    """What is there, read in turn with others; where nothing is, wait for it.

    Args:
        recv: ``recv_into`` of a blocking socket without TLS.
        buffer: for what is waited for.

    Returns:
        at most ``LARGE`` bytes; none at the end of the connection.
    """
    if _AT_ONCE:
        alone = _turn.acquire(blocking=False)
        if not alone:
            _turn.acquire()
        try:
            size = recv(_room, LARGE if alone else LESS, _AT_ONCE)
            return bytes(_room[:size])
        except BlockingIOError:
            pass
        finally:
            _turn.release()
    return bytes(buffer[: recv(buffer)])


def _begin() -> None:
    """Have a lock that is free: in a forked child nobody is left who could free the parent's."""
    global _turn
    # Held for a read that does not wait, and for nothing else.
    _turn = threading.Lock()


_begin()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin)
