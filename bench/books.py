"""Order books side by side, on the same recorded diffs: level updates a second, memory, and wrong best prices.

`python bench/books.py` makes its virtual environment and measures on the captures that the tests use. After each
diff the best bid and ask are read, as a library's users do.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import lzma
import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environment
from book_structures import MADE, Flow, Message

VENV = "books"
ROUNDS = 3
LEVELS = 5000  # a side, of the book whose memory is measured
CAPTURES = environment.ROOT / "tests" / "data"
TITLES = ("structure", "spot", "USD-M", "us a diff", "MB a book", "wrong bests")
UPDATES = "spot and USD-M: level updates a second, the best prices read after each diff; best of {} rounds"


def lines(folder: Path, pattern: str) -> Iterator[Message]:
    """The JSON lines of some files."""
    for path in sorted(folder.glob(pattern)):
        opened = lzma.open if path.suffix == ".xz" else gzip.open
        with opened(path, "rt") as file:
            yield from map(json.loads, file)


def flows(folder: Path) -> list[Flow]:
    """Each symbol's snapshot, and its diffs from there on."""
    found = []
    for row in lines(folder, "*snapshots.jsonl.gz"):
        market, symbol, snapshot = row["market"], row["symbol"], row["data"]
        pattern = f"{market}_books.jsonl.xz"
        stream = f"{symbol.lower()}@depth"
        rows = (r["data"] for r in lines(folder, pattern) if r.get("stream", "").startswith(stream))
        diffs = [d for d in rows if d["u"] >= snapshot["lastUpdateId"]]
        found.append(Flow(market, symbol, snapshot, diffs))
    return found


def updates(flow: Flow) -> int:
    """How many levels its diffs set."""
    return sum(len(diff["b"]) + len(diff["a"]) for diff in flow.diffs)


def seconds(name: str, flow: Flow) -> float:
    """The time that a book takes for a flow."""
    book = MADE[name](flow)
    book.load(flow.snapshot)
    apply, best = book.apply, book.best
    started = time.perf_counter()
    for diff in flow.diffs:
        apply(diff)
        best()
    return time.perf_counter() - started


def bests(name: str, flow: Flow) -> list[Any]:
    """The best levels after each diff, as numbers."""
    book = MADE[name](flow)
    book.load(flow.snapshot)
    found = []
    for diff in flow.diffs:
        book.apply(diff)
        found.append([[float(part) for part in level] for level in book.best()])
    return found


def large(flow: Flow) -> str:
    """A snapshot of many levels, made of a recorded one."""
    bid, ask = (float(flow.snapshot[side][0][0]) for side in ("bids", "asks"))
    quantities = [quantity for _, quantity in flow.snapshot["bids"]]
    texts = [quantities[i % len(quantities)] for i in range(LEVELS)]
    bids = [[f"{bid - i / 100:.8f}", text] for i, text in enumerate(texts)]
    asks = [[f"{ask + i / 100:.8f}", text] for i, text in enumerate(texts)]
    return json.dumps({"lastUpdateId": 1, "bids": bids, "asks": asks})


def memory(name: str, flow: Flow) -> float:
    """The megabytes that a book of many levels holds, with the texts that it keeps."""
    text = large(flow)
    book = MADE[name](flow)
    gc.collect()
    tracemalloc.start()
    book.load(json.loads(text))
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / 1e6


def rates(name: str, every: list[Flow]) -> tuple[float, float, float]:
    """Level updates a second on spot and on USD-M, and microseconds a diff over both."""
    spent = {"spot": 0.0, "futures": 0.0}
    done = {"spot": 0, "futures": 0}
    for flow in every:
        market = "spot" if flow.market == "spot" else "futures"
        spent[market] += min(seconds(name, flow) for _ in range(ROUNDS))
        done[market] += updates(flow)
    diffs = sum(len(flow.diffs) for flow in every)
    spot, futures = (done[market] / spent[market] for market in spent)
    return spot, futures, sum(spent.values()) / diffs * 1e6


def measured(name: str, every: list[Flow], right: list[list[Any]]) -> tuple[str, ...]:
    """A row of the table."""
    try:
        MADE[name](every[0])
    except ImportError as error:
        return (name, f"not installed: {error.name}", "", "", "", "")
    spot, futures, each = rates(name, every)
    pairs = [
        pair
        for flow, wanted in zip(every, right, strict=True)
        for pair in zip(bests(name, flow), wanted, strict=True)
    ]
    wrong = sum(got != wanted for got, wanted in pairs)
    return (
        name,
        f"{spot:,.0f}",
        f"{futures:,.0f}",
        f"{each:.1f}",
        f"{memory(name, every[0]):.2f}",
        f"{wrong} of {len(pairs)}",
    )


def row(cells: tuple[str, ...]) -> str:
    """A line of the table."""
    return f"{cells[0]:<27}" + "".join(f"{cell:>15}" for cell in cells[1:])


def compare(folder: Path) -> None:
    """Print the table."""
    every = flows(folder)
    right = [bests("dict + sorted list (bare)", flow) for flow in every]
    gc.freeze()
    print(UPDATES.format(ROUNDS), f"{sum(map(updates, every)):,} updates", sep="\n")
    print(row(TITLES))
    for name in MADE:
        print(row(measured(name, every, right)), flush=True)


def main() -> None:
    """Run in the virtual environment that has the other libraries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=Path, default=CAPTURES, help="a folder of captures and snapshots")
    arguments = parser.parse_args()
    if Path(sys.prefix).name != VENV:
        if reason := environment.make(VENV):
            raise SystemExit(reason)
        python = str(environment.python(VENV))
        os.execv(python, [python, __file__, *sys.argv[1:]])
    sys.path.append(str(environment.ROOT))
    compare(arguments.captures)


if __name__ == "__main__":
    main()
