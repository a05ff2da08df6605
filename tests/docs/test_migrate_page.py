"""The page for those who come from other libraries: each side has one of ours, and what is named exists."""

from __future__ import annotations

import re

import pytest

import binance_ws
from binance_ws import BinanceSocketManager
from binance_ws.core.migrate import migrate
from binance_ws.core.moves import MODULES
from binance_ws.streams import names

from .pages import PAGES

(PAGE,) = [page for page in PAGES if page.name == "docs/migrate.md"]
THEIRS = [block.text for block in PAGE.code("python") if "not run" in block.marks]
OURS = [block.text for block in PAGE.code("python") if "not run" not in block.marks]


def test_each_old_side_has_a_new_one() -> None:
    """Side by side, and ours ends by itself."""
    assert len(OURS) == len(THEIRS)
    assert all(block.startswith("# before") for block in THEIRS)
    assert all(block.startswith("# binance_ws") for block in OURS)
    assert all(".close()" in block or "with BinanceSocketManager" in block for block in OURS)


def test_the_command_makes_of_the_old_script_what_the_page_shows() -> None:
    """But for the line that says which is which, and for imports that the page joins."""

    def body(script: str) -> str:
        return script[script.index("def process_message") :]

    done = migrate(THEIRS[0])
    assert done.complete
    assert body(done.text) == body(OURS[0])
    assert set(re.findall(r"from (\S+) import", done.text)) == set(re.findall(r"from (\S+) import", OURS[0]))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_table_has_every_module(module: str) -> None:
    """With what the command makes of it."""
    (old,) = re.findall(rf"`(from {re.escape(module)} import [^`]*)` \| `", PAGE.text)
    assert f"| `{old}` | `{migrate(old, binance_ws.__all__).text}`" in PAGE.text


def test_all_that_is_named_exists() -> None:
    """Methods, builders, environments, on our side of the tables."""
    cells = [row[-1] for table in PAGE.tables() for row in table[1:]]
    text = "\n".join([*cells, *OURS])
    for method in set(re.findall(r"\b(start_\w+|subscribe|unsubscribe|stop_socket|sockets|close)\(", text)):
        assert hasattr(BinanceSocketManager, method), method
    for builder in set(re.findall(r"\bnames\.(\w+)", text)):
        assert hasattr(names, builder), builder
    for environment in set(re.findall(r"\bEnvironment\.(\w+)", text)):
        assert hasattr(binance_ws.Environment, environment), environment
