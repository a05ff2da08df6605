"""An exchange of which everything is known: what its book was after each update, and the diffs that told of it."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from binance_ws.core.levels import BookSnapshot
from binance_ws.core.orderbook import FUTURES, SPOT, Rule

Message = dict[str, Any]

PRICES = ("9", "9.0", "9.00", "10", "10.00", "11.5", "99.0", "100", "100.0", "0.00001")
QUANTITIES = ("0", "0.000", "0.00000000", "0.5", "2.00", "30")


class Change(NamedTuple):
    """One event of the exchange's book."""

    update_id: int
    side: str
    price: str
    quantity: str


class Exchange(NamedTuple):
    """All events of a book, and the diffs that tell of them."""

    rule: Rule
    changes: list[Change]
    diffs: list[Message]

    def state(self, update_id: int) -> dict[str, dict[Decimal, tuple[str, str]]]:
        """The book after an update: a naive one."""
        sides: dict[str, dict[Decimal, tuple[str, str]]] = {"bids": {}, "asks": {}}
        for change in self.changes:
            if change.update_id <= update_id:
                level = (change.price, change.quantity)
                sides[change.side].pop(Decimal(change.price), None)
                if Decimal(change.quantity):
                    sides[change.side][Decimal(change.price)] = level
        return sides

    def levels(self, update_id: int) -> dict[str, tuple[tuple[str, str], ...]]:
        """The book after an update, in order."""
        return {
            side: tuple(rows[key] for key in sorted(rows, reverse=side == "bids"))
            for side, rows in self.state(update_id).items()
        }

    def book(self, update_id: int, depth: int | None = None) -> BookSnapshot:
        """What a book shows after an update at which a diff ends, or after a snapshot."""
        times = {diff["u"]: diff["E"] for diff in self.diffs}
        levels = self.levels(update_id)
        return BookSnapshot(
            "X", update_id, times.get(update_id), levels["bids"][:depth], levels["asks"][:depth]
        )

    def snapshot(self, update_id: int) -> Message:
        """The answer of its REST interface."""
        return {"lastUpdateId": update_id, **self.levels(update_id)}


def _diff(changes: list[Change], before: int) -> Message:
    """What a stream tells of some changes: of each price, its last quantity."""
    last = {(c.side, Decimal(c.price)): [c.price, c.quantity] for c in changes}
    return {
        "e": "depthUpdate",
        "E": 1000 + changes[-1].update_id,
        "U": changes[0].update_id,
        "u": changes[-1].update_id,
        "pu": before,
        "b": [level for (side, _), level in last.items() if side == "bids"],
        "a": [level for (side, _), level in last.items() if side == "asks"],
    }


@st.composite
def exchanges(draw: st.DrawFn, rule: Rule) -> Exchange:
    """Events, in diffs of one to five; on futures the ids of other symbols lie between."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=12))
    last, ids = 0, count(1)
    changes: list[Change] = []
    diffs = []
    for size in sizes:
        batch = []
        for _ in range(size):
            update_id = next(ids)
            for _ in range(draw(st.integers(0, 3)) if rule is FUTURES else 0):
                update_id = next(ids)
            side, price = draw(st.sampled_from(["bids", "asks"])), draw(st.sampled_from(PRICES))
            batch.append(Change(update_id, side, price, draw(st.sampled_from(QUANTITIES))))
        diffs.append(_diff(batch, last))
        changes += batch
        last = batch[-1].update_id
    return Exchange(rule, changes, diffs)


rules = pytest.mark.parametrize("rule", [SPOT, FUTURES], ids=lambda rule: rule.name)
