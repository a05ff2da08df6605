"""Accounts as clients see them: the events have the documented shapes, and REST tells the same."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.errors import ArgumentError
from binance_ws.simulator import Exchange
from binance_ws.simulator.routes import pairs
from binance_ws.simulator.user_calls import CALLS
from binance_ws.simulator.user_faults import ACCOUNT_KINDS
from binance_ws.streams.accounts import ACCOUNTS, Account
from tests.simulator.conftest import Connect, Make
from tests.simulator.test_streams import shape
from tests.simulator.test_ws_api import BY_SIGNATURE, PATH
from tests.simulator.users import EXAMPLES, SOCKETS, Api, User

FUTURES = {
    "usdm": ("BTCUSDT", "USDT"),
    "coinm": ("BTCUSD_PERP", "BTC"),
    "options": ("BTC-251123-126000-C", "USDT"),
    "portfolio": ("BTCUSDT", "USDT"),
}
SHAPES = {
    "usdm": ("usdm_user_order_trade_update", "usdm_user_account_update"),
    "coinm": ("coinm_user_order_trade_update", "coinm_user_account_update"),
    "options": ("options_user_order_trade_update", "options_user_balance_position_update"),
    "portfolio": ("pm_user_order_trade_update", "pm_user_account_update"),
}
# Conditional orders alone have these, and only orders that a condition triggered those.
CONDITIONAL = {"AP", "cr", "st", "si"}


def plain(event: Any) -> Any:
    """The shape of an event, fields of conditional orders left out."""
    order = event.get("o")
    kept = {key: value for key, value in order.items() if key not in CONDITIONAL} if order else None
    return shape({**event, "o": kept} if kept else event)


class Listener:
    """Somebody with a futures account open."""

    def __init__(self, exchange: Exchange, connect: Connect, name: str) -> None:
        user = User(exchange)
        self._client = connect(exchange, SOCKETS[name].format(user.listen_key(name)))
        assert exchange.wait_for(lambda: exchange.listen_keys[0].listeners)

    def next(self) -> Any:
        """The next event."""
        return self._client.json()


def test_a_spot_account_is_told_and_asked(exchange: Exchange, user: User, api: Api) -> None:
    """Orders, trades and balances of REST are those of the events."""
    api.signed(BY_SIGNATURE)
    spot = exchange.account("spot")
    order = spot.order("BNBBTC", "SELL", 5, "0.01")
    spot.fill(order, 2)
    [row] = user.get("/api/v3/openOrders")
    assert (row["orderId"], row["executedQty"], row["status"]) == (order.id, "2.00000000", "PARTIALLY_FILLED")
    spot.cancel(order)
    spot.deposit("NEO", "1.5")
    events = [api.event()["event"] for _ in range(8)]
    assert events == spot.sent
    reports = [event for event in events if event["e"] == "executionReport"]
    example = shape(
        {key: value for key, value in EXAMPLES["user_execution_report_bare"].items() if key != "v"}
    )
    assert [shape(report) == example for report in reports] == [True, False, True]
    assert [list(report) for report in reports] == [[key for key, _ in example]] * 3
    assert [(each["x"], each["X"], each["z"]) for each in reports] == [
        ("NEW", "NEW", "0.00000000"),
        ("TRADE", "PARTIALLY_FILLED", "2.00000000"),
        ("CANCELED", "CANCELED", "2.00000000"),
    ]
    assert shape(events[-1]) == shape(EXAMPLES["user_outbound_account_position_bare"])
    assert shape(events[-2]) == shape(EXAMPLES["user_balance_update"]["event"])
    assert user.get("/api/v3/openOrders") == []
    [row] = user.get("/api/v3/allOrders", symbol="BNBBTC")
    assert (row["status"], row["updateTime"]) == (reports[-1]["X"], reports[-1]["T"])
    [trade] = user.get("/api/v3/myTrades", symbol="BNBBTC")
    assert (trade["id"], trade["qty"], trade["commission"]) == (
        reports[1]["t"],
        reports[1]["l"],
        reports[1]["n"],
    )
    balances = {row["asset"]: row for row in user.get("/api/v3/account")["balances"]}
    for told in [row for event in events if event["e"] == "outboundAccountPosition" for row in event["B"]][
        -3:
    ]:
        assert (balances[told["a"]]["free"], balances[told["a"]]["locked"]) == (told["f"], told["l"])


def test_margin_accounts_are_apart(exchange: Exchange, user: User) -> None:
    """Cross and isolated orders are found by their own calls."""
    cross, isolated = exchange.account("margin"), exchange.account("isolated_margin:bnbusdt")
    mine = [each.order("BNBUSDT", "BUY", 1, 500) for each in (cross, isolated)]
    isolated.fill(mine[1])
    exchange.account("isolated_margin:BTCUSDT")
    path = "/sapi/v1/margin"
    assert len(user.get(f"{path}/openOrders")) == 1
    assert user.get(f"{path}/openOrders", symbol="BNBUSDT", isIsolated="TRUE") == []
    [row] = user.get(f"{path}/allOrders", symbol="BNBUSDT", isIsolated="TRUE")
    assert (row["status"], row["isIsolated"]) == ("FILLED", True)
    assert len(user.get(f"{path}/myTrades", symbol="BNBUSDT", isIsolated="TRUE")) == 1
    assert user.get(f"{path}/myTrades", symbol="BNBUSDT") == []
    assert user.get("/api/v3/allOrders", symbol="BNBUSDT") == []
    locked = {row["asset"]: row["locked"] for row in user.get(f"{path}/account")["userAssets"]}
    assert locked["USDT"] == "500.00000000"
    [pair] = user.get(f"{path}/isolated/account", symbols="BNBUSDT")["assets"]
    assert (pair["symbol"], pair["baseAsset"]["free"]) == ("BNBUSDT", "1000.99900000")
    assert len(user.get(f"{path}/isolated/account")["assets"]) == 2
    assert user.signed("GET", f"{path}/openOrders", isIsolated="TRUE").json()["code"] == -1102


@pytest.mark.parametrize("name", FUTURES)
def test_futures_events_have_the_documented_shape(exchange: Exchange, connect: Connect, name: str) -> None:
    """An order, a fill with its position, a transfer; a resting order changes no balance."""
    ear, account, (symbol, asset) = Listener(exchange, connect, name), exchange.account(name), FUTURES[name]
    order_shape, update_shape = (plain(EXAMPLES[each]) for each in SHAPES[name])
    order = account.order(symbol, "BUY", 2, 50_000)
    assert plain(ear.next()) == order_shape
    account.fill(order)
    if name == "usdm":
        assert shape(ear.next()) == shape(EXAMPLES["usdm_user_trade_lite"])
    update, report = ear.next(), ear.next()
    assert plain(update) == update_shape
    assert plain(report) == order_shape
    assert (report["o"]["x"], report["o"]["X"], report["o"]["N"]) == ("TRADE", "FILLED", asset)
    account.deposit(asset, 5)
    assert (ear.next().get("a") or account.sent[-1])["m"] == "DEPOSIT"


def test_funding_tells_no_position(exchange: Exchange, connect: Connect) -> None:
    """A funding fee of a cross position changes the wallet alone."""
    ear = Listener(exchange, connect, "usdm")
    exchange.account("usdm").funding("USDT", "0.5")
    told = ear.next()["a"]
    assert (told["m"], told["B"][0]["bc"], set(told)) == ("FUNDING_FEE", "-0.5", {"m", "B"})


@pytest.mark.parametrize(("name", "prefix"), [("usdm", "/fapi"), ("coinm", "/dapi")])
def test_a_futures_account_is_told_and_asked(
    exchange: Exchange, user: User, connect: Connect, name: str, prefix: str
) -> None:
    """Wallet, position, orders and trades of REST are those of the events."""
    ear, account, (symbol, asset) = Listener(exchange, connect, name), exchange.account(name), FUTURES[name]
    account.fill(account.order(symbol, "SELL", 2, 50_000))
    rest = account.order(symbol, "BUY", 1, 40_000)
    seen: list[Any] = []
    while not seen or seen[-1]["e"] != "ORDER_TRADE_UPDATE" or seen[-1]["o"]["i"] != rest.id:
        seen.append(ear.next())
    update = next(event for event in seen if event["e"] == "ACCOUNT_UPDATE")["a"]
    trade = next(
        event["o"] for event in seen if event["e"] == "ORDER_TRADE_UPDATE" and event["o"]["x"] == "TRADE"
    )
    whole = user.get(f"{prefix}/v1/account")
    wallet = next(row for row in whole["assets"] if row["asset"] == asset)
    assert wallet["walletBalance"] == update["B"][0]["wb"]
    assert whole["positions"][0]["positionAmt"] == update["P"][0]["pa"] == "-2"
    assert user.get(f"{prefix}/v1/positionRisk", symbol=symbol)[0]["entryPrice"] == "50000"
    assert [row["orderId"] for row in user.get(f"{prefix}/v1/openOrders")] == [rest.id]
    assert len(user.get(f"{prefix}/v1/allOrders", symbol=symbol)) == 2
    [row] = user.get(f"{prefix}/v1/userTrades", symbol=symbol)
    assert (row["id"], row["commission"], row["realizedPnl"]) == (trade["t"], trade["n"], trade["rp"])
    balance = next(row for row in user.get(f"{prefix}/v1/balance") if row["asset"] == asset)
    assert balance["balance"] == wallet["walletBalance"]


def test_the_calls_of_today(user: User) -> None:
    """USD-M has its account in version 3, its balance in version 2."""
    assert user.get("/fapi/v3/account")["assets"][0]["walletBalance"] == "100000"
    assert user.get("/fapi/v2/balance")[0]["asset"] == "USDT"


def test_lists_come_in_pages(exchange: Exchange, user: User) -> None:
    """From an id on, between two moments, or the last ones; a symbol is needed."""
    spot = exchange.account("spot")
    orders = [spot.order("BNBBTC", "SELL", 1, "0.01") for _ in range(5)]
    fills = [spot.fill(order) for order in orders]

    def ids(**params: Any) -> list[int]:
        return [
            orders.index(spot.orders[r["orderId"]])
            for r in user.get("/api/v3/allOrders", symbol="BNBBTC", **params)
        ]

    assert ids() == [0, 1, 2, 3, 4]
    assert ids(limit=2) == [3, 4]
    assert ids(orderId=orders[1].id, limit=2) == [1, 2]
    assert ids(startTime=orders[0].time, limit=2) == [0, 1]
    assert ids(endTime=orders[0].time - 1) == []
    trades = user.get("/api/v3/myTrades", symbol="BNBBTC", fromId=fills[3].id)
    assert [row["id"] for row in trades] == [fills[3].id, fills[4].id]
    assert [row["id"] for row in user.get("/api/v3/myTrades", symbol="BNBBTC", orderId=orders[2].id)] == [
        fills[2].id
    ]
    assert user.get("/api/v3/openOrders", symbol="ETHBTC") == []
    assert user.signed("GET", "/api/v3/allOrders").json()["code"] == -1102
    assert user.signed("GET", "/api/v3/allOrders", symbol="BNBBTC", limit="x").json()["code"] == -1100


def test_account_calls_must_be_signed(user: User) -> None:
    """Without a moment or a signature they are refused."""
    assert user.call("GET", "/api/v3/account").json()["code"] == -1102
    assert user.call("GET", "/fapi/v2/balance", timestamp=user.exchange.time).json()["code"] == -1102


def test_account_calls_have_weight(make: Make) -> None:
    """They draw from the pool of their host."""
    exchange = make()
    user = User(exchange)
    assert user.signed("GET", "/api/v3/account").headers["X-MBX-USED-WEIGHT-1M"] == "20"
    assert user.signed("GET", "/api/v3/openOrders").headers["X-MBX-USED-WEIGHT-1M"] == "100"


WEIGHTS = {
    "/api/v3/account": 20,
    "/api/v3/openOrders": 80,
    "/api/v3/openOrders?symbol=BNBBTC": 6,
    "/api/v3/allOrders?symbol=BNBBTC": 20,
    "/api/v3/myTrades?symbol=BNBBTC": 20,
    "/api/v3/myTrades?symbol=BNBBTC&orderId=1": 5,
    "/sapi/v1/margin/account": 10,
    "/sapi/v1/margin/isolated/account": 10,
    "/sapi/v1/margin/openOrders": 10,
    "/sapi/v1/margin/allOrders?symbol=BNBBTC": 200,
    "/sapi/v1/margin/myTrades?symbol=BNBBTC": 10,
    "/fapi/v3/account": 5,
    "/fapi/v3/balance": 5,
    "/fapi/v3/positionRisk": 5,
    "/fapi/v1/openOrders": 40,
    "/fapi/v1/openOrders?symbol=BTCUSDT": 1,
    "/fapi/v1/allOrders?symbol=BTCUSDT": 5,
    "/fapi/v1/userTrades?symbol=BTCUSDT": 5,
    "/dapi/v1/account": 5,
    "/dapi/v1/balance": 1,
    "/dapi/v1/positionRisk": 1,
    "/dapi/v1/openOrders": 40,
    "/dapi/v1/openOrders?symbol=BTCUSD_PERP": 1,
    "/dapi/v1/allOrders?symbol=BTCUSD_PERP": 5,
    "/dapi/v1/userTrades?symbol=BTCUSD_PERP": 5,
}


def weighed(path: str, method: str = "GET") -> int:
    """What a call of a path costs."""
    path, _, query = path.partition("?")
    return CALLS[path].cost(method, pairs(query))


@pytest.mark.parametrize("path", WEIGHTS)
def test_a_call_has_the_weight_of_its_page(path: str) -> None:
    """Whatever is asked of all symbols at once is dear."""
    assert weighed(path) == WEIGHTS[path]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_library_counts_what_the_exchange_counts(account: Account) -> None:
    """The weights that it states beforehand are those of the exchange."""
    row = ACCOUNTS[account]
    if lookups := row.lookups:
        stated = dict((lookups.open_orders, lookups.orders, lookups.balances))
        assert {path: weighed(path) for path in stated} == stated
    for method, weight in zip(("POST", "PUT", "DELETE"), row.weights, strict=True):
        assert weight in (None, weighed(row.listen_key, method))


def test_times_of_spot_may_be_in_microseconds(exchange: Exchange, user: User) -> None:
    """Signed calls know the header as public ones do; margin and futures do not know it."""
    spot = exchange.account("spot")
    order = spot.order("BNBBTC", "SELL", 1, "0.01")
    spot.fill(order)
    future = exchange.account("usdm").order("BTCUSDT", "BUY", 1, 50_000)
    fine = User(exchange, headers={"X-MBX-TIME-UNIT": "MICROSECOND"})
    for path in ("account", "order", "allOrders", "myTrades"):
        params = {} if path == "account" else {"symbol": "BNBBTC", "orderId": order.id}
        coarse, exact = (each.get(f"/api/v3/{path}", **params) for each in (user, fine))
        assert in_microseconds(coarse) == exact
        assert coarse != exact
    assert fine.get("/fapi/v1/openOrders")[0]["time"] == future.time


def in_microseconds(answer: Any) -> Any:
    """An answer with its times a thousandfold."""
    if isinstance(answer, list):
        return [in_microseconds(each) for each in answer]
    return {
        key: value * 1000 if "ime" in key and key != "timeInForce" else value for key, value in answer.items()
    }


def test_an_event_goes_to_all_that_subscribed(exchange: Exchange, connect: Connect) -> None:
    """Two connections get the same, and it is remembered once."""
    both = [Api(exchange, connect(exchange, PATH)) for _ in range(2)]
    for api in both:
        api.signed(BY_SIGNATURE)
    event = exchange.account("spot").emit({"e": "listStatus", "g": 2})
    assert [api.event()["event"] for api in both] == [event, event]
    assert exchange.account("spot").sent == [event]


@pytest.mark.parametrize("name", ["savings", "isolated_margin", "isolated_margin:", "spot:BNBUSDT"])
def test_unknown_accounts(exchange: Exchange, name: str) -> None:
    """A name that is none says which there are."""
    with pytest.raises(ArgumentError, match="isolated_margin:BNBUSDT"):
        exchange.account(name)


def test_faults_of_accounts_at_random(exchange: Exchange, connect: Connect) -> None:
    """Each kind is thrown, at accounts that somebody has subscribed; afterwards all is as before."""
    for name in ("usdm", "coinm"):
        User(exchange).listen_key(name)
    api = Api(exchange, connect(exchange, PATH))
    api.signed(BY_SIGNATURE)
    chaos = exchange.faults.random(every=0.002, lasting=0.01, kinds=ACCOUNT_KINDS)
    with chaos:
        assert exchange.wait_for(
            lambda: {thrown.kind for thrown in chaos.log} == set(ACCOUNT_KINDS) and not exchange.listen_keys
        )
    assert User(exchange).signed("GET", "/api/v3/account").status_code == 200
    assert abs(exchange.time - User(exchange).call("GET", "/api/v3/time").json()["serverTime"]) < 5_000
