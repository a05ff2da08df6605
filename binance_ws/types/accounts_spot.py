"""Events of spot and margin accounts. The exchange's pages: "User Data Streams" of spot and of margin."""

from __future__ import annotations

from typing import Literal, TypedDict

from .common import ErrorMessage, ListenKeyExpired, Recovered, Side


class ReportDetails(Recovered, total=False):
    """What a report of an order has only at times. Section "Conditional Fields in Execution Report"."""

    I: int  # noqa: E741
    """Execution id; not where it was recovered."""
    W: int
    """Time since when it is on the book, ms; only where it is."""
    d: int
    """Trailing delta; of trailing stop orders."""
    D: int
    """Trailing time, ms; of trailing stop orders."""
    j: int
    """Strategy id; where the order was placed with one."""
    J: int
    """Strategy type; where the order was placed with one."""
    v: int
    """Prevented match id; of orders that expired for self-trade prevention, as all down to ``pY``."""
    A: str
    """Prevented quantity."""
    B: str
    """Last prevented quantity."""
    u: int
    """Trade group id."""
    U: int
    """Order id of the counterpart."""
    Cs: str
    """Symbol of the counterpart."""
    pl: str
    """Prevented execution quantity."""
    pL: str
    """Prevented execution price."""
    pY: str
    """Prevented execution quantity in the quote asset."""
    b: str
    """Match type; of orders that have allocations."""
    a: int
    """Allocation id."""
    k: str
    """Working floor; of orders that may have allocations."""
    uS: bool
    """Whether it used smart order routing."""
    gP: str
    """Peg price type; of pegged orders."""
    gOT: str
    """Peg offset type."""
    gOV: int
    """Peg offset value."""
    gp: str
    """Pegged price."""
    eR: str
    """Why it expired: ``UNFILLED_IOC_QUANTITY_EXPIRED`` and others."""
    M: bool
    """To be ignored; not on portfolio margin."""


class ExecutionReport(ReportDetails):
    """An order changed, ``executionReport``. Section "Order Update"."""

    e: Literal["executionReport"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    c: str
    """Client order id; of a cancelled order that of the cancellation."""
    S: Side
    """Side."""
    o: str
    """Order type: ``LIMIT``, ``MARKET`` and others."""
    f: str
    """Time in force: ``GTC``, ``IOC``, ``FOK``."""
    q: str
    """Quantity."""
    p: str
    """Price."""
    P: str
    """Stop price."""
    F: str
    """Iceberg quantity."""
    g: int
    """Order list id; -1 without one."""
    C: str
    """Original client order id, of a cancelled order; else empty."""
    x: str
    """What happened: ``NEW``, ``CANCELED``, ``REJECTED``, ``TRADE``, ``EXPIRED``, ``TRADE_PREVENTION``."""
    X: str
    """Status since: ``NEW``, ``PARTIALLY_FILLED``, ``FILLED``, ``CANCELED``, ``EXPIRED`` and others."""
    r: str
    """Why it was rejected, or ``NONE``."""
    i: int
    """Order id."""
    l: str  # noqa: E741
    """Quantity of this trade."""
    z: str
    """Filled quantity in all."""
    L: str
    """Price of this trade."""
    n: str
    """Commission of this trade."""
    N: str | None
    """Asset of the commission."""
    T: int
    """Transaction time, ms."""
    t: int
    """Trade id; -1 where nothing was traded."""
    w: bool
    """Whether it is on the book."""
    m: bool
    """Whether this trade was on the maker side."""
    O: int  # noqa: E741
    """Time of the order's creation, ms."""
    Z: str
    """Filled amount in the quote asset, in all; ``Z / z`` is the average price."""
    Y: str
    """Amount of this trade in the quote asset."""
    Q: str
    """Quantity in the quote asset, of an order placed so."""
    V: str
    """Mode of self-trade prevention."""


class AssetBalance(TypedDict):
    """The balance of an asset."""

    a: str
    """Asset."""
    f: str
    """Free amount."""
    l: str  # noqa: E741
    """Locked amount."""


class OutboundAccountPosition(Recovered):
    """Balances that may have changed, ``outboundAccountPosition``. Section "Account Update"."""

    e: Literal["outboundAccountPosition"]
    E: int
    """Event time, ms."""
    u: int
    """Time of the last change of the account, ms."""
    B: list[AssetBalance]
    """The balances."""


class BalanceUpdate(TypedDict):
    """A deposit, withdrawal or transfer, ``balanceUpdate``. Section "Balance Update"."""

    e: Literal["balanceUpdate"]
    E: int
    """Event time, ms."""
    a: str
    """Asset."""
    d: str
    """The change; below 0 for what went out."""
    T: int
    """Clear time, ms."""


class ListedOrder(TypedDict):
    """An order of an order list."""

    s: str
    """Symbol."""
    i: int
    """Order id."""
    c: str
    """Client order id."""


class ListStatus(TypedDict):
    """An order list changed, ``listStatus``. Section "Order Update"."""

    e: Literal["listStatus"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    g: int
    """Order list id."""
    c: str
    """Contingency type: ``OCO`` and others."""
    l: str  # noqa: E741
    """List status type: ``EXEC_STARTED`` and others."""
    L: str
    """List order status: ``EXECUTING`` and others."""
    r: str
    """Why it was rejected, or ``NONE``."""
    C: str
    """Client order id of the list."""
    T: int
    """Transaction time, ms."""
    O: list[ListedOrder]  # noqa: E741
    """Its orders."""


class ExternalLockUpdate(TypedDict):
    """A part of a balance was locked or freed, ``externalLockUpdate``. Section "External Lock Update"."""

    e: Literal["externalLockUpdate"]
    E: int
    """Event time, ms."""
    a: str
    """Asset."""
    d: str
    """The change."""
    T: int
    """Transaction time, ms."""


class EventStreamTerminated(TypedDict):
    """The subscription has ended, ``eventStreamTerminated``. Section "Event Stream Terminated"."""

    e: Literal["eventStreamTerminated"]
    E: int
    """Event time, ms."""


class MarginLevelStatusChange(TypedDict):
    """The margin level of cross margin changed its status, ``MARGIN_LEVEL_STATUS_CHANGE``."""

    e: Literal["MARGIN_LEVEL_STATUS_CHANGE"]
    E: int
    """Event time, ms."""
    l: str  # noqa: E741
    """Margin level."""
    s: str
    """Status."""


class UserLiabilityChange(TypedDict):
    """Something was borrowed or paid back on cross margin, or costs interest, ``USER_LIABILITY_CHANGE``."""

    e: Literal["USER_LIABILITY_CHANGE"]
    E: int
    """Event time, ms."""
    a: str
    """Asset."""
    t: str
    """What happened: ``BORROW`` and others."""
    p: str
    """Principal."""
    i: str
    """Interest."""


SpotEvent = (
    ExecutionReport
    | OutboundAccountPosition
    | BalanceUpdate
    | ListStatus
    | ExternalLockUpdate
    | EventStreamTerminated
    | ListenKeyExpired
    | ErrorMessage
)
"""Whatever the callback of a spot, cross-margin or isolated-margin account gets."""

MarginRiskEvent = MarginLevelStatusChange | UserLiabilityChange | ListenKeyExpired | ErrorMessage
"""Whatever the callback of ``margin_risk`` gets."""
