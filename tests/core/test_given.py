"""Tests of the numbers that callers pass."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from typing import Any

import pytest

from binance_ws.core.given import positive, whole
from binance_ws.errors import ArgumentError


@pytest.mark.parametrize("value", [1, 0.001, Fraction(1, 3), 10**30])
def test_numbers_above_nought(value: Any) -> None:
    """Of any kind that can be compared with 0."""
    positive("timeout", value, "seconds")


@pytest.mark.parametrize("value", [0, -1, nan, inf, None, "5", True, [], Decimal(1), 1j])
def test_what_is_no_number_above_nought(value: Any) -> None:
    """One sentence says what is allowed, and what was passed."""
    with pytest.raises(ArgumentError) as caught:
        positive("timeout", value, "seconds")
    assert str(caught.value) == f"timeout is a number of seconds above 0, not {value!r}"


@pytest.mark.parametrize("value", [-1, 2.5, 2.0, None, "5", True])
def test_what_is_no_whole_number(value: Any) -> None:
    """The least one is named, and what else is allowed."""
    whole("retries", 0, least=0)
    with pytest.raises(ArgumentError) as caught:
        whole("retries", value, "attempts", least=0, otherwise="None for ever")
    said = f"retries is a whole number of attempts, 0 or more, or None for ever, not {value!r}"
    assert str(caught.value) == said
    with pytest.raises(ArgumentError, match="maxsize is a whole number, 1 or more, not 0"):
        whole("maxsize", 0)
