"""Events of options accounts. The exchange's pages: "User Data Streams" of options trading."""

from __future__ import annotations

from typing import Literal, TypedDict

from .accounts_futures import OrderDetails
from .common import ErrorMessage, Side


class OptionsAccountUpdate(TypedDict):
    """The account, each ten seconds while there are positions, ``ACCOUNT_UPDATE``. Page: "Account data"."""

    e: Literal["ACCOUNT_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    eq: str
    """Equity."""
    aeq: str
    """Adjusted equity."""
    b: str
    """Wallet balance."""
    m: str
    """Value of the positions."""
    u: str
    """Unrealized profit."""
    i: str
    """Initial margin."""
    M: str
    """Maintenance margin."""


class OptionsBalance(TypedDict):
    """The balance of an asset."""

    a: str
    """Asset."""
    b: str
    """Wallet balance."""
    bc: str
    """Change of the balance, but for profit and commission."""


class OptionsPosition(TypedDict):
    """A position."""

    s: str
    """Symbol."""
    c: str
    """Amount in contracts; below 0 where it is short."""
    p: str
    """Its value."""
    a: str
    """Average entry price."""


class OptionsBalancePositionUpdate(TypedDict):
    """Balances or positions changed, ``BALANCE_POSITION_UPDATE``. Page: "Balance and Position Update"."""

    e: Literal["BALANCE_POSITION_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    m: str
    """Why: ``ORDER`` and others."""
    B: list[OptionsBalance]
    """Balances that changed."""
    P: list[OptionsPosition]
    """Positions that changed."""


class Greeks(TypedDict):
    """The greeks of all positions on an underlying."""

    u: str
    """Underlying, such as ``BTCUSDT``."""
    d: str
    """Delta."""
    g: str
    """Gamma."""
    t: str
    """Theta."""
    v: str
    """Vega."""


class OptionsGreekUpdate(TypedDict):
    """The greeks of the account, ``GREEK_UPDATE``. Page: "Greek Update"."""

    e: Literal["GREEK_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    G: list[Greeks]
    """By underlying."""


class OptionsOrder(OrderDetails):
    """An order of options."""

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
    ot: str
    """Original order type."""


class OptionsOrderTradeUpdate(TypedDict):
    """An order changed, ``ORDER_TRADE_UPDATE``. Page: "Order update"."""

    e: Literal["ORDER_TRADE_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    o: OptionsOrder
    """The order."""


class OptionsRiskLevelChange(TypedDict):
    """The risk level changed, ``RISK_LEVEL_CHANGE``. Page: "Risk level change"."""

    e: Literal["RISK_LEVEL_CHANGE"]
    E: int
    """Event time, ms."""
    s: str
    """``NORMAL`` or ``REDUCE_ONLY``."""
    mb: str
    """Margin balance."""
    mm: str
    """Maintenance margin."""


class OptionsListenKeyExpired(TypedDict):
    """The listen key is dead, ``listenKeyExpired``. Page: "User Data Stream Expired"."""

    e: Literal["listenKeyExpired"]
    E: str
    """Event time, ms; on options, text."""
    listenKey: str
    """The key: a secret."""


OptionsEvent = (
    OptionsAccountUpdate
    | OptionsBalancePositionUpdate
    | OptionsGreekUpdate
    | OptionsOrderTradeUpdate
    | OptionsRiskLevelChange
    | OptionsListenKeyExpired
    | ErrorMessage
)
"""Whatever the callback of an options account gets."""
