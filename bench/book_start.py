"""How long it takes to bring up 50 and 500 order books at once, side by side, within the exchange's weight.

`python bench/book_start.py` has each library bring them up against a simulated exchange of its own, which keeps
the exchange's rules: 6,000 of weight a minute, 300 connections in five minutes, a ban for whoever does not listen.
Each runs in its virtual environment and begins with a minute, so that it has a whole one's weight first.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter
from contextlib import closing
from typing import Any, NamedTuple

import environment
from book_client import LIBRARIES

from binance_ws import Client
from binance_ws.core.snapshots import weight_of
from binance_ws.enums import Market
from binance_ws.simulator import Exchange

VENVS = {"binance_ws": environment.MAIN, "cryptofeed": "cryptofeed"}
OTHERS = "books"
TITLES = ("library", "books", "up", "seconds", "weight", "429", "418", "connections")
WIDTHS = (22, 7, 7, 9, 9, 7, 7, 12)
GRACE = 60.0


class Outcome(NamedTuple):
    """What a library did."""

    up: int
    seconds: float
    weight: int
    refused: Counter[int]
    connections: int


def minute_begins() -> None:
    """Wait for the next calendar minute."""
    time.sleep(60 - time.time() % 60 + 0.5)


def symbols_of(exchange: Exchange, count: int) -> list[str]:
    """Symbols that are traded."""
    with closing(Client(environment=exchange.environment)) as client:
        rows = client.exchange_info()["symbols"]
    return [row["symbol"] for row in rows if row["status"] == "TRADING"][:count]


def run(library: str, exchange: Exchange, symbols: list[str], deadline: float) -> dict[str, Any]:
    """Have a library bring books up; what it said."""
    python = environment.python(VENVS.get(library, OTHERS))
    script = str(environment.BENCH / "book_client.py")
    done = subprocess.run(
        [str(python), script, library, exchange.host, str(deadline)],
        input=" ".join(symbols),
        capture_output=True,
        text=True,
        timeout=deadline + GRACE,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"up"')]
    if not lines:
        raise SystemExit(f"{library}: {environment.last_line(done.stderr)}")
    said: dict[str, Any] = json.loads(lines[-1])
    return said


def bring_up(library: str, count: int, deadline: float) -> Outcome:
    """What a library does with so many books, and what the exchange saw of it."""
    with Exchange(symbols=count) as exchange:
        symbols = symbols_of(exchange, count)
        before = len(exchange.requests)
        minute_begins()
        said = run(library, exchange, symbols, deadline)
        requests = exchange.requests[before:]
    depths = [r for r in requests if r.path.endswith("/depth") and r.status == 200]
    weight = sum(weight_of(Market.SPOT, int(r.query.get("limit", 100))) for r in depths)
    refused = Counter(r.status for r in requests if r.status in (418, 429))
    connections = sum(r.upgrade and r.status == 101 for r in requests)
    return Outcome(said["up"], said["seconds"], weight, refused, connections)


def row(cells: tuple[object, ...]) -> str:
    """A line of the table."""
    return "".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--library", nargs="+", choices=LIBRARIES, default=list(LIBRARIES))
    parser.add_argument("--deadline", type=float, default=300.0, help="seconds for one library")
    given = parser.parse_args()
    for venv in {VENVS.get(library, OTHERS) for library in given.library}:
        if reason := environment.make(venv):
            raise SystemExit(f"bench/.venv/{venv}: {reason}")
    print(row(TITLES))
    for count in given.books:
        for library in given.library:
            did = bring_up(library, count, given.deadline)
            seconds = f"{did.seconds:.1f}"
            cells = (library, count, did.up, seconds, did.weight, did.refused[429], did.refused[418])
            print(row((*cells, did.connections)), flush=True)


if __name__ == "__main__":
    main()
