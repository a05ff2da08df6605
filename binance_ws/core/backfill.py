"""Where the messages of a gap can be asked for, and how the answers become messages of the live shape.

Sources: the exchange's pages "Old trade lookup", "Compressed/Aggregate trades list", "Kline/Candlestick data".
What REST does not tell is filled as the exchange does where it knows nothing: an event time is the trade's or
the candle's own, trade ids of a candle are -1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..enums import Market
from ..streams.kinds import Stream
from .sequence import Gap, interval_of

Message = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """How one kind of stream is asked for.

    Args:
        path: below the market's REST prefix.
        weight: of one request.
        most: rows that one request brings.
        position: the place of a row in the stream's order: its id, or its open time.
        message: a row as a live message.
        by_time: whether rows are asked for by time instead of by id.
        latest: whether it has the latest rows alone.
        needs_key: whether the exchange wants an API key.
        otherwise: what is asked where the exchange refuses this one.
    """

    path: str
    weight: int
    most: int
    position: Callable[[Any], int]
    message: Callable[[Stream, Any], Message]
    by_time: bool = False
    latest: bool = False
    needs_key: bool = False
    otherwise: Source | None = None

    def params(self, stream: Stream, gap: Gap, limit: int) -> dict[str, Any]:
        """The parameters of the request for the first part of a gap, of at most ``limit`` rows."""
        rows = self.most if self.latest else min(self.most, limit)
        given: dict[str, Any] = {"symbol": stream.symbol.upper(), "limit": rows}
        if self.latest:
            return given
        if not self.by_time:
            return {**given, "fromId": gap.first}
        zone = {"timeZone": "8"} if stream.name.endswith("@+08:00") else {}
        return {**given, "interval": interval_of(stream), "startTime": gap.first, "endTime": gap.last, **zone}


def source_of(stream: Stream) -> Source | None:
    """Where the missing messages of a stream can be had, or ``None`` where they cannot."""
    return SOURCES.get((stream.market, stream.kind.name))


def _trade(stream: Stream, row: Any) -> Message:
    return {
        "e": "trade",
        "E": row["time"],
        "s": stream.symbol.upper(),
        "t": row["id"],
        "p": row["price"],
        "q": row["qty"],
        "T": row["time"],
        "m": row["isBuyerMaker"],
        "M": row.get("isBestMatch", True),
    }


def _futures_trade(stream: Stream, row: Any) -> Message:
    return {
        "e": "trade",
        "E": row["time"],
        "T": row["time"],
        "s": stream.symbol.upper(),
        "t": row["id"],
        "p": row["price"],
        "q": row["qty"],
        "X": "MARKET",
        "m": row["isBuyerMaker"],
    }


def _agg_trade(stream: Stream, row: Any) -> Message:
    head = {"e": "aggTrade", "E": row["T"], "s": stream.symbol.upper()}
    return {**head, **{key: row[key] for key in "apqflTm"}, "M": row.get("M", True)}


def _usdm_agg_trade(stream: Stream, row: Any) -> Message:
    body = {"a": row["a"], "p": row["p"], "q": row["q"], "nq": row.get("nq", row["q"])}
    head = {"e": "aggTrade", "E": row["T"], "s": stream.symbol.upper()}
    return {**head, **body, **{key: row[key] for key in "flTm"}, "st": 1}


def _coinm_agg_trade(stream: Stream, row: Any) -> Message:
    head = {"e": "aggTrade", "E": row["T"], "a": row["a"], "s": stream.symbol.upper()}
    return {**head, **{key: row[key] for key in "pqflTm"}, "st": 2}


def _kline(stream: Stream, row: Any) -> Message:
    symbol = stream.symbol.upper()
    candle = {
        "t": row[0],
        "T": row[6],
        "s": symbol,
        "i": interval_of(stream),
        "f": -1,
        "L": -1,
        "o": row[1],
        "c": row[4],
        "h": row[2],
        "l": row[3],
        "v": row[5],
        "n": row[8],
        "x": True,
        "q": row[7],
        "V": row[9],
        "Q": row[10],
        "B": row[11],
    }
    return {"e": "kline", "E": row[6], "s": symbol, "k": candle}


def _id(row: Any) -> int:
    return int(row["id"])


def _aggregate(row: Any) -> int:
    return int(row["a"])


def _opened(row: Any) -> int:
    return int(row[0])


_LATEST_TRADES = Source("trades", 25, 1000, _id, _trade, latest=True)
_SPOT_TRADES = Source("historicalTrades", 25, 1000, _id, _trade, otherwise=_LATEST_TRADES)
_SPOT_KLINES = Source("klines", 2, 1000, _opened, _kline, by_time=True)
_FUTURES_KLINES = Source("klines", 5, 1000, _opened, _kline, by_time=True)

SOURCES: dict[tuple[Market, str], Source] = {
    (Market.SPOT, "trade"): _SPOT_TRADES,
    (Market.SPOT, "agg_trade"): Source("aggTrades", 4, 1000, _aggregate, _agg_trade),
    (Market.SPOT, "kline"): _SPOT_KLINES,
    (Market.USDM, "trade"): Source("historicalTrades", 200, 500, _id, _futures_trade, needs_key=True),
    (Market.USDM, "agg_trade"): Source("aggTrades", 20, 1000, _aggregate, _usdm_agg_trade),
    (Market.USDM, "kline"): _FUTURES_KLINES,
    (Market.COINM, "agg_trade"): Source("aggTrades", 20, 1000, _aggregate, _coinm_agg_trade),
    (Market.COINM, "kline"): _FUTURES_KLINES,
}
"""A source for each kind of stream that has one."""
