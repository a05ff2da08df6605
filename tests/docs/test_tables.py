"""Tables of the pages say what the code does."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

from binance_ws import Environment
from binance_ws.core.backfill import SOURCES
from binance_ws.core.snapshots import size_for
from binance_ws.enums import Market
from binance_ws.net.mailbox import POLICIES
from binance_ws.streams.accounts import ACCOUNTS, Account

from .pages import PAGES, ROOT, Page
from .tables import table

README = PAGES[0]
PAGE: dict[str, Page] = {page.name[5:-3]: page for page in PAGES}


@pytest.mark.parametrize("market", Market)
def test_every_stream_is_listed(market: Market) -> None:
    """With the builder, the name, the old method and what becomes of its gaps."""
    assert table(market) in PAGE["streams"].text, f"python -m tests.docs.tables prints the table of {market}"


def test_every_extra_is_explained() -> None:
    """But those that are for working on this package."""
    (rows,) = [rows for rows in PAGE["start"].tables() if rows[0][0] == "extra"]
    extras = set(metadata.metadata("binance-ws").get_all("Provides-Extra") or [])
    assert {row[0].strip("`") for row in rows[1:]} == extras - {"docs", "test"}


def test_what_each_environment_serves() -> None:
    """A yes is a host, an empty cell is none."""
    (rows,) = [rows for rows in PAGE["environments"].tables() if rows[0][0] == "environment"]
    products = ("spot", "margin", "margin_risk", "usdm", "coinm", "options", "portfolio")
    for name, _, *cells in rows[1:]:
        served = [bool(getattr(getattr(Environment, name.strip("`")), each).stream) for each in products]
        assert [cell == "yes" for cell in cells] == served, name
    listed = {row[0].strip("`") for row in rows[1:]}
    assert listed == {name for name, value in vars(Environment).items() if isinstance(value, Environment)}


def test_every_overflow_is_explained() -> None:
    """On the page of slow callbacks."""
    (rows,) = [rows for rows in PAGE["slow-callbacks"].tables() if rows[0][0] == "`overflow`"]
    assert [row[0].strip('`"') for row in rows[1:]] == list(POLICIES)


def test_every_thread_is_listed() -> None:
    """Under the name that the code gives it, whatever it is about."""
    (rows,) = [rows for rows in PAGE["threads"].tables() if rows[0][0] == "thread"]
    listed = {row[2].strip("`") for row in rows[1:]}
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "binance_ws").rglob("*.py")]
    given = {name for text in sources for name in re.findall(r'f?"(binance_ws (?:[\w ]|\{[^}]*\})+)"', text)}
    shapes = [re.sub(r"\\\{[^}]*\\\}", r"\\S+", re.escape(name)) for name in given]
    assert not [name for name, shape in zip(given, shapes, strict=True) if not _some(shape, listed)]


def _some(shape: str, names: set[str]) -> bool:
    return any(re.fullmatch(shape, name) for name in names)


def test_every_account_is_listed() -> None:
    """With the account methods that there are."""
    (rows,) = [rows for rows in PAGE["accounts"].tables() if rows[0][1] == "started by"]
    listed = [name for row in rows[1:] for name in re.findall(r"\w+", row[0])]
    assert listed == [account.value for account in Account]
    assert set(ACCOUNTS) == set(Account)


def test_what_gaps_are_filled() -> None:
    """The table of the page of gaps has a "fetched" where there is a source."""
    (rows,) = [rows for rows in PAGE["gaps"].tables() if rows[0][0] == "stream"]
    kinds = {"trades": "trade", "aggregated trades": "agg_trade", "klines": "kline"}
    for name, *cells in rows[1:]:
        there = [(market, kinds.get(name, "")) in SOURCES for market in Market]
        assert [cell.startswith("fetched") for cell in cells] == there, name


def test_the_readme_says_of_others_what_the_comparison_says() -> None:
    """Its rows are some of those of the page, and the releases are the same."""
    (short,) = [rows for rows in README.tables() if rows[0][1:2] == ["binance_ws"]]
    (long,) = [rows for rows in PAGE["compare"].tables() if rows[0][1:2] == ["binance_ws"]]
    assert not [row for row in short if row not in long]
    releases = re.findall(r"([\w.-]+) (\d+\.\d+\.\d+)", PAGE["compare"].text.split("##")[0])
    assert len(releases) == 5
    assert not [" ".join(each) for each in releases if " ".join(each) not in README.text]


@pytest.mark.parametrize(
    ("market", "depth"), [("spot", 20), ("spot", 520), ("spot", None), ("usdm", 20), ("usdm", 21)]
)
def test_what_snapshots_of_books_weigh(market: str, depth: int | None) -> None:
    """Levels, weight and snapshots a minute are those that are asked for."""
    size = size_for(Market(market), depth)
    pool = 6000 if market == "spot" else 2400
    row = rf"\| {size.limit:,} \| {size.weight}( of {pool:,})? \| {int(pool * 0.9 / size.weight)} \|"
    assert re.search(row, PAGE["books"].text)
