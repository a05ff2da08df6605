"""Links of the pages: files, anchors and pictures exist, and every page can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import PAGES, ROOT, Page

BY_PATH = {page.path: page for page in PAGES}
ABROAD = ("https://", "http://", "mailto:")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Page) -> None:
    """Every file that is linked is there, and has the heading that is meant."""
    assert not [link for link in page.links if not link.startswith(ABROAD) and not _leads(page, link)]


def _leads(page: Page, link: str) -> bool:
    name, _, anchor = link.partition("#")
    path = (page.path.parent / name).resolve() if name else page.path
    if not anchor:
        return path.exists()
    return path in BY_PATH and anchor in BY_PATH[path].anchors


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_headings_are_distinct(page: Page) -> None:
    """So that each has an anchor of its own; and the first is the page's title."""
    assert len(set(page.anchors)) == len(page.anchors)
    assert re.search(r"^# ", page.prose, re.MULTILINE)


def test_every_page_stands_in_the_contents() -> None:
    """The site's tables of contents name every page, once."""
    trees = [
        (page.path.parent / f"{line.strip()}.md").resolve()
        for page in PAGES
        for block in page.code("{toctree}")
        for line in block.text.splitlines()
        if re.fullmatch(r"[\w/-]+", line.strip())
    ]
    site = {page.path for page in PAGES if page.path.parent != ROOT}
    assert sorted(trees) == sorted(site - {ROOT / "docs" / "index.md"})


def test_pictures_are_used() -> None:
    """No picture lies about that no page shows."""
    shown = {(page.path.parent / link).resolve() for page in PAGES for link in page.links}
    there = [path for path in (ROOT / "docs").rglob("*") if path.suffix in (".png", ".svg", ".gif")]
    assert not [path for path in there if path not in shown and not _built(path)]


def _built(path: Path) -> bool:
    return "_build" in path.parts
