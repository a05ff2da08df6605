"""Listen keys of every product: made, renewed, opened, expired, closed."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.simulator import Exchange, Rules
from tests.simulator.conftest import Connect, Make
from tests.simulator.test_streams import shape
from tests.simulator.users import EXAMPLES, PATHS, SOCKETS, User

ACCOUNTS = list(PATHS)
OLD = ["spot", "margin", "isolated_margin:BNBUSDT"]
NAMED = [*OLD, "margin_risk"]
EXPIRED = {
    **dict.fromkeys(OLD, "user_listen_key_expired_spot_retired"),
    "margin_risk": "user_listen_key_expired_spot_retired",
    "usdm": "usdm_user_listen_key_expired",
    "coinm": "coinm_user_listen_key_expired",
    "options": "options_user_listen_key_expired",
    "portfolio": "pm_user_listen_key_expired",
}
EVENT = {"e": "somethingNew"}
# Long enough for a test's requests, short enough to wait for.
SHORT = 0.2


@pytest.fixture
def exchange(make: Make) -> Exchange:
    """An exchange with the old listen keys."""
    return make(user_data="listen_key")


def opened(connect: Connect, exchange: Exchange, account: str, key: str) -> Any:
    """A client that has the key open."""
    client = connect(exchange, SOCKETS[account].format(key))
    assert exchange.wait_for(lambda: any(info.listeners for info in exchange.listen_keys))
    return client


def bare(account: str, message: Any) -> Any:
    """The event of a message, whatever envelope the path brings."""
    return message["data"] if SOCKETS[account].startswith("/stream") else message


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_key_lives_from_post_to_delete(exchange: Exchange, user: User, account: str) -> None:
    """POST makes it and later names the same, PUT keeps it, DELETE ends it, a PUT after that is -1125."""
    key = user.listen_key(account)
    assert user.listen_key(account) == key
    [info] = exchange.listen_keys
    assert (info.account, info.user, info.key, info.listeners) == (account, "user", key, 0)
    assert abs(info.expires - exchange.time - 3_600_000) < 60_000
    renewed = user.keep("PUT", account, key)
    assert (renewed.status_code, renewed.json()) == (
        200,
        {"listenKey": key} if account in ("usdm", "coinm") else {},
    )
    assert user.keep("DELETE", account, key).json() == {}
    assert exchange.listen_keys == []
    gone = user.keep("PUT", account, key)
    assert (gone.status_code, gone.json()["code"]) == (400, -1125)
    assert user.listen_key(account) != key
    assert key not in repr(info)


def test_the_answers_are_the_documented_ones(exchange: Exchange, user: User) -> None:
    """Options tell when their key expires; the error names the call to use."""
    posted = user.keep("POST", "options").json()
    assert shape(posted) == shape(EXAMPLES["options_rest_listen_key_post_response"])
    assert shape(user.keep("POST", "usdm").json()) == shape(EXAMPLES["usdm_rest_listen_key_post_response"])
    assert shape(user.keep("PUT", "usdm").json()) == shape(EXAMPLES["usdm_rest_listen_key_put_response"])
    user.keep("DELETE", "usdm")
    assert user.keep("PUT", "usdm").json() == EXAMPLES["rest_error_1125_listen_key"]
    assert user.call("GET", PATHS["usdm"]).status_code == 405


@pytest.mark.parametrize(("account", "weights"), [("spot", [2, 2, 2]), ("margin_risk", [1, 1, 3000])])
def test_a_key_costs(exchange: Exchange, user: User, account: str, weights: list[int]) -> None:
    """Those of spot cost two, and to close that of margin risk costs three thousand."""
    key = user.listen_key(account)
    for method, weight in zip(("POST", "PUT", "DELETE"), weights, strict=True):
        exchange.pardon()
        told = user.keep(method, account, key).headers
        assert [value for name, value in told.items() if name.endswith("1M")] == [str(weight)]


@pytest.mark.parametrize("account", NAMED)
def test_spot_and_margin_name_the_key(user: User, account: str) -> None:
    """Without the key a PUT is -1102, with another one -1125."""
    user.listen_key(account)
    assert user.keep("PUT", account).json()["code"] == -1102
    assert user.keep("PUT", account, "0" * 64).json()["code"] == -1125


def test_isolated_margin_has_a_key_for_each_symbol(exchange: Exchange, user: User) -> None:
    """Without a symbol there is none."""
    path = PATHS["isolated_margin:BNBUSDT"]
    keys = {user.call("POST", path, symbol=symbol).json()["listenKey"] for symbol in ("BNBUSDT", "BTCUSDT")}
    assert len(keys) == 2
    assert [each.account for each in exchange.listen_keys] == [
        "isolated_margin:BNBUSDT",
        "isolated_margin:BTCUSDT",
    ]
    assert user.call("POST", path).json()["code"] == -1102


@pytest.mark.parametrize("account", OLD)
def test_today_the_old_keys_are_gone(make: Make, account: str) -> None:
    """Spot and margin answer 410 with a page that is no JSON; the others live on."""
    exchange = make()
    answer = User(exchange).keep("POST", account)
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "text/html")
    assert User(exchange).keep("POST", "usdm").status_code == 200


@pytest.mark.parametrize("account", ACCOUNTS)
def test_events_come_bare_by_the_key(exchange: Exchange, user: User, connect: Connect, account: str) -> None:
    """What happens on the account comes to whoever has the key open, also after another POST."""
    key = user.listen_key(account)
    client = opened(connect, exchange, account, key)
    assert exchange.account(account).sent == []
    sent = exchange.account(account).emit(EVENT)
    assert bare(account, client.json()) == sent
    user.listen_key(account)
    exchange.account(account).emit(EVENT)
    assert bare(account, client.json())["e"] == "somethingNew"
    assert len(exchange.account(account).sent) == 2
    [connection] = exchange.connections
    assert connection.streams == (account,)
    assert key not in repr(connection)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_key_that_nobody_renews_expires(make: Make, connect: Connect, account: str) -> None:
    """The event has the product's shape; the connection stays open, silent and dead; a POST makes another key."""
    exchange = make(user_data="listen_key", rules=Rules.off(listen_key_life=SHORT))
    user = User(exchange)
    key = user.listen_key(account)
    client = connect(exchange, SOCKETS[account].format(key))
    expired = bare(account, client.json())
    assert shape(expired) == shape(EXAMPLES[EXPIRED[account]])
    assert expired.get("listenKey", key) == key
    assert exchange.listen_keys == []
    assert user.keep("PUT", account, key).json()["code"] == -1125
    assert user.listen_key(account) != key
    exchange.account(account).emit(EVENT)
    assert exchange.account(account).sent == []
    assert len(exchange.connections) == 1


def test_lives_are_scaled(make: Make) -> None:
    """An hour of the exchange is as long as its rules say."""
    exchange = make(rules=Rules.off(scale=SHORT / 3600))
    user = User(exchange)
    user.listen_key("usdm")
    assert exchange.wait_for(lambda: not exchange.listen_keys)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_key_that_is_renewed_lives_on(make: Make, method: str) -> None:
    """POST and PUT begin its life anew."""
    exchange = make(rules=Rules.off(listen_key_life=10))
    user = User(exchange)
    user.listen_key("usdm")
    before = exchange.listen_keys[0].expires
    with exchange.skew(60):
        assert user.keep(method, "usdm").status_code == 200
    assert exchange.listen_keys[0].expires > before


def test_expire_now(exchange: Exchange, user: User, connect: Connect) -> None:
    """A fault ends the key of one account at once."""
    client = opened(connect, exchange, "usdm", user.listen_key("usdm"))
    user.listen_key("coinm")
    assert exchange.faults.expire("usdm").hits == 1
    assert client.json()["e"] == "listenKeyExpired"
    assert [each.account for each in exchange.listen_keys] == ["coinm"]


def test_delete_ends_the_events_of_everybody(exchange: Exchange, user: User, connect: Connect) -> None:
    """A closed key brings nothing more, to nobody."""
    key = user.listen_key("usdm")
    client = opened(connect, exchange, "usdm", key)
    user.keep("DELETE", "usdm")
    exchange.account("usdm").emit(EVENT)
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})["result"] == [key]
    assert exchange.account("usdm").sent == []


@pytest.mark.parametrize(
    "target",
    [
        "/fstream/private/ws/{}",
        "/fstream/private/ws?listenKey={}",
        "/fstream/private/stream?listenKey={}",
        "/fstream/private/stream?streams={}",
        "/fstream/private/ws?listenKey=unknown&listenKey={}",
    ],
)
def test_usdm_opens_by_path_and_by_query(
    exchange: Exchange, user: User, connect: Connect, target: str
) -> None:
    """All documented forms deliver; ``/stream`` in the envelope, whose name is the key."""
    key = user.listen_key("usdm")
    client = connect(exchange, target.format(key))
    assert exchange.wait_for(lambda: exchange.listen_keys[0].listeners)
    event = exchange.account("usdm").emit(EVENT)
    assert client.json() == ({"stream": key, "data": event} if "/stream" in target[9:] else event)


def test_a_key_may_be_subscribed_later(exchange: Exchange, user: User, connect: Connect) -> None:
    """SUBSCRIBE with a key on an open private connection is another way."""
    client = connect(exchange, "/fstream/private/stream")
    key = user.listen_key("usdm")
    assert client.ask({"method": "SUBSCRIBE", "params": [key], "id": 1}) == {"result": None, "id": 1}
    event = exchange.account("usdm").emit(EVENT)
    assert client.json() == {"stream": key, "data": event}


def test_events_of_a_query_are_the_only_ones(exchange: Exchange, user: User, connect: Connect) -> None:
    """With ``events`` nothing else comes, not even the key's end."""
    key = user.listen_key("usdm")
    client = connect(exchange, f"/fstream/private/ws?listenKey={key}&events=A/B")
    assert exchange.wait_for(lambda: exchange.listen_keys[0].listeners)
    for name in "ACB":
        exchange.account("usdm").emit({"e": name})
    exchange.faults.expire("usdm")
    assert [client.json()["e"] for _ in range(2)] == ["A", "B"]
    assert client.ask({"method": "GET_PROPERTY", "params": ["combined"], "id": 1})["result"] is False


@pytest.mark.parametrize(
    ("account", "target"),
    [
        ("usdm", "/fstream/ws/{}"),
        ("usdm", "/fstream/public/ws/{}"),
        ("usdm", "/fstream/market/ws/{}"),
        ("usdm", "/ws/{}"),
        ("coinm", "/fstream/private/ws/{}"),
        ("portfolio", "/fstream/private/ws/{}"),
        ("usdm", "/fstream/pm/ws/{}"),
        ("spot", "/fstream/private/ws/{}"),
        ("margin_risk", "/ws/{}"),
    ],
)
def test_a_wrong_door_is_dead(
    exchange: Exchange, user: User, connect: Connect, account: str, target: str
) -> None:
    """Elsewhere the handshake succeeds and nothing comes, not even the end of the key."""
    key = user.listen_key(account)
    client = connect(exchange, target.format(key))
    assert exchange.wait_for(lambda: exchange.connections)
    exchange.account(account).emit(EVENT)
    exchange.faults.expire(account)
    assert exchange.account(account).sent == []
    assert client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})["result"] == [key]


def test_portfolio_pro_opens_the_key_of_usdm(exchange: Exchange, user: User, connect: Connect) -> None:
    """The same key brings another account at another door."""
    key = user.listen_key("usdm")
    client = connect(exchange, f"/fstream/pm-classic/ws/{key}")
    assert exchange.wait_for(lambda: exchange.listen_keys[0].listeners)
    exchange.account("usdm").emit(EVENT)
    exchange.account("portfolio_pro").emit({"e": "PM_PRO_ACCOUNT_UPDATE", "u": "1.99"})
    assert client.json()["e"] == "PM_PRO_ACCOUNT_UPDATE"


def test_users_have_keys_of_their_own(exchange: Exchange, user: User) -> None:
    """Two keys of one user share a listen key, two users do not."""
    second = User(exchange, exchange.add_key())
    stranger = User(exchange, exchange.add_key(user="another"))
    assert user.listen_key("usdm") == second.listen_key("usdm") != stranger.listen_key("usdm")
    assert [each.user for each in exchange.listen_keys] == ["user", "another"]


def test_renewal_may_fail_for_a_while(exchange: Exchange, user: User) -> None:
    """The faults of REST reach the calls of listen keys, and leave the key alone."""
    user.listen_key("usdm")
    with exchange.faults.status(503, match=PATHS["usdm"], times=2):
        codes = [user.keep("PUT", "usdm").status_code for _ in range(3)]
    assert codes == [503, 503, 200]


def test_unknown_streams_may_be_refused_but_not_keys(make: Make, connect: Connect) -> None:
    """Where unknown streams are refused a listen key is none."""
    exchange = make(rules=Rules.off(unknown_streams="refuse"))
    user = User(exchange)
    for account in ("usdm", "coinm", "margin_risk"):
        connect(exchange, SOCKETS[account].format(user.listen_key(account)))


def test_faults_find_connections_by_account(exchange: Exchange, user: User, connect: Connect) -> None:
    """A connection of an account is named by it."""
    client = opened(connect, exchange, "usdm", user.listen_key("usdm"))
    assert exchange.faults.reset("coinm").hits == 0
    assert exchange.faults.reset("usdm").hits == 1
    assert client.ended() is True
