"""Messages and followers for tests that need no exchange."""

from __future__ import annotations

from typing import Any

from binance_ws.books.follower import Follower, News
from binance_ws.streams import names


def follower(market: str = "spot", depth: int | None = None) -> tuple[Follower, list[News]]:
    """A follower that is connected, and what it tells."""
    told: list[News] = []
    made = Follower(names.depth("btcusdt", 100, market), depth, told.append, lambda: None, False)
    made.opened()
    return made, told


def diff(first: int, last: int) -> dict[str, Any]:
    """Changes of a spot book."""
    return {"e": "depthUpdate", "U": first, "u": last, "E": last, "b": [[str(last), "1"]], "a": []}


def snapshot(last: int) -> dict[str, Any]:
    """A spot snapshot."""
    return {"lastUpdateId": last, "bids": [["1", "1"]], "asks": [["999", "1"]]}
