"""How the events of accounts look, and how REST tells the same: orders and balances of spot, margin and futures.

An event made of an answer of REST has the shape of the stream's own and ``"recovered": True``. It stands for all
that happened to an order: its quantities are the final ones, ``l`` is what was executed since the order was heard
of last.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .times import scale

Row = Mapping[str, Any]

_OPEN = frozenset(("NEW", "PENDING_NEW", "PARTIALLY_FILLED", "PENDING_CANCEL"))
_EXECUTION = {
    "PENDING_NEW": "NEW",
    "PARTIALLY_FILLED": "TRADE",
    "FILLED": "TRADE",
    "PENDING_CANCEL": "CANCELED",
    "EXPIRED_IN_MATCH": "TRADE_PREVENTION",
}


@dataclass(frozen=True)
class Order:
    """The state of an order.

    Args:
        id: the exchange's number of it; each symbol counts its own orders.
        symbol: in upper case.
        status: such as ``"FILLED"``.
        executed: its executed quantity.
        quote: what that cost, in the quote asset; 0 where it is not told.
    """

    id: int
    symbol: str
    status: str
    executed: Decimal
    quote: Decimal = Decimal(0)

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from all others."""
        return self.symbol, self.id

    @property
    def open(self) -> bool:
        """Whether something may still happen to it."""
        return self.status in _OPEN


def order_key(row: Row) -> tuple[str, int]:
    """What tells the order of a row of REST from all others."""
    return row["symbol"], row["orderId"]


Balances = dict[tuple[str, ...], tuple[Decimal, ...]]
"""Amounts of assets, and of positions, by what names them."""


class Shape(ABC):
    """How the events of a family of accounts look."""

    @abstractmethod
    def order(self, event: Row) -> Order | None:
        """The order that an event tells of."""

    @abstractmethod
    def balances(self, event: Row) -> Balances:
        """The balances that an event tells of."""

    @abstractmethod
    def known_order(self, row: Row) -> Order:
        """The order of a row of REST."""

    @abstractmethod
    def known_balances(self, answer: Row) -> Balances:
        """The balances of an answer of REST."""

    @abstractmethod
    def order_event(self, row: Row, before: Order | None) -> dict[str, Any]:
        """The event that tells of a row of REST what is new since ``before``."""

    @abstractmethod
    def balance_event(self, answer: Row, names: Iterable[tuple[str, ...]], now: int) -> dict[str, Any]:
        """The event that tells of some balances of an answer of REST, times in the answer's unit.

        Args:
            answer: of REST.
            names: of the balances.
            now: milliseconds, for what has no time of its own.
        """


class SpotShape(Shape):
    """``executionReport`` and ``outboundAccountPosition``: spot and margin."""

    def order(self, event: Row) -> Order | None:
        if event.get("e") != "executionReport":
            return None
        return Order(event["i"], event["s"], event["X"], Decimal(event["z"]), Decimal(event["Z"]))

    def balances(self, event: Row) -> Balances:
        if event.get("e") != "outboundAccountPosition":
            return {}
        return {(b["a"],): (Decimal(b["f"]), Decimal(b["l"])) for b in event["B"]}

    def known_order(self, row: Row) -> Order:
        quote = Decimal(row.get("cummulativeQuoteQty", 0))
        return Order(row["orderId"], row["symbol"], row["status"], Decimal(row["executedQty"]), quote)

    def known_balances(self, answer: Row) -> Balances:
        return {(b["asset"],): (Decimal(b["free"]), Decimal(b["locked"])) for b in _assets(answer)}

    def order_event(self, row: Row, before: Order | None) -> dict[str, Any]:
        order = self.known_order(row)
        executed = order.executed - (before.executed if before else 0)
        quote = order.quote - (before.quote if before else 0)
        moment = row["updateTime"]
        return {
            "e": "executionReport",
            "E": moment,
            "s": row["symbol"],
            "c": row.get("clientOrderId", ""),
            "S": row.get("side"),
            "o": row.get("type"),
            "f": row.get("timeInForce"),
            "q": row.get("origQty"),
            "p": row.get("price"),
            "P": row.get("stopPrice", "0"),
            "F": row.get("icebergQty", "0"),
            "g": row.get("orderListId", -1),
            "C": "",
            "x": _EXECUTION.get(order.status, order.status),
            "X": order.status,
            "r": "NONE",
            "i": order.id,
            "l": f"{executed:f}",
            "z": row["executedQty"],
            "L": f"{quote / executed:.8f}" if executed else "0",
            "n": "0",
            "N": None,
            "T": moment,
            "t": -1,
            "w": row.get("isWorking", order.open),
            "m": False,
            "M": False,
            "O": row.get("time", moment),
            "Z": row.get("cummulativeQuoteQty", "0"),
            "Y": f"{quote:f}",
            "Q": row.get("origQuoteOrderQty", "0"),
            "V": row.get("selfTradePreventionMode", "NONE"),
            "recovered": True,
        }

    def balance_event(self, answer: Row, names: Iterable[tuple[str, ...]], now: int) -> dict[str, Any]:
        wanted = {name[0] for name in names}
        told = [
            {"a": b["asset"], "f": b["free"], "l": b["locked"]}
            for b in _assets(answer)
            if b["asset"] in wanted
        ]
        updated = answer.get("updateTime", now)
        return {
            "e": "outboundAccountPosition",
            "E": now * scale(updated),
            "u": updated,
            "B": told,
            "recovered": True,
        }


def _assets(answer: Row) -> Iterator[Row]:
    """The balances of a spot account, a cross-margin account, or isolated-margin accounts."""
    yield from answer.get("balances", ())
    yield from answer.get("userAssets", ())
    for pair in answer.get("assets", ()):
        yield from (pair["baseAsset"], pair["quoteAsset"])


class FuturesShape(Shape):
    """``ORDER_TRADE_UPDATE`` and ``ACCOUNT_UPDATE``: USD-M and COIN-M."""

    def order(self, event: Row) -> Order | None:
        if event.get("e") != "ORDER_TRADE_UPDATE":
            return None
        order = event["o"]
        return Order(order["i"], order["s"], order["X"], Decimal(order["z"]))

    def balances(self, event: Row) -> Balances:
        if event.get("e") != "ACCOUNT_UPDATE":
            return {}
        found: Balances = {(b["a"],): (Decimal(b["wb"]), Decimal(b["cw"])) for b in event["a"].get("B", ())}
        positions = event["a"].get("P", ())
        return found | {(p["s"], p["ps"]): (Decimal(p["pa"]), Decimal(p["ep"])) for p in positions}

    def known_order(self, row: Row) -> Order:
        return Order(row["orderId"], row["symbol"], row["status"], Decimal(row["executedQty"]))

    def known_balances(self, answer: Row) -> Balances:
        found: Balances = {
            (b["asset"],): (Decimal(b["walletBalance"]), Decimal(b["crossWalletBalance"]))
            for b in answer.get("assets", ())
        }
        return found | {
            (p["symbol"], p["positionSide"]): (Decimal(p["positionAmt"]), Decimal(p.get("entryPrice", 0)))
            for p in answer.get("positions", ())
        }

    def order_event(self, row: Row, before: Order | None) -> dict[str, Any]:
        order = self.known_order(row)
        moment = row["updateTime"]
        told = {
            "s": row["symbol"],
            "c": row.get("clientOrderId", ""),
            "S": row.get("side"),
            "o": row.get("type"),
            "f": row.get("timeInForce"),
            "q": row.get("origQty"),
            "p": row.get("price"),
            "ap": row.get("avgPrice", "0"),
            "sp": row.get("stopPrice", "0"),
            "x": _EXECUTION.get(order.status, order.status),
            "X": order.status,
            "i": order.id,
            "l": f"{order.executed - (before.executed if before else 0):f}",
            "z": row["executedQty"],
            "L": row.get("avgPrice", "0"),
            "T": moment,
            "t": 0,
            "m": False,
            "R": row.get("reduceOnly", False),
            "wt": row.get("workingType"),
            "ot": row.get("origType"),
            "ps": row.get("positionSide"),
            "cp": row.get("closePosition", False),
            "rp": "0",
        }
        return {"e": "ORDER_TRADE_UPDATE", "E": moment, "T": moment, "o": told, "recovered": True}

    def balance_event(self, answer: Row, names: Iterable[tuple[str, ...]], now: int) -> dict[str, Any]:
        wanted = set(names)
        balances = [
            {"a": b["asset"], "wb": b["walletBalance"], "cw": b["crossWalletBalance"], "bc": "0"}
            for b in answer.get("assets", ())
            if (b["asset"],) in wanted
        ]
        positions = [
            {
                "s": p["symbol"],
                "pa": p["positionAmt"],
                "ep": p.get("entryPrice", "0"),
                "cr": "0",
                "up": p.get("unrealizedProfit", "0"),
                "mt": "isolated" if p.get("isolated") else "cross",
                "iw": p.get("isolatedWallet", "0"),
                "ps": p["positionSide"],
            }
            for p in answer.get("positions", ())
            if (p["symbol"], p["positionSide"]) in wanted
        ]
        body = {"m": "", "B": balances, "P": positions}
        return {"e": "ACCOUNT_UPDATE", "E": now, "T": now, "a": body, "recovered": True}
