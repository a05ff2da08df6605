"""How people run commands: with their output in a pipe, or in a terminal, whose keys they press."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from binance_ws.simulator import Exchange

pexpect: Any = pytest.importorskip("pexpect", reason="pexpect, which reads terminals, is not installed")
fdpexpect: Any = pytest.importorskip("pexpect.fdpexpect")

Process = subprocess.Popen[bytes]

SECONDS = 30.0
"""How long anything may take; the start of a process, on a busy machine, is what takes long."""

CTRL_C = "\x03"
COMMAND = (sys.executable, "-m", "binance_ws.cli")
PAGE = "\f"
"""Stands in what is seen for the beginning of a new picture of the whole screen."""

_HOME = "\x1b[H"
_ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[()][AB0]|[=>78])")
_BEGUN = re.compile(r"\x1b[^a-zA-Z]*\Z")
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal on its input its own, so that Ctrl-C reaches it, and becomes the command."""


def surroundings(exchange: Exchange | None) -> dict[str, str]:
    """The variables of a command that connects to an exchange."""
    host = {} if exchange is None else {"BINANCE_WS_HOST": exchange.host}
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    return {**kept, **host, "TERM": "xterm-256color"}


def begin(exchange: Exchange | None, *arguments: str) -> Process:
    """A command whose output goes into pipes, from which nothing is read ahead."""
    line, pipe = [*COMMAND, *arguments], subprocess.PIPE
    return subprocess.Popen(line, stdout=pipe, stderr=pipe, bufsize=0, env=surroundings(exchange))


def finish(process: Process) -> tuple[int, str, str]:
    """Its exit code, and what it said."""
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out.decode(), err.decode()


def run(exchange: Exchange | None, *arguments: str) -> tuple[int, str, str]:
    """A command that ends by itself."""
    return finish(begin(exchange, *arguments))


def first_line(process: Process) -> str:
    """The first line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().decode()


def stop(process: Process, number: int = signal.SIGINT) -> tuple[int, str, str]:
    """Send it a signal, and wait for its end."""
    process.send_signal(number)
    return finish(process)


def objects(text: str) -> list[Any]:
    """What lines of JSON mean."""
    return [json.loads(line) for line in text.splitlines()]


class _Screen(fdpexpect.fdspawn):  # type: ignore[misc]
    """What a terminal shows, as text without colours and movements."""

    raw = ""
    _left = ""

    def read_nonblocking(self, size: int = 1, timeout: float | None = -1) -> str:
        """What came; an escape sequence that has only begun waits for its end."""
        came = super().read_nonblocking(size, timeout)
        self.raw += came
        text = self._left + came
        begun = _BEGUN.search(text)
        self._left = begun[0] if begun else ""
        return _ESCAPE.sub("", text.removesuffix(self._left).replace(_HOME, PAGE))


class Terminal:
    """A command in a terminal of its own."""

    def __init__(
        self, exchange: Exchange | None, arguments: tuple[str, ...], width: int, height: int
    ) -> None:
        self._keys, inside = pty.openpty()
        self.resize(width, height)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *COMMAND, *arguments],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=surroundings(exchange),
            start_new_session=True,
        )
        os.close(inside)
        self._seen = _Screen(self._keys, encoding="utf-8", timeout=SECONDS)

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._keys, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._keys, keys.encode())

    def see(self, *patterns: str) -> str:
        """Wait until the patterns have come, in that order; what came until then, without colours."""
        came = ""
        for pattern in patterns:
            self._seen.expect(pattern)
            came += self._seen.before + self._seen.after
        return came

    @property
    def raw(self) -> str:
        """All that came, colours and all."""
        return str(self._seen.raw)

    def end(self) -> tuple[int, str]:
        """Wait for the end; the exit code, and what came until then."""
        self._seen.expect(pexpect.EOF)
        return self._process.wait(SECONDS), self._seen.before

    def close(self) -> None:
        """End the command, if it runs still, and close the terminal."""
        self._process.kill()
        self._process.wait(SECONDS)
        self._seen.close()


@contextmanager
def terminal(
    exchange: Exchange | None, *arguments: str, width: int = 100, height: int = 24
) -> Iterator[Terminal]:
    """A command in a terminal, ended at the end."""
    opened = Terminal(exchange, arguments, width, height)
    try:
        yield opened
    finally:
        opened.close()
