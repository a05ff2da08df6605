"""The exchange that the commands of a module connect to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_ws.simulator import Exchange


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange, at its own speed."""
    with Exchange(seed=3) as made:
        yield made
