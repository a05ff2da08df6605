"""``binance-ws doctor``: what is the matter with this machine, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import zip_longest
from textwrap import wrap
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from ..client import Client
from ..doctor import Cause, Finding, State, causes, checks_of, examine
from ..enums import Market
from .console import Screen
from .ending import FAILED, polite
from .log import Verbose, say
from .where import AsJson, EnvironmentName, Host, environment_of

EXAMPLES = """\
binance-ws doctor
binance-ws doctor --environment testnet --market spot
binance-ws doctor --json | jq '.checks[] | select(.state == "failed")'
"""

_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "bold red", State.SKIPPED: "dim"}

_WIDE = len("rest, clock, stream")
"""Columns of what was checked, where several checks found the same."""


def doctor(
    market: Annotated[
        list[Market] | None,
        typer.Option("--market", "-m", help="Look at this product alone; may be repeated."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one check may take.")] = 10.0,
    as_json: AsJson = False,
    environment: EnvironmentName = None,
    host: Host = None,
    verbose: Verbose = False,
) -> None:
    """Check this machine and the way to the exchange, and say what to do about what is wrong.

    Keys are taken from BINANCE_API_KEY and BINANCE_API_SECRET.

    Exits with 0 where nothing failed, with 1 where something did, with 2 where an option cannot be used.
    """
    say(verbose)
    with (
        polite(bounded=True),
        closing(Client(environment=environment_of(environment, host), timeout=timeout)) as client,
    ):
        name = client.environment.name
        with Screen(stderr=True).status(f"Looking at {name}"):
            findings = examine(checks_of(client, market or Market), timeout)
        failed = any(finding.state is State.FAILED for finding in findings)
        if as_json:
            report = {"environment": name, "ok": not failed}
            typer.echo(json.dumps({**report, "checks": [asdict(finding) for finding in findings]}, indent=2))
        else:
            _show(name, findings)
    raise typer.Exit(FAILED if failed else 0)


def _show(name: str, findings: Sequence[Finding]) -> None:
    table = Table("", "", "", "found, and what to do", title=f"binance-ws doctor: {name}", box=SIMPLE)
    for column in table.columns[:3]:
        column.no_wrap = True
    for cause in causes(findings):
        table.add_row(*_row(cause))
    screen = Screen()
    screen.print(table)
    count = {state: sum(f.state is state for f in findings) for state in State}
    screen.print(f"{count[State.FAILED]} failed, {count[State.WARNING]} warnings, {count[State.OK]} fine")


def _row(cause: Cause) -> tuple[str, str, str, str]:
    """Its places one below the other, and beside them once what was found there."""
    places = [place for subject, what in cause.places.items() for place in _lines(subject, what)]
    subjects, checked = ("\n".join(column) for column in zip(*places, strict=True))
    first = cause.findings[0]
    advice = f"\n[bold]→ {escape(first.advice)}[/]" if first.advice else ""
    state = f"[{_STYLES[first.state]}]{first.state}[/]"
    return subjects, checked, state, escape(cause.text) + advice


def _lines(subject: str, what: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What was checked of a subject, as lines of two cells; the subject stands on the first."""
    lines = wrap(", ".join(what), _WIDE, break_long_words=False, break_on_hyphens=False)
    yield from zip_longest([subject], lines, fillvalue="")
