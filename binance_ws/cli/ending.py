"""How commands end: quietly when they are told to, else with one sentence, and with which exit code.

0 is an end that was asked for: by Ctrl-C, by SIGTERM, or by an option. Where an option says when to end, Ctrl-C
and SIGTERM come too early and are 130 and 143. 1 is a failure, 2 a command that cannot be meant so, and 141 the
end of whoever read the output, as of any program in a pipe.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

from ..errors import ArgumentError, BinanceWsError, GaveUp, NotConnected, OpenError, RestError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143

_UNREACHED = (GaveUp, NotConnected, OpenError, RestError)


class Terminated(KeyboardInterrupt):
    """SIGTERM came; whatever ends on Ctrl-C ends on it too."""


@contextmanager
def polite(bounded: bool = False) -> Iterator[None]:
    """Run a command, and end it as the codes above say.

    Args:
        bounded: whether an option says when it ends.

    Raises:
        typer.Exit: it ended early, or failed.
    """
    try:
        with _terminable():
            yield
    except BrokenPipeError:
        _abandon_output()
        raise typer.Exit(BROKEN_PIPE) from None
    except OSError as error:
        typer.echo(f"it could not be read or written: {error.strerror or error}", err=True)
        raise typer.Exit(FAILED) from error
    except BinanceWsError as error:
        typer.echo(f"{error}{_advice(error)}", err=True)
        raise typer.Exit(MISUSED if isinstance(error, ArgumentError) else FAILED) from error
    except Terminated:
        raise typer.Exit(TERMINATED if bounded else 0) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED if bounded else 0) from None


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end what runs as Ctrl-C does; only a process's first thread hears signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _abandon_output() -> None:
    """Nobody reads any more: what is left to write must not be tried again at the interpreter's end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _advice(error: BinanceWsError) -> str:
    """What to do where the exchange was not reached."""
    return "; binance-ws doctor looks into it" if isinstance(error, _UNREACHED) else ""
