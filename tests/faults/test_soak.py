"""The soak's own judgement, and a short soak."""

from __future__ import annotations

import pytest

from binance_ws import events

from .soak import Ledger, judge, number_of, soak


@pytest.mark.timeout(120)
def test_a_short_soak_loses_nothing() -> None:
    """Thirty sockets, a few seconds, faults at random."""
    assert soak(minutes=0.15, seed=7) == 0


@pytest.mark.parametrize("came", [[1, 2, 4], [1, 1], [2, 1]])
def test_it_would_notice(came: list[int]) -> None:
    """A hole, a repeated message and a wrong order are each found."""
    assert len(judge(Ledger({"btcusdt@trade": came}))) == 1
    assert judge(Ledger({"btcusdt@trade": [1, 2, 3], "btcusdt@kline_1m": [60, 120]})) == []


def test_what_is_numbered() -> None:
    """Trades, aggregated trades and closed candles; what was missed is kept."""
    assert number_of("btcusdt@trade", {"t": 5}) == 5
    assert number_of("btcusdt@aggTrade", {"a": 6}) == 6
    assert number_of("btcusdt@kline_1s", {"k": {"t": 7000, "x": True}}) == 7
    assert number_of("btcusdt@kline_1s", {"k": {"t": 7000, "x": False}}) is None
    assert number_of("btcusdt@depth", {"u": 5}) is None
    ledger = Ledger()
    ledger.hear(events.Missed("k", "btcusdt@trade", 1, 2))
    assert ledger.missed
