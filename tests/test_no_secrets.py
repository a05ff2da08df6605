"""No key, signature, listen key or token is seen anywhere, whatever happens to the streams of accounts."""

from __future__ import annotations

import io
import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.config import Environment
from binance_ws.errors import ArgumentError, BinanceWsError
from binance_ws.events import Event
from binance_ws.simulator import OFF, Exchange, Rules

from .accounts.script import KEY, SECRET, Refused, Scripted, scripted
from .payloads import load
from .peer import SECONDS, frame
from .waiting import Inbox

ACCOUNTS = (
    "spot",
    "margin",
    "isolated_margin:BNBUSDT",
    "usdm",
    "coinm",
    "options",
    "portfolio",
    "margin_risk",
)
_HEX = re.compile(r"[0-9a-f]{64}")


class Ears(logging.Handler):
    """Keeps whatever anybody could see: log lines with their tracebacks, events, errors, names, reprs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard = io.StringIO()
        self.setFormatter(logging.Formatter("%(threadName)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, and what its arguments look like."""
        self.heard.write(self.format(record) + "\n")
        for arg in record.args if isinstance(record.args, tuple) else ():
            self.see(arg)

    def see(self, thing: Any) -> None:
        """Keep what a thing looks like; of an error, all that led to it."""
        self.heard.write(f"{thing} {thing!r}\n")
        error = getattr(thing, "cause", thing)
        if isinstance(error, BaseException):
            self.heard.writelines(traceback.format_exception(error))

    def text(self) -> str:
        """All of it."""
        self.heard.writelines(f"{thread.name}\n" for thread in threading.enumerate())
        return self.heard.getvalue()


@pytest.fixture
def ears() -> Iterator[Ears]:
    """Hears every logger at DEBUG."""
    made, root = Ears(), logging.getLogger()
    before = root.level
    root.addHandler(made)
    root.setLevel(logging.DEBUG)
    yield made
    root.removeHandler(made)
    root.setLevel(before)


def page(manager: BinanceSocketManager) -> str:
    """What a manager shows of itself."""
    shown = [repr(manager), str(manager), repr(manager.sockets())]
    shown.append(manager._repr_html_())
    return "\n".join(shown)


def start_all(manager: BinanceSocketManager, callback: Callable[[Any], None], reconcile: bool = True) -> None:
    """Start the stream of each account."""
    for name in ACCOUNTS:
        kind, _, symbol = name.partition(":")
        asks = reconcile and kind not in ("options", "portfolio", "margin_risk")
        manager.start_account_socket(callback, kind, symbol or None, reconcile=asks)


def hidden_in(text: str, secrets: list[str]) -> None:
    """None of these, and nothing that looks like a signature or a key, is in a text."""
    for secret in filter(None, secrets):
        assert secret not in text, text[max(0, text.find(secret) - 300) : text.find(secret) + 100]
    assert not (found := _HEX.search(text)), text[max(0, found.start() - 300) : found.end()]


@pytest.mark.parametrize("user_data", ["today", "listen_key"])
def test_nothing_is_seen_while_everything_fails(ears: Ears, user_data: str) -> None:
    """Every account, every mechanism and every fault of the simulated exchange, with DEBUG on everywhere."""
    rules = Rules(1 / 20_000, ping_interval=OFF, connects=OFF, weight=OFF, futures_weight=OFF, strikes=OFF)
    seen = Inbox(lambda event: None if not isinstance(event, Event) else ears.see(event))
    came = Inbox()
    with Exchange(user_data=user_data, rules=rules) as exchange:
        environment = Environment.local(exchange.host, user_data=user_data, connects=None)
        client = Client(exchange.api_key, exchange.api_secret, environment=environment, timeout=2)
        manager = BinanceSocketManager(client, user_timeout=0.09, max_retries=None, on_event=seen)
        start_all(manager, came)
        manager.start()
        manager.wait_connected(timeout=SECONDS)
        keys = {info.account for info in exchange.listen_keys}
        assert keys
        for throw in faults_of(exchange):
            count = len(seen.messages)
            fault = throw()
            seen.wait_for(lambda events, count=count: len(events) > count + 5)  # type: ignore[misc]
            ears.heard.write(page(manager))
            fault.stop()
        ears.heard.write(repr(client) + repr(manager) + repr(environment) + repr(seen.messages))
        exchange.faults.revoke()
        came.wait_for(lambda events: any(event["e"] == "error" for event in events))
        ears.heard.write(repr([event for event in came.messages if event["e"] == "error"]))
        manager.close()
        manager.join(SECONDS)
        client.close()
        tokens = [token.text for token in exchange.listen_tokens]
    assert "urllib3.connectionpool" in ears.text()
    assert "signature=" in ears.text()
    hidden_in(ears.text(), [exchange.api_key, exchange.api_secret, *tokens])


def faults_of(exchange: Exchange) -> list[Callable[[], Any]]:
    """What can go wrong."""
    faults = exchange.faults
    return [
        *(lambda name=name: faults.expire(name) for name in ACCOUNTS[:4]),
        lambda: faults.terminate("spot"),
        lambda: faults.status(503, match="/fapi/v1/listenKey", times=3),
        lambda: faults.status(404, match="/fstream", times=2),
        lambda: faults.status(451, match="/ws-api", times=1),
        lambda: faults.skew(-3000),
        lambda: faults.api_status(503, times=2),
        lambda: faults.drop(),
        lambda: faults.reset(),
        lambda: faults.truncate(),
        lambda: faults.corrupt(),
        lambda: faults.shutdown_event(),
    ]


# ---- where the exchange itself tells secrets --------------------------------------------------------------

LISTEN_KEY = "secret-listen-key-0-of-tests"
SECRETS = [KEY, SECRET, LISTEN_KEY, "secret-token"]


def observed(exchange: Scripted, ears: Ears) -> str:
    """All that can be seen of a scripted exchange's manager."""
    for event in exchange.events.messages:
        ears.see(event)
    ears.heard.write(page(exchange.manager))
    return ears.text()


def test_an_answer_that_repeats_the_key(ears: Ears) -> None:
    """Refusals of REST and of the upgrade that tell the key or its path in their text."""

    def refuse(given: dict[str, str]) -> Any:
        raise Refused(400, -1125, f"This listenKey does not exist: {LISTEN_KEY} of {KEY}")

    with scripted(user_timeout=0.1) as exchange:
        exchange.manager.start_futures_user_socket(print)
        exchange.manager.start()
        first = exchange.peer.accept()
        first.answer("404 Not Found", f"X-Path: /private/ws?listenKey={LISTEN_KEY}\r\n")
        link = exchange.peer.accept()
        link.upgrade()
        exchange.manager.wait_connected(timeout=SECONDS)
        exchange.bank.calls["PUT", "/fapi/v1/listenKey"] = refuse
        exchange.peer.accept().upgrade()
        with pytest.raises(BinanceWsError) as caught:
            exchange.manager.wait_connected("nobody", 0)
        ears.see(caught.value)
        text = observed(exchange, ears)
    hidden_in(text, SECRETS)


def test_messages_that_hold_a_key(ears: Ears) -> None:
    """An end that names the key, wrapped or not, and text that is no JSON: neither is logged nor delivered."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_futures_user_socket(inbox)
        exchange.manager.start()
        link = exchange.opened(f"/fstream/private/ws?listenKey={LISTEN_KEY}")
        link.send(frame(f'{{"listenKey": "{LISTEN_KEY}", broken') + frame(f'["{LISTEN_KEY}"]'))
        link.send(frame(f'{{"stream": "{LISTEN_KEY}", "data": 7}}'))
        link.send(frame(f'{{"e": "listenKeyExpired", "E": 1, "listenKey": "{LISTEN_KEY}"}}'))
        exchange.peer.accept().upgrade()
        text = observed(exchange, ears) + repr(inbox.messages)
    hidden_in(text, SECRETS)


def test_a_rejection_that_repeats_the_key(ears: Ears) -> None:
    """What the callback hears when the stream ends."""
    inbox = Inbox()
    with scripted() as exchange:
        exchange.manager.start_user_socket(inbox)
        exchange.manager.start()
        desk = exchange.desk()
        request = desk.asked("userDataStream.subscribe.signature")
        error = load("wsapi_error_2015_rejected_key.json")["error"]
        secrets = [request["params"]["signature"], *SECRETS]
        desk.refuse(request, -2015, 401, msg=f"{error['msg']} {KEY} signature={secrets[0]}")
        (message,) = inbox.wait()
        text = observed(exchange, ears) + repr(message)
    hidden_in(text, secrets)


@pytest.mark.parametrize("odd", ["{}\n", " {}", "\u200b{}", "\u043a{}"])
def test_a_key_that_cannot_be_sent(ears: Ears, odd: str) -> None:
    """Whether it was given so, or has become so: errors, events and callbacks are without it."""
    inbox = Inbox()
    with pytest.raises(ArgumentError) as refused:
        Client(f"{KEY}\n{KEY}", SECRET)
    ears.see(refused.value)
    with scripted(max_retries=0) as exchange:
        client = exchange.manager._client
        client.API_KEY = odd.format(KEY)
        with pytest.raises(BinanceWsError) as caught:
            client.signed("GET", "account")
        ears.see(caught.value)
        exchange.manager.start_futures_user_socket(inbox)
        exchange.manager.start()
        (message,) = inbox.wait()
        assert message["e"] == "error"
        text = observed(exchange, ears) + repr(message) + repr(message.error)
    hidden_in(text, SECRETS)


@pytest.mark.parametrize("why", ["refused", "mute"])
def test_signed_calls_that_fail(ears: Ears, why: str) -> None:
    """The error of a signed call, its cause and its traceback, and what urllib3 logs of it."""
    with scripted() as exchange:
        place = Environment.local("127.0.0.1:1", connects=None) if why == "refused" else exchange.environment
        over = threading.Event()

        def hang(given: dict[str, str]) -> Any:
            over.wait(SECONDS)
            return {}

        exchange.bank.calls["GET", "/api/v3/account"] = hang
        client = Client(KEY, SECRET, environment=place, timeout=0.1)
        with pytest.raises(BinanceWsError) as caught:
            client.signed("GET", "account")
        over.set()
        client.close()
        ears.see(caught.value)
        text = ears.text()
    hidden_in(text, SECRETS)
