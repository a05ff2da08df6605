"""The size of snapshots: deep enough for the book, as light as that allows."""

from __future__ import annotations

import pytest

from binance_ws.core.snapshots import SIZES, SPARE, size_for, weight_of
from binance_ws.enums import Market


@pytest.mark.parametrize(
    ("market", "depth", "size"),
    [
        ("spot", None, (5000, 250)),
        ("spot", 20, (500, 25)),
        ("spot", 21, (1000, 50)),
        ("spot", 1000, (5000, 250)),
        ("spot", 9000, (5000, 250)),
        ("usdm", None, (1000, 20)),
        ("usdm", 20, (500, 10)),
        ("coinm", 1000, (1000, 20)),
        ("options", 10, (500, 10)),
    ],
)
def test_the_lightest_that_is_deep_enough(market: str, depth: int | None, size: tuple[int, int]) -> None:
    """With spare levels where the exchange gives them."""
    assert size_for(Market(market), depth) == size


@pytest.mark.parametrize(
    ("market", "limit", "weight"),
    [("spot", None, 5), ("spot", 101, 25), ("spot", 9999, 250), ("usdm", None, 10), ("options", None, 5)],
)
def test_the_weight_of_a_limit(market: str, limit: int | None, weight: int) -> None:
    """As on the exchange's pages."""
    assert weight_of(Market(market), limit) == weight


@pytest.mark.parametrize("market", SIZES)
def test_deeper_weighs_more(market: Market) -> None:
    """Sizes and weights rise together, and a small book has its spare levels."""
    sizes = SIZES[market]
    assert list(sizes) == sorted(sizes)
    assert size_for(market, 1).limit > SPARE
