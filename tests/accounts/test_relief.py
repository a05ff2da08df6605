"""Tests of lines that are replaced: nothing is lost, nothing comes twice, and what fails leaves the old one."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, manager
from binance_ws.accounts import line, relief, way
from binance_ws.accounts.api_line import ApiLine
from binance_ws.accounts.relief import Relief
from binance_ws.config import Environment
from binance_ws.events import Connected, Lost, MayMiss, Renewed, Rotated
from binance_ws.means import LIFE_SECONDS, Means
from binance_ws.simulator import OFF, Exchange, Rules

from ..payloads import load
from ..peer import SECONDS, Link
from ..test_user_streams import (
    BALANCE,
    EVENT,
    FAPI,
    FUTURES,
    SIGN,
    admitted,
    signed_in,
    text,
    tokens,
    until_closed,
)
from ..test_user_streams import TOKEN as LISTEN_TOKEN
from ..waiting import Inbox, in_thread, wait_event
from .script import Desk, Scripted, scripted

SHUTDOWN = load("wsapi_server_shutdown.json")
ACCOUNTS = {
    "user": "spot",
    "margin": "margin",
    "isolated_margin:BNBUSDT": "isolated_margin:BNBUSDT",
    "usdm_user": "usdm",
    "coinm_user": "coinm",
}


def means(monkeypatch: pytest.MonkeyPatch, life: float = LIFE_SECONDS, overlap: float = 0.05) -> None:
    """Have a manager's connections live for so long, and be heard together for a moment."""
    monkeypatch.setattr(manager, "Means", partial(Means, life=life, overlap=overlap))


class Alone(Inbox):
    """A callback that sees whether it is called twice at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.together = 0
        self._busy = threading.Lock()

    def __call__(self, event: Any) -> None:
        self.together += not self._busy.acquire(blocking=False)
        super().__call__(event["d"])
        self._busy.release()


def _by_age(exchange: Exchange) -> None:
    """Lines are replaced by themselves."""


def _by_shutdown(exchange: Exchange) -> None:
    exchange.faults.shutdown_event()


@pytest.mark.parametrize("user_data", ["today", "listen_key"])
@pytest.mark.parametrize(
    ("reason", "cause", "life"), [("age", _by_age, 0.4), ("goes down", _by_shutdown, 9e9)]
)
def test_nothing_is_lost_while_lines_are_replaced(
    user_data: str,
    reason: str,
    cause: Callable[[Exchange], None],
    life: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each event that was sent comes once, in order, one at a time; and nobody is told of a gap."""
    means(monkeypatch, life)
    heard, over = Inbox(), threading.Event()
    callbacks = {key: Alone() for key in ACCOUNTS}
    with Exchange(user_data=user_data, rules=Rules(connects=OFF, weight=OFF, futures_weight=OFF)) as exchange:
        place = Environment.local(exchange.host, user_data=user_data, connects=None)
        client = Client(exchange.api_key, exchange.api_secret, environment=place)
        streams = BinanceSocketManager(client, on_event=heard)
        for key, name in ACCOUNTS.items():
            kind, _, symbol = name.partition(":")
            streams.start_account_socket(callbacks[key], kind, symbol or None)
        streams.start()
        streams.wait_connected(timeout=SECONDS)

        def emit() -> None:
            number = 0
            while not over.wait(0.001):
                number += 1
                for name in ACCOUNTS.values():
                    exchange.account(name).emit({"e": "balanceUpdate", "a": "BNB", "d": str(number // 2)})

        emitter = in_thread(emit)
        for times in (1, 2):
            cause(exchange)
            heard.wait_for(partial(_all_moved, times))
        over.set()
        emitter.join(SECONDS)
        sent = {key: [event["d"] for event in exchange.account(name).sent] for key, name in ACCOUNTS.items()}
        for key, callback in callbacks.items():
            callback.wait(len(sent[key]))
        infos = {info.key: info for info in streams.sockets()}
        streams.close()
        streams.join(SECONDS)
        client.close()
    assert {key: callback.messages for key, callback in callbacks.items()} == sent
    assert [callback.together for callback in callbacks.values()] == [0] * len(ACCOUNTS)
    assert not [event for event in heard.messages if isinstance(event, MayMiss | Lost)]
    assert {event.key for event in heard.messages if isinstance(event, Connected)} == set(ACCOUNTS)
    assert all(reason in event.reason for event in heard.messages if isinstance(event, Rotated))
    assert all(info.rotations >= 2 and not info.reconnects for info in infos.values())


def _all_moved(times: int, heard: list[Any]) -> bool:
    moved = [event.key for event in heard if isinstance(event, Rotated)]
    return all(moved.count(key) >= times for key in ACCOUNTS)


def told(exchange: Scripted, *kinds: type[Any]) -> list[Any]:
    """The events of some kinds that were told so far."""
    return [event for event in exchange.events.messages if isinstance(event, kinds)]


def spot(exchange: Scripted, inbox: Inbox) -> Desk:
    """The connection that brings the spot account."""
    exchange.manager.start_account_socket(inbox, "spot")
    exchange.manager.start()
    desk = exchange.desk()
    signed_in(desk)
    exchange.manager.wait_connected(timeout=SECONDS)
    return desk


def futures(exchange: Scripted, inbox: Inbox) -> Link:
    """The connection that brings the USD-M account."""
    exchange.manager.start_futures_user_socket(inbox)
    exchange.manager.start()
    link = exchange.opened(FUTURES.format(0))
    exchange.manager.wait_connected(timeout=SECONDS)
    return link


def test_what_both_lines_bring_comes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that came twice on the old one comes twice, whatever the numbers of the subscriptions."""
    means(monkeypatch)
    inbox = Inbox()
    with scripted() as exchange:
        old = spot(exchange, inbox)
        old.say(SHUTDOWN)
        new = exchange.desk()
        request = new.asked(SIGN)
        old.tell(0, EVENT)
        old.tell(0, EVENT)
        inbox.wait(2)
        received = exchange.manager.sockets()[0].bytes
        new.answer(request, {"subscriptionId": 5})
        for event in (EVENT, EVENT, BALANCE, EVENT):
            new.tell(5, event)
        assert inbox.wait(4) == [EVENT, EVENT, BALANCE, EVENT]
        assert exchange.manager.sockets()[0].bytes > received
        new.tell(5, BALANCE)
        assert inbox.wait(5)[4:] == [BALANCE]
        assert told(exchange, Lost, MayMiss) == []


def test_a_new_line_that_fails_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one goes on, nobody hears of it, and another new one is tried later."""
    means(monkeypatch)
    monkeypatch.setattr(relief, "_AGAIN_SECONDS", 0.01)
    inbox = Inbox()
    with scripted() as exchange:
        old = futures(exchange, inbox)
        old.send(text({"e": "serverShutdown", "E": 1}))
        exchange.peer.accept().close()
        new = exchange.opened(FUTURES.format(0))
        old.send(text(EVENT))
        assert inbox.wait() == [EVENT]
        exchange.wait_event(Rotated)
        new.send(text(BALANCE))
        assert inbox.wait(2) == [EVENT, BALANCE]
        assert told(exchange, Lost, MayMiss) == []


def _let_in(exchange: Scripted, most: int) -> None:
    for _ in range(most):
        with contextlib.suppress(OSError, EOFError, AssertionError):
            exchange.peer.accept().upgrade()


def test_an_old_line_that_has_become_deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new line gets another listen key the old one has missed something: it opens anew, and tells."""
    means(monkeypatch)
    inbox = Inbox()
    with scripted() as exchange:
        old = futures(exchange, inbox)
        exchange.bank.alive[FAPI] = "key-of-another-program"
        old.send(text({"e": "serverShutdown", "E": 1}))
        in_thread(partial(_let_in, exchange, 2))  # the old line, and perhaps the new one before
        assert len(exchange.wait_event(MayMiss)) == 1
        assert "another program" in str(exchange.wait_event(Lost)[0].cause)
        assert told(exchange, Rotated) == []


def test_an_old_line_that_is_lost_before_the_new_one_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one is let go, and the old one opens again, as always."""
    means(monkeypatch, overlap=10 * SECONDS)
    inbox = Inbox()
    with scripted() as exchange:
        old = spot(exchange, inbox)
        old.say(SHUTDOWN)
        new = exchange.desk()
        new.asked(SIGN)
        old.reset()
        again = exchange.desk()
        signed_in(again)
        again.tell(0, EVENT)
        assert inbox.wait() == [EVENT]
        assert new.read_frame()[0] == 0x8
        assert len(exchange.wait_event(MayMiss)) == 1
        assert told(exchange, Rotated) == []


def test_an_old_line_that_is_lost_when_the_new_one_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one takes over with what it has kept; that something may be missing is told."""
    means(monkeypatch, overlap=10 * SECONDS)
    inbox = Inbox()
    with scripted() as exchange:
        old = futures(exchange, inbox)
        old.send(text({"e": "serverShutdown", "E": 1}))
        new = exchange.opened(FUTURES.format(0))
        exchange.wait_event(Renewed, 2)
        new.send(text(EVENT))
        old.send(text(BALANCE))
        inbox.wait()
        old.reset()
        assert inbox.wait(2) == [BALANCE, EVENT]
        assert len(exchange.wait_event(MayMiss)) == len(exchange.wait_event(Rotated)) == 1
        assert exchange.wait_event(MayMiss)[0].since == BALANCE["E"]
        exchange.manager.wait_connected(timeout=SECONDS)
        assert not exchange.peer.waiting()


def test_a_new_line_may_lag_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the old one has delivered may come on the new one when that has taken over."""
    means(monkeypatch)
    inbox = Inbox()
    with scripted() as exchange:
        old = spot(exchange, inbox)
        old.say(SHUTDOWN)
        new = exchange.desk()
        request = new.asked(SIGN)
        old.tell(0, EVENT)
        inbox.wait()
        new.answer(request, {"subscriptionId": 0})
        exchange.wait_event(Rotated)
        for event in (EVENT, BALANCE, EVENT):
            new.tell(0, event)
        assert inbox.wait(3) == [EVENT, BALANCE, EVENT]


@pytest.mark.parametrize("end", [lambda m: m.stop_socket("user"), lambda m: m.close()], ids=["stop", "close"])
@pytest.mark.parametrize("ready", [True, False])
def test_ending_in_the_midst_of_it(
    end: Callable[[BinanceSocketManager], None], ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lines are hung up, and another replacement may begin."""
    means(monkeypatch, overlap=10 * SECONDS)
    with scripted() as exchange:
        old = spot(exchange, Inbox())
        old.say(SHUTDOWN)
        new = exchange.desk()
        request = new.asked(SIGN)
        if ready:
            new.answer(request, {"subscriptionId": 1})
        end(exchange.manager)
        for line in (old, new):
            until_closed(line)
        assert exchange.manager._around.means.slot.taken_by is None


def test_an_account_that_comes_in_the_midst_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is subscribed on the old line at once, and the replacement put off."""
    means(monkeypatch, overlap=0.05)
    monkeypatch.setattr(relief, "_AGAIN_SECONDS", 0.01)
    inbox, margin = Inbox(), Inbox()
    with scripted() as exchange:
        exchange.bank.calls["POST", LISTEN_TOKEN] = tokens()
        old = spot(exchange, inbox)
        old.say(SHUTDOWN)
        exchange.desk().asked(SIGN)
        exchange.manager.start_margin_socket(margin)
        admitted(old, 1)
        new = exchange.desk()
        signed_in(new, 0)
        admitted(new, 1)
        exchange.wait_event(Rotated, 2)
        new.tell(1, EVENT)
        new.tell(0, BALANCE)
        assert (margin.wait(), inbox.wait()) == ([EVENT], [BALANCE])
        exchange.manager.stop_socket("margin")
        assert new.asked("userDataStream.unsubscribe")["params"] == {"subscriptionId": 1}


def test_a_gap_after_a_replacement_begins_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long an account was quiet: until a new line took over nothing was missing."""
    means(monkeypatch)
    inbox = Inbox()
    with scripted() as exchange:
        old = spot(exchange, inbox)
        old.tell(0, {**EVENT, "E": 1_500_000_000_000})
        inbox.wait()
        old.say(SHUTDOWN)
        new = exchange.desk()
        began = int(time.time() * 1000)
        signed_in(new)
        exchange.wait_event(Rotated)
        new.reset()
        signed_in(exchange.desk())
        (missed,) = exchange.wait_event(MayMiss)
        assert missed.since >= began


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new line that would have to keep too much is let go."""
    means(monkeypatch, overlap=10 * SECONDS)
    monkeypatch.setattr(way, "MOST", 2)
    inbox = Inbox()
    with scripted() as exchange:
        old = spot(exchange, inbox)
        old.say(SHUTDOWN)
        new = exchange.desk()
        signed_in(new, 1)
        for _ in range(3):
            new.tell(1, EVENT)
        assert new.read_frame()[0] == 0x8
        old.tell(0, BALANCE)
        assert inbox.wait() == [BALANCE]
        assert told(exchange, Lost, MayMiss) == []


@pytest.mark.parametrize(("user_data", "name"), [("today", "spot"), ("listen_key", "usdm")])
def test_what_a_slow_callback_has_not_read_yet_is_not_thrown_away(
    user_data: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old line is not hung up while something unread is left on it, long as the overlap is over."""
    means(monkeypatch, life=0.6)
    asked, inside, gate, end_old = (
        threading.Semaphore(0),
        threading.Event(),
        threading.Event(),
        Relief._end_old,
    )

    def counted(relief: Relief, *args: Any) -> None:
        end_old(relief, *args)
        asked.release()

    def hold(event: Any) -> None:
        if event["d"] == "1":
            inside.set()
            gate.wait(SECONDS)

    monkeypatch.setattr(Relief, "_end_old", counted)
    inbox, heard = Inbox(hold), Inbox()
    with Exchange(user_data=user_data, rules=Rules(connects=OFF, weight=OFF, futures_weight=OFF)) as exchange:
        place = Environment.local(exchange.host, user_data=user_data, connects=None)
        client = Client(exchange.api_key, exchange.api_secret, environment=place)
        with BinanceSocketManager(client, on_event=heard) as streams:
            streams.start_account_socket(inbox, name)
            streams.wait_connected(timeout=SECONDS)
            account = exchange.account(name)
            account.emit({"e": "balanceUpdate", "d": "1"})
            wait_event(inside)
            for number in "234":
                account.emit({"e": "balanceUpdate", "d": number})
            assert asked.acquire(timeout=SECONDS)
            assert asked.acquire(timeout=SECONDS)
            gate.set()
            heard.wait_for(lambda told: any(isinstance(event, Rotated) for event in told))
            account.emit({"e": "balanceUpdate", "d": "5"})
            assert [event["d"] for event in inbox.wait(5)] == list("12345")
        streams.join(SECONDS)
        client.close()
    assert not [event for event in heard.messages if isinstance(event, MayMiss | Lost)]


def _replaced(exchange: Scripted, inbox: Inbox) -> None:
    """The spot and the margin account, on a line that is about to take over and has kept an event of spot."""
    exchange.bank.calls["POST", LISTEN_TOKEN] = tokens()
    old = spot(exchange, inbox)
    exchange.manager.start_margin_socket(print)
    admitted(old, 1)
    exchange.manager.wait_connected(timeout=SECONDS)
    old.say(SHUTDOWN)
    new = exchange.desk()
    signed_in(new, 0)
    new.tell(0, EVENT)
    admitted(new, 1)


def test_nobody_waits_for_a_callback_that_gets_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every account has moved before one is called, and another connection may be replaced."""
    means(monkeypatch)
    inside, gate = threading.Event(), threading.Event()

    def hold(event: Any) -> None:
        inside.set()
        gate.wait(3 * SECONDS)

    with scripted() as exchange:
        _replaced(exchange, Inbox(hold))
        wait_event(inside)
        moved = {event.key for event in exchange.wait_event(Rotated, 2)}
        assert moved == {"user", "margin"}
        assert exchange.manager._around.means.slot.taken_by is None
        gate.set()


def test_a_callback_that_gets_what_was_kept_may_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on the thread of the line that has ended: that is known, and the manager outlives it."""
    means(monkeypatch, overlap=0.5)
    closed, gate = threading.Event(), threading.Event()

    def close(event: Any) -> None:
        exchange.manager.close()
        closed.set()
        gate.wait(3 * SECONDS)

    with scripted() as exchange:
        spot(exchange, Inbox(close)).say(SHUTDOWN)
        new = exchange.desk()
        signed_in(new)
        new.tell(0, EVENT)
        wait_event(closed)
        exchange.manager.join(0.05)
        assert exchange.manager.is_alive()
        gate.set()
        exchange.manager.join(SECONDS)
        assert not exchange.manager.is_alive()


def test_lines_that_are_gone_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often they were replaced, the present one alone is known."""
    means(monkeypatch)
    with scripted() as exchange:
        accounts, told = exchange.manager._accounts, threading.Semaphore(0)
        tell = accounts._moved

        def moved() -> None:
            tell()
            told.release()

        monkeypatch.setattr(accounts, "_moved", moved)
        desk = spot(exchange, Inbox())
        for _ in range(2):
            before = accounts._line
            desk.say(SHUTDOWN)
            desk = exchange.desk()
            signed_in(desk)
            assert told.acquire(timeout=SECONDS)
            assert accounts._line is not None
            assert accounts._line is not before
            assert accounts._line.relief is None


def test_what_cannot_be_begun_is_over_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that cannot be made holds up no other replacement for ever."""
    means(monkeypatch)
    monkeypatch.setattr(line, "LONGEST_SECONDS", 0.05)
    over = threading.Event()

    def broken(self: Relief) -> None:
        raise ValueError("a fault of ours")

    def failed(self: Relief) -> bool:
        try:
            return fail(self)
        finally:
            over.set()

    fail = Relief.fail
    monkeypatch.setattr(Relief, "fail", failed)
    monkeypatch.setattr(Relief, "begin", broken)
    with scripted() as exchange:
        spot(exchange, Inbox()).say(SHUTDOWN)
        wait_event(over)
        assert exchange.manager._around.means.slot.taken_by is None


def test_a_relief_that_fails_while_it_is_made_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old line is lost while the new one gets its ways: none of them goes on remembering."""
    means(monkeypatch)
    heir, begun = ApiLine.heir, threading.Event()
    begin = Relief.begin

    def lost_meanwhile(old: ApiLine, relief: Relief) -> ApiLine:
        relief.fail()
        return heir(old, relief)

    def counted(relief: Relief) -> None:
        begin(relief)
        begun.set()

    monkeypatch.setattr(ApiLine, "heir", lost_meanwhile)
    monkeypatch.setattr(Relief, "begin", counted)
    with scripted() as exchange:
        spot(exchange, Inbox()).say(SHUTDOWN)
        wait_event(begun)
        assert exchange.manager._accounts._line is not None
        assert [way.next for way in exchange.manager._accounts._line.ways] == [None]
