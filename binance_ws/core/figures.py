"""Figures as people read them: numbers in a column, numbers without needless zeros, lengths of time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_UNITS = ((1000, "ms"), (120_000, "s"), (7_200_000, "min"), (172_800_000, "h"))
_LENGTHS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def plain(number: str) -> str:
    """A number without zeros at its end."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def decimals(number: str) -> int:
    """How many digits a number has behind its point, zeros at its end left out."""
    return len(number.partition(".")[2].rstrip("0"))


def aligned(numbers: Sequence[str]) -> list[str]:
    """Numbers with as many decimals as the finest of them needs."""
    places = max(map(decimals, numbers), default=0)
    return [f"{Decimal(number):.{places}f}" for number in numbers]


def duration(milliseconds: float | None) -> str:
    """A length of time as people say it: ``"12 ms"``, ``"1.5 s"``, ``"3 min"``; a dash for ``None``."""
    if milliseconds is None:
        return "–"
    size = abs(milliseconds)
    unit = next((unit for most, unit in _UNITS if size < most), None)
    if unit is None:
        return f"{milliseconds / 86_400_000:,.0f} d"
    return f"{milliseconds / _LENGTHS[unit]:.{int(unit == 's' and size < 10_000)}f} {unit}"
