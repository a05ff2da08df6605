"""The command line as a whole: what it offers, how it helps, what it needs to be loaded."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from binance_ws.cli import app as module
from binance_ws.cli.app import COMMANDS, app

PAGE = Path(__file__).parents[2] / "docs" / "terminal.md"
NAMES = [command.__name__.rpartition(".")[2] for command in COMMANDS]
EXAMPLES = [line for command in COMMANDS for line in command.EXAMPLES.splitlines()]
HEAVY = {
    "pyarrow",
    "pandas",
    "polars",
    "duckdb",
    "h11",
    "wsproto",
    "zstandard",
    "anywidget",
    "prometheus_client",
}


def test_every_command_is_offered() -> None:
    """``--help`` names each with what it does."""
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert all(f" {name} " in shown for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_examples_line_by_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are typed, brackets and all; exit codes are written down."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    command = next(command for command in COMMANDS if command.__name__.endswith(f".{name}"))
    shown = CliRunner().invoke(app, [name, "--help"]).stdout
    lines = {line.strip() for line in shown.splitlines()}
    assert {*command.EXAMPLES.splitlines()} <= lines
    assert "Exits with 0" in shown or name == "demo"


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_can_be_typed(line: str) -> None:
    """Its command, arguments and options are there."""
    words = shlex.split(line, comments=True)
    program, name, *arguments = words[: next((i for i, word in enumerate(words) if word in "|>"), None)]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert program == "binance-ws"
    assert command.make_context(name, arguments).info_name == name


def test_the_page_has_every_command_and_picture() -> None:
    """docs/terminal.md says of each what it is for, and shows pictures that are there."""
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`binance-ws {name}" in text or f"## `{name}`" in text for name in NAMES)
    pictures = [part.partition(")")[0] for part in text.split("](images/")[1:]]
    assert {*pictures} >= {"top.svg", "book.svg", "stream.svg"}
    assert all((PAGE.parent / "images" / picture).exists() for picture in pictures)


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    """Help comes without what single commands need."""
    code = "import sys; import binance_ws.cli.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    loaded = done.stdout.split()
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert not [name for name in loaded if name.startswith("binance_ws.simulator")]


def test_a_mistake_of_ours_shows_no_values() -> None:
    """A traceback, should there ever be one, leaves out variables, which may hold keys."""
    assert module.app.pretty_exceptions_show_locals is False
