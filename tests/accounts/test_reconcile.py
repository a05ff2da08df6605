"""Tests of what is asked of REST after a gap, and of what comes of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from binance_ws.accounts.reconcile import MOST_PAGES, MOST_SINGLE, PAGE, Reconciler, shape_of
from binance_ws.errors import ApiError, RestError
from binance_ws.streams.accounts import ACCOUNTS, ORDER_GONE, Account, Lookups
from tests.core.test_recovered import futures_row, spot_row

NOW = 1_790_000_000_000
BEFORE = NOW - 1000
DAY = 86_400_000


class Desk:
    """The REST of an account: orders by symbol and time, one order, balances."""

    def __init__(self, account: Account) -> None:
        lookups = ACCOUNTS[account].lookups
        assert lookups is not None
        self.lookups: Lookups = lookups
        self.orders: dict[int, Any] = {}
        self.single: dict[int, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.reconciler = Reconciler(self, lookups, shape_of(ACCOUNTS[account].product))

    def __call__(self, path: str, params: dict[str, Any], weight: int) -> Any:
        self.asked.append((path, params))
        if path == self.lookups.balances[0]:
            return {}
        if path == self.lookups.order[0]:
            return self._one(params["orderId"])
        mine = list(self.orders.values())
        if path == self.lookups.open_orders[0]:
            return [row for row in mine if row["status"] == "NEW"]
        first, start = params.get("orderId", 0), params.get("startTime", 0)
        found = [row for row in mine if row["orderId"] >= first and row["time"] >= start]
        return [row for row in found if row["symbol"] == params["symbol"]][: params["limit"]]

    def _one(self, number: int) -> Any:
        found = self.single.get(number) or self.orders.get(number)
        if found is None:
            raise ApiError("Order does not exist.", ORDER_GONE, 400)
        if isinstance(found, Exception):
            raise found
        return found

    def add(self, row: Any, made: int, **more: Any) -> None:
        """Have an order, made at a moment."""
        self.orders[row["orderId"]] = {**row, "time": made, **more}

    def missed(self) -> list[tuple[int, str]]:
        """The orders that were missed, and their states."""
        self.asked.clear()
        events = self.reconciler.missed(BEFORE, NOW, [])
        orders = [event["o"] if event["e"] == "ORDER_TRADE_UPDATE" else event for event in events]
        return [(order["i"], order["X"]) for order in orders]

    def count(self, lookup: tuple[str, int]) -> int:
        """How often something was asked."""
        return sum(path == lookup[0] for path, _ in self.asked)


@pytest.fixture
def futures() -> Desk:
    """A USD-M account in which order 1 is open since ten days ago."""
    desk = Desk(Account.USDM)
    desk.add(futures_row(1), NOW - 10 * DAY)
    desk.reconciler.learn()
    return desk


def test_the_newest_order_behind_thousands(futures: Desk) -> None:
    """An old order that is closed does not hide one that was made and filled in the gap."""
    for number in range(2, 6002):
        futures.add(futures_row(number, "FILLED", "2", NOW - DAY), NOW - DAY)
    futures.add(futures_row(1, "CANCELED", time=NOW - 200), NOW - 10 * DAY)
    futures.add(futures_row(6002, "FILLED", "2", NOW - 100), NOW - 100)
    assert futures.missed() == [(1, "CANCELED"), (6002, "FILLED")]
    assert (futures.count(futures.lookups.orders), futures.count(futures.lookups.order)) == (1, 1)
    assert futures.missed() == [(1, "CANCELED"), (6002, "FILLED")]  # nobody has heard of them yet


def test_an_order_that_the_exchange_has_forgotten(futures: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """It is forgotten here as well, the log says so, and it is not asked for again."""
    del futures.orders[1]
    with caplog.at_level(logging.WARNING):
        assert futures.missed() == []
    assert "BTCUSDT: what became of order 1 is not known" in caplog.text
    assert futures.reconciler.known.open_orders() == []
    assert futures.missed() == []
    assert futures.count(futures.lookups.order) == 0


@pytest.mark.parametrize("error", [RestError("no answer"), ApiError("busy", -1001, 500)])
def test_other_errors_forget_nothing(futures: Desk, error: Exception) -> None:
    """Where one order cannot be asked for, the whole is asked for again later."""
    del futures.orders[1]
    futures.single[1] = error
    with pytest.raises(type(error)):
        futures.missed()
    assert [order.id for order in futures.reconciler.known.open_orders()] == [1]


@pytest.mark.parametrize(
    ("made", "pages"), [(PAGE - 1, 1), (PAGE, 2), (2 * PAGE + 1, 3), (10**4, MOST_PAGES)]
)
def test_many_orders_of_one_gap(made: int, pages: int) -> None:
    """They are asked for page by page, each once, and not without end."""
    desk = Desk(Account.SPOT)
    desk.add(spot_row(1), NOW - DAY)
    desk.reconciler.learn()
    for number in range(2, made + 2):
        desk.add(spot_row(number, "FILLED", "5.00", "50.00", NOW), NOW)
    assert [number for number, _ in desk.missed()] == list(range(2, min(made, MOST_PAGES * PAGE) + 2))
    assert desk.count(desk.lookups.orders) == pages


def test_many_orders_that_are_gone() -> None:
    """So many are asked for one by one, those heard of last; the others stay open until they are asked for."""
    desk = Desk(Account.SPOT)
    for number in range(MOST_SINGLE + 5):
        desk.add(spot_row(number), NOW - DAY)
    desk.reconciler.learn()
    for number in list(desk.orders):
        desk.add(spot_row(number, "CANCELED", time=NOW), NOW - DAY)
    assert sorted(number for number, _ in desk.missed()) == list(range(5, MOST_SINGLE + 5))


@pytest.mark.parametrize("account", [a for a, row in ACCOUNTS.items() if row.lookups], ids=str)
def test_what_is_asked_of_each_account(account: Account) -> None:
    """Open orders, orders made since, one that is gone, balances; isolated margin says that it is."""
    desk, row = Desk(account), futures_row(1) if account in ("usdm", "coinm") else spot_row(1)
    desk.add(row, NOW - DAY)
    desk.reconciler.learn()
    desk.add({**row, "status": "CANCELED", "updateTime": NOW}, NOW - DAY)
    assert desk.missed() == [(1, "CANCELED")]
    lookups = desk.lookups
    assert [path for path, _ in desk.asked] == [
        lookup[0] for lookup in (lookups.open_orders, lookups.orders, lookups.order, lookups.balances)
    ]
    own = {"isIsolated": "TRUE"} if account is Account.ISOLATED_MARGIN else {}
    assert desk.asked[1][1] == {**own, "symbol": row["symbol"], "limit": PAGE, "startTime": BEFORE - 1000}
    assert desk.asked[2][1] == {**own, "symbol": row["symbol"], "orderId": 1}
