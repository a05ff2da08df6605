"""Tests of the connection that accounts share: none waits for another, and what ends is begun anew in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_ws import user_streams
from binance_ws.accounts import subscription
from binance_ws.events import Lost, Retrying

from ..payloads import load
from ..peer import SECONDS
from ..test_user_streams import EVENT, FUTURES, SIGN, TOKEN, admitted, signed_in, tokens
from ..waiting import Inbox, wait_event
from .script import Bank, Call, scripted

UNSUBSCRIBE = "userDataStream.unsubscribe"
TERMINATED = load("user_event_stream_terminated.json")["event"]


class Mute:
    """A call of REST that is answered when ``over`` is set."""

    def __init__(self, bank: Bank, method: str, path: str) -> None:
        self.asked, self.over = threading.Event(), threading.Event()
        self._answer: Call = bank.calls.get((method, path), lambda given: [])
        bank.calls[method, path] = self

    def __call__(self, given: dict[str, str]) -> Any:
        self.asked.set()
        self.over.wait(3 * SECONDS)
        return self._answer(given)


def test_nobody_waits_for_what_another_has_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """While REST does not answer what one account asks for, the others are subscribed anew."""
    monkeypatch.setattr(user_streams, "CALL_SECONDS", 3 * SECONDS)
    with scripted() as exchange:
        exchange.bank.calls["GET", "/fapi/v2/account"] = lambda _: {"assets": [], "positions": []}
        mute = Mute(exchange.bank, "GET", "/fapi/v1/openOrders")
        exchange.manager.start_account_socket(print, "usdm", reconcile=True)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        wait_event(mute.asked)
        exchange.manager.start_user_socket(print)
        signed_in(exchange.desk())
        assert not mute.over.is_set()
        mute.over.set()


def test_close_ends_what_is_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait for the answer, and after that one nothing more is asked."""
    monkeypatch.setattr(user_streams, "CALL_SECONDS", 3 * SECONDS)
    with scripted() as exchange:
        mute = Mute(exchange.bank, "GET", "/fapi/v1/openOrders")
        exchange.manager.start_account_socket(print, "usdm", reconcile=True)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        wait_event(mute.asked)
        (thread,) = [each for each in threading.enumerate() if each.name == "binance_ws usdm_user reconcile"]
        exchange.manager.close()
        assert not mute.over.is_set()
        mute.over.set()
        thread.join(SECONDS)
        assert "/fapi/v2/account" not in [path for _, path, _ in exchange.bank.asked]


def test_who_needs_no_answer_is_subscribed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is waited for when all is subscribed that needs none."""
    monkeypatch.setattr("binance_ws.accounts.ws_api.CALL_SECONDS", 3 * SECONDS)
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = tokens()
        exchange.manager.start_margin_socket(print)
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        signed_in(desk, 0)
        admitted(desk, 1)
        exchange.manager.wait_connected(timeout=SECONDS)
        mute = Mute(exchange.bank, "POST", TOKEN)
        desk.reset()
        desk = exchange.desk()
        signed_in(desk, 0)
        mute.over.set()
        admitted(desk, 1)


@pytest.mark.parametrize("lived", [False, True])
def test_what_ends_as_soon_as_it_begins_has_failed(lived: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried as often as what is refused, with the same pauses; one that was live for a while, for ever."""
    if lived:
        monkeypatch.setattr(subscription, "LIVED_SECONDS", 0.0)
    inbox = Inbox()
    with scripted(max_retries=2) as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        for number in range(5 if lived else 3):
            signed_in(desk, number)
            desk.tell(number, TERMINATED)
        if lived:
            signed_in(desk, 9)
            desk.tell(9, EVENT)
            assert inbox.wait() == [EVENT]
        else:
            assert inbox.wait()[0]["m"] == "Max reconnect retries reached"


@pytest.mark.parametrize("lived", [False, True])
def test_the_pause_that_is_told_is_the_one_that_is_made(
    lived: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the exchange ends a subscription, too; one that was live is made again though none may fail."""
    monkeypatch.setattr(subscription, "LIVED_SECONDS", 0.0 if lived else 3 * SECONDS)
    with scripted(max_retries=0 if lived else 1) as exchange:
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        signed_in(desk, 0)
        desk.tell(0, TERMINATED)
        (retrying,) = exchange.wait_event(Retrying)
        signed_in(desk, 1)
        assert retrying.attempt == int(not lived)
        assert f"again in {retrying.seconds:.1f} s" in caplog.text


def test_what_was_stopped_before_the_answer_is_ended() -> None:
    """Else the exchange would refuse the account's next subscription on this connection."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = tokens()
        exchange.manager.start_margin_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        admitted(desk, 0)
        exchange.manager.start_user_socket(inbox)
        request = desk.asked(SIGN)
        exchange.manager.stop_socket("user")
        desk.answer(request, {"subscriptionId": 7})
        gone = desk.asked(UNSUBSCRIBE)
        assert gone["params"] == {"subscriptionId": 7}
        desk.answer(gone, {})
        exchange.manager.start_user_socket(inbox)
        signed_in(desk, 8)
        desk.tell(8, EVENT)
        assert inbox.wait() == [EVENT]
        assert [event.key for event in exchange.events.messages if isinstance(event, Lost)] == []


def _once(answer: Any, then: Callable[[dict[str, str]], Any]) -> Callable[[dict[str, str]], Any]:
    answers = iter([answer])
    return lambda given: next(answers, None) or then(given)


@pytest.mark.parametrize("answer", [{"code": -1, "msg": "no"}, {"token": "t"}, ["t"]], ids=str)
def test_an_answer_without_a_token_is_asked_for_again(answer: Any) -> None:
    """It is a failure like any other, which the log tells."""
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = _once(answer, tokens())
        exchange.manager.start_margin_socket(print)
        exchange.manager.start()
        admitted(exchange.desk(), 0)
        exchange.manager.wait_connected("margin", SECONDS)


def test_an_answer_without_a_number_is_no_subscription() -> None:
    """Without it no event could be told from those of others: it is asked for anew."""
    with scripted() as exchange:
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        desk.answer(desk.asked(SIGN), {})
        signed_in(desk, 0)
        exchange.manager.wait_connected("user", SECONDS)
