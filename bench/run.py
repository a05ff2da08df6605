"""Runs the benchmark: `python3 bench/run.py [--quick] [--runs 5] [--only SCENARIO] [--peer NAME]`.

A whole run writes `bench/results/latest.{json,md,svg}`; a part of one writes `bench/results/partial.…`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from time import monotonic

import arena
import environment
import machine
import priority
import render
from arena import Sample
from environment import BENCH
from results import Results
from roster import BY_NAME, ROWS, Row
from scenarios import CASES, Case

SLOW_END = 5.0  # seconds; an end that took so long is measured once


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure binance_ws and its peers side by side.")
    parser.add_argument("--runs", type=int, default=5, help="times that each case is measured (5)")
    parser.add_argument("--quick", action="store_true", help="one run of the main cases")
    parser.add_argument("--only", default="", help="cases whose key begins so")
    parser.add_argument("--peer", action="append", choices=list(BY_NAME), help="only this one; repeatable")
    parser.add_argument("--priority", action="store_true", help="before other work; needs root")
    return parser.parse_args()


def chosen_cases(options: argparse.Namespace) -> list[Case]:
    """The cases to measure, the main ones side by side; --only may name one that --quick leaves out."""
    cases = [case for case in CASES if case.key.startswith(options.only)]
    kept = [case for case in cases if case.quick or options.only or not options.quick]
    return sorted(kept, key=lambda case: not case.quick)


def chosen_rows(options: argparse.Namespace) -> list[Row]:
    """The peers to measure."""
    return [row for row in ROWS if not options.peer or row.name in options.peer]


def plan(cases: list[Case], rows: list[Row], runs: int) -> Iterator[tuple[int, Case, Row]]:
    """Every measurement in order: peers beside one another within a case, each run beginning with another."""
    for run in range(runs):
        turn = run % len(rows)
        for case in cases:
            for row in rows[turn:] + rows[:turn]:
                if case.admits(row) and run < math.ceil(runs * min(case.repeats, row.repeats)):
                    yield run + 1, case, row


class Run:
    """One run of the benchmark: what was measured so far."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed  # environments that could not be made, with the reason
        self.samples: list[Sample] = []

    def settled(self, case: Case, row: Row) -> bool:
        """Whether repeating would only wait for a deadline, or for a slow end, once more."""
        mine = [s for s in self.samples if (s.case, s.peer) == (case.key, row.name)]
        return any(s.timed_out or s.values.get("exit_s", 0) > SLOW_END for s in mine)

    def take(self, number: int, case: Case, row: Row) -> None:
        """One more sample, unless there is no use in it."""
        if row.venv in self.failed:
            self.keep(Sample(case.key, row.name, number, reason=self.failed[row.venv]))
        elif not self.settled(case, row):
            self.keep(arena.measure(row, case, number))

    def keep(self, sample: Sample) -> None:
        """Add a sample and show it."""
        self.samples.append(sample)
        figures = [f"{name} {value:,.4g}" for name, value in sample.values.items()]
        bounds = [f"{name} > {value:.0f}" for name, value in sample.over.items()]
        said = ", ".join(figures + bounds) or sample.reason
        print(f"{sample.case:32} {sample.peer:20} {said}", file=sys.stderr, flush=True)


def measure_all(options: argparse.Namespace, cases: list[Case], rows: list[Row]) -> Results:
    """Set up and measure."""
    failed = environment.make_all()
    arena.make_certificate()
    description, began = machine.describe(), monotonic()
    run = Run(failed)
    for number, case, row in plan(cases, rows, options.runs):
        run.take(number, case, row)
    settings = {"runs": options.runs, "seconds": round(monotonic() - began), "quick": options.quick}
    return Results(description, settings, environment.all_versions(failed), run.samples)


def main() -> int:
    options = arguments()
    if options.quick:
        options.runs = 1
    with priority.first(options.priority):
        results = measure_all(options, chosen_cases(options), chosen_rows(options))
    whole = not (options.only or options.peer or options.quick)
    path = BENCH / "results" / ("latest.json" if whole else "partial.json")
    render.write(results, path)
    print(render.terminal(results))
    print(f"\n{path.relative_to(BENCH.parent)}, and beside it .md and .svg")
    return int(any(s.reason for s in results.samples if BY_NAME[s.peer].ours))


if __name__ == "__main__":
    sys.exit(main())
