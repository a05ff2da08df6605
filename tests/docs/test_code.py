"""Every Python block of every page runs, in order, one namespace a page, and ends what it began."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from binance_ws import BinanceSocketManager, family
from binance_ws.simulator import Exchange

from ..peer import SECONDS
from .pages import PAGES, ROOT, Block, Page

SPEED = 10
"""For pages that open many sockets on a machine that has other things to do."""
NOT_RUN = {"docs/migrate.md": 5}
"""Blocks that are not run, each with its reason above it; those of migrate.md are for other libraries."""

SAVED = "saved as"
"""Marks a block that is a file of its own, of which a page has several; they are run by pytest together."""

PRINTED = "printed by"
"""Marks a block that shows what the one above it prints, to the letter."""


def _runs(block: Block) -> bool:
    return "not run" not in block.marks and SAVED not in block.marks


CODE = [page for page in PAGES if any(map(_runs, page.code("python")))]
SUITES = [page for page in PAGES if any(SAVED in block.marks for block in page.code("python"))]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange that plays real frames of spot and USD-M, faster than they came."""
    with Exchange(["demo", "demo-usdm"], speed=SPEED) as made:
        yield made


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """What a page does to the log does not outlive it."""
    loggers = [logging.getLogger(name) for name in ("", "binance_ws")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def here(exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to be in, with a reader's certificates, where the simulated exchange is the default one."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(certifi.where(), tmp_path / "company.pem")
    monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
    monkeypatch.setenv("BINANCE_API_KEY", exchange.api_key)
    monkeypatch.setenv("BINANCE_API_SECRET", exchange.api_secret)
    return tmp_path


@pytest.mark.parametrize("page", CODE, ids=lambda page: page.name)
def test_its_code_runs(
    page: Page,
    exchange: Exchange,
    here: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As it stands there; every socket that a block leaves open speaks, and no callback raises."""
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        for block in page.blocks:
            if block.language == "python" and _runs(block):
                capsys.readouterr()
                _run(block, page, space)
                _listen(exchange)
            elif PRINTED in block.marks:
                assert capsys.readouterr().out == block.text
    finally:
        for manager in family.members():
            manager.close()
    ours = [record for record in caplog.records if record.name.startswith("binance_ws")]
    assert not [record.getMessage() for record in ours if record.levelno >= logging.ERROR]


def _run(block: Block, page: Page, space: dict[str, Any]) -> None:
    """Lines are counted as the page counts them, for tracebacks."""
    exec(compile("\n" * (block.line - 1) + block.text, page.name, "exec"), space)


def _listen(exchange: Exchange) -> None:
    """Wait until what is open has been heard."""
    ours = [each for each in family.members() if isinstance(each, BinanceSocketManager)]
    running = [manager for manager in ours if manager._registry.running is not None]
    for manager in running:
        manager.wait_connected(timeout=SECONDS)
    assert exchange.wait_for(lambda: not any(map(_mute, running)), SECONDS), list(map(_mute, running))


def _mute(manager: BinanceSocketManager) -> list[str]:
    """The sockets that have said nothing; an account has nothing to say."""
    return [info.key for info in manager.sockets() if info.ages and not info.messages]


@pytest.mark.parametrize("page", SUITES, ids=lambda page: page.name)
def test_its_files_are_a_test_suite(page: Page, tmp_path: Path) -> None:
    """What it says is saved as files is run by pytest, and all of it passes."""
    for block in page.code("python"):
        if SAVED in block.marks:
            (tmp_path / block.marks[SAVED]).write_text(block.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir=."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_not_run_says_why() -> None:
    """And it is little."""
    kept = [
        (page.name, block.marks["not run"])
        for page in PAGES
        for block in page.blocks
        if "not run" in block.marks
    ]
    assert all(reason.strip() for _, reason in kept)
    assert Counter(name for name, _ in kept) == NOT_RUN


def test_every_block_has_a_language() -> None:
    """So that none escapes for want of one."""
    known = {
        "python",
        "console",
        "text",
        "json",
        "toml",
        "ini",
        "yaml",
        "{toctree}",
        "{eval-rst}",
        "{include}",
    }
    found = {(page.name, block.line, block.language) for page in PAGES for block in page.blocks}
    assert not [each for each in found if each[2] not in known]


def test_there_are_pages() -> None:
    """The list of pages is not empty because something moved."""
    assert {"README.md", "docs/index.md"} <= {page.name for page in PAGES}
    assert (ROOT / "docs" / "start.md") in [page.path for page in CODE]
