"""How commands end, and with which code."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable

import pytest
import typer

from binance_ws.cli.ending import polite
from binance_ws.errors import ApiError, ArgumentError, GaveUp, NotConnected, UnknownStream


def fail(error: BaseException) -> Callable[[], None]:
    """A command that fails."""

    def command() -> None:
        raise error

    return command


def killed() -> None:
    """A command that SIGTERM meets."""
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(5)


@pytest.mark.parametrize(
    ("command", "open_code", "bounded_code"),
    [
        (fail(KeyboardInterrupt()), 0, 130),
        (killed, 0, 143),
        (fail(ArgumentError("so is it written")), 2, 2),
        (fail(UnknownStream("no such stream")), 2, 2),
        (fail(ApiError("no", -1121)), 1, 1),
        (fail(GaveUp("no route")), 1, 1),
    ],
)
def test_codes(command: Callable[[], None], open_code: int, bounded_code: int) -> None:
    """Signals are a success where nothing else was to end the command; mistakes and failures differ."""
    before = signal.getsignal(signal.SIGTERM)
    for bounded, code in ((False, open_code), (True, bounded_code)):
        with pytest.raises(typer.Exit) as ended, polite(bounded):
            command()
        assert ended.value.exit_code == code
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_command_that_ends_by_itself() -> None:
    """Nothing is raised, nothing said; threads that hear no signals may use it too."""
    done = []

    def command() -> None:
        with polite():
            done.append(True)

    command()
    thread = threading.Thread(target=command, daemon=True)
    thread.start()
    thread.join(5)
    assert done == [True, True]


def test_a_closed_pipe_leaves_nothing_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output leads nowhere from then on, so that the interpreter's last flush is quiet."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        stdout.write("what nobody reads")
        with pytest.raises(typer.Exit) as ended, polite():
            stdout.flush()
        assert ended.value.exit_code == 141


@pytest.mark.parametrize(
    ("error", "advised"),
    [(GaveUp("no route"), True), (NotConnected("not yet"), True), (ArgumentError("no"), False)],
)
def test_what_is_said(error: Exception, advised: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr; where the exchange was not reached, with what to do."""
    with pytest.raises(typer.Exit), polite():
        raise error
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{error}{'; binance-ws doctor looks into it' if advised else ''}\n")


def test_a_full_disk_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback where output cannot be written."""
    with pytest.raises(typer.Exit) as ended, polite():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "it could not be read or written: No space left on device\n"
