"""What the tests of the notebook's parts are made of."""

from __future__ import annotations

from typing import Any

from binance_ws.core.levels import BookSnapshot
from binance_ws.core.lifecycle import State
from binance_ws.errors import StaleBook
from binance_ws.info import SocketInfo
from binance_ws.streams.lookup import classify
from tests.waiting import Inbox


def info(key: str = "btcusdt@trade", **numbers: Any) -> SocketInfo:
    """What is known of a socket."""
    given: dict[str, Any] = {
        **dict.fromkeys(("streams", "messages", "bytes", "reconnects", "rotations", "gaps"), 0),
        **dict.fromkeys(("backfilled", "repeated", "malformed", "errors"), 0),
        "state": State.OPEN,
        "last": None,
        "lag": None,
        "ages": {},
        **numbers,
    }
    return SocketInfo(key=key, **given)


def kline(opened: int, close: str = "2", **fields: Any) -> dict[str, Any]:
    """A message of a kline stream."""
    candle = {"t": opened, "o": "1", "h": "3", "l": "0.5", "c": close, "v": "10", "x": False}
    return {"e": "kline", "E": opened + 5, "s": "BTCUSDT", "k": {**candle, **fields}}


class FakeBook:
    """A book of one bid and one ask."""

    symbol = "BTCUSDT"
    market = classify("btcusdt@depth").market
    time: int | None = None
    closed = False
    stale = False
    reason = ""

    def top(self, count: int) -> BookSnapshot:
        """Its levels."""
        if self.stale:
            raise StaleBook(self.reason)
        return BookSnapshot(self.symbol, 7, None, (("1.0", "2.0"),), (("3.0", "4.0"),))


class FakeWidget:
    """Keeps what it is to send."""

    def __init__(self) -> None:
        self.sent = Inbox()

    def send(self, news: dict[str, Any]) -> None:
        """Keep it."""
        self.sent(news)
