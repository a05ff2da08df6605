"""The commands, each a function in a module of its own that has its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType

import typer

from .. import __version__
from . import book, demo, doctor, export, migrate, record, replay, simulate, stream, top

COMMANDS = (stream, top, book, record, replay, export, doctor, simulate, demo, migrate)

app = typer.Typer(
    name="binance-ws",
    help="Binance WebSocket streams in the terminal.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # they may hold keys
)


def _help(module: ModuleType) -> str:
    """A command's docstring, a line each paragraph, and its examples, which keep their lines."""
    text = inspect.getdoc(_command(module)) or ""
    paragraphs = [paragraph.replace("\n", " ") for paragraph in text.split("\n\n")]
    examples = getattr(module, "EXAMPLES", "")
    shown = [f"[bold]Examples[/]\n{_escaped(examples)}"] if examples else []
    return "\n\n".join([*map(_escaped, paragraphs), *shown])


def _escaped(text: str) -> str:
    """Text in which square brackets are no markup."""
    return text.strip().replace("[", r"\[")


def _command(module: ModuleType) -> Callable[..., None]:
    command: Callable[..., None] = getattr(module, _name(module))
    return command


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


for _module in COMMANDS:
    app.command(_name(_module), help=_help(_module))(_command(_module))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Binance WebSocket streams in the terminal."""
