"""``binance-ws demo``, as a person runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .people import run

PAGE = Path(__file__).parents[2] / "docs" / "start.md"


@pytest.fixture(scope="module")
def shown() -> str:
    """What the demo prints, from its start to its end."""
    code, out, err = run(None, "demo")
    assert (code, err) == (0, "")
    return out


def test_the_demo_shows_every_socket_and_ends(shown: str) -> None:
    """It shows messages of each stream, and a second start that returns False."""
    assert "starting it a second time returns False" in shown
    for stream in (
        "btcusdt@trade",
        "btcusdt@kline_1m",
        "btcusdt@depth5",
        "ethusdt@trade",
        "ethusdt@bookTicker",
    ):
        assert re.search(rf"^  {stream} +\d+$", shown, re.MULTILINE)
    assert shown.endswith("Closed.\n")


def test_the_page_shows_real_output(shown: str) -> None:
    """The page to start with has the lines that the demo prints, but for numbers and what it leaves out."""
    promised = PAGE.read_text().split("```text\n")[1].split("```")[0]

    def shape(text: str) -> set[str]:
        return {re.sub(r"[\d.]+", "N", re.sub(r" +", " ", line)) for line in text.splitlines()}

    assert shape(promised) - shape(shown) <= {" …"}


def test_the_version() -> None:
    """``--version`` prints it."""
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run(None, "--version")[1])
