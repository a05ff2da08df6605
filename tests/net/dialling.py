"""What the tests of dialling share: how it fails, and peers that make it fail."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest

from binance_ws.errors import OpenError
from binance_ws.net.dial import dial
from binance_ws.net.network import Network
from tests.peer import SECONDS, Link, Peer
from tests.waiting import in_thread

PLAIN = Network(SECONDS)


def refused(url: str, network: Network = PLAIN) -> OpenError:
    """The error of dialling, after which no socket that was handed out is open."""
    published: list[socket.socket] = []
    with pytest.raises(OpenError) as caught:
        dial(url, network, published.append)
    assert [sock.fileno() for sock in published] == [-1] * len(published)
    return caught.value


@contextlib.contextmanager
def playing(host: Peer, play: Callable[[Link], object]) -> Iterator[None]:
    """The peer accepts one connection and does something with it, for as long as the client is there."""

    def run() -> None:
        with contextlib.suppress(OSError):
            play(host.accept())

    thread = in_thread(run)
    yield
    thread.join()


def hang_up(link: Link) -> None:
    """Read the client's hello and close."""
    link.sock.recv(4096)
    link.close()


def reset(link: Link) -> None:
    """Read the client's hello and reset."""
    link.sock.recv(4096)
    link.reset()
