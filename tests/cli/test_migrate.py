"""``binance-ws migrate``: what it prints and changes; and old scripts that run behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.simulator import Exchange

SCRIPTS = Path(__file__).parents[1] / "old_scripts"

PRINTED = {
    "trades": ["bnbbtc@trade bnbbtc@kline_30m False", "message type: trade", "stopped False"],
    "multiplex": [
        "streams=bnbbtc@aggTrade/ethusdt@ticker",
        "streams: bnbbtc@aggTrade ethusdt@ticker",
        "ended",
    ],
    "restart": ["Max reconnect retries reached", "back again: trade"],
    "subclass": ["['bnbbtc@aggTrade', 'ethbtc@aggTrade']", "True", "False True"],
    "falls_off": ["the end of the script", "three messages", "closed"],
    "depth_cache": ["BNBBTC", "symbol BNBBTC, crossed: False"],
    "later": ["prices of BNBBTC", "ended False False"],
}
"""What each old script prints, in whatever order its threads come to it."""


def migrate(*arguments: str | Path) -> Any:
    """The command, in this process."""
    return CliRunner().invoke(app, ["migrate", *map(str, arguments)])


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=20) as made:
        yield made


def test_every_old_script_is_tried() -> None:
    """None is forgotten."""
    assert {path.stem for path in SCRIPTS.glob("*.py")} == set(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_an_old_script_runs(name: str, exchange: Exchange, tmp_path: Path) -> None:
    """With its import lines changed it does what it did, ends by itself, and complains of nothing."""
    script = tmp_path / f"{name}.py"
    script.write_bytes((SCRIPTS / script.name).read_bytes())
    migrated = migrate("--in-place", script)
    assert (migrated.exit_code, migrated.output) == (0, "")
    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "BINANCE_WS_HOST": exchange.host},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    # Two threads that print may put a line's text before another one's end of line.
    assert all(line in done.stdout for line in PRINTED[name])
    assert sorted(done.stdout) == sorted("".join(f"{line}\n" for line in PRINTED[name]))
    complaints = [line for line in done.stderr.splitlines() if not _of_retries(name, line)]
    assert (done.returncode, complaints) == (0, [])


def _of_retries(name: str, line: str) -> bool:
    """Whether a line tells of the connection that is meant to fail."""
    return name == "restart" and (" is disconnected: " in line or " is given up: " in line)


OLD = 'from binance.websockets import BinanceSocketManager  # the manager\r\nprint("é")\r\n'
NEW = 'from binance_ws import BinanceSocketManager  # the manager\r\nprint("é")\r\n'


@pytest.mark.parametrize(
    ("head", "encoding"),
    [("", "utf-8"), ("", "utf-8-sig"), ("# -*- coding: latin-1 -*-\r\n", "latin-1")],
)
def test_nothing_but_the_imports_is_changed(head: str, encoding: str, tmp_path: Path) -> None:
    """Comments, encoding and line ends stay; it prints what ``--in-place`` writes, permissions kept."""
    script = tmp_path / "script.py"
    script.write_bytes((head + OLD).encode(encoding))
    script.chmod(0o750)
    expected = (head + NEW).encode(encoding)
    printed = migrate(script)
    assert (printed.exit_code, printed.stdout_bytes) == (0, expected)
    assert script.read_bytes() == (head + OLD).encode(encoding)
    assert migrate(script, "--in-place").exit_code == 0
    assert script.read_bytes() == expected
    assert script.stat().st_mode & 0o777 == 0o750


def test_a_script_without_anything_to_change_is_not_written(tmp_path: Path) -> None:
    """A second run does nothing."""
    script = tmp_path / "script.py"
    script.write_bytes(NEW.encode())
    os.utime(script, (1, 1))
    assert migrate("-i", script).exit_code == 0
    assert script.stat().st_mtime == 1


def test_what_has_no_place_is_named(tmp_path: Path) -> None:
    """With file and line, beside the script, which is printed all the same; the exit code tells."""
    script = tmp_path / "script.py"
    script.write_text("from binance import ThreadedWebsocketManager\n")
    done = migrate(script)
    assert (done.exit_code, done.stdout) == (1, script.read_text())
    assert done.stderr.startswith(
        f"{script}:1: not placed: ThreadedWebsocketManager is of python-binance 1.0"
    )


@pytest.mark.parametrize(
    ("content", "word"),
    [(b'print "old"\n', "line 1 is not Python 3"), (b"\xff\xfe", "invalid"), (None, "No such file")],
)
def test_what_cannot_be_read_is_left_alone(content: bytes | None, word: str, tmp_path: Path) -> None:
    """One sentence, and another exit code."""
    script = tmp_path / "script.py"
    if content is not None:
        script.write_bytes(content)
    done = migrate(script, "--in-place")
    assert (done.exit_code, done.stdout) == (2, "")
    assert word in done.stderr
    assert content is None or script.read_bytes() == content
