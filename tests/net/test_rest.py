"""Tests of REST calls: what is sent, what comes back, and which error each failure is."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance_ws.errors import (
    ApiError,
    CredentialsRejected,
    RateLimited,
    RestError,
)
from binance_ws.net.network import Network
from binance_ws.net.rest import api_error, required
from tests.certificates import Authority
from tests.net.calling import failure, rest
from tests.net.dialling import playing
from tests.net.notes import SOON
from tests.net.web import Answer, Handler, web
from tests.peer import Link, black_hole, peer, refusing


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_call_sends_what_it_is_given(method: str) -> None:
    """Parameters that are ``None`` are left out; headers of the client and of the call are both sent."""
    with web(Answer(b'{"a": 1}')) as host, rest(headers={"X-MBX-TIME-UNIT": "MICROSECOND"}) as client:
        params = {"symbol": "BNBBTC", "limit": None, "names": '["a","b"]'}
        answer = client.call(method, f"http://{host.host}/api/v3/depth", params, {"X-MBX-APIKEY": "key"})
    asked = host.asked[0]
    assert answer == {"a": 1}
    assert (asked.method, asked.path) == (
        method,
        "/api/v3/depth?symbol=BNBBTC&names=%5B%22a%22%2C%22b%22%5D",
    )
    assert (asked.headers["x-mbx-time-unit"], asked.headers["x-mbx-apikey"]) == ("MICROSECOND", "key")


def test_headers_of_a_call_are_for_that_call() -> None:
    """A key is not sent where it was not asked for."""
    with web(Answer()) as host, rest() as client:
        client.call("GET", f"http://{host.host}/", headers={"X-MBX-APIKEY": "key"})
        client.call("GET", f"http://{host.host}/")
    assert ["x-mbx-apikey" in asked.headers for asked in host.asked] == [True, False]


@pytest.mark.parametrize(
    ("body", "answer"),
    [(b"", {}), (b"{}", {}), (b"[]", []), (b'[{"a": "\xc3\xa9"}]', [{"a": "é"}]), (b"1", 1)],
)
def test_an_answer_is_decoded(body: bytes, answer: Any) -> None:
    """Whatever JSON it is; nothing is an empty object."""
    with web(Answer(body)) as host, rest() as client:
        assert client.call("GET", f"http://{host.host}/") == answer


def test_a_large_answer_in_chunks_comes_whole() -> None:
    """As the exchange sends its exchangeInfo."""
    text = json.dumps([{"symbol": f"S{n}"} for n in range(20_000)]).encode()

    def chunked(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for start in range(0, len(text), 10_000):
            part = text[start : start + 10_000]
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")

    with web(chunked) as host, rest() as client:
        assert client.call("GET", f"http://{host.host}/") == json.loads(text)


def test_a_connection_is_used_again() -> None:
    """Two calls, and one connection; the deadline of one does not hurt the next."""
    ports = []

    def play(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        handler.answer(Answer())

    with web(play) as host, rest() as client:
        client.call("GET", f"http://{host.host}/")
        client.call("GET", f"http://{host.host}/")
    assert len(set(ports)) == 1


@pytest.mark.parametrize(
    ("status", "body", "header", "kind", "expected"),
    [
        (400, {"code": -1121, "msg": "Invalid symbol."}, None, ApiError, {"code": -1121, "status": 400}),
        (404, None, None, ApiError, {"code": None, "status": 404}),
        (503, None, None, ApiError, {"code": None, "status": 503}),
        (401, {"code": -2014, "msg": "Bad key."}, None, CredentialsRejected, {"code": -2014}),
        (401, {"code": -2015, "msg": "Bad IP."}, None, CredentialsRejected, {"code": -2015}),
        (400, {"code": -1022, "msg": "Bad signature."}, None, CredentialsRejected, {"code": -1022}),
        (429, {"code": -1003, "msg": "Too many."}, "7", RateLimited, {"retry_after": 7, "status": 429}),
        (418, {"code": -1003, "msg": "Banned."}, "300", RateLimited, {"retry_after": 300}),
        (429, None, None, RateLimited, {"retry_after": 60}),
        (429, None, "soon", RateLimited, {"retry_after": 60}),
        (429, None, "0", RateLimited, {"retry_after": 0}),
        (400, {"code": -1003, "msg": "Too many."}, None, RateLimited, {"status": 400}),
        (403, None, None, RateLimited, {"retry_after": 120, "status": 403}),
        (403, None, "7", RateLimited, {"retry_after": 7}),
        (403, {"code": -2017, "msg": "Locked."}, None, ApiError, {"code": -2017, "status": 403}),
    ],
)
def test_an_error_of_the_exchange_is_told(
    status: int,
    body: dict[str, Any] | None,
    header: str | None,
    kind: type[ApiError],
    expected: dict[str, Any],
) -> None:
    """Its words, its code, the status and how long to wait."""
    text = b"<html>" if body is None else json.dumps(body).encode()
    answer = Answer(text, status, {} if header is None else {"Retry-After": header})
    with web(answer) as host:
        error = failure(f"http://{host.host}/")
    assert type(error) is kind
    assert {name: getattr(error, name) for name in expected} == expected
    assert str(status) in str(error)
    assert body is None or body["msg"] in str(error)


@pytest.mark.parametrize("answer", [None, [], "text", {"msg": None}, {"code": 0}])
def test_an_error_of_any_shape_has_words(answer: Any) -> None:
    """Gateways answer what they like."""
    assert "no reason given (HTTP 500)" in str(api_error(500, answer))


@pytest.mark.parametrize("answer", [{}, {"code": -1}, {"token": None}, [], "token"])
def test_what_an_answer_must_tell(answer: Any) -> None:
    """An answer that does not is an error that may pass."""
    assert required({"token": 0}, "token") == 0
    with pytest.raises(ApiError, match="has no token") as caught:
        required(answer, "token")
    assert caught.value.retryable


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff"])
def test_an_answer_that_is_no_json_is_an_error(body: bytes) -> None:
    """Even with status 200."""
    with web(Answer(body)) as host:
        error = failure(f"http://{host.host}/")
    assert (type(error), str(error)) == (ApiError, "no reason given (HTTP 200)")


@pytest.mark.parametrize("key", ["secret\n", " secret", "secret\u200b", "\u043asecret"])
def test_a_header_that_cannot_be_sent_is_not_shown(key: str) -> None:
    """Who refuses to send it shows it: neither the error nor its cause has any of that."""
    with web(Answer()) as host, rest() as client, pytest.raises(RestError) as caught:
        client.call("GET", f"http://{host.host}/", headers={"X-MBX-APIKEY": key})
    assert str(caught.value).startswith(f"nothing was sent to {host.host}: ")
    assert "secret" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    assert host.asked == []


def test_a_url_that_cannot_be_asked_is_not_shown() -> None:
    """It has the signature at its end."""
    error = failure("nowhere://host/path")
    assert (type(error), error.__cause__) == (RestError, None)


def test_a_host_that_refuses() -> None:
    """The error says so; the system's is its cause."""
    with refusing() as host:
        error = failure(f"http://{host}/")
    assert (type(error), type(error.__cause__)) == (RestError, ConnectionRefusedError)
    assert str(error) == f"{host} could not be reached: Connection refused"


def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver's words are told."""

    def fail(*_: object, **__: object) -> list[object]:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    error = failure("http://api.invalid/")
    assert type(error) is RestError
    assert ("api.invalid" in str(error), "Name or service not known" in str(error)) == (True, True)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_never_lets_us_in(scheme: str) -> None:
    """Connecting ends with the deadline."""
    with black_hole() as host:
        error = failure(f"{scheme}://{host}/", Network(SOON))
    assert (type(error), str(error)) == (RestError, f"{host} did not answer in time")


def silent(link: Link) -> None:
    """A peer that says nothing."""
    link.read_request()


def dribbling_head(link: Link) -> None:
    """A peer whose head never ends."""
    link.read_request()
    link.dribble(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 60_000)


def dribbling_body(link: Link) -> None:
    """A peer whose body never ends."""
    link.read_request()
    link.dribble(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b" " * 100_000)


def dribbling_chunks(link: Link) -> None:
    """A peer whose chunks never end."""
    link.read_request()
    link.dribble(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 20_000)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("play", [silent, dribbling_head, dribbling_body, dribbling_chunks])
def test_an_answer_that_takes_too_long(scheme: str, play: Callable[[Link], None], tmp_path: Path) -> None:
    """One deadline for the whole of it, however busy the peer seems."""
    authority = Authority(tmp_path)
    context = authority.server("127.0.0.1") if scheme == "https" else None
    with peer(context) as host, playing(host, play):
        error = failure(f"{scheme}://{host.host}/", Network(SOON, ca=authority.path))
    assert (type(error), str(error)) == (RestError, f"{host.host} did not answer in time")


@pytest.mark.parametrize("play", [silent, dribbling_head, dribbling_body, dribbling_chunks])
def test_an_answer_that_takes_too_long_through_a_proxy(play: Callable[[Link], None]) -> None:
    """The deadline holds for what a proxy passes on, too."""
    with peer() as proxy, playing(proxy, play):
        error = failure("http://api.example/", Network(SOON, {"http": f"http://{proxy.host}"}))
    assert (type(error), str(error)) == (RestError, "api.example did not answer in time")


@pytest.mark.parametrize("answer", [b"", b"\x00\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
@pytest.mark.parametrize("end", [Link.close, Link.reset])
def test_an_answer_that_breaks_off(answer: bytes, end: Callable[[Link], None]) -> None:
    """Nothing, no HTTP, and half a body: none of them is an answer."""

    def play(link: Link) -> None:
        link.read_request()
        link.send(answer)
        end(link)

    with peer() as host, playing(host, play):
        error = failure(f"http://{host.host}/")
    assert type(error) is RestError
    assert host.host in str(error)


def test_a_forked_child_has_connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parent is connected to is the parent's: two that speak on one connection understand nothing."""
    ports: list[int] = []

    def play(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        handler.answer(Answer())

    with web(play) as host, rest() as client:
        for process in (None, None, 1, 1):
            if process is not None:
                monkeypatch.setattr(os, "getpid", lambda: 1)
            client.call("GET", f"http://{host.host}/")
    one, two, three, four = ports
    assert one == two != three == four
