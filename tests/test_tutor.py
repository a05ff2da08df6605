"""Tests of the explanations that a silent stream gets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, Environment, watch
from binance_ws.enums import Market
from binance_ws.errors import RestError
from binance_ws.events import Event, Silent
from binance_ws.simulator import Exchange
from binance_ws.streams import names
from binance_ws.tutor import FRESH_SECONDS, Tutor

from .waiting import Inbox

SPOT = {"symbols": [{"symbol": "BTCUSDT", "status": "TRADING"}]}
TYPO = "spot has no symbol BTCUSTD; did you mean BTCUSDT?"


class Desk:
    """A tutor that asks a test, on the test's thread."""

    def __init__(self, environment: Environment = Environment.PRODUCTION) -> None:
        self.asked: list[Market] = []
        self.told: list[Event] = []
        self.now = 0.0
        self.tutor = Tutor(self.answer, environment, lambda call: call(), self.told.append, lambda: self.now)

    def answer(self, market: Market) -> Any:
        """``exchangeInfo``."""
        self.asked.append(market)
        return SPOT if market is Market.SPOT else {"symbols": []}


def test_the_list_is_asked_once_for_many_streams() -> None:
    """Each market once, and again when the answer is old; what is listed leaves the others unasked."""
    desk = Desk()
    for _ in range(3):
        desk.tutor.doubt("key", names.trade("BTCUSDT"), 10.0)
    assert (desk.asked, desk.told) == ([Market.SPOT], [])
    for _ in range(2):
        desk.tutor.doubt("key", names.trade("BTCUSTD"), 10.0)
    assert desk.asked == [Market.SPOT, Market.USDM, Market.COINM, Market.OPTIONS]
    assert desk.told == [Silent("key", "btcustd@trade", 10.0, TYPO)] * 2
    desk.now = FRESH_SECONDS
    desk.tutor.doubt("key", names.trade("BTCUSDT"), 10.0)
    assert desk.asked[4:] == [Market.SPOT]


def test_markets_that_are_not_served_are_not_asked() -> None:
    """Binance.US has spot alone."""
    desk = Desk(Environment.US)
    desk.tutor.doubt("key", names.trade("BTCUSTD"), 10.0)
    assert desk.asked == [Market.SPOT]
    assert desk.told == [Silent("key", "btcustd@trade", 10.0, TYPO)]


def test_a_stream_of_a_whole_market_is_not_doubted() -> None:
    """It has no symbol."""
    desk = Desk()
    desk.tutor.doubt("key", names.all_mini_tickers(), 10.0)
    assert desk.asked == []


def test_where_it_cannot_be_asked_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange that does not answer is somebody else's trouble."""
    desk = Desk()

    def fails(market: Market) -> Any:
        raise RestError("no answer")

    monkeypatch.setattr(desk.tutor, "_ask", fails)
    desk.tutor.doubt("key", names.trade("BTCUSTD"), 10.0)
    assert desk.told == []


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch looks at once, and doubts at once."""
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(watch, "DOUBT_SECONDS", 0.0)


Start = Callable[[BinanceSocketManager, Inbox], object]


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (lambda m, inbox: m.start_trade_socket("BTCUSTD", inbox), TYPO),
        (
            lambda m, inbox: m.start_multiplex_socket(["btcusdt@trade", "lunausdt@trade"], inbox),
            "LUNAUSDT is not traded on spot: its status is HALT, and its streams are silent",
        ),
    ],
)
def test_a_user_hears_of_his_mistake(start: Start, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """By an event and in the log, once, with the streams that speak left alone."""
    told = Inbox()
    with (
        Exchange(speed=20) as exchange,
        caplog.at_level(logging.WARNING),
        BinanceSocketManager(Client(environment=exchange.environment), on_event=told) as manager,
    ):
        start(manager, Inbox())
        found = told.wait_for(lambda events: any(isinstance(event, Silent) for event in events))
    silent = [event for event in found if isinstance(event, Silent)]
    assert [event.reason for event in silent] == [reason]
    assert reason in caplog.text
