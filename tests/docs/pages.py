"""The pages of the documentation, taken apart: fenced blocks with what is marked above them, headings, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"(`{3,})(\S*)(.*)")
_MARK = re.compile(r"<!-- ([\w ]+): (.+) -->")
_HEADING = re.compile(r"(#+) (.+)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Args:
        line: of the page, of its first line of code; counted from 1.
        language: the word behind the fence.
        text: what is in it.
        marks: what HTML comments directly above it say: ``<!-- not run: needs a proxy -->``.
    """

    line: int
    language: str
    text: str
    marks: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Page:
    """A page.

    Args:
        path: of its file.
    """

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        """Its fenced blocks, in order."""
        return list(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        lines = self.text.splitlines()
        fence, start, language = "", 0, ""
        for number, line in enumerate(lines):
            found = _FENCE.fullmatch(line.strip())
            if fence and line.strip() == fence:
                text = "\n".join(lines[start:number]) + "\n"
                yield Block(start + 1, language, text, _marks(lines[: start - 1]))
                fence = ""
            elif found and not fence:
                fence, start, language = found[1], number + 1, found[2]

    @cached_property
    def prose(self) -> str:
        """It without its blocks, line for line."""
        kept = self.text.splitlines()
        for block in self.blocks:
            end = block.line - 1 + block.text.count("\n")
            kept[block.line - 2 : end + 1] = [""] * (end + 3 - block.line)
        return "\n".join(kept)

    def code(self, language: str) -> list[Block]:
        """Its blocks in a language."""
        return [block for block in self.blocks if block.language == language]

    @cached_property
    def anchors(self) -> list[str]:
        """What can be linked to, as GitHub and the site make it of headings."""
        return [slug(found[2]) for line in self.prose.splitlines() if (found := _HEADING.fullmatch(line))]

    @cached_property
    def links(self) -> list[str]:
        """Where its links and pictures point."""
        return _LINK.findall(_CODE.sub("", self.prose))

    def tables(self) -> list[list[list[str]]]:
        """Its tables, as rows of cells, heads first."""
        found: list[list[list[str]]] = [[]]
        for line in self.prose.splitlines():
            if line.startswith("|"):
                found[-1].append([cell.strip() for cell in line.strip("|").split(" |")])
            elif found[-1]:
                found.append([])
        return [[table[0], *table[2:]] for table in found if table]


def _marks(above: list[str]) -> dict[str, str]:
    """The comments that stand directly above a block."""
    marks: dict[str, str] = {}
    for line in reversed(above):
        found = _MARK.fullmatch(line.strip())
        if found:
            marks[found[1]] = found[2]
        elif line.strip():
            break
    return marks


def slug(heading: str) -> str:
    """The anchor of a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")


PAGES = [
    Page(path)
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "_build" not in path.parts
]
"""README.md and every page of the site."""
