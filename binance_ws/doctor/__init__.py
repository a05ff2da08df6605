"""Examines the machine, the way to the exchange, and what comes from there; ``binance-ws doctor`` shows it."""

from __future__ import annotations

from .checks import checks_of
from .findings import Check, Finding, State
from .rounds import examine

__all__ = ["Check", "Finding", "State", "checks_of", "examine"]
