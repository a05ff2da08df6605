"""Rates from counts."""

from __future__ import annotations

from binance_ws.core.rates import Rates


def test_rates_are_of_the_last_seconds() -> None:
    """Nothing is known at first; then it is the mean of five seconds and not of all."""
    rates: Rates[str] = Rates()
    assert rates.add({"a": 0, "b": None}, 0.0) == {"a": None, "b": None}
    found = {}
    for second in range(1, 20):
        found = rates.add({"a": second * 2 if second < 10 else 18 + (second - 9) * 10, "b": None}, second)
        assert found["b"] is None
        assert found["a"] is not None
    assert found["a"] == 10.0
    assert rates.add({"new": 5}, 20.0) == {"new": None}
