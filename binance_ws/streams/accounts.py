"""The accounts whose events can be streamed."""

from __future__ import annotations

from enum import Enum


class Account(str, Enum):
    """A kind of account."""

    SPOT = "spot"
    MARGIN = "margin"
    ISOLATED_MARGIN = "isolated_margin"
    USDM = "usdm"
