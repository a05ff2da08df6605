"""The page on types: its tables are true, and type checkers find in its callbacks what they should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_origin

from binance_ws.enums import Market
from binance_ws.types import OF_EVENT, OF_KIND, ErrorMessage
from tests.typed import members

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "types.md").read_text(encoding="utf-8")
UNIONS = {
    "spot, margin, isolated margin": ("SpotEvent", "spot"),
    "margin risk": ("MarginRiskEvent", "margin_risk"),
    "USD-M": ("UsdmEvent", "usdm"),
    "COIN-M": ("CoinmEvent", "coinm"),
    "options": ("OptionsEvent", "options"),
    "portfolio margin": ("PortfolioEvent", "portfolio"),
    "portfolio margin Pro": ("PortfolioProEvent", "portfolio_pro"),
}
"""The unions of events by what the page calls their accounts."""


def cell(type_: Any) -> str:
    """A type as the page writes it."""
    names = " or ".join(f"`{each.__name__}`" for each in members(type_))
    return f"list of {names}" if get_origin(type_) is list else names


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def tables() -> tuple[str, str]:
    """The tables of the page: of streams and of accounts."""
    names = dict.fromkeys(name for _, name in OF_KIND)
    streams = [row("builder", "spot", "USD-M", "COIN-M", "options"), row(*["---"] * 5)]
    streams += [
        row(f"`{name}`", *(cell(OF_KIND[m, name]) if (m, name) in OF_KIND else "" for m in Market))
        for name in names
    ]
    accounts = [row("accounts", "union", "events"), row(*["---"] * 3)]
    for account, (union, of) in UNIONS.items():
        found = (each for each in OF_EVENT[of].values() if each is not ErrorMessage)
        accounts.append(row(account, f"`{union}`", ", ".join(map(cell, found))))
    return "\n".join(streams), "\n".join(accounts)


def test_the_page_lists_every_type() -> None:
    """Under its builder and market, or its account."""
    streams, accounts = tables()
    assert streams in PAGE
    assert accounts in PAGE


def test_callbacks_with_these_types_are_checked(tmp_path: Path) -> None:
    """mypy --strict takes those of ``typed_callbacks`` and of the page, and finds each of the mistakes there."""
    page = tmp_path / "page.py"
    page.write_text("".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)), encoding="utf-8")
    quick = ["--follow-imports", "silent", "--cache-dir", str(tmp_path)]
    command = [sys.executable, "-m", "mypy", *quick, "tests/typed_callbacks.py", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
