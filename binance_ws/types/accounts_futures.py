"""What the events of futures accounts are made of: orders, balances, positions."""

from __future__ import annotations

from typing import TypedDict

from .common import PositionSide, Side


class OrderDetails(TypedDict, total=False):
    """What an order has only at times, or not where it was recovered."""

    N: str
    """Asset of the commission, where there is one."""
    n: str
    """Commission, where there is one."""
    b: str
    """Notional of the symbol's bids."""
    a: str
    """Notional of the symbol's asks."""
    V: str
    """Mode of self-trade prevention."""
    M: str
    """Id of the modification, of an ``AMENDMENT``."""


class ContractOrderDetails(TypedDict, total=False):
    """What an order of USD-M or COIN-M has only at times, or not where it was recovered."""

    AP: str
    """Activation price, of a trailing stop."""
    cr: str
    """Callback rate in per cent, of a trailing stop."""
    pP: bool
    """Whether its trigger is price-protected."""
    si: int
    """To be ignored."""
    ss: int
    """To be ignored."""
    pm: str
    """Price match mode."""
    gtd: int
    """Good till, ms; 0 without."""
    er: str
    """Why it expired, ``"0"`` for no reason: ``"1"`` self-trade prevention, ``"2"`` rest of an IOC, and others."""


class UsdmOrder(OrderDetails, ContractOrderDetails):
    """An order of USD-M."""

    s: str
    """Symbol."""
    c: str
    """Client order id; ``autoclose-…`` of a liquidation, ``adl_autoclose`` of auto-deleveraging."""
    S: Side
    """Side."""
    o: str
    """Order type: ``LIMIT``, ``MARKET`` and others."""
    f: str
    """Time in force: ``GTC``, ``IOC``, ``FOK``, ``GTX``, ``GTD``."""
    q: str
    """Quantity."""
    p: str
    """Price."""
    ap: str
    """Average price of its trades."""
    x: str
    """What happened: ``NEW``, ``CANCELED``, ``CALCULATED``, ``EXPIRED``, ``TRADE``, ``AMENDMENT``."""
    X: str
    """Status since: ``NEW``, ``PARTIALLY_FILLED``, ``FILLED``, ``CANCELED``, ``EXPIRED`` and others."""
    i: int
    """Order id."""
    l: str  # noqa: E741
    """Quantity of this trade."""
    z: str
    """Filled quantity in all."""
    L: str
    """Price of this trade."""
    T: int
    """Trade time, ms."""
    t: int
    """Trade id; 0 where nothing was traded."""
    m: bool
    """Whether this trade was on the maker side."""
    R: bool
    """Whether it only reduces a position."""
    rp: str
    """Realized profit of this trade."""
    sp: str
    """Stop price."""
    wt: str
    """What triggers a stop: ``CONTRACT_PRICE`` or ``MARK_PRICE``."""
    ot: str
    """Original order type."""
    ps: PositionSide
    """Position side."""
    cp: bool
    """Whether it closes all, of a conditional order."""


class WalletBalance(TypedDict):
    """The balance of an asset."""

    a: str
    """Asset."""
    wb: str
    """Wallet balance."""
    cw: str
    """Cross wallet balance."""
    bc: str
    """Change of the balance, but for profit and commission."""


class PositionDetails(TypedDict, total=False):
    """What a position has not where it was recovered."""

    bep: str
    """Break-even price."""


class Position(PositionDetails):
    """A position of USD-M or COIN-M."""

    s: str
    """Symbol."""
    pa: str
    """Amount; below 0 where it is short in one-way mode."""
    ep: str
    """Entry price."""
    cr: str
    """Profit realized so far."""
    up: str
    """Unrealized profit."""
    ps: PositionSide
    """Position side."""
    mt: str
    """Margin type: ``cross`` or ``isolated``."""
    iw: str
    """Isolated wallet, of an isolated position."""


class AccountChangeDetails(TypedDict, total=False):
    """What a change of an account has only at times."""

    P: list[Position]
    """Positions that changed; of COIN-M all. None with a funding fee of cross positions."""
    S: str
    """Symbol, of a funding fee."""


class AccountChange(AccountChangeDetails):
    """What changed on an account of USD-M or COIN-M."""

    m: str
    """Why: ``ORDER``, ``FUNDING_FEE``, ``DEPOSIT`` and others; empty where it was recovered."""
    B: list[WalletBalance]
    """Balances that changed."""


class Leverage(TypedDict):
    """The leverage of a symbol."""

    s: str
    """Symbol."""
    l: int  # noqa: E741
    """Leverage."""


class CalledPosition(TypedDict):
    """A position for which margin is called."""

    s: str
    """Symbol."""
    ps: PositionSide
    """Position side."""
    pa: str
    """Amount."""
    mt: str
    """Margin type: ``CROSSED`` or ``ISOLATED``."""
    iw: str
    """Isolated wallet, of an isolated position."""
    mp: str
    """Mark price."""
    up: str
    """Unrealized profit."""
    mm: str
    """Maintenance margin required."""
