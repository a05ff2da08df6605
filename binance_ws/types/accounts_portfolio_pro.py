"""Events of portfolio-margin Pro accounts. The exchange's pages: "Portfolio Margin Pro User Data Stream"."""

from __future__ import annotations

from typing import Literal, TypedDict

from .accounts_portfolio_margin import PortfolioRiskLevelChange
from .common import ErrorMessage, ListenKeyExpired


class PortfolioProAccountUpdate(TypedDict):
    """The account, each five seconds, ``PM_PRO_ACCOUNT_UPDATE``. Page: "pmProAccountUpdate"."""

    e: Literal["PM_PRO_ACCOUNT_UPDATE"]
    E: int
    """Event time, ms."""
    u: str
    """uniMMR, the ratio of equity and maintenance margin."""
    eq: str
    """Equity in USD."""
    ae: str
    """Equity in USD without collateral rates."""
    im: str
    """Initial margin in USD."""
    mm: str
    """Maintenance margin in USD."""
    avb: str
    """Available balance in USD."""
    vmw: str
    """Amount in USD that can be withdrawn at most."""


class PortfolioProRiskLevelChange(PortfolioRiskLevelChange):
    """The account is at risk, ``riskLevelChange``. Page: "riskLevelChange"."""


class PortfolioProListenKeyExpired(ListenKeyExpired):
    """The listen key is dead, ``listenKeyExpired``. Page: "User Data Stream Expired"."""


PortfolioProEvent = (
    PortfolioProAccountUpdate | PortfolioProRiskLevelChange | PortfolioProListenKeyExpired | ErrorMessage
)
"""Whatever the callback of a portfolio-margin Pro account gets."""
