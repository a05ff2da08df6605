"""What a command lets the library say: nothing, or, with ``--verbose``, a line on stderr for each event."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from .. import events

Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say on stderr what happens to the connections.")
]


def say(verbose: bool) -> None:
    """Have the library's messages of INFO and above shown on stderr, or none of them."""
    logger = logging.getLogger("binance_ws")
    handler = logging.StreamHandler() if verbose else logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    if verbose:
        logger.setLevel(logging.INFO)


def advise(event: events.Event) -> None:
    """Say what the user should mend, whatever else is said: a stream that is refused, or that will stay silent."""
    if isinstance(event, events.Refused):
        typer.echo(str(event.cause), err=True)
    elif isinstance(event, events.Silent) and event.reason:
        typer.echo(f"{event.stream} is silent: {event.reason}", err=True)
