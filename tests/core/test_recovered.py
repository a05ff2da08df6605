"""Tests of events that are made of what REST says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_ws.core.account_shapes import FuturesShape, Shape, SpotShape
from binance_ws.core.recovered import Known
from tests.payloads import load

REPORT = load("user_execution_report_bare.json")
POSITION = load("user_outbound_account_position_bare.json")
FUTURES_ORDER = load("usdm_user_order_trade_update.json")
FUTURES_ACCOUNT = load("usdm_user_account_update.json")


def spot_row(
    number: int, status: str = "NEW", executed: str = "0.00", quote: str = "0.00", time: int = 100
) -> Any:
    """An order as ``GET /api/v3/allOrders`` tells it."""
    return {
        "symbol": "BNBUSDT",
        "orderId": number,
        "orderListId": -1,
        "clientOrderId": f"c{number}",
        "price": "10.00",
        "origQty": "5.00",
        "executedQty": executed,
        "cummulativeQuoteQty": quote,
        "status": status,
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "stopPrice": "0.00",
        "icebergQty": "0.00",
        "time": 50,
        "updateTime": time,
        "isWorking": True,
        "workingTime": 50,
        "origQuoteOrderQty": "0.00",
        "selfTradePreventionMode": "NONE",
    }


def futures_row(number: int, status: str = "NEW", executed: str = "0", time: int = 100) -> Any:
    """An order as ``GET /fapi/v1/allOrders`` tells it."""
    return {
        "symbol": "BTCUSDT",
        "orderId": number,
        "clientOrderId": f"c{number}",
        "avgPrice": "9.5",
        "executedQty": executed,
        "origQty": "2",
        "price": "10",
        "reduceOnly": False,
        "side": "SELL",
        "positionSide": "BOTH",
        "status": status,
        "stopPrice": "0",
        "closePosition": False,
        "time": 50,
        "timeInForce": "GTC",
        "type": "LIMIT",
        "origType": "LIMIT",
        "updateTime": time,
        "workingType": "CONTRACT_PRICE",
    }


def spot_account(**free: str) -> Any:
    """An account as ``GET /api/v3/account`` tells it."""
    balances = [{"asset": asset, "free": amount, "locked": "0.0"} for asset, amount in free.items()]
    return {"balances": balances, "updateTime": 77}


def knows(shape: Shape, *events: Any) -> Known:
    """What is known after some events."""
    known = Known(shape)
    for event in events:
        known.hear(event)
    return known


def test_only_what_is_new_is_told() -> None:
    """Changed orders, orders made since, and changed balances; in the order of their times, each once."""
    known = Known(SpotShape())
    known.learn([spot_row(1), spot_row(2), spot_row(3)], spot_account(BNB="1.0", USDT="7"))
    rows = [
        spot_row(1, "FILLED", "5.00", "49.00", 130),
        spot_row(2),
        spot_row(4, "FILLED", "5.00", "50.00", 120),
        spot_row(4, "FILLED", "5.00", "50.00", 120),
        spot_row(5, "CANCELED", time=90),
        spot_row(3, "CANCELED", time=125),
    ]
    news = known.news(rows, spot_account(BNB="1.000", USDT="2", ETH="0"), knows(SpotShape()), 100, 999)
    assert [(e["e"], e.get("i"), e.get("x")) for e in news] == [
        ("executionReport", 4, "TRADE"),
        ("executionReport", 3, "CANCELED"),
        ("executionReport", 1, "TRADE"),
        ("outboundAccountPosition", None, None),
    ]
    assert all(event["recovered"] is True for event in news)
    assert news[-1]["B"] == [{"a": "USDT", "f": "2", "l": "0.0"}]
    assert (news[-1]["E"], news[-1]["u"]) == (999, 77)


@pytest.mark.parametrize("unit", [1, 1000], ids=["milliseconds", "microseconds"])
def test_times_of_either_unit(unit: int) -> None:
    """What is old is no news in either unit, and each event keeps the unit in which REST told it."""
    known, now = Known(SpotShape()), 1_790_000_000_000
    known.learn([spot_row(1, time=(now - 9000) * unit)], spot_account(BNB="1"))
    rows = [
        spot_row(1, "FILLED", "5.00", "50.00", (now - 500) * unit),
        spot_row(2, "FILLED", "5.00", "50.00", (now - 2000) * unit),
        spot_row(3, "FILLED", "5.00", "50.00", (now - 400) * unit),
    ]
    account = {**spot_account(BNB="2"), "updateTime": (now - 300) * unit}
    news = known.news(rows, account, knows(SpotShape()), now - 1000, now)
    assert [event.get("i") for event in news] == [1, 3, None]
    assert [event["E"] for event in news] == [(now - 500) * unit, (now - 400) * unit, now * unit]
    assert news[-1]["u"] == (now - 300) * unit


def test_what_came_meanwhile_is_newer() -> None:
    """Orders and assets of which the stream itself told since are left to it."""
    known = knows(SpotShape())
    report = {**REPORT, "s": "BNBUSDT", "i": 4}
    later = knows(SpotShape(), report, {**POSITION, "B": [{"a": "BNB", "f": "3", "l": "0"}]})
    rows = [spot_row(4, "FILLED", "5.00", "50.00", 120), spot_row(5, time=120)]
    news = known.news(rows, spot_account(BNB="1.0", USDT="2"), later, 100, 999)
    assert [event.get("i") for event in news] == [5, None]
    assert [balance["a"] for balance in news[-1]["B"]] == ["USDT"]


def test_each_symbol_counts_its_own_orders() -> None:
    """Two orders of two symbols may have one number."""
    known = Known(SpotShape())
    rows = [spot_row(1), {**spot_row(1), "symbol": "BTCUSDT"}]
    known.learn(rows, {})
    assert [order.symbol for order in known.open_orders()] == ["BTCUSDT", "BNBUSDT"]
    filled = {**spot_row(1, "FILLED", "5.00", "50.00"), "symbol": "BTCUSDT"}
    (event,) = known.news([rows[0], filled], {}, knows(SpotShape()), 0, 0)
    assert (event["s"], event["X"]) == ("BTCUSDT", "FILLED")


def test_what_was_executed_since() -> None:
    """``l`` and ``L`` tell quantity and mean price since it was heard of last; ``z`` and ``Z`` all of it."""
    heard = {"s": "BNBUSDT", "i": 1, "X": "PARTIALLY_FILLED", "z": "1.00", "Z": "10.00"}
    known = knows(SpotShape(), {**REPORT, **heard})
    rows = [spot_row(1, "FILLED", "5.00", "40.00")]
    (event,) = known.news(rows, {}, knows(SpotShape()), 0, 0)
    assert [Decimal(event[letter]) for letter in "lLY"] == [4, Decimal("7.5"), 30]
    assert (event["z"], event["Z"], event["X"]) == ("5.00", "40.00", "FILLED")


@pytest.mark.parametrize(
    ("shape", "row", "example"),
    [
        (SpotShape(), spot_row(1, "FILLED", "5.00", "40.00"), REPORT),
        (FuturesShape(), futures_row(1, "FILLED", "2"), FUTURES_ORDER),
    ],
    ids=["spot", "futures"],
)
def test_recovered_orders_have_the_shape_of_live_ones(shape: Shape, row: Any, example: Any) -> None:
    """No field that a live event has not, each of its type; and they can be heard as live ones are."""
    made = shape.order_event(row, None)
    assert made.pop("recovered") is True
    pairs = [(made, example)] + (
        [(made["o"], example["o"])] if "o" in made and isinstance(made["o"], dict) else []
    )
    for ours, theirs in pairs:
        assert set(ours) <= set(theirs)
        for name, value in ours.items():
            assert value is None or theirs[name] is None or type(value) is type(theirs[name]), name
    assert shape.order(made) == shape.known_order(row)


def test_futures_balances_and_positions() -> None:
    """What moved is told; an event of the exchange's page is understood."""
    shape = FuturesShape()
    known = knows(shape, FUTURES_ACCOUNT)
    told = FUTURES_ACCOUNT["a"]
    assets = [{"asset": b["a"], "walletBalance": b["wb"], "crossWalletBalance": b["cw"]} for b in told["B"]]
    positions = [
        {"symbol": p["s"], "positionSide": p["ps"], "positionAmt": p["pa"], "entryPrice": p["ep"]}
        for p in told["P"]
    ]
    assert known.news([], {"assets": assets, "positions": positions}, knows(shape), 0, 9) == []
    assets[0]["walletBalance"] = "1"
    positions[0]["positionAmt"] = "5"
    (event,) = known.news([], {"assets": assets, "positions": positions}, knows(shape), 0, 9)
    assert (event["e"], event["E"], event["T"]) == ("ACCOUNT_UPDATE", 9, 9)
    assert [b["wb"] for b in event["a"]["B"]] == ["1"]
    assert [p["pa"] for p in event["a"]["P"]] == ["5"]
    assert set(event["a"]["P"][0]) <= set(told["P"][0])
    assert set(event["a"]["B"][0]) <= set(told["B"][0])


@pytest.mark.parametrize(
    "answer",
    [
        {"balances": [{"asset": "BNB", "free": "1", "locked": "2"}]},
        {"userAssets": [{"asset": "BNB", "free": "1", "locked": "2", "borrowed": "0"}]},
        {
            "assets": [
                {
                    "baseAsset": {"asset": "BNB", "free": "1", "locked": "2"},
                    "quoteAsset": {"asset": "USDT", "free": "0", "locked": "0"},
                }
            ]
        },
    ],
    ids=["spot", "margin", "isolated margin"],
)
def test_balances_of_each_account(answer: Any) -> None:
    """Spot, cross margin and isolated margin tell them in different places."""
    (event,) = knows(SpotShape()).news([], answer, knows(SpotShape()), 0, 5)
    assert event["B"] == [{"a": "BNB", "f": "1", "l": "2"}]


@pytest.mark.parametrize(
    "event", [{}, {"e": "executionReport"}, {"e": "executionReport", "z": None}, {"e": 3}]
)
def test_odd_events_say_nothing(event: Any) -> None:
    """What has another shape is not taken note of."""
    known = knows(SpotShape(), event)
    assert (known.orders, known.balances) == ({}, {})


def test_what_is_known_is_bounded() -> None:
    """Orders are forgotten, oldest first; symbols come newest first."""
    known = Known(SpotShape())
    for number in range(10_005):
        known.hear({**REPORT, "i": number, "s": f"S{number % 3}"})
    assert len(known.orders) == 10_000
    assert known.symbols(2) == ["S2", "S1"]
    assert len(known.open_orders()) == 10_000
