"""Tests of a connection that a listen key opens."""

from __future__ import annotations

import pytest

from binance_ws.accounts import key_line
from binance_ws.events import Lost

from ..peer import SECONDS
from ..test_user_streams import FAPI, FUTURES
from .script import scripted


def test_an_answer_without_a_listen_key_is_asked_for_again() -> None:
    """It is an attempt that failed, and the next one may not."""
    answers = iter([{"code": -1, "msg": "no"}])
    with scripted() as exchange:
        bank = exchange.bank
        bank.calls["POST", FAPI] = lambda given: next(answers, None) or bank._listen_key("POST", FAPI, given)
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        exchange.manager.wait_connected(timeout=SECONDS)
        (lost,) = exchange.wait_event(Lost)
        assert "no listenKey" in str(lost.cause)


def test_a_key_is_renewed_long_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """However rarely ``user_timeout`` wants it: each three quarters of the hour that a key lives."""
    assert key_line.LONGEST_PERIOD == 2700
    monkeypatch.setattr(key_line, "LONGEST_PERIOD", 0.05)
    with scripted(user_timeout=1_000_000.0) as exchange:
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        exchange.bank.wait("PUT", FAPI, 2)
