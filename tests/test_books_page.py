"""The page on order books: what it shows runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from binance_ws.core.snapshots import size_for
from binance_ws.enums import Market
from binance_ws.simulator import Exchange

PAGE = (Path(__file__).parents[1] / "docs" / "books.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange."""
    with Exchange(symbols=["BNBBTC", "BTCUSDT", "ETHUSDT"]) as made:
        yield made


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_code_runs(block: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands there, and ends by itself."""
    monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
    exec(compile(block, "docs/books.md", "exec"), {})


@pytest.mark.parametrize(
    ("market", "depth"), [("spot", 20), ("spot", 520), ("spot", None), ("usdm", 20), ("usdm", 21)]
)
def test_the_table_is_true(market: str, depth: int | None) -> None:
    """Levels, weight and snapshots a minute are those that are asked for."""
    size = size_for(Market(market), depth)
    pool = 6000 if market == "spot" else 2400
    row = rf"\| {size.limit:,} \| {size.weight}( of {pool:,})? \| {int(pool * 0.9 / size.weight)} \|"
    assert re.search(row, PAGE)
