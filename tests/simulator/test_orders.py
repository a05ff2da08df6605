"""Scripted orders: their course, positions, and what cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.errors import ArgumentError
from binance_ws.simulator.accounts import Account
from binance_ws.simulator.futures_account import FuturesAccount
from binance_ws.simulator.loop import Loop
from binance_ws.simulator.orders import ZERO, Trader, fixed, short
from binance_ws.simulator.positions import Contract, Position
from binance_ws.simulator.wallet import Wallet

NOW = 1_700_000_000_000


class Ear:
    """Takes all events."""

    def __init__(self, account: Account) -> None:
        self.events: list[Any] = []
        account.sinks[self] = None

    def deliver(self, event: dict[str, Any]) -> bool:
        """Take one."""
        self.events.append(event)
        return True


def opened(name: str) -> Any:
    """An account without an exchange; its clock ticks at each look."""
    kind = Wallet if name.startswith(("spot", "margin", "isolated")) else FuturesAccount
    moments = iter(range(NOW, NOW + 10**9))
    return kind(name, "user", Loop(lambda: None), lambda: next(moments))


@pytest.mark.parametrize("name", ["spot", "margin", "usdm", "coinm", "options", "portfolio"])
def test_the_course_of_an_order(name: str) -> None:
    """New, filled in part, filled; another one is cancelled, a third expires."""
    account: Trader = opened(name)
    order = account.order("BNBUSDT", "buy".upper(), "3", 500, client_order_id="mine")
    assert (order.status, order.left, order.type, order.open) == ("NEW", Decimal(3), "LIMIT", True)
    first = account.fill(order, 1, "499.5")
    assert (order.status, order.left, order.executed) == ("PARTIALLY_FILLED", Decimal(2), Decimal(1))
    account.fill(order.id)
    assert (order.status, order.average.quantize(Decimal("0.0001"))) == ("FILLED", Decimal("499.8333"))
    assert [fill.id for fill in account.fills] == [first.id, first.id + 1]
    assert account.cancel(account.order("BNBUSDT", "SELL", 1, 600)).status == "CANCELED"
    assert account.expire(account.order("BNBUSDT", "SELL", 1, 600)).status == "EXPIRED"
    assert [each.status for each in account.orders.values()] == ["FILLED", "CANCELED", "EXPIRED"]
    assert account.open_orders() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda a: a.order("BNBUSDT", "buy", 1, 500),
        lambda a: a.order("BNBUSDT", "BUY", 0, 500),
        lambda a: a.order("BNBUSDT", "BUY", 1, -500),
        lambda a: a.order("BNBUSDT", "BUY", 10**9, 500),
        lambda a: a.order("NEOBTC", "SELL", 1, 1),
        lambda a: a.fill(a.order("BNBUSDT", "BUY", 1, 500), 2),
        lambda a: a.fill(a.order("BNBUSDT", "BUY", 1, 500), 0),
        lambda a: a.fill(a.order("BNBUSDT", "BUY", 1, 500), 1, 501),
        lambda a: a.fill(a.order("BNBUSDT", "SELL", 1, 500), 1, 499),
        lambda a: a.fill(a.order("BNBUSDT", "BUY", 1)),
        lambda a: a.fill(17),
        lambda a: a.cancel(a.expire(a.order("BNBUSDT", "BUY", 1, 500))),
        lambda a: a.withdraw("NEO", 1),
    ],
)
def test_what_cannot_be(act: Any) -> None:
    """Wrong arguments, too much, and orders that are over are errors of the script; nothing is lost."""
    wallet: Wallet = opened("spot")
    total = sum(wallet.free.values())
    with pytest.raises(ArgumentError):
        act(wallet)
    assert sum(wallet.free.values()) + sum(wallet.locked.values()) == total


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(1, 1000),
            st.integers(1, 1000),
            st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 50)), max_size=3),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_balances_add_up(script: list[Any]) -> None:
    """Whatever is traded: what came and went are the fills, and nothing is locked but by open orders."""
    wallet: Wallet = opened("spot")
    before = {asset: wallet.balance(asset)[0] for asset in ("BNB", "USDT")}
    for buys, quantity, price, fills, cancelled in script:
        side = "BUY" if buys else "SELL"
        try:
            order = wallet.order("BNBUSDT", side, Decimal(quantity) / 10, Decimal(price) / 10)
        except ArgumentError:
            continue
        for size, better in fills:
            at = order.limit - Decimal(better) / 1000 if buys else order.limit + Decimal(better) / 1000
            if at > 0 and order.open:
                wallet.fill(order, min(Decimal(size) / 100, order.left), at)
        if cancelled and order.open:
            wallet.cancel(order)
    for asset in ("BNB", "USDT"):
        free, locked = wallet.balance(asset)
        assert free >= 0
        assert locked == sum((_held(order, asset) for order in wallet.open_orders()), ZERO)
        assert free + locked == before[asset] + sum((_change(fill, asset) for fill in wallet.fills), ZERO)


def _held(order: Any, asset: str) -> Decimal:
    if asset != ("USDT" if order.buys else "BNB"):
        return ZERO
    return Decimal(order.left * order.limit if order.buys else order.left)


def _change(fill: Any, asset: str) -> Decimal:
    base, quote = fill.quantity, fill.quantity * fill.price
    change = (base if asset == "BNB" else -quote) * (1 if fill.order.buys else -1)
    return Decimal(change - (fill.commission if fill.asset == asset else 0))


def test_an_isolated_account_has_one_symbol() -> None:
    """It begins with the two assets, and trades nothing else."""
    wallet: Wallet = opened("isolated_margin:BNBBTC")
    assert wallet.assets == ["BNB", "BTC"]
    with pytest.raises(ArgumentError, match="BNBBTC alone"):
        wallet.order("BNBUSDT", "BUY", 1, 1)


def test_orders_at_the_market_lock_nothing() -> None:
    """Their fills name the price, and take."""
    wallet: Wallet = opened("spot")
    order = wallet.order("BNBUSDT", "BUY", 2)
    assert wallet.balance("USDT") == (Decimal(1_000_000), ZERO)
    fill = wallet.fill(order, price=500)
    assert (order.type, fill.maker) == ("MARKET", False)
    assert wallet.balance("USDT") == (Decimal(999_000), ZERO)
    assert wallet.balance("BNB")[0] == Decimal("1001.998")


@pytest.mark.parametrize(
    ("trades", "amount", "entry", "realized"),
    [
        ([(1, 100), (1, 200)], "2", "150", "0"),
        ([(2, 100), (-1, 150)], "1", "100", "50"),
        ([(2, 100), (-2, 90)], "0", "0", "-20"),
        ([(-2, 100), (1, 90)], "-1", "100", "10"),
        ([(2, 100), (-3, 110)], "-1", "110", "20"),
    ],
)
def test_positions(trades: list[tuple[int, int]], amount: str, entry: str, realized: str) -> None:
    """They grow at the mean price, shrink with a profit, and turn round."""
    position = Position(Contract("BNBUSDT", False))
    for quantity, price in trades:
        position.trade(Decimal(quantity), Decimal(price))
    assert (short(position.amount), short(position.entry), short(position.realized)) == (
        amount,
        entry,
        realized,
    )


@pytest.mark.parametrize(
    ("trades", "entry", "realized"),
    [
        ([(10, 50_000), (10, 40_000)], "44444.44444444", "0"),
        ([(10, 50_000), (-10, 40_000)], "0", "-0.005"),
        ([(-10, 50_000), (10, 40_000)], "0", "0.005"),
    ],
)
def test_inverse_positions(trades: list[tuple[int, int]], entry: str, realized: str) -> None:
    """Contracts of 100 dollars earn coins: a long one loses more coins the lower the price."""
    position = Position(Contract("BTCUSD_PERP", True))
    for quantity, price in trades:
        position.trade(Decimal(quantity), Decimal(price))
    assert (short(position.entry), short(position.realized)) == (entry, realized)


def test_numbers_are_written_as_the_product_does() -> None:
    """Eight decimals for spot, none too many for futures, never an exponent."""
    assert [fixed(Decimal(text)) for text in ("1", "1E-8", "1E+3")] == [
        "1.00000000",
        "0.00000001",
        "1000.00000000",
    ]
    assert [short(Decimal(text)) for text in ("1.50", "1E+3", "-0.0", "1E-8", "0")] == [
        "1.5",
        "1000",
        "0",
        "0.00000001",
        "0",
    ]


def test_events_tell_the_state_of_the_account() -> None:
    """The last position told is what the account has; a report is told before it."""
    wallet: Wallet = opened("spot")
    ear = Ear(wallet)
    wallet.fill(wallet.order("BNBUSDT", "BUY", 2, 500), 1)
    assert [event["e"] for event in ear.events] == ["executionReport", "outboundAccountPosition"] * 2
    assert ear.events[-1]["B"] == [
        {"a": "BNB", "f": "1000.99900000", "l": "0.00000000"},
        {"a": "USDT", "f": "999000.00000000", "l": "500.00000000"},
    ]
    assert wallet.sent == ear.events
