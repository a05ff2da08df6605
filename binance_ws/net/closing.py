"""The end of a connection: how long we hear the peer out after our close frame."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

_SECONDS = 0.5
_PIECE = 65536


def hear_out(sock: socket.socket, clock: Callable[[], float]) -> None:
    """Read on until the peer hangs up, for a moment: closing with unread bytes would destroy our close frame.

    Args:
        sock: the connection; nobody else reads it.
        clock: seconds that do not jump.
    """
    until = clock() + _SECONDS
    with contextlib.suppress(OSError):
        while (left := until - clock()) > 0:
            sock.settimeout(left)
            if not sock.recv(_PIECE):
                return
