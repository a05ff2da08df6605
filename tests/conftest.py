"""What holds for every test: a clean environment, no thread left behind, no socket left open."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.peer import SECONDS

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Who runs the tests in the background may ignore Ctrl-C; what they start must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")

PREFIX = "binance_ws"
"""Begins the name of every thread that the library starts."""

_OURS = (
    "BINANCE_WS_HOST",
    "BINANCE_WS_USER_DATA",
    "BINANCE_WS_JSON",
    "BINANCE_API_KEY",
    "BINANCE_API_SECRET",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture(autouse=True, scope="session")
def plain_environment() -> Iterator[None]:
    """No variable of this machine says where the tests connect to."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*_OURS, *_PROXIES, *map(str.lower, _PROXIES)):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Every thread of the library that a test started has ended soon after it."""
    before = set(_threads())
    yield
    deadline = time.monotonic() + SECONDS
    for thread in set(_threads()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [thread.name for thread in set(_threads()) - before]
    assert not left, f"threads were left behind: {left}"


def _threads() -> list[threading.Thread]:
    me = threading.current_thread()
    return [t for t in threading.enumerate() if t.name.startswith(PREFIX) and t is not me]


@pytest.fixture(autouse=True, scope="session")
def no_socket_is_left() -> Iterator[None]:
    """All tests together leave no more sockets open than there were."""
    before = _sockets()
    yield
    gc.collect()
    assert len(_sockets() - before) == 0, f"sockets were left open: {_sockets() - before}"


def _sockets() -> set[str]:
    """The open sockets of this process, where the system tells."""
    found = set()
    for link in _DESCRIPTORS.iterdir() if _DESCRIPTORS.is_dir() else ():
        try:
            found.add(os.readlink(link))
        except OSError:
            continue  # the descriptor that lists the folder
    return {name for name in found if name.startswith("socket:")}
