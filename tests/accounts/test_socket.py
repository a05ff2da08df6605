"""Tests of an account's socket: since when something may be missing, and what a second start hands it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from binance_ws.events import MayMiss

from ..peer import SECONDS
from ..test_user_streams import BALANCE, EVENT, FUTURES, account, signed_in, text
from ..waiting import Inbox
from .script import Refused, scripted

HOUR = 3_600_000


def _behind() -> int:
    """The clock of an exchange that is an hour behind ours."""
    return int(time.time() * 1000) - HOUR


def _skewed(given: dict[str, str]) -> Any:
    """What an exchange answers whose clock is an hour behind ours."""
    if abs(int(given["timestamp"]) - _behind()) > 60_000:
        raise Refused(400, -1021)
    return []


@pytest.mark.parametrize("quiet", [True, False], ids=["quiet", "events"])
def test_a_gap_begins_in_the_exchanges_time(quiet: bool) -> None:
    """Where ours is wrong, too: since the last event, or since the stream was open."""
    inbox = Inbox()
    with scripted() as exchange:
        calls = exchange.bank.calls
        calls["GET", "/fapi/v1/time"] = calls["GET", "/api/v3/time"] = lambda _: {"serverTime": _behind()}
        calls["GET", "/fapi/v1/openOrders"] = _skewed
        calls["GET", "/fapi/v2/account"] = lambda _: {"assets": [], "positions": []}
        before = _behind()
        exchange.manager.start_account_socket(inbox, "usdm", reconcile=True)
        exchange.manager.start()
        link = exchange.opened(FUTURES.format(0))
        exchange.bank.wait("GET", "/fapi/v2/account")
        last = _behind()
        if not quiet:
            link.send(text({**EVENT, "E": last}) + text({**BALANCE, "E": last - 1}))
            inbox.wait(2)
        link.reset()
        exchange.opened(FUTURES.format(0))
        (missed,) = exchange.wait_event(MayMiss)
        assert before - 1000 <= missed.since <= _behind() if quiet else missed.since == last


def test_starting_again_hands_new_options_too() -> None:
    """Asking REST and ``on_gap`` may be added to a stream that is open; what is not given again stays."""
    old, new, gaps = Inbox(), Inbox(), Inbox()
    with scripted() as exchange:
        manager = exchange.manager
        account(exchange, [], "1")
        manager.start_user_socket(old)
        manager.start()
        first = exchange.desk()
        signed_in(first)
        manager.wait_connected(timeout=SECONDS)
        manager.start_account_socket(old, "spot", reconcile=True, on_gap=gaps)
        exchange.bank.wait("GET", "/api/v3/account")
        assert manager.start_user_socket(new) == "user"
        account(exchange, [], "2")
        first.reset()
        signed_in(exchange.desk())
        (recovered,) = new.wait()
        assert recovered["B"][0]["f"] == "2"
        assert gaps.wait() == [exchange.wait_event(MayMiss)[0].since]
        assert old.messages == []


def test_what_is_no_object_is_counted() -> None:
    """Its numbers tell how many messages of its connection could not be read."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        signed_in(desk)
        desk.say(["no object"])
        desk.tell(0, EVENT)
        inbox.wait()
        assert exchange.manager.sockets()[0].malformed == 1
