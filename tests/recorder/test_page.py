"""What the documentation says of recordings is so."""

from __future__ import annotations

import re
from pathlib import Path

from binance_ws.core import lines
from binance_ws.core.columns import TABLES
from binance_ws.core.packing import SUFFIXES
from binance_ws.recorder import notes, recorder

PAGE = (Path(__file__).parents[2] / "docs" / "recording.md").read_text(encoding="utf-8")


def names(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([\w.]+)`", text)


def part(heading: str) -> str:
    """The part of the page below a heading."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_columns_are_those_of_the_tables() -> None:
    """Each table is named, and those with columns have exactly these."""
    told = {}
    for row in re.findall(r"^\| (`\w+` \| `time`.*) \|$", part("Parquet"), re.MULTILINE):
        name, *columns = names(row)
        told[name] = columns
    assert len(told) >= 5
    assert told == {name: [column.name for column in TABLES[name]] for name in told}
    assert set(TABLES) <= set(names(part("Parquet")))


def test_the_notes_are_those_that_are_written() -> None:
    """Each name that a recorder gives a note is explained."""
    table = re.findall(r"^\| (`.*?`) \|", part("The format"), re.MULTILINE)
    told = {name for row in table for name in names(row)}
    written = {*notes._NAMES.values(), lines.START, lines.NEXT, lines.END, "dropped", "no_snapshot"}
    assert told == written


def test_the_lines_are_those_of_the_format() -> None:
    """The examples are understood as what the page calls them."""
    block = part("The format").partition("```text\n")[2].partition("```")[0]
    found = [lines.parsed(line.encode(), "page", 1) for line in block.splitlines()]
    assert [record and (record.backfilled, record.note and record.note["note"]) for record in found] == [
        (False, None),
        (True, None),
        (False, lines.SNAPSHOT),
        (False, lines.GAP),
    ]


def test_suffixes_and_seconds() -> None:
    """The endings of names, and how much a crash may cost."""
    assert "`.jsonl.zst`, `.jsonl.gz` or `.jsonl`" in PAGE
    assert set(SUFFIXES) == {".jsonl.zst", ".jsonl.gz", ".jsonl"}
    assert recorder.FLUSH_SECONDS == 1
    assert "older than a second" in PAGE
