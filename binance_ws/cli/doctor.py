"""``binance-ws doctor``: what is the matter with this machine, and what to do about it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..client import Client
from ..doctor import Finding, State, checks_of, examine
from ..enums import Market
from ..errors import BinanceWsError
from .where import ENVIRONMENTS, environment_of

_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "bold red", State.SKIPPED: "dim"}
_UNUSABLE = 2


def doctor(
    environment: Annotated[
        str | None, typer.Option("--environment", "-e", help=f"One of {', '.join(ENVIRONMENTS)}.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="A local exchange instead, such as 127.0.0.1:8765.")
    ] = None,
    market: Annotated[
        list[Market] | None, typer.Option(help="Look at this product alone; may be repeated.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one check may take.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check this machine and the way to the exchange, and say what to do about what is wrong.

    Exits with 0 where nothing failed, else with 1. Keys are taken from BINANCE_API_KEY and BINANCE_API_SECRET.
    """
    logging.getLogger("binance_ws").addHandler(logging.NullHandler())  # the table says it all
    try:
        client = Client(environment=environment_of(environment, host), timeout=timeout)
    except BinanceWsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(_UNUSABLE) from error
    with Console(stderr=True).status(f"Looking at {client.environment.name}"):
        findings = examine(checks_of(client, market or Market), timeout)
    client.close()
    failed = sum(finding.state is State.FAILED for finding in findings)
    if as_json:
        report = {"environment": client.environment.name, "ok": not failed}
        typer.echo(json.dumps({**report, "checks": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _show(client.environment.name, findings)
    raise typer.Exit(1 if failed else 0)


def _show(name: str, findings: Sequence[Finding]) -> None:
    table = Table("", "", "", "found, and what to do", title=f"binance-ws doctor: {name}", box=SIMPLE)
    for column in table.columns[:3]:
        column.no_wrap = True
    for finding in findings:
        advice = f"\n[bold]→ {escape(finding.advice)}[/]" if finding.advice else ""
        state = f"[{_STYLES[finding.state]}]{finding.state}[/]"
        table.add_row(finding.subject, finding.what, state, escape(finding.text) + advice)
    console = Console()
    console.print(table)
    count = {state: sum(f.state is state for f in findings) for state in State}
    console.print(f"{count[State.FAILED]} failed, {count[State.WARNING]} warnings, {count[State.OK]} fine")
