"""Contracts, indexes and opening hours of USD-M futures.

The exchange's pages: "Websocket Market Streams" of USDⓈ-M futures. ``!contractInfo`` tells of both futures since
June 2026: ``st`` says whose symbol a message is about.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class Bracket(TypedDict):
    """A notional bracket of a contract."""

    bs: int
    """Number of the bracket."""
    bnf: float
    """Floor of its notional."""
    bnc: float
    """Cap of its notional."""
    mmr: float
    """Maintenance margin ratio."""
    cf: float
    """Auxiliary number for quick calculation."""
    mi: float
    """Least leverage."""
    ma: float
    """Greatest leverage."""


class _Brackets(TypedDict, total=False):
    bks: list[Bracket]
    """The brackets, only where they have changed."""


class UsdmContractInfo(_Brackets):
    """A contract was listed, settled, or has new brackets, ``!contractInfo``. Page: "Contract Info Stream"."""

    e: Literal["contractInfo"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    ct: str
    """Contract type: ``PERPETUAL`` and others."""
    dt: int
    """Delivery time, ms."""
    ot: int
    """Onboard time, ms."""
    cs: str
    """Status: ``TRADING``, ``PENDING_TRADING``, ``SETTLING`` and others."""
    st: int
    """1 for a symbol of USD-M, 2 of COIN-M."""


class IndexComponent(TypedDict):
    """A part of a composite index."""

    b: str
    """Base asset."""
    q: str
    """Quote asset."""
    w: str
    """Weight in quantity."""
    W: str
    """Weight as a share."""
    i: str
    """Its index price."""


class UsdmCompositeIndex(TypedDict):
    """What an index symbol is made of, ``<symbol>@compositeIndex``.

    Page: "Composite Index Symbol Information Streams".
    """

    e: Literal["compositeIndex"]
    E: int
    """Event time, ms."""
    s: str
    """Symbol."""
    p: str
    """Price."""
    C: str
    """What its parts are: ``baseAsset``."""
    c: list[IndexComponent]
    """The parts."""


class UsdmAssetIndex(TypedDict):
    """The index of an asset in multi-assets mode, ``<asset>@assetIndex``, ``!assetIndex@arr`` (a list of them).

    Page: "Multi-Assets Mode Asset Index".
    """

    e: Literal["assetIndexUpdate"]
    E: int
    """Event time, ms."""
    s: str
    """The asset's symbol, such as ``ADAUSD``."""
    i: str
    """Index price."""
    b: str
    """Bid buffer."""
    a: str
    """Ask buffer."""
    B: str
    """Bid rate."""
    A: str
    """Ask rate."""
    q: str
    """Bid buffer of automatic exchange."""
    g: str
    """Ask buffer of automatic exchange."""
    Q: str
    """Bid rate of automatic exchange."""
    G: str
    """Ask rate of automatic exchange."""


class UsdmTradingSession(TypedDict):
    """The opening hours of a market of traditional assets, ``tradingSession``. Page: "Trading Session Stream"."""

    e: Literal["EquityUpdate", "CommodityUpdate", "KR_EquityUpdate", "HK_EquityUpdate", "CN_EquityUpdate"]
    E: int
    """Event time, ms."""
    t: int
    """Begin of the session, ms."""
    T: int
    """End of the session, ms."""
    S: str
    """``PRE_MARKET``, ``REGULAR``, ``AFTER_MARKET``, ``OVERNIGHT`` or ``NO_TRADING``."""
