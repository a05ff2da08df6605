"""Events of USD-M accounts. The exchange's pages: "User Data Streams" of USDⓈ-M futures."""

from __future__ import annotations

from typing import Literal, TypedDict

from .accounts_futures import AccountChange, CalledPosition, Leverage, UsdmOrder
from .accounts_trading import AlgoOrder, Grid, Strategy
from .common import ErrorMessage, ListenKeyExpired, Recovered, Side


class UsdmAccountUpdate(Recovered):
    """Balances, positions or margin types changed, ``ACCOUNT_UPDATE``. Page: "Balance and Position Update"."""

    e: Literal["ACCOUNT_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    a: AccountChange
    """What changed."""


class UsdmOrderTradeUpdate(Recovered):
    """An order changed, ``ORDER_TRADE_UPDATE``. Page: "Order Update"."""

    e: Literal["ORDER_TRADE_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    o: UsdmOrder
    """The order."""


class UsdmTradeLite(TypedDict):
    """A fill in short, before its ``ORDER_TRADE_UPDATE``, ``TRADE_LITE``. Page: "Trade Lite"."""

    e: Literal["TRADE_LITE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    s: str
    """Symbol."""
    q: str
    """Quantity of the order."""
    p: str
    """Price of the order."""
    m: bool
    """Whether this trade was on the maker side."""
    c: str
    """Client order id."""
    S: Side
    """Side."""
    L: str
    """Price of this trade."""
    l: str  # noqa: E741
    """Quantity of this trade."""
    t: int
    """Trade id."""
    i: int
    """Order id."""


class UsdmAlgoUpdate(TypedDict):
    """An algo order changed, ``ALGO_UPDATE``. Page: "Algo Order Update"."""

    e: Literal["ALGO_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    o: AlgoOrder
    """The order."""


class AssetMode(TypedDict):
    """The asset mode of an account."""

    j: bool
    """Whether it is multi-assets mode."""


class _Config(TypedDict, total=False):
    ac: Leverage
    """The new leverage of a symbol, where that is what changed."""
    ai: AssetMode
    """The new asset mode, where that is what changed."""


class UsdmAccountConfigUpdate(_Config):
    """The leverage or the asset mode changed, ``ACCOUNT_CONFIG_UPDATE``.

    Page: "Account Configuration Update previous Leverage Update".
    """

    e: Literal["ACCOUNT_CONFIG_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""


class _MarginCallDetails(TypedDict, total=False):
    cw: str
    """Cross wallet balance, where cross positions are concerned."""


class UsdmMarginCall(_MarginCallDetails):
    """Positions are at risk, ``MARGIN_CALL``. Page: "Margin Call"."""

    e: Literal["MARGIN_CALL"]
    E: int
    """Event time, ms."""
    p: list[CalledPosition]
    """The positions."""


class UsdmStrategyUpdate(TypedDict):
    """A strategy was made, cancelled or has expired, ``STRATEGY_UPDATE``. Page: "STRATEGY_UPDATE"."""

    e: Literal["STRATEGY_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    su: Strategy
    """The strategy."""


class UsdmGridUpdate(TypedDict):
    """A sub-order of a grid was filled, ``GRID_UPDATE``; deprecated. Page: "GRID_UPDATE"."""

    e: Literal["GRID_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    gu: Grid
    """The grid."""


class RejectedTrigger(TypedDict):
    """A stop order that was rejected when it was triggered."""

    s: str
    """Symbol."""
    i: int
    """Order id."""
    r: str
    """Why."""


# "or" is a word of Python, so this one key cannot be written in a class.
_Rejection = TypedDict("_Rejection", {"or": RejectedTrigger})


class UsdmConditionalOrderTriggerReject(_Rejection):
    """A triggered stop order was rejected, ``CONDITIONAL_ORDER_TRIGGER_REJECT``; deprecated. ``or`` tells which.

    Page: "Conditional Order Trigger Reject".
    """

    e: Literal["CONDITIONAL_ORDER_TRIGGER_REJECT"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""


class UsdmListenKeyExpired(ListenKeyExpired):
    """The listen key is dead, ``listenKeyExpired``. Page: "User Data Stream Expired"."""


UsdmEvent = (
    UsdmAccountUpdate
    | UsdmOrderTradeUpdate
    | UsdmTradeLite
    | UsdmAlgoUpdate
    | UsdmAccountConfigUpdate
    | UsdmMarginCall
    | UsdmStrategyUpdate
    | UsdmGridUpdate
    | UsdmConditionalOrderTriggerReject
    | UsdmListenKeyExpired
    | ErrorMessage
)
"""Whatever the callback of a USD-M account gets."""
