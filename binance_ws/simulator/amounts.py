"""Prices and quantities are whole numbers of 1e-8 here, so that sums are exact; text only on the wire."""

from __future__ import annotations

from functools import lru_cache

ONE = 10**8


def to_int(text: str) -> int:
    """``"0.5"`` as 50_000_000; what is behind the eighth decimal is cut off."""
    whole, _, part = text.partition(".")
    return int(whole + part[:8].ljust(8, "0"))


@lru_cache(maxsize=1 << 15)
def to_text(amount: int, digits: int = 8) -> str:
    """50_000_000 as ``"0.50000000"``, or with fewer decimals; what is behind them is cut off."""
    whole, part = divmod(abs(amount), ONE)
    text = f"{'-' if amount < 0 else ''}{whole}.{part:08d}"
    return text if digits == 8 else text[: digits - 8].rstrip(".")


def percent(change: int, base: int) -> str:
    """A change in per cent of a base, with three decimals as the exchange writes it."""
    return f"{change * 100 / base:.3f}" if base else "0.000"


def mean(quote: int, volume: int) -> int:
    """The mean price of a volume; ``quote`` counts 1e-16 (a price times a quantity)."""
    return quote // volume if volume else 0
