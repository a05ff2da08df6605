"""Real proxies, each on a free port of the loopback with an address of its own to go out from."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peer import SECONDS

USER = "user"
OUT = "127.0.0.3"
"""From where a proxy connects: the peer sees by it that a connection came through one."""

_PAUSE = threading.Event()

_TINYPROXY = """\
Port {port}
Listen 127.0.0.1
Bind {out}
Timeout 60
MaxClients 20
LogLevel Critical
"""


def binary(name: str, package: str) -> str:
    """The path of a program; without it, the test is skipped and says what is missing."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing: apt-get install {package}")
    return found


@contextlib.contextmanager
def tinyproxy(folder: Path, password: str) -> Iterator[str]:
    """An HTTP proxy, with or without a password; the host that it listens on."""
    program, port = binary("tinyproxy", "tinyproxy-bin"), free_port()
    text = _TINYPROXY.format(port=port, out=OUT) + (f"BasicAuth {USER} {password}\n" if password else "")
    (folder / "tinyproxy.conf").write_text(text, encoding="utf-8")
    with _running(port, program, "-d", "-c", str(folder / "tinyproxy.conf")) as host:
        yield host


@contextlib.contextmanager
def microsocks(_: Path, password: str) -> Iterator[str]:
    """A SOCKS5 proxy, with or without a password; the host that it listens on."""
    program, port = binary("microsocks", "microsocks"), free_port()
    login = ["-u", USER, "-P", password] if password else []
    with _running(port, program, "-i", "127.0.0.1", "-p", str(port), "-b", OUT, *login) as host:
        yield host


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(port: int, *command: str) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), SECONDS).close()
            return
        _PAUSE.wait(0.01)
    raise AssertionError(f"{process.args!r} did not begin to listen")
