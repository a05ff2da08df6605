"""Commands that the pages show: the program, the command, its options and its arguments exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
import typer

from binance_ws.cli.app import app
from binance_ws.simulator.__main__ import _arguments

from .pages import PAGES, ROOT

OTHERS = {
    "export",
    "cd",
    "jupyter",
    "jq",
    "duckdb",
    "curl",
    "zstd",
    "zcat",
    "zstdcat",
    "kill",
    "docker",
    "prometheus",
    "ls",
    "head",
}
"""Programs that are not ours, in the pages' commands."""


def _commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Page and words of each command: of each line of a console block, or, where some have a prompt, of those."""
    for page in PAGES:
        for block in page.code("console"):
            lines = block.text.replace("\\\n", " ").splitlines()
            prompted = [line[2:] for line in lines if line.startswith("$ ")]
            for line in prompted or lines:
                yield from ((page.name, words) for words in _split(line) if words)


def _split(line: str) -> Iterator[tuple[str, ...]]:
    """The commands of a line, without variables that are set before them and files that they read and write."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&<>")
    lexer.whitespace_split = True
    words: list[str] = []
    tokens = iter(lexer)
    for token in tokens:
        if token in ("|", "&&", "&"):
            yield tuple(words)
            words = []
        elif token in (">", ">>", "<"):
            next(tokens)
        elif words or not re.match(r"[A-Z_]+=", token):
            words.append(token)
    yield tuple(words)


@pytest.mark.parametrize(("page", "command"), sorted(set(_commands())), ids=str)
def test_a_command_exists(page: str, command: tuple[str, ...]) -> None:
    """Nobody is told to type what is not there."""
    program, *words = command
    check = {"binance-ws": _ours, "python": _python, "pip": _pip, "make": _make}.get(program)
    assert check is not None or program in OTHERS, f"{page}: {program}"
    if check is not None:
        check(words)


def _ours(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    context = command.make_context("binance-ws", ["--help"], resilient_parsing=True)
    if words[:1] in (["--help"], ["--version"]):
        return
    name, *rest = words
    while hasattr(command, "commands"):
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
        if hasattr(command, "commands"):
            name, *rest = rest
    if "--help" in rest:
        return
    given, left, _ = command.make_parser(type(context)(command)).parse_args(args=rest)
    needed = {each.name for each in command.params if each.required and each.param_type_name == "argument"}
    assert not left
    assert not [each for each in needed if not given.get(each)]


def _python(words: list[str]) -> None:
    if words[0] == "-m" and words[1] == "binance_ws.simulator":
        _arguments().parse_args(words[2:])
    elif words[0] == "-m":
        assert importlib.util.find_spec(words[1])


def _pip(words: list[str]) -> None:
    assert words[0] == "install"
    known = set(metadata.metadata("binance-ws").get_all("Provides-Extra") or [])
    for word in words[1:]:
        if found := re.fullmatch(r"binance-ws(?:\[([\w,]+)\])?", word):
            assert not [each for each in (found[1] or "").split(",") if each and each not in known]


def _make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [word for word in words if "=" not in word and word not in targets] == []
