"""What a newcomer reads first, the README and the page to start with: it is true at the defaults."""

from __future__ import annotations

import inspect
from itertools import islice
from typing import Any

import pytest

import binance_ws
from binance_ws import BinanceSocketManager
from binance_ws.core.backoff import backoff
from binance_ws.core.migrate import migrate

from .pages import PAGES, Block, Page

README = PAGES[0]
START = next(page for page in PAGES if page.name == "docs/start.md")
FIRST = pytest.mark.parametrize("page", [README, START], ids=lambda page: page.name)


def _five_lines(page: Page) -> Block:
    line = page.text[: page.text.index("\n## Five lines\n")].count("\n") + 2
    return next(block for block in page.code("python") if block.line > line)


def test_the_import_lines() -> None:
    """The README's are those that ``binance-ws migrate`` makes of them in a script that makes a manager."""
    (rows,) = [rows for rows in README.tables() if rows[0] == ["old", "new"]]
    assert len(rows) == 4
    old, new = ("\n".join(cell.strip("`") for cell in cells) for cells in zip(*rows[1:], strict=True))
    made = "\nmanager = BinanceSocketManager(Client())\n"
    assert migrate(old + made, binance_ws.__all__).text == new + made


@FIRST
def test_old_scripts_come_before_new_ones(page: Page) -> None:
    """Whoever has one need not read on to find the command."""
    assert "binance-ws migrate" in page.text[: page.text.index("\n## Five lines\n")]


@FIRST
def test_the_first_callback_hears_the_end(
    page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last message of a socket that was given up is none of its stream's."""
    monkeypatch.setenv("BINANCE_WS_HOST", "127.0.0.1:1")
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(_five_lines(page).text, space)
    space["manager"].close()
    space["process_message"]({"e": "error", "m": "Max reconnect retries reached"})
    assert capsys.readouterr().out == "Max reconnect retries reached\n"


@FIRST
def test_when_a_socket_gives_up(page: Page) -> None:
    """How often it tries, how long it waits meanwhile, and how it is told not to."""
    tries = inspect.signature(BinanceSocketManager).parameters["max_retries"].default
    longest = sum(islice(backoff(chance=lambda: 0), tries))
    assert (tries, round(longest)) == (5, 3)
    for word in ("five times", "three seconds", "Max reconnect retries reached", "max_retries=None"):
        assert word in page.text
