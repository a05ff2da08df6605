"""Writes what a run says: a page fragment and a plot. `python3 bench/render.py [RESULTS.json]` does it again."""

from __future__ import annotations

import sys
from pathlib import Path

import goals
import plot
from environment import BENCH
from results import Results
from roster import BY_NAME
from tables import Table, Writer

LATEST = BENCH / "results" / "latest.json"
LEGEND = (
    "`~` the client did not get a whole core or waited for data: read its CPU figure instead. "
    "`·` a variant that differs by its decoder or loop alone and takes no part there."
)


def machine_lines(results: Results) -> list[str]:
    """The machine and the way it was used."""
    machine, settings = results.machine, results.settings
    runs = f"medians of {settings['runs']} runs" if settings["runs"] > 1 else "a single run"
    pinned = machine["client_core"] >= 0
    cores = f"client on core {machine['client_core']}, load generator on core {machine['load_core']}"
    return [
        f"* {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['kernel']}",
        f"* {machine['python']}, {machine['openssl']}",
        f"* {cores if pinned else 'one core for both'}; load average before {machine['load_average_at_start']}",
        f"* {runs} in {settings['seconds']} s, {machine['date']}, commit {machine['commit']}",
    ]


def versions_table(results: Results) -> Table:
    """Who took part, how, in which version."""
    rows = [
        [peer, BY_NAME[peer].note, ", ".join(f"{name} {version}" for name, version in found.items())]
        for peer, found in results.versions.items()
    ]
    return Table("Peers", "As pinned for the benchmark.", ["", "how", "versions"], rows)


def everything(results: Results) -> tuple[list[Table], list[str]]:
    """All tables in order, and the notes that they point at."""
    writer = Writer(results)
    return [goals.table(results), *writer.tables(), versions_table(results)], writer.notes.lines()


def markdown(results: Results) -> str:
    """The page fragment."""
    made, notes = everything(results)
    noted = [f"* {note}" for note in notes]
    blocks = ["\n".join(machine_lines(results)) + "\n", *(table.markdown() for table in made), LEGEND + "\n"]
    return "\n".join([*blocks, *noted]) + "\n"


def terminal(results: Results) -> str:
    """The same for a terminal."""
    made, notes = everything(results)
    return "\n".join([*machine_lines(results), "", *(table.text() for table in made), LEGEND, *notes])


def write(results: Results, path: Path) -> None:
    """The JSON file, and beside it the page fragment and the plot."""
    results.save(path)
    path.with_suffix(".md").write_text(markdown(results))
    path.with_suffix(".svg").write_text(plot.draw(results))


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LATEST
    results = Results.load(path)
    write(results, path)
    print(terminal(results))


if __name__ == "__main__":
    main()
