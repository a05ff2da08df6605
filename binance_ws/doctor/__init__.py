"""Examines the machine, the way to the exchange, and what comes from there; ``binance-ws doctor`` shows it."""

from __future__ import annotations

from .causes import Cause, causes
from .checks import checks_of
from .findings import Check, Finding, State
from .rounds import examine

__all__ = ["Cause", "Check", "Finding", "State", "causes", "checks_of", "examine"]
