"""``binance-ws migrate``: an old script with its import lines changed."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path
from typing import NoReturn

import typer

from .. import __all__ as offered
from ..core.migrate import Migration
from ..core.migrate import migrate as migrated
from ..errors import ArgumentError

EXAMPLES = """\
binance-ws migrate old_bot.py > new_bot.py
binance-ws migrate --in-place old_bot.py
"""

INCOMPLETE = 1
UNREADABLE = 2

_SCRIPT = typer.Argument(help="A script for python-binance 0.7.", metavar="SCRIPT")
_IN_PLACE = typer.Option(False, "--in-place", "-i", help="Change the file instead of printing the script.")


def migrate(script: Path = _SCRIPT, in_place: bool = _IN_PLACE) -> None:
    """Print a script with its imports changed to binance_ws, and name what has no place there.

    Exits with 0 where the script runs as it is now, with 1 where something could not be placed, with 2 where it
    could not be read.
    """
    try:
        source, encoding = _read(script)
        migration = migrated(source, offered)
        _put(script, source, migration, encoding, in_place)
    except OSError as error:
        _fail(f"{script}: {error.strerror}")
    except (ArgumentError, SyntaxError, UnicodeError) as error:
        _fail(f"{script}: {error}")
    for note in migration.notes:
        word = "" if note.placed else "not placed: "
        typer.echo(f"{script}:{note.line}: {word}{note.text}", err=True)
    raise typer.Exit(0 if migration.complete else INCOMPLETE)


def _read(script: Path) -> tuple[str, str]:
    """A script's text, line ends and all, and its encoding."""
    content = script.read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding), encoding


def _put(script: Path, source: str, migration: Migration, encoding: str, in_place: bool) -> None:
    content = migration.text.encode(encoding)
    if not in_place:
        typer.echo(content, nl=False)
    elif migration.text != source:
        # Into the same file, so that its permissions, owner and links stay.
        script.write_bytes(content)


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(UNREADABLE)
