"""Events of the futures of portfolio-margin accounts. The exchange's pages: "User Data Streams" of it."""

from __future__ import annotations

from typing import Literal, TypedDict

from .accounts_futures import Leverage, OrderDetails, PositionDetails, WalletBalance
from .accounts_trading import AlgoOrder
from .common import PositionSide, Side

Futures = Literal["UM", "CM"]
"""Of which futures an event is: USD-M or COIN-M."""


class PortfolioPosition(PositionDetails):
    """A position."""

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


class _AccountChangeDetails(TypedDict, total=False):
    P: list[PortfolioPosition]
    """Positions that changed; none with a funding fee of cross positions."""
    S: str
    """Symbol, of a funding fee."""


class PortfolioAccountChange(_AccountChangeDetails):
    """What changed on the futures of an account."""

    m: str
    """Why: ``ORDER``, ``FUNDING_FEE``, ``DEPOSIT`` and others."""
    B: list[WalletBalance]
    """Balances that changed."""


class PortfolioAccountUpdate(TypedDict):
    """Balances or positions of futures changed, ``ACCOUNT_UPDATE``.

    Page: "Futures Balance and Position Update".
    """

    e: Literal["ACCOUNT_UPDATE"]
    fs: Futures
    """``UM`` or ``CM``."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    i: str
    """Alias of the account; empty on USD-M."""
    a: PortfolioAccountChange
    """What changed."""


class _OrderDetails(TypedDict, total=False):
    st: str
    """Strategy type: ``C_TAKE_PROFIT`` and others; of a conditional order that was triggered."""
    si: int
    """Strategy id; of a conditional order that was triggered."""


class PortfolioOrder(OrderDetails, _OrderDetails):
    """An order of futures."""

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
    ps: PositionSide
    """Position side."""
    gtd: int
    """Good till, ms; 0 without."""


class PortfolioOrderTradeUpdate(TypedDict):
    """An order of futures changed, ``ORDER_TRADE_UPDATE``. Page: "Futures Order update"."""

    e: Literal["ORDER_TRADE_UPDATE"]
    fs: Futures
    """``UM`` or ``CM``."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    i: str
    """Alias of the account; empty on USD-M."""
    o: PortfolioOrder
    """The order."""


class PortfolioAccountConfigUpdate(TypedDict):
    """The leverage changed, ``ACCOUNT_CONFIG_UPDATE``. Page: "Futures Account Configuration Update"."""

    e: Literal["ACCOUNT_CONFIG_UPDATE"]
    fs: Futures
    """``UM`` or ``CM``."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    ac: Leverage
    """The new leverage of a symbol."""


class PortfolioAlgoUpdate(TypedDict):
    """An algo order changed, ``ALGO_UPDATE``. Page: "Algo Order Update"."""

    e: Literal["ALGO_UPDATE"]
    fs: Futures
    """``UM`` or ``CM``."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    ao: AlgoOrder
    """The order; elsewhere it is called ``o``."""


class _ConditionalOrderDetails(TypedDict, total=False):
    AP: str
    """Activation price, of a trailing stop."""
    cr: str
    """Callback rate in per cent, of a trailing stop."""


class ConditionalOrder(_ConditionalOrderDetails):
    """A conditional order."""

    s: str
    """Symbol."""
    c: str
    """Client order id."""
    si: int
    """Strategy id."""
    S: Side
    """Side."""
    st: str
    """Strategy type: ``TRAILING_STOP_MARKET`` and others."""
    f: str
    """Time in force."""
    q: str
    """Quantity."""
    p: str
    """Price."""
    sp: str
    """Stop price."""
    os: str
    """Status."""
    T: int
    """Time of the order, ms."""
    ut: int
    """Update time, ms."""
    R: bool
    """Whether it only reduces a position."""
    wt: str
    """What triggers it: ``CONTRACT_PRICE`` or ``MARK_PRICE``."""
    ps: PositionSide
    """Position side."""
    cp: bool
    """Whether it closes all."""
    i: int
    """Order id of the plain order."""
    V: str
    """Mode of self-trade prevention."""
    gtd: int
    """Good till, ms; 0 without."""


class PortfolioConditionalOrderTradeUpdate(TypedDict):
    """A conditional order changed, ``CONDITIONAL_ORDER_TRADE_UPDATE``; deprecated.

    Page: "Conditional Order Trade Update".
    """

    e: Literal["CONDITIONAL_ORDER_TRADE_UPDATE"]
    fs: Futures
    """``UM`` or ``CM``."""
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    so: ConditionalOrder
    """The order."""
