"""``python -m binance_ws.simulator``."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from binance_ws.simulator import __main__ as command
from tests.peer import SECONDS
from tests.simulator.client import connected


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(end: signal.Signals) -> None:
    """It says where it listens and what to set, serves a replay, and ends cleanly."""
    words = [
        sys.executable,
        "-m",
        "binance_ws.simulator",
        "--port",
        "0",
        "--replay",
        "demo",
        "--speed",
        "max",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        host = lines[1].split("BINANCE_WS_HOST=")[1].strip()
        assert host in lines[0]
        with connected(host, "/ws/btcusdt@trade") as client:
            assert client.json()["s"] == "BTCUSDT"
        process.send_signal(end)
        _, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("words", [["--replay", "/nowhere"], ["--speed", "warp"]])
def test_what_cannot_be_used_is_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is told without a traceback, with the status 1."""
    assert command.main([*words, "--port", "0"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_package_names_the_extra() -> None:
    """Without wsproto the import says what to install."""
    code = (
        "import sys; sys.modules['wsproto'] = None\n"
        "from binance_ws.errors import MissingExtra\n"
        "try:\n    import binance_ws.simulator\n"
        "except MissingExtra as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert "binance-ws[simulator]" in done.stdout
