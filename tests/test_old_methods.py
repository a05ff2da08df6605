"""Every old ``start_*`` method, with each form of its arguments, against the simulated exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.simulator import Exchange

from .old_calls import ACCOUNTS, ROWS, C, Form, Row
from .peer import SECONDS
from .test_start_methods import SIGNATURES
from .waiting import Inbox


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=20) as made:
        yield made
        assert made.errors == []


def _written(given: Form, inbox: Inbox) -> tuple[list[Any], dict[str, Any]]:
    args, named = given
    return (
        [inbox if arg is C else arg for arg in args],
        {name: inbox if arg is C else arg for name, arg in named.items()},
    )


def _targets(exchange: Exchange) -> list[str]:
    return [request.target for request in exchange.requests if request.upgrade]


CALLS = [(row, given) for row in ROWS for given in row.forms]


def _shown(value: Any) -> str:
    if isinstance(value, Row):
        return f"{value.method} {value.key}"
    args, named = value
    words = [*args, *(f"{name}={arg}" for name, arg in named.items())]
    return ",".join(str(word).replace(str(C), "callback") for word in words)


@pytest.mark.parametrize(("row", "given"), CALLS, ids=_shown)
def test_a_call(row: Row, given: Form, exchange: Exchange) -> None:
    """It returns its key, a second one ``False``; it opens its path on its route and gets its messages."""
    inbox = Inbox()
    args, named = _written(given, inbox)
    before = len(_targets(exchange))
    with BinanceSocketManager(Client(environment=exchange.environment)) as manager:
        start = getattr(manager, row.method)
        assert start(*args, **named) == row.key
        assert start(*args, **named) is False
        message = inbox.wait()[0]
    opened = _targets(exchange)[before:]
    assert row.target is None or opened == [row.target]
    _check(row, message)


def _check(row: Row, message: Any) -> None:
    """A message's envelope, its shape, its kind."""
    if row.wrapped is not None:
        assert set(message) == {"stream", "data"}
        assert message["stream"] == row.wrapped
        message = message["data"]
    assert isinstance(message, list) is row.array
    first = message[0] if row.array else message
    assert first.get("e") == row.event


@pytest.mark.parametrize(
    ("method", "given", "key", "account", "event"),
    [(method, given, *rest) for method, forms, *rest in ACCOUNTS for given in forms],
)
@pytest.mark.parametrize("user_data", ["today", "listen_key"])
def test_an_account(method: str, given: Form, key: str, account: str, event: str, user_data: str) -> None:
    """It returns a stable key, twice; what happens on the account arrives bare, whatever the mechanism."""
    inbox = Inbox()
    args, named = _written(given, inbox)
    with Exchange(speed=20, user_data=user_data) as exchange:
        client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
        with BinanceSocketManager(client) as manager:
            start = getattr(manager, method)
            assert start(*args, **named) == start(*args, **named) == key
            manager.wait_connected(key, SECONDS)
            exchange.account(account).order("BNBUSDT", "BUY", 1, 500)
            messages = inbox.wait_for(lambda found: any(m["e"] == event for m in found))
    assert all("stream" not in message and "event" not in message for message in messages)


def test_no_method_is_forgotten() -> None:
    """Every old method has rows, and every argument of each is given by position and by name in some form."""
    forms: dict[str, list[Form]] = {}
    for row in ROWS:
        forms.setdefault(row.method, []).extend(row.forms)
    forms.update((method, given) for method, given, *_ in ACCOUNTS)
    assert set(forms) == set(SIGNATURES)
    for method, signature in SIGNATURES.items():
        for number, argument in enumerate(word.split("=")[0] for word in signature.split(", ")):
            assert any(len(args) > number for args, _ in forms[method]), (method, argument)
            assert any(argument in named for _, named in forms[method]), (method, argument)
