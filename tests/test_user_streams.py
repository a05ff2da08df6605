"""Tests of the streams of accounts, over each mechanism, against a scripted exchange."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, Environment
from binance_ws.core.signing import Hmac
from binance_ws.errors import ArgumentError, CallbackError, ConnectionLost, CredentialsMissing, NotConnected
from binance_ws.events import Connected, GivenUp, Lost, MayMiss, Renewed
from binance_ws.streams.accounts import ACCOUNTS, Account

from .accounts.script import KEY, SECRET, Desk, Refused, Scripted, scripted
from .core.test_recovered import futures_row, spot_row
from .payloads import load
from .peer import SECONDS, Link, frame
from .waiting import Inbox, in_thread, wait_event

PAYLOADS = Path(__file__).parent / "payloads"
EVENT = load("user_execution_report_bare.json")
BALANCE = load("user_outbound_account_position_bare.json")
FAPI, TOKEN, OLD = "/fapi/v1/listenKey", "/sapi/v1/userListenToken", "/api/v3/userDataStream"
SIGN, BY_TOKEN = "userDataStream.subscribe.signature", "userDataStream.subscribe.listenToken"
FUTURES = "/fstream/private/ws?listenKey=secret-listen-key-{}-of-tests"


def text(event: Any) -> bytes:
    """The frame of an event."""
    return frame(json.dumps(event))


def tokens(life_ms: int = 86_400_000) -> Callable[[dict[str, str]], Any]:
    """What makes listen tokens that live for some time."""
    numbers = iter(range(10**6))
    return lambda given: {
        "token": f"secret-token-{next(numbers)}-of-tests",
        "expirationTime": int(time.time() * 1000) + life_ms,
    }


# ---- listen keys ------------------------------------------------------------------------------------------

LISTEN_KEYS = [
    ("listen_key", Account.SPOT, None, "/ws/{}"),
    ("listen_key", Account.MARGIN, None, "/ws/{}"),
    ("listen_key", Account.ISOLATED_MARGIN, "BNBUSDT", "/ws/{}"),
    ("today", Account.MARGIN_RISK, None, "/margin-stream/ws/{}"),
    ("today", Account.USDM, None, "/fstream/private/ws?listenKey={}"),
    ("today", Account.COINM, None, "/dstream/ws/{}"),
    ("today", Account.OPTIONS, None, "/fstream/private/ws/{}"),
    ("today", Account.PORTFOLIO, None, "/fstream/pm/ws/{}"),
    ("today", Account.PORTFOLIO_PRO, None, "/fstream/pm-classic/ws/{}"),
]


@pytest.mark.parametrize(
    ("user_data", "account", "symbol", "path"), LISTEN_KEYS, ids=[str(row[1]) for row in LISTEN_KEYS]
)
def test_accounts_with_listen_keys(user_data: str, account: Account, symbol: str | None, path: str) -> None:
    """Each opens its own path with the key that its REST path gave, and closes it where that costs little."""
    inbox = Inbox()
    with scripted(user_data) as exchange:
        key = exchange.manager.start_account_socket(inbox, account, symbol)
        exchange.manager.start()
        link = exchange.opened(path.format("secret-listen-key-0-of-tests"))
        link.send(text(EVENT) + text(BALANCE))
        assert inbox.wait(2) == [EVENT, BALANCE]
        assert inbox.threads == {f"binance_ws {key}"}
        (made,) = exchange.bank.wait("POST", ACCOUNTS[account].listen_key)
        assert made == ({"symbol": symbol} if symbol else {})
        assert list(exchange.bank.alive) == [ACCOUNTS[account].listen_key + (symbol or "")]
        exchange.manager.close()
        assert bool(exchange.bank.alive) is (account is Account.MARGIN_RISK)
        assert link.read_frame()[0] == 0x8


EVENTS = {
    Account.USDM: ("usdm_user_*.json", FUTURES.format(0)),
    Account.OPTIONS: ("options_user_*.json", "/fstream/private/ws/secret-listen-key-0-of-tests"),
    Account.MARGIN_RISK: ("margin_risk_*.json", "/margin-stream/ws/secret-listen-key-0-of-tests"),
}


@pytest.mark.parametrize("account", EVENTS, ids=str)
def test_every_event_comes_as_it_is(account: Account) -> None:
    """Each example of the exchange's pages, without an envelope, but for the word that a key has expired."""
    pattern, path = EVENTS[account]
    examples = [load(file.name) for file in sorted(PAYLOADS.glob(pattern)) if "expired" not in file.name]
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_account_socket(inbox, account)
        exchange.manager.start()
        exchange.opened(path).send(b"".join(map(text, examples)))
        assert inbox.wait(len(examples)) == [example.get("data", example) for example in examples]


def test_a_listen_key_is_renewed() -> None:
    """Each ``user_timeout`` seconds by PUT; whoever wants to know is told until when it lives."""
    with scripted(user_timeout=0.05) as exchange:
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        exchange.bank.wait("PUT", FAPI, 4)
        told = exchange.wait_event(Renewed, 3)
        assert all(event.key == "usdm_user" for event in told)
        assert 3_500_000 < told[0].expires - time.time() * 1000 < 3_700_000


def test_a_renewal_names_its_key_where_it_must() -> None:
    """Those of spot and margin do, with the symbol of an isolated account."""
    with scripted("listen_key", user_timeout=0.05) as exchange:
        exchange.manager.start_isolated_margin_socket("bnbusdt", print)
        exchange.manager.start()
        exchange.opened("/ws/secret-listen-key-0-of-tests")
        put = exchange.bank.wait("PUT", "/sapi/v1/userDataStream/isolated")[0]
        assert put == {"symbol": "BNBUSDT", "listenKey": "secret-listen-key-0-of-tests"}


def test_a_renewal_that_fails_is_tried_again() -> None:
    """While the exchange has trouble the stream goes on, and the next success is told."""
    trouble = iter([Refused(503), Refused(500, -1001), Refused(429, -1003, **{"Retry-After": "0"})])
    with scripted(user_timeout=0.06) as exchange:
        inbox = Inbox()
        exchange.manager.start_futures_user_socket(inbox)
        exchange.manager.start()
        link = exchange.opened(FUTURES.format(0))
        exchange.wait_event(Renewed)

        def put(given: dict[str, str]) -> Any:
            for refused in trouble:
                raise refused
            return {}

        exchange.bank.calls["PUT", FAPI] = put
        exchange.wait_event(Renewed, 2)
        link.send(text(EVENT))
        assert inbox.wait() == [EVENT]
        assert not exchange.peer.waiting()


@pytest.mark.parametrize("start", ["start_user_socket", "start_futures_user_socket"])
def test_a_connection_that_is_silent_for_long(start: str) -> None:
    """Its environment says how long it may be; an account that has been quiet so long is connected anew."""

    def client(place: Environment) -> Client:
        return Client(KEY, SECRET, environment=dataclasses.replace(place, silence=0.1), timeout=SECONDS)

    with scripted(client=client) as exchange:
        getattr(exchange.manager, start)(print)
        exchange.manager.start()
        for _ in range(2):
            exchange.peer.accept().upgrade()
        assert "nothing came for 0.1 s" in str(exchange.wait_event(Lost)[0].cause)


@pytest.mark.parametrize("how", ["listenKeyExpired", "-1125"])
def test_a_dead_listen_key_is_replaced(how: str) -> None:
    """By its last event, or by the answer to a renewal: a new key is made, a new connection opened, and told."""
    with scripted(user_timeout=3600 if how == "listenKeyExpired" else 0.2) as exchange:
        inbox = Inbox()
        exchange.manager.start_futures_user_socket(inbox)
        exchange.manager.start()
        link = exchange.opened(FUTURES.format(0))
        link.send(text(EVENT))
        inbox.wait()
        exchange.bank.alive.clear()
        if how == "listenKeyExpired":
            link.send(text(load("usdm_user_listen_key_expired.json")))
        exchange.opened(FUTURES.format(1)).send(text(BALANCE))
        assert inbox.wait(2) == [EVENT, BALANCE]
        (missed,) = exchange.wait_event(MayMiss)
        assert missed.since >= EVENT["E"]
        assert exchange.wait_event(Lost)[0].cause is not None


@pytest.mark.parametrize("account", [Account.USDM, Account.PORTFOLIO], ids=str)
def test_a_listen_key_that_another_program_replaced(account: Account) -> None:
    """A renewal succeeds on the API key's new listen key, and ours is dead: the new one is opened, and left."""
    path, doors = ACCOUNTS[account].listen_key, {row[1]: row[3] for row in LISTEN_KEYS}
    inbox = Inbox()
    with scripted(user_timeout=0.2) as exchange:
        exchange.manager.start_account_socket(inbox, account)
        exchange.manager.start()
        exchange.opened(doors[account].format("secret-listen-key-0-of-tests"))
        exchange.bank.alive[path] = "key-of-another-program"
        exchange.opened(doors[account].format("key-of-another-program")).send(text(EVENT))
        assert inbox.wait() == [EVENT]
        exchange.wait_event(MayMiss)
        exchange.manager.close()
        assert exchange.bank.alive == {path: "key-of-another-program"}


def test_a_listen_key_that_others_made_is_left() -> None:
    """A key that was there before us is used and renewed, and lives on after we have gone."""
    with scripted() as exchange:
        exchange.bank.alive[FAPI] = "key-of-another-program"
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        exchange.opened("/fstream/private/ws?listenKey=key-of-another-program")
        exchange.manager.wait_connected(timeout=SECONDS)
        exchange.manager.close()
        assert exchange.bank.alive == {FAPI: "key-of-another-program"}


def test_the_last_user_closes_the_key() -> None:
    """Of two managers with one account the one that stops last closes the key."""
    with scripted() as exchange:
        other = BinanceSocketManager(Client(KEY, SECRET, environment=exchange.environment))
        for manager in (exchange.manager, other):
            manager.start_futures_user_socket(print)
            manager.start()
            exchange.opened(FUTURES.format(0))
            manager.wait_connected(timeout=SECONDS)
        exchange.manager.close()
        assert exchange.bank.alive
        other.close()
        assert not exchange.bank.alive
        other.join(SECONDS)


def test_stopping_one_socket_closes_its_key() -> None:
    """``stop_socket`` with the stable key ends that stream alone."""
    with scripted("listen_key") as exchange:
        spot = exchange.manager.start_user_socket(print)
        exchange.manager.start()
        exchange.opened("/ws/secret-listen-key-0-of-tests")
        exchange.manager.start_margin_socket(print)
        exchange.opened("/ws/secret-listen-key-1-of-tests")
        exchange.manager.wait_connected(timeout=SECONDS)
        exchange.manager.stop_socket(spot)
        exchange.bank.wait("DELETE", OLD)
        assert [info.key for info in exchange.manager.sockets()] == ["margin"]


def test_close_does_not_wait_for_a_mute_exchange() -> None:
    """Closing keys is a courtesy: one call that gets no answer is the last, however many keys there are."""
    over = threading.Event()
    with scripted("listen_key") as exchange:
        for symbol in ("BNBUSDT", "BTCUSDT", "ETHUSDT"):
            exchange.manager.start_isolated_margin_socket(symbol, print)
        exchange.manager.start()
        for _ in range(3):
            exchange.peer.accept().upgrade()
        exchange.manager.wait_connected(timeout=SECONDS)
        asked = []

        def mute(given: dict[str, str]) -> Any:
            asked.append(given)
            over.wait(SECONDS)
            return {}

        exchange.bank.calls["DELETE", "/sapi/v1/userDataStream/isolated"] = mute
        exchange.manager.close()
        assert not over.is_set()
        assert len(asked) == 1
        over.set()


@pytest.mark.parametrize("user_data", ["today", "listen_key"])
def test_threads_have_ended_after_close(user_data: str) -> None:
    """``close`` returns when the connections are gone, the shared one too."""
    with scripted(user_data) as exchange:
        exchange.manager.start_user_socket(print)
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        for _ in range(2):
            exchange.peer.accept().upgrade()
        exchange.wait_event(Connected)
        exchange.manager.close()
        exchange.manager.join(SECONDS)
        assert [t.name for t in threading.enumerate() if t.name.startswith("binance_ws")] == []


def test_close_does_not_wait_for_a_key_that_is_being_made() -> None:
    """A thread that waits for REST calls nobody, and ends when REST does."""
    over, asked = threading.Event(), threading.Event()
    with scripted() as exchange:

        def mute(given: dict[str, str]) -> Any:
            asked.set()
            over.wait(SECONDS)
            raise Refused(503)

        exchange.bank.calls["POST", FAPI] = mute
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        wait_event(asked)
        exchange.manager.close()
        assert not over.is_set()
        over.set()


def test_a_host_without_listen_keys_says_so() -> None:
    """A retired path is not asked for ever: the callback hears what is wrong."""
    inbox = Inbox()
    with scripted("listen_key") as exchange:

        def gone(given: dict[str, str]) -> Any:
            raise Refused(410)

        exchange.bank.calls["POST", OLD] = gone
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        (message,) = inbox.wait()
        assert (message["e"], message["key"]) == ("error", "user")
        assert "user_data" in message["m"]
        assert exchange.manager.sockets() == []


# ---- signature --------------------------------------------------------------------------------------------


def signed_in(desk: Desk, number: int = 0) -> dict[str, Any]:
    """Answer the signed subscription; its parameters, whose signature is right."""
    request = desk.asked(SIGN)
    params: dict[str, Any] = request["params"]
    payload = f"apiKey={KEY}&timestamp={params['timestamp']}"
    assert params["signature"] == Hmac(SECRET).sign(payload)
    desk.answer(request, {"subscriptionId": number})
    return params


def test_the_spot_account_is_signed_for() -> None:
    """One signed request; every event comes without its envelope."""
    inbox = Inbox()
    with scripted() as exchange:
        assert exchange.manager.start_user_socket(inbox) == "user"
        exchange.manager.start()
        desk = exchange.desk()
        signed_in(desk, 7)
        files = [file for file in sorted(PAYLOADS.glob("user_*.json")) if "terminated" not in file.name]
        events = [message["event"] for message in map(load, (f.name for f in files)) if "event" in message]
        for event in events:
            desk.tell(7, event)
        desk.tell(8, EVENT)
        desk.tell(7, BALANCE)
        assert inbox.wait(len(events) + 1) == [*events, BALANCE]
        exchange.manager.wait_connected("user", SECONDS)
        (info,) = exchange.manager.sockets()
        assert (info.key, info.state, info.messages) == ("user", "open", len(events) + 1)
        assert exchange.wait_event(Connected)[0].key == "user"


def test_each_reconnect_is_signed_anew() -> None:
    """A lost connection opens again; what may have been missed is told, since the last event."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        first = exchange.desk()
        signed_in(first)
        first.tell(0, EVENT)
        inbox.wait()
        first.reset()
        second = exchange.desk()
        signed_in(second, 5)
        second.tell(5, BALANCE)
        assert inbox.wait(2) == [EVENT, BALANCE]
        assert exchange.wait_event(MayMiss)[0].key == "user"


def test_a_skewed_clock_is_mended() -> None:
    """-1021 has the exchange's clock read; the next signature has its time."""
    with scripted() as exchange:
        ahead = 3_600_000
        exchange.bank.calls["GET", "/api/v3/time"] = lambda _: {"serverTime": int(time.time() * 1000) + ahead}
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        request = desk.asked(SIGN)
        desk.refuse(request, -1021)
        later = signed_in(desk)["timestamp"] - request["params"]["timestamp"]
        assert ahead - 5000 < later < ahead + SECONDS * 1000
        exchange.manager.wait_connected(timeout=SECONDS)


@pytest.mark.parametrize("code", [-2014, -2015, -1022])
def test_a_rejected_key_ends_the_stream(code: int) -> None:
    """The callback hears once what to check; the key of the socket is free, nothing is tried again."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        desk.refuse(desk.asked(SIGN), code, 401)
        (message,) = inbox.wait()
        assert message["e"] == "error"
        assert "check the key" in message["m"]
        assert isinstance(exchange.wait_event(GivenUp)[0], GivenUp)
        assert exchange.manager.sockets() == []
        assert desk.read_frame()[0] == 0x8
        with pytest.raises(NotConnected, match=r"user is given up: .*check the key"):
            exchange.manager.wait_connected("user", 0)


def test_a_key_revoked_in_mid_stream() -> None:
    """An error that belongs to no request has everything subscribed anew; that shows whose key it was."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        first = exchange.desk()
        signed_in(first)
        first.say(load("wsapi_error_401_session_revoked.json"))
        second = exchange.desk()
        second.refuse(second.asked(SIGN), -2015, 401)
        assert "check the key" in inbox.wait()[0]["m"]


@pytest.mark.parametrize("how", ["terminated", "already active", "shutdown"])
def test_subscriptions_that_end_are_opened_again(how: str) -> None:
    """Whatever ends a subscription, it is subscribed again, over the same connection or a new one."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        if how == "already active":
            desk.refuse(desk.asked(SIGN), -2035)
            desk = exchange.desk()
        signed_in(desk)
        if how == "terminated":
            desk.tell(0, load("user_event_stream_terminated.json")["event"])
            signed_in(desk, 1)
        elif how == "shutdown":
            desk.say(load("wsapi_server_shutdown.json"))
            desk = exchange.desk()
            signed_in(desk, 1)
        desk.tell(int(how != "already active"), EVENT)
        assert inbox.wait() == [EVENT]


def test_a_subscription_that_is_never_granted_is_given_up() -> None:
    """As many attempts as a connection has; then the callback hears of it, as of a connection."""
    inbox = Inbox()
    with scripted(max_retries=1) as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        for _ in range(2):
            desk.refuse(desk.asked(SIGN), -1000, 500)
        (message,) = inbox.wait()
        assert message["m"] == "Max reconnect retries reached"


def test_a_quiet_account_is_not_given_up() -> None:
    """A subscription that was granted is proof enough, though no event ever came."""
    with scripted(max_retries=1) as exchange:
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        for _ in range(4):
            desk = exchange.desk()
            signed_in(desk)
            exchange.manager.wait_connected("user", SECONDS)
            desk.reset()
        signed_in(exchange.desk())
        exchange.manager.wait_connected("user", SECONDS)


# ---- listen tokens ----------------------------------------------------------------------------------------


def admitted(desk: Desk, number: int, life_ms: int = 86_400_000, unit: int = 1) -> str:
    """Answer a subscription by token; the token."""
    request = desk.asked(BY_TOKEN)
    expires = (int(time.time() * 1000) + life_ms) * unit
    desk.answer(request, {"subscriptionId": number, "expirationTime": expires})
    token: str = request["params"]["listenToken"]
    return token


def until_closed(desk: Desk) -> None:
    """Read up to the close frame; before it there may be farewells."""
    for opcode, payload in iter(desk.read_frame, None):
        if opcode == 0x8:
            return
        assert json.loads(payload)["method"] == "userDataStream.unsubscribe"


def test_accounts_share_a_connection() -> None:
    """Spot, cross margin and two isolated accounts: one connection, each event to its own callback."""
    inboxes = {
        key: Inbox() for key in ("user", "margin", "isolated_margin:BNBUSDT", "isolated_margin:BTCUSDT")
    }
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = tokens()
        manager = exchange.manager
        manager.start_user_socket(inboxes["user"])
        manager.start_margin_socket(inboxes["margin"])
        manager.start_isolated_margin_socket("BNBUSDT", inboxes["isolated_margin:BNBUSDT"])
        manager.start()
        desk = exchange.desk()
        signed_in(desk, 0)
        admitted(desk, 1)
        admitted(desk, 2)
        manager.start_isolated_margin_socket("btcusdt", inboxes["isolated_margin:BTCUSDT"])
        admitted(desk, 3)
        for number, inbox in enumerate(inboxes.values()):
            desk.tell(number, {**EVENT, "i": number})
            assert [event["i"] for event in inbox.wait()] == [number]
        asked = exchange.bank.wait("POST", TOKEN, 3)
        assert [(a.get("isIsolated"), a.get("symbol")) for a in asked] == [
            (None, None),
            ("true", "BNBUSDT"),
            ("true", "BTCUSDT"),
        ]
        assert all("signature" in each for each in asked)
        manager.stop_socket("margin")
        gone = desk.asked("userDataStream.unsubscribe")
        assert gone["params"] == {"subscriptionId": 1}
        desk.answer(gone, {})
        desk.tell(0, BALANCE)
        assert inboxes["user"].wait(2)[1] == BALANCE
        assert not exchange.peer.waiting()
        manager.close()
        until_closed(desk)


@pytest.mark.parametrize("unit", [1, 1000], ids=["ms", "µs"])
def test_a_token_is_renewed_on_its_connection(unit: int) -> None:
    """Well before its end, whichever unit tells it; no event is lost and no gap told."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = tokens(400)
        exchange.manager.start_margin_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        found = [admitted(desk, 4, 400, unit) for _ in range(3)]
        desk.tell(4, EVENT)
        assert inbox.wait() == [EVENT]
        assert len(set(found)) == 3
        assert not exchange.wait_event(Renewed, 3)[0].expires > 10**14
        assert not [event for event in exchange.events.messages if isinstance(event, MayMiss | Lost)]


def test_a_token_that_ran_out_is_replaced() -> None:
    """A renewal that fails until the end: the subscription is made anew, and the gap is told."""
    inbox = Inbox()
    with scripted(max_retries=None) as exchange:
        make = tokens(300)
        exchange.bank.calls["POST", TOKEN] = make
        exchange.manager.start_margin_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        admitted(desk, 0, 300)

        def refuse(given: dict[str, str]) -> Any:
            raise Refused(503)

        exchange.bank.calls["POST", TOKEN] = refuse
        exchange.bank.wait("POST", TOKEN, 2)
        desk.tell(0, load("user_event_stream_terminated_listen_token.json")["event"])
        exchange.wait_event(Lost)
        exchange.bank.calls["POST", TOKEN] = make
        admitted(desk, 1)
        desk.tell(1, EVENT)
        assert inbox.wait() == [EVENT]
        exchange.wait_event(MayMiss)


def test_an_invalid_token_is_asked_for_anew() -> None:
    """-1209 is no fault of ours: the next token may be good."""
    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = tokens()
        exchange.manager.start_margin_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        desk.refuse(desk.asked(BY_TOKEN), -1209)
        admitted(desk, 0)
        exchange.manager.wait_connected("margin", SECONDS)


def test_an_unknown_isolated_symbol_ends_its_stream_alone() -> None:
    """The others go on."""
    inbox, spot = Inbox(), Inbox()

    def refuse(given: dict[str, str]) -> Any:
        raise Refused(400, -1121, "Invalid symbol.")

    with scripted() as exchange:
        exchange.bank.calls["POST", TOKEN] = refuse
        exchange.manager.start_user_socket(spot)
        exchange.manager.start_isolated_margin_socket("NOPE", inbox)
        exchange.manager.start()
        desk = exchange.desk()
        signed_in(desk)
        assert "Invalid symbol" in inbox.wait()[0]["m"]
        desk.tell(0, EVENT)
        assert spot.wait() == [EVENT]


# ---- of all mechanisms ------------------------------------------------------------------------------------


def subscribed(exchange: Scripted, start: Callable[[], Any]) -> Desk:
    """The spot account's connection, once it is subscribed."""
    start()
    exchange.manager.start()
    desk = exchange.desk()
    signed_in(desk)
    exchange.manager.wait_connected(timeout=SECONDS)
    return desk


def tell(link: Link, event: Any) -> None:
    """Send an event without an envelope."""
    link.send(text(event))


@pytest.mark.parametrize("user_data", ["today", "listen_key"])
def test_starting_again_hands_the_new_callback(user_data: str) -> None:
    """The key is the same, the connection too; events go to the newest callback."""
    old, new = Inbox(), Inbox()
    with scripted(user_data) as exchange:
        key = exchange.manager.start_user_socket(old)
        exchange.manager.start()
        if user_data == "today":
            desk = exchange.desk()
            signed_in(desk)
            send = partial(desk.tell, 0)
        else:
            link = exchange.opened("/ws/secret-listen-key-0-of-tests")
            send = partial(tell, link)
        send(EVENT)
        old.wait()
        assert exchange.manager.start_user_socket(new) == key == "user"
        send(BALANCE)
        assert new.wait() == [BALANCE]
        assert old.messages == [EVENT]
        assert not exchange.peer.waiting()


def test_stop_waits_for_the_callback() -> None:
    """After ``stop_socket`` no callback runs, though the connection goes on for others."""
    entered, leave, stopped = threading.Event(), threading.Event(), threading.Event()

    def slow(event: Any) -> None:
        entered.set()
        leave.wait(SECONDS)

    with scripted() as exchange:
        desk = subscribed(exchange, lambda: exchange.manager.start_user_socket(slow))
        desk.tell(0, EVENT)
        desk.tell(0, EVENT)
        wait_event(entered)

        def stop() -> None:
            exchange.manager.stop_socket("user")
            stopped.set()

        thread = in_thread(stop)
        assert not stopped.wait(0.05)
        entered.clear()
        leave.set()
        wait_event(stopped)
        thread.join(SECONDS)
        assert not entered.is_set()


@pytest.mark.parametrize("stop", ["stop_socket", "close"])
def test_ending_from_inside_the_callback(stop: str) -> None:
    """A callback may stop its own stream, or the manager."""
    returned = threading.Event()
    with scripted() as exchange:

        def end(event: Any) -> None:
            if stop == "close":
                exchange.manager.close()
            else:
                exchange.manager.stop_socket("user")
            returned.set()

        inbox = Inbox(end)
        desk = subscribed(exchange, lambda: exchange.manager.start_user_socket(inbox))
        desk.send(frame(json.dumps({"subscriptionId": 0, "event": EVENT})) * 2)
        wait_event(returned)
        assert desk.read_frame()[0] == 0x8
        assert len(inbox.messages) == 1


def test_it_starts_again_after_close() -> None:
    """The same manager, any number of times."""
    with scripted() as exchange:
        for _ in range(3):
            subscribed(exchange, lambda: exchange.manager.start_user_socket(print))
            exchange.manager.close()
            exchange.manager.join(SECONDS)
            assert exchange.manager.sockets() == []


def test_a_machine_that_slept() -> None:
    """What hangs up on a jump of the clock has everything opened anew, with a new signature and key."""
    with scripted() as exchange:
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        exchange.opened(FUTURES.format(0))
        exchange.manager.wait_connected(timeout=SECONDS)
        exchange.bank.alive.clear()
        for handle in exchange.manager._registry.all():
            handle.hang_up(ConnectionLost("the machine slept"))
        exchange.opened(FUTURES.format(1))
        exchange.wait_event(MayMiss)


def test_a_raising_callback_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """What it raises is logged and counted."""

    def fail(event: Any) -> None:
        raise ZeroDivisionError("mine")

    inbox = Inbox(fail)
    with scripted() as exchange:
        desk = subscribed(exchange, lambda: exchange.manager.start_user_socket(inbox))
        desk.tell(0, EVENT)
        desk.tell(0, EVENT)
        inbox.wait(2)
    assert "ZeroDivisionError: mine" in caplog.text


def test_wait_connected_waits_for_the_subscription() -> None:
    """An open connection is not enough."""
    with scripted() as exchange:
        exchange.manager.start_user_socket(print)
        exchange.manager.start()
        desk = exchange.desk()
        request = desk.asked(SIGN)
        with pytest.raises(NotConnected):
            exchange.manager.wait_connected("user", 0.01)
        desk.answer(request, {"subscriptionId": 0})
        exchange.manager.wait_connected("user", SECONDS)


def test_streams_cannot_be_added_to_an_account() -> None:
    """An account's socket carries nothing else."""
    with scripted() as exchange:
        key = exchange.manager.start_user_socket(print)
        assert isinstance(key, str)
        with pytest.raises(ArgumentError, match="cannot be changed"):
            exchange.manager.subscribe(key, ["bnbbtc@trade"])


@pytest.mark.parametrize(
    ("client", "start", "error", "says"),
    [
        (Client(), lambda m: m.start_user_socket(print), CredentialsMissing, "api_key"),
        (Client("k"), lambda m: m.start_user_socket(print), CredentialsMissing, "api_secret"),
        (Client("k", "s"), lambda m: m.start_user_socket(None), CallbackError, "function"),
        (
            Client("k", "s"),
            lambda m: m.start_account_socket(print, "spot", on_gap=lambda: 1),
            CallbackError,
            "one moment",
        ),
        (Client("k", "s"), lambda m: m.start_isolated_margin_socket("", print), ArgumentError, "BNBBTC"),
        (Client("k", "s"), lambda m: m.start_account_socket(print, "moon"), ArgumentError, "portfolio_pro"),
        (
            Client("k", "s"),
            lambda m: m.start_account_socket(print, "options", reconcile=True),
            ArgumentError,
            "spot, margin",
        ),
        (
            Client("k"),
            lambda m: m.start_account_socket(print, "usdm", reconcile=True),
            CredentialsMissing,
            "api_secret",
        ),
        (
            Client("k", "s", environment=Environment.TESTNET),
            lambda m: m.start_margin_socket(print),
            ArgumentError,
            "testnet",
        ),
        (
            Client("k", "s", environment=Environment.MARKET_DATA),
            lambda m: m.start_user_socket(print),
            ArgumentError,
            "does not serve",
        ),
    ],
)
def test_bad_arguments_raise_at_once(client: Client, start: Any, error: type[Exception], says: str) -> None:
    """Each raises in the caller, says what is allowed, and leaves nothing behind."""
    manager = BinanceSocketManager(client)
    with pytest.raises(error, match=says):
        start(manager)
    assert manager.sockets() == []


def test_user_timeout_is_a_period() -> None:
    """What is none is refused at once."""
    with pytest.raises(ArgumentError, match="user_timeout"):
        BinanceSocketManager(user_timeout=0)


# ---- what was missed --------------------------------------------------------------------------------------


def account(exchange: Scripted, orders: list[Any], free: str) -> None:
    """Have REST tell the state of the spot account."""
    calls = exchange.bank.calls
    calls["GET", "/api/v3/openOrders"] = lambda _: [o for o in orders if o["status"] == "NEW"]
    calls["GET", "/api/v3/allOrders"] = lambda given: [
        o for o in orders if o["orderId"] >= int(given.get("orderId", 0)) and o["symbol"] == given["symbol"]
    ]
    balances = [{"asset": "BNB", "free": free, "locked": "0"}]
    calls["GET", "/api/v3/account"] = lambda _: {"balances": balances, "updateTime": 1}


def test_what_was_missed_is_recovered() -> None:
    """Changed orders and balances are told before what came meanwhile, marked, and each gap is told."""
    inbox, gaps = Inbox(), Inbox()
    with scripted() as exchange:
        account(exchange, [spot_row(1), spot_row(2)], "1")
        exchange.manager.start_account_socket(inbox, "spot", reconcile=True, on_gap=gaps)
        exchange.manager.start()
        first = exchange.desk()
        signed_in(first)
        exchange.bank.wait("GET", "/api/v3/account")
        now = int(time.time() * 1000)
        heard = {**EVENT, "s": "BNBUSDT", "i": 3, "E": now, "T": now}
        first.tell(0, heard)
        inbox.wait()
        filled = [
            spot_row(1, "FILLED", "5.00", "49.00", now + 10),
            spot_row(4, "FILLED", "5", "50", now + 20),
        ]
        account(exchange, [*filled, spot_row(2), spot_row(3, "CANCELED", time=now + 15)], "6")
        asked, answer = threading.Event(), threading.Event()
        tell_open = exchange.bank.calls["GET", "/api/v3/openOrders"]

        def slow(given: dict[str, str]) -> Any:
            asked.set()
            answer.wait(SECONDS)
            return tell_open(given)

        exchange.bank.calls["GET", "/api/v3/openOrders"] = slow
        first.reset()
        second = exchange.desk()
        signed_in(second)
        wait_event(asked)
        live = {**EVENT, "s": "BNBUSDT", "i": 2, "X": "CANCELED", "E": now + 30}
        second.tell(0, live)
        answer.set()
        messages = inbox.wait(6)[1:]
        assert [(m["e"], m.get("i"), m.get("recovered")) for m in messages] == [
            ("executionReport", 1, True),
            ("executionReport", 3, True),
            ("executionReport", 4, True),
            ("outboundAccountPosition", None, True),
            ("executionReport", 2, None),
        ]
        assert gaps.wait() == [now]
        assert exchange.wait_event(MayMiss)[0].since == now
        (info,) = exchange.manager.sockets()
        assert (info.gaps, info.backfilled) == (1, 4)


def test_events_go_on_where_nothing_can_be_asked() -> None:
    """A refusal of REST costs what was missed, and nothing else; the log says so."""
    inbox = Inbox()
    with scripted() as exchange:

        def refuse(given: dict[str, str]) -> Any:
            raise Refused(400, -2010)

        exchange.bank.calls["GET", "/api/v3/openOrders"] = refuse
        exchange.manager.start_account_socket(inbox, "spot", reconcile=True)
        exchange.manager.start()
        first = exchange.desk()
        signed_in(first)
        exchange.bank.wait("GET", "/api/v3/openOrders")
        first.reset()
        second = exchange.desk()
        signed_in(second)
        exchange.bank.wait("GET", "/api/v3/openOrders", 2)
        second.tell(0, EVENT)
        assert inbox.wait() == [EVENT]


def test_futures_are_recovered_too() -> None:
    """USD-M tells orders, balances and positions in its own shape."""
    inbox = Inbox()
    with scripted() as exchange:
        calls, row = exchange.bank.calls, futures_row(1)
        calls["GET", "/fapi/v1/openOrders"] = lambda _: [row] if row["status"] == "NEW" else []
        calls["GET", "/fapi/v1/allOrders"] = lambda _: [row]
        calls["GET", "/fapi/v2/account"] = lambda _: {"assets": [], "positions": []}
        exchange.manager.start_account_socket(inbox, "usdm", reconcile=True)
        exchange.manager.start()
        link = exchange.opened(FUTURES.format(0))
        exchange.bank.wait("GET", "/fapi/v2/account")
        row.update(status="FILLED", executedQty="2", updateTime=int(time.time() * 1000))
        link.reset()
        exchange.opened(FUTURES.format(0))
        (message,) = inbox.wait()
        assert (message["e"], message["o"]["X"], message["recovered"]) == (
            "ORDER_TRADE_UPDATE",
            "FILLED",
            True,
        )
