"""Tests of one listen key and its users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_ws.accounts.listen_keys import Lease
from binance_ws.errors import ApiError, RestError
from binance_ws.streams.accounts import ACCOUNTS, KEY_GONE, Account, Row


class Exchange:
    """Listen keys of one account, called as :class:`Lease` does; ``echoes``: whether PUT tells the key."""

    def __init__(self, echoes: bool = True) -> None:
        self.echoes = echoes
        self.alive = ""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.made = 0
        self.then: Callable[[str], object] = lambda method: None

    def __call__(self, method: str, params: dict[str, Any], weight: int, timeout: float | None) -> Any:
        self.asked.append((method, params))
        answer = self._answer(method)
        self.then(method)
        return answer

    def _answer(self, method: str) -> Any:
        if method == "POST":
            self.made += not self.alive
            self.alive = self.alive or f"key-{self.made}"
            return {"listenKey": self.alive}
        if not self.alive:
            raise ApiError("no such key", -1125, 400)
        if method == "DELETE":
            self.alive = ""
        return {"listenKey": self.alive} if method == "PUT" and self.echoes else {}

    def replace(self) -> None:
        """Another program closes the key, and makes one of its own."""
        self.alive = "theirs"

    @property
    def methods(self) -> str:
        """The methods that were called."""
        return " ".join(method for method, _ in self.asked)


def lease(exchange: Exchange, row: Row = ACCOUNTS[Account.USDM], symbol: str = "") -> Lease:
    """A lease of an exchange's key."""
    return Lease(row, exchange, (exchange,), symbol, lambda: 1000)


def test_a_life() -> None:
    """Whether there is one, made, renewed, closed; each life is an hour from now."""
    exchange = Exchange()
    made = lease(exchange)
    assert made.open() == ("key-1", 3_601_000)
    assert made.renew() == 3_601_000
    made.close()
    made.close()
    assert exchange.methods == "PUT POST PUT DELETE"


def test_a_renewal_that_does_not_tell_the_key() -> None:
    """Options and portfolio margin answer nothing to PUT: which key it was is asked besides."""
    exchange = Exchange(echoes=False)
    made = lease(exchange, ACCOUNTS[Account.OPTIONS])
    made.open()
    assert made.renew() == 3_601_000
    made.close()
    assert exchange.methods == "PUT POST PUT POST DELETE"


@pytest.mark.parametrize("echoes", [True, False])
def test_a_renewal_of_another_key(echoes: bool) -> None:
    """What another program made in place of ours counts as the end of ours; it is taken up, and left alive."""
    exchange = Exchange(echoes)
    made = lease(exchange)
    made.open()
    exchange.replace()
    with pytest.raises(ApiError) as raised:
        made.renew()
    assert raised.value.code == KEY_GONE
    assert made.open() == ("theirs", 3_601_000)
    made.renew()
    made.close()
    assert exchange.alive == "theirs"


def test_two_users_of_a_key_that_dies() -> None:
    """The second one hears of the end when the first has made the next: that is ours, and closed at the end."""
    exchange = Exchange()
    first, second = lease(exchange), lease(exchange)
    first.open()
    second.open()
    exchange.alive = ""
    first.expired()
    assert first.open()[0] == "key-2"
    with pytest.raises(ApiError):
        second.renew()
    assert second.open()[0] == "key-2"
    first.close()
    second.close()
    assert not exchange.alive


def test_the_next_key_may_be_of_another_program() -> None:
    """After an expiry that every program is told of, who was first to make a new key is asked again."""
    exchange = Exchange()
    made = lease(exchange)
    made.open()
    exchange.replace()
    made.expired()
    made.open()
    made.close()
    assert exchange.alive == "theirs"


@pytest.mark.parametrize("account", [Account.SPOT, Account.MARGIN])
def test_keys_that_are_named(account: Account) -> None:
    """Where calls must name the key, nobody can ask whether there is one."""
    exchange = Exchange(echoes=False)
    made = lease(exchange, ACCOUNTS[account])
    made.open()
    made.renew()
    made.close()
    named = {"listenKey": "key-1"}
    assert exchange.asked == [("POST", {}), ("PUT", named), ("DELETE", named)]


def test_the_key_of_margin_risk_is_left_to_die() -> None:
    """It would cost half a minute's weight to close, and may be that of another program."""
    exchange = Exchange(echoes=False)
    made = lease(exchange, ACCOUNTS[Account.MARGIN_RISK])
    made.open()
    made.close()
    assert exchange.methods == "POST"


@pytest.mark.parametrize("answer", [{}, [], {"listenKey": None}, {"code": -1}])
def test_an_answer_without_a_key(answer: Any) -> None:
    """It is an error like any other of the exchange's, and worth another try."""
    made = Lease(ACCOUNTS[Account.SPOT], lambda *_: answer, (answer is None,), "", lambda: 0)
    with pytest.raises(ApiError, match="no listenKey") as raised:
        made.open()
    assert raised.value.retryable
    made.close()


def test_the_end_that_the_exchange_tells() -> None:
    """Options say until when a key lives."""
    exchange = Exchange()
    made = Lease(ACCOUNTS[Account.OPTIONS], lambda *_: {"listenKey": "k", "expiration": 7}, (), "", lambda: 0)
    assert made.open() == ("k", 7)
    assert exchange.asked == []
    made.close()


def test_users_share() -> None:
    """The last one closes; one that opens again after that begins anew."""
    exchange = Exchange()
    first, second = lease(exchange), lease(exchange)
    first.open()
    second.open()
    first.close()
    assert exchange.alive
    second.close()
    assert not exchange.alive
    third = lease(exchange)
    third.open()
    third.close()
    assert exchange.methods == "PUT POST POST DELETE PUT POST DELETE"


def test_a_key_of_others_is_left_until_it_dies() -> None:
    """What was there before us is not ours; what we make after its end is."""
    exchange = Exchange()
    exchange.alive = "theirs"
    made = lease(exchange)
    assert made.open()[0] == "theirs"
    exchange.alive = ""
    with pytest.raises(ApiError):
        made.renew()
    assert made.open()[0] == "key-1"
    made.close()
    assert not exchange.alive


def test_an_answer_that_is_lost() -> None:
    """A key that was made though we heard nothing of it is closed all the same."""
    exchange = Exchange()
    made = lease(exchange)

    def lose(method: str) -> None:
        if method == "POST":
            raise RestError("no answer in time")

    exchange.then = lose
    with pytest.raises(RestError):
        made.open()
    assert exchange.alive
    made.close()
    assert not exchange.alive


def test_one_that_is_stopped_while_it_opens() -> None:
    """Its key does not stay behind."""
    exchange = Exchange()
    made = lease(exchange)
    exchange.then = lambda method: made.close() if method == "POST" else None
    made.open()
    assert not exchange.alive


def test_one_that_never_opened() -> None:
    """Nothing is asked for it."""
    exchange = Exchange()
    lease(exchange).close()
    assert exchange.asked == []
