"""``binance-ws demo``, as a person runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which must end by itself."""
    command = [sys.executable, "-m", "binance_ws.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_the_demo_shows_every_socket_and_ends() -> None:
    """It shows messages of each stream, a second start that returns False, and exits with 0."""
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "starting it a second time returns False" in done.stdout
    for stream in (
        "btcusdt@trade",
        "btcusdt@kline_1m",
        "btcusdt@depth5",
        "ethusdt@trade",
        "ethusdt@bookTicker",
    ):
        assert re.search(rf"^  {stream} +\d+$", done.stdout, re.MULTILINE)
    assert done.stdout.endswith("Closed.\n")


def test_the_readme_shows_real_output() -> None:
    """The README's output has the lines that the demo prints, but for numbers."""
    shown = README.read_text().split("```text\n")[1].split("```")[0]

    def shape(text: str) -> set[str]:
        return {re.sub(r"[\d.]+", "N", re.sub(r" +", " ", line)) for line in text.splitlines()}

    assert shape(shown) - shape(run("demo").stdout) == set()


def test_the_version() -> None:
    """``--version`` prints it."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").stdout)
