"""Events of the margin of portfolio-margin accounts. The exchange's pages: "User Data Streams" of it."""

from __future__ import annotations

from typing import Literal, TypedDict

from . import accounts_portfolio as futures
from .accounts_spot import BalanceUpdate, ExecutionReport, OutboundAccountPosition
from .common import ErrorMessage


class PortfolioExecutionReport(ExecutionReport):
    """A margin order changed, ``executionReport``. Page: "Margin Order Update"."""


class PortfolioOutboundAccountPosition(OutboundAccountPosition):
    """Margin balances that may have changed, ``outboundAccountPosition``. Page: "Margin Account Update"."""

    U: int
    """Update id."""


class PortfolioBalanceUpdate(BalanceUpdate):
    """A deposit, withdrawal or transfer, ``balanceUpdate``. Page: "Margin Balance Update"."""

    U: int
    """Update id."""


class PortfolioLiabilityChange(TypedDict):
    """Something was borrowed, paid back, or costs interest, ``liabilityChange``. Page: "Liability Update"."""

    e: Literal["liabilityChange"]
    E: int
    """Event time, ms."""
    a: str
    """Asset."""
    t: str
    """What happened: ``BORROW`` and others."""
    T: int
    """Transaction id."""
    p: str
    """Principal."""
    i: str
    """Interest."""
    l: str  # noqa: E741
    """Liability in all."""


class OrderLoss(TypedDict):
    """The loss that open orders of an asset may bring."""

    a: str
    """Asset."""
    o: str
    """Amount; below 0."""


class PortfolioOpenOrderLoss(TypedDict):
    """The loss that open margin orders may bring, ``openOrderLoss``. Page: "OpenOrderLoss Update"."""

    e: Literal["openOrderLoss"]
    E: int
    """Event time, ms."""
    O: list[OrderLoss]  # noqa: E741
    """By asset."""


class PortfolioRiskLevelChange(TypedDict):
    """The account is at risk, ``riskLevelChange``. Page: "riskLevelChange"."""

    e: Literal["riskLevelChange"]
    E: int
    """Event time, ms."""
    u: str
    """uniMMR, the ratio of equity and maintenance margin."""
    s: str
    """``MARGIN_CALL``, ``REDUCE_ONLY`` or ``FORCE_LIQUIDATION``."""
    eq: str
    """Equity in USD."""
    ae: str
    """Equity in USD without collateral rates."""
    m: str
    """Maintenance margin in USD."""


class PortfolioListenKeyExpired(TypedDict):
    """The listen key is dead, ``listenKeyExpired``. Page: "User Data Stream Expired"."""

    e: Literal["listenKeyExpired"]
    E: int
    """Event time, ms."""


PortfolioEvent = (
    futures.PortfolioAccountUpdate
    | futures.PortfolioOrderTradeUpdate
    | futures.PortfolioAccountConfigUpdate
    | futures.PortfolioAlgoUpdate
    | futures.PortfolioConditionalOrderTradeUpdate
    | PortfolioExecutionReport
    | PortfolioOutboundAccountPosition
    | PortfolioBalanceUpdate
    | PortfolioLiabilityChange
    | PortfolioOpenOrderLoss
    | PortfolioRiskLevelChange
    | PortfolioListenKeyExpired
    | ErrorMessage
)
"""Whatever the callback of a portfolio-margin account gets."""
