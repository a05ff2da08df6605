"""The WebSocket API: replies, sessions, subscriptions by signature, token and logon, and their ends."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.simulator import Exchange, Rules
from tests.simulator.conftest import Connect, Make
from tests.simulator.test_streams import shape
from tests.simulator.users import DEFAULT, EXAMPLES, Api, User

PATH = "/ws-api/v3"
BY_SIGNATURE = "userDataStream.subscribe.signature"
BY_TOKEN = "userDataStream.subscribe.listenToken"
EVENT = {"e": "somethingNew"}
SHORT = 0.2


def error(name: str) -> Any:
    """The error of a documented reply."""
    return EXAMPLES[f"wsapi_error_{name}"]["error"]


def alike(reply: Any, name: str) -> bool:
    """Whether a reply has the documented shape but for its id, and for rate limits that the example lacks."""
    example = EXAMPLES[f"wsapi_{name}_response"]
    left_out = {"id"} | ({"rateLimits"} if "rateLimits" not in example else set())
    shapes = [shape({k: v for k, v in each.items() if k not in left_out}) for each in (reply, example)]
    return bool(shapes[0] == shapes[1])


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("ping", {}, "ping"),
        ("time", {}, "time"),
        ("depth", {"symbol": "BNBBTC", "limit": 5}, "depth"),
        ("trades.recent", {"symbol": "BNBBTC", "limit": 1}, "trades_recent"),
        ("trades.historical", {"symbol": "BNBBTC", "fromId": 0, "limit": 1}, "trades_historical"),
        ("trades.aggregate", {"symbol": "BNBBTC", "limit": 1}, "trades_aggregate"),
        ("klines", {"symbol": "BNBBTC", "interval": "1m", "limit": 1}, "klines"),
        ("session.status", {}, "session_logout"),
        ("session.logout", {}, "session_logout"),
    ],
)
def test_replies_have_the_documented_shape(
    make: Make, connect: Connect, method: str, params: Any, name: str
) -> None:
    """Of the market and of the session."""
    exchange = make("demo")
    connect(exchange, "/ws/bnbbtc@trade").json()
    api = Api(
        exchange, connect(exchange, f"{PATH}?returnRateLimits=" + ("false" if "session" in method else ""))
    )
    assert alike(api.ask(method, **params), name)


def test_errors_are_replies(api: Api) -> None:
    """A wrong symbol, an unknown method, a request that is none, text that is no JSON."""
    assert api.code("depth", symbol="NOBODY") == -1121
    assert api.code("depth") == -1102
    assert api.code("no.such.method") == -1020
    assert api.raw({"id": "x"})["error"]["code"] == -1102
    assert api.raw({"id": "x", "method": "ping", "params": []})["status"] == 200
    assert api.raw({"id": "x", "method": "ping", "params": [1]})["error"]["code"] == -1100
    broken = api.raw("{")
    assert (broken["id"], broken["status"], broken["error"]["code"]) == (None, 400, -1135)


def test_weight_is_counted_and_told(make: Make, connect: Connect) -> None:
    """The connection, each request, and REST of the same address draw from one pool; 429 says until when."""
    exchange = make(rules=Rules.off(weight=12))
    api = Api(exchange, connect(exchange, PATH))
    told = api.ask("depth", symbol="BNBBTC")["rateLimits"][0]
    assert (told["count"], told["limit"]) == (2 + 5, 12)
    assert User(exchange).call("GET", "/api/v3/ping").headers["X-MBX-USED-WEIGHT-1M"] == "8"
    refused = api.ask("depth", symbol="BNBBTC")
    assert refused["status"] == 429
    assert refused["error"]["code"] == -1003
    data = refused["error"]["data"]
    assert 0 <= data["retryAfter"] - data["serverTime"] <= 60_000


def test_a_refusal_may_be_in_microseconds(make: Make, connect: Connect) -> None:
    """Its moments are those of the connection."""
    exchange = make(rules=Rules.off(weight=3))
    api = Api(exchange, connect(exchange, f"{PATH}?timeUnit=MICROSECOND"))
    data = api.ask("depth", symbol="BNBBTC")["error"]["data"]
    assert data["serverTime"] > 10**15
    assert 0 <= data["retryAfter"] - data["serverTime"] <= 60_000_000


def test_rate_limits_may_be_hidden(exchange: Exchange, connect: Connect) -> None:
    """The URL says so."""
    api = Api(exchange, connect(exchange, f"{PATH}?returnRateLimits=false"))
    assert set(api.ask("ping")) == {"id", "status", "result"}


def test_times_may_be_in_microseconds(exchange: Exchange, connect: Connect) -> None:
    """The URL says so; other words are refused."""
    fine = Api(exchange, connect(exchange, f"{PATH}?timeUnit=MICROSECOND"))
    assert fine.result("time")["serverTime"] > 10**15
    status = fine.result("session.status")
    assert min(status["serverTime"], status["connectedSince"]) > 10**15
    assert fine.signed(BY_SIGNATURE)["status"] == 200
    exchange.account("spot").emit(EVENT)
    assert fine.event()["event"]["E"] > 10**15
    exchange.account("spot").order("BNBBTC", "SELL", 1, "0.01")
    report, position = (fine.event()["event"] for _ in range(2))
    assert min(report["W"], report["O"], position["u"]) > 10**15


# By signature.


@pytest.mark.parametrize("kind", ["hmac", "rsa", "ed25519"])
def test_a_signature_subscribes_the_spot_account(exchange: Exchange, connect: Connect, kind: str) -> None:
    """With keys of every kind; events come in the envelope."""
    api = Api(exchange, connect(exchange, PATH), exchange.add_key(kind))
    assert alike(api.signed(BY_SIGNATURE, recvWindow=5000), "subscribe_signature")
    event = exchange.account("spot").emit(EVENT)
    assert api.event() == {"subscriptionId": 0, "event": event}
    assert exchange.account("spot").sent == [event]
    assert exchange.connections[0].streams == ("spot",)


def test_refused_signatures(exchange: Exchange, api: Api) -> None:
    """Wrong keys, moments and signatures have the documented errors."""
    key, now = DEFAULT.api_key, exchange.time
    cases: list[tuple[dict[str, Any], str]] = [
        ({"apiKey": "short"}, "2014_bad_key_format"),
        ({"apiKey": "x" * 64}, "2015_rejected_key"),
        ({"apiKey": key, "timestamp": now - 5001, "signature": "00"}, "1021_timestamp"),
        ({"apiKey": key, "timestamp": now, "signature": "00"}, "1022_signature"),
    ]
    for params, name in cases:
        reply = api.ask(BY_SIGNATURE, **params)
        assert (reply["status"], reply["error"]) == (EXAMPLES[f"wsapi_error_{name}"]["status"], error(name))
    assert api.code(BY_SIGNATURE, apiKey=key, timestamp=now) == -1102


def test_a_skewed_clock_is_told(exchange: Exchange, api: Api) -> None:
    """With the time that the exchange tells a signature is good again."""
    now = exchange.time
    with exchange.skew(-600):
        assert api.signed(BY_SIGNATURE, timestamp=now)["error"]["code"] == -1021
        told = api.result("time")["serverTime"]
        assert api.signed(BY_SIGNATURE, timestamp=told)["status"] == 200


def test_an_account_is_subscribed_once_a_connection(exchange: Exchange, connect: Connect, api: Api) -> None:
    """Again is -2035, with whatever key; another user's account and another connection may."""
    api.signed(BY_SIGNATURE)
    assert api.signed(BY_SIGNATURE)["error"] == error("2035_subscription_active")
    api.key = exchange.add_key(user="another")
    assert api.signed(BY_SIGNATURE)["result"] == {"subscriptionId": 1}
    other = Api(exchange, connect(exchange, PATH))
    assert other.signed(BY_SIGNATURE)["result"] == {"subscriptionId": 0}
    exchange.account("spot").emit(EVENT)
    exchange.account("spot", "another").emit(EVENT)
    assert [api.event()["subscriptionId"] for _ in range(2)] == [0, 1]
    assert alike(api.ask("session.subscriptions"), "session_subscriptions")


def test_unsubscribe(exchange: Exchange, api: Api) -> None:
    """One or all, each end with its event; where there is none, -2036."""
    for user in ("a", "b", "c"):
        api.key = exchange.add_key(user=user)
        api.signed(BY_SIGNATURE)
    assert alike(api.ask("userDataStream.unsubscribe", subscriptionId=1), "unsubscribe")
    assert shape(api.event()) == shape(EXAMPLES["user_event_stream_terminated"])
    assert api.result("session.subscriptions") == [{"subscriptionId": 0}, {"subscriptionId": 2}]
    assert api.result("userDataStream.unsubscribe") == {}
    assert [api.event()["subscriptionId"] for _ in range(2)] == [0, 2]
    assert api.ask("userDataStream.unsubscribe")["error"] == error("2036_subscription_inactive")
    exchange.account("spot", "a").emit(EVENT)
    assert exchange.account("spot", "a").sent == []


def test_a_connection_takes_its_subscriptions_with_it(exchange: Exchange, api: Api) -> None:
    """Nobody is subscribed after a reset."""
    api.signed(BY_SIGNATURE)
    api.client.close()
    assert exchange.wait_for(lambda: not exchange.connections)
    exchange.account("spot").emit(EVENT)
    assert exchange.account("spot").sent == []


# By logon.


def test_logon(exchange: Exchange, api: Api) -> None:
    """With an Ed25519 key one can log on, subscribe, log out; the subscription ends with the session."""
    assert api.code("userDataStream.subscribe") == -1193
    api.key = exchange.add_key("ed25519")
    logon = api.signed("session.logon")
    assert alike(logon, "session_logon")
    assert logon["result"]["userDataStream"] is False
    assert alike(api.ask("userDataStream.subscribe"), "subscribe")
    status = api.ask("session.status")
    assert alike(status, "session_status")
    assert (status["result"]["apiKey"], status["result"]["userDataStream"]) == (api.key.api_key, True)
    event = exchange.account("spot").emit(EVENT)
    assert api.event()["event"] == event
    assert alike(api.ask("session.logout"), "session_logout")
    assert api.event()["event"]["e"] == "eventStreamTerminated"
    assert api.code("userDataStream.subscribe") == -1193


@pytest.mark.parametrize("kind", ["hmac", "rsa"])
def test_other_keys_cannot_log_on(exchange: Exchange, api: Api, kind: str) -> None:
    """They are -2028."""
    api.key = exchange.add_key(kind)
    assert api.signed("session.logon")["error"]["code"] == -2028


def test_a_logout_leaves_signed_subscriptions(exchange: Exchange, api: Api) -> None:
    """They do not belong to the session."""
    api.signed(BY_SIGNATURE)
    api.result("session.logout")
    event = exchange.account("spot").emit(EVENT)
    assert api.event()["event"] == event


def test_a_revoked_key_ends_its_session(exchange: Exchange, api: Api) -> None:
    """In mid-stream: its subscriptions end, the next request has an answer without id, then one is logged out."""
    api.key = exchange.add_key("ed25519")
    api.signed("session.logon")
    api.ask("userDataStream.subscribe")
    fault = exchange.faults.revoke(api.key.api_key)
    assert fault.hits == 1
    assert api.event()["event"]["e"] == "eventStreamTerminated"
    assert {k: v for k, v in api.ask("ping").items() if k != "rateLimits"} == EXAMPLES[
        "wsapi_error_401_session_revoked"
    ]
    assert api.ask("ping")["status"] == 200
    assert api.result("session.status")["apiKey"] is None
    assert api.signed(BY_SIGNATURE)["error"] == error("2015_rejected_key")
    fault.stop()
    assert api.signed(BY_SIGNATURE)["status"] == 200


# By listen token.


def test_a_listen_token_subscribes_a_margin_account(exchange: Exchange, user: User, api: Api) -> None:
    """Cross, and isolated by symbol, beside each other and beside spot."""
    answer = user.call("POST", "/sapi/v1/userListenToken").json()
    assert shape(answer) == shape(EXAMPLES["margin_rest_user_listen_token_response"])
    assert abs(answer["expirationTime"] - exchange.time - 86_400_000) < 60_000
    reply = api.ask(BY_TOKEN, listenToken=answer["token"])
    assert alike(reply, "subscribe_listen_token")
    assert reply["result"] == {"subscriptionId": 0, "expirationTime": answer["expirationTime"] * 1000}
    api.result(BY_TOKEN, listenToken=user.token(isIsolated="true", symbol="BNBUSDT"))
    api.result(BY_TOKEN, listenToken=user.token(isIsolated="true", symbol="BTCUSDT"))
    api.signed(BY_SIGNATURE)
    names = ("margin", "isolated_margin:BNBUSDT", "isolated_margin:BTCUSDT", "spot")
    assert exchange.connections[0].streams == names
    for name in reversed(names):
        exchange.account(name).emit(EVENT)
    assert [api.event()["subscriptionId"] for _ in names] == [3, 2, 1, 0]


def test_bad_tokens(exchange: Exchange, user: User, api: Api) -> None:
    """Unknown, expired and missing ones; calls that lack something."""
    assert api.code(BY_TOKEN, listenToken="unknown") == -1209
    assert api.code(BY_TOKEN) == -1102
    token = user.token()
    assert exchange.faults.expire("margin").hits == 1
    assert api.code(BY_TOKEN, listenToken=token) == -1209
    for params, code in (
        ({"isIsolated": "true"}, -1102),
        ({"validity": "0"}, -1130),
        ({"validity": "86400001"}, -1130),
    ):
        assert user.call("POST", "/sapi/v1/userListenToken", **params).json()["code"] == code


def test_a_token_ends_its_subscription(make: Make, connect: Connect) -> None:
    """Who does not renew gets ``eventStreamTerminated``, and nothing more."""
    exchange = make()
    api, user = Api(exchange, connect(exchange, PATH)), User(exchange)
    api.result(BY_TOKEN, listenToken=user.token(validity=int(SHORT * 1000)))
    assert api.event()["event"]["e"] == "eventStreamTerminated"
    assert exchange.listen_tokens == []
    exchange.account("margin").emit(EVENT)
    assert exchange.account("margin").sent == []
    assert api.result("session.subscriptions") == []


def test_a_new_token_extends_the_subscription(
    exchange: Exchange, user: User, api: Api, connect: Connect
) -> None:
    """On the same connection it goes on under its number, without a word."""
    first = api.result(BY_TOKEN, listenToken=user.token(validity=int(SHORT * 1000)))
    second = api.result(BY_TOKEN, listenToken=user.token())
    assert second["subscriptionId"] == first["subscriptionId"]
    assert second["expirationTime"] > first["expirationTime"]
    other = Api(exchange, connect(exchange, PATH))
    other.result(BY_TOKEN, listenToken=user.token(validity=int(SHORT * 1000)))
    assert other.event()["event"]["e"] == "eventStreamTerminated"
    event = exchange.account("margin").emit(EVENT)
    assert api.event()["event"] == event
    # A token of shorter life takes nothing away.
    third = api.result(BY_TOKEN, listenToken=user.token(validity=1000))
    assert third["expirationTime"] == second["expirationTime"]


def test_token_lives_are_scaled(make: Make, connect: Connect) -> None:
    """A day of the exchange is as long as its rules say."""
    exchange = make(rules=Rules.off(scale=SHORT / 86_400))
    api = Api(exchange, connect(exchange, PATH))
    api.result(BY_TOKEN, listenToken=User(exchange).token())
    assert api.event()["event"]["e"] == "eventStreamTerminated"


def test_terminate_now(exchange: Exchange, user: User, api: Api) -> None:
    """A fault ends the subscriptions of an account; its token is still good."""
    token = user.token()
    api.result(BY_TOKEN, listenToken=token)
    assert exchange.faults.terminate(exchange.account("margin")).hits == 1
    assert api.event()["event"]["e"] == "eventStreamTerminated"
    assert api.result(BY_TOKEN, listenToken=token)["subscriptionId"] == 1


# Faults.


def test_requests_may_be_answered_with_a_status(api: Api) -> None:
    """429 and 418 say when to ask again; some methods, some times."""
    api.exchange.faults.api_status(418, method=BY_SIGNATURE, retry_after=60, times=1)
    banned = api.signed(BY_SIGNATURE)
    assert shape(banned["error"]) == shape(error("418_banned"))
    data = banned["error"]["data"]
    assert data["retryAfter"] - data["serverTime"] == 60_000
    with api.exchange.faults.api_status(503):
        assert api.ask("ping")["status"] == 503
    assert api.signed(BY_SIGNATURE)["status"] == 200


def test_server_shutdown_belongs_to_no_subscription(exchange: Exchange, api: Api) -> None:
    """Its envelope has the event alone."""
    assert api.ask("ping")["status"] == 200
    exchange.faults.shutdown_event()
    assert shape(api.event()) == shape(EXAMPLES["wsapi_server_shutdown"])


def test_requests_are_seen_without_their_secrets(exchange: Exchange, user: User, api: Api) -> None:
    """Methods and statuses are kept, parameters are not."""
    api.signed(BY_SIGNATURE)
    api.ask(BY_TOKEN, listenToken=(token := user.token()))
    asked = [(each.method, each.target, each.status) for each in exchange.requests if "." in each.method]
    assert asked == [(BY_SIGNATURE, PATH, 200), (BY_TOKEN, PATH, 200)]
    told = repr(exchange.requests) + repr(exchange.connections) + repr(exchange.listen_tokens)
    assert not any(secret in told for secret in (token, DEFAULT.api_key))
