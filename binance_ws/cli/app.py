"""The commands, each a function in a module of its own."""

from __future__ import annotations

import typer

from .. import __version__
from . import book, demo, doctor, migrate

app = typer.Typer(name="binance-ws", help="Binance WebSocket streams in the terminal.", no_args_is_help=True)
app.command()(demo.demo)
app.command()(book.book)
app.command()(doctor.doctor)
app.command()(migrate.migrate)


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
