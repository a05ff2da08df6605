"""What the events of algo orders, strategies and grids are made of."""

from __future__ import annotations

from typing import TypedDict

from .common import PositionSide, Side


class AlgoOrderDetails(TypedDict, total=False):
    """What an algo order has only at times."""

    ap: str
    """Average price of its trades, once it is triggered."""
    aq: str
    """Filled quantity, once it is triggered."""
    act: str
    """Type of the order that it became, once it is triggered."""
    rm: str
    """Why it failed, where it did."""
    ia: bool
    """Whether it is activated, of a trailing stop."""


class AlgoOrder(AlgoOrderDetails):
    """A conditional order, which becomes a plain one when it is triggered."""

    caid: str
    """Client algo id."""
    aid: int
    """Algo id."""
    at: str
    """Algo type: ``CONDITIONAL``."""
    o: str
    """Order type: ``STOP``, ``TAKE_PROFIT`` and others."""
    s: str
    """Symbol."""
    S: Side
    """Side."""
    ps: PositionSide
    """Position side."""
    f: str
    """Time in force."""
    q: str
    """Quantity."""
    X: str
    """Status: ``NEW``, ``CANCELED``, ``TRIGGERING``, ``TRIGGERED``, ``FINISHED``, ``REJECTED``, ``EXPIRED``."""
    ai: str
    """Order id of the plain order; empty before it is triggered."""
    tp: str
    """Trigger price."""
    p: str
    """Price."""
    V: str
    """Mode of self-trade prevention."""
    wt: str
    """What triggers it: ``CONTRACT_PRICE`` or ``MARK_PRICE``."""
    pm: str
    """Price match mode."""
    cp: bool
    """Whether it closes all."""
    pP: bool
    """Whether its trigger is price-protected."""
    R: bool
    """Whether it only reduces a position."""
    tt: int
    """Trigger time, ms."""
    gtd: int
    """Good till, ms; 0 without."""


class Strategy(TypedDict):
    """A strategy."""

    si: int
    """Strategy id."""
    st: str
    """Type: ``GRID`` and others."""
    ss: str
    """Status: ``NEW``, ``WORKING``, ``CANCELLED``, ``EXPIRED``."""
    s: str
    """Symbol."""
    ut: int
    """Update time, ms."""
    c: int
    """What happened, 8001 to 8015."""


class Grid(TypedDict):
    """A grid."""

    si: int
    """Strategy id."""
    st: str
    """Type: ``GRID``."""
    ss: str
    """Status: ``WORKING`` and others."""
    s: str
    """Symbol."""
    r: str
    """Realized profit."""
    up: str
    """Average price of what is not matched."""
    uq: str
    """Quantity of what is not matched."""
    uf: str
    """Fee of what is not matched."""
    mp: str
    """Matched profit."""
    ut: int
    """Update time, ms."""
