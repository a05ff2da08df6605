"""Events of COIN-M accounts; what has no keys of its own here has those of USD-M.

The exchange's pages: "User Data Streams" of COIN-M futures.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from .accounts_futures import Leverage, UsdmOrder
from .accounts_usdm import UsdmAccountUpdate, UsdmGridUpdate, UsdmMarginCall, UsdmStrategyUpdate
from .common import ErrorMessage, ListenKeyExpired, Recovered


class _Alias(TypedDict, total=False):
    i: str
    """Alias of the account; not where it was recovered."""


class CoinmAccountUpdate(UsdmAccountUpdate, _Alias):
    """Balances, positions or margin types changed, ``ACCOUNT_UPDATE``. Page: "Balance and Position Update"."""


class _MarginAsset(TypedDict, total=False):
    ma: str
    """Margin asset; not where it was recovered."""


class CoinmOrder(UsdmOrder, _MarginAsset):
    """An order of COIN-M: as of USD-M, and its margin asset."""


class CoinmOrderTradeUpdate(Recovered, _Alias):
    """An order changed, ``ORDER_TRADE_UPDATE``. Page: "Order Update"."""

    e: Literal["ORDER_TRADE_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    o: CoinmOrder
    """The order."""


class CoinmAccountConfigUpdate(TypedDict):
    """The leverage changed, ``ACCOUNT_CONFIG_UPDATE``. Page: "Account Configuration Update"."""

    e: Literal["ACCOUNT_CONFIG_UPDATE"]
    E: int
    """Event time, ms."""
    T: int
    """Transaction time, ms."""
    ac: Leverage
    """The new leverage of a symbol."""


class CoinmMarginCall(UsdmMarginCall):
    """Positions are at risk, ``MARGIN_CALL``. Page: "Margin Call"."""

    i: str
    """Alias of the account."""


class CoinmStrategyUpdate(UsdmStrategyUpdate):
    """A strategy was made, cancelled or has expired, ``STRATEGY_UPDATE``. Page: "STRATEGY_UPDATE"."""


class CoinmGridUpdate(UsdmGridUpdate):
    """A sub-order of a grid was filled, ``GRID_UPDATE``; deprecated. Page: "GRID_UPDATE"."""


class CoinmListenKeyExpired(ListenKeyExpired):
    """The listen key is dead, ``listenKeyExpired``. Page: "User Data Stream Expired"."""


CoinmEvent = (
    CoinmAccountUpdate
    | CoinmOrderTradeUpdate
    | CoinmAccountConfigUpdate
    | CoinmMarginCall
    | CoinmStrategyUpdate
    | CoinmGridUpdate
    | CoinmListenKeyExpired
    | ErrorMessage
)
"""Whatever the callback of a COIN-M account gets."""
