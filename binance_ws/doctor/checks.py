"""Checks of the way to the exchange: proxy, names, clock, each host, a stream of each product, keys."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import websocket

from .. import events
from ..client import Client
from ..config import Hosts
from ..core.times import microseconds
from ..enums import Market
from ..errors import ApiError, ResolveError
from ..manager import BinanceSocketManager
from ..net.dial import dial
from ..net.refusals import refusal
from ..streams import names
from ..streams.kinds import Stream
from .findings import Check, Outcome, State, fine
from .machine import machine_checks

TEST_STREAMS: dict[Market, Callable[[], Stream]] = {
    Market.SPOT: lambda: names.partial_depth("BTCUSDT", 5),
    Market.USDM: lambda: names.mark_price("BTCUSDT"),
    Market.COINM: lambda: names.mark_price("BTCUSD_PERP", market=Market.COINM),
    Market.OPTIONS: names.index_prices,
}
"""A stream of each product that speaks once a second, whatever the market does."""

_MAY_DIFFER = 500.0
_MUST_NOT_DIFFER = 1000.0
"""Milliseconds: the exchange refuses signed requests that are further ahead."""

_SET_CLOCK = "let the system set the clock (NTP): signed requests of other times are refused (-1021)"
_MUTE = "a proxy or firewall lets connections open, but nothing through: allow WebSockets (wss)"
_RIGHTS = "/sapi/v1/account/apiRestrictions"


def checks_of(client: Client, markets: Iterable[Market] = Market) -> list[Check]:
    """Every check, for the products that the client's environment serves.

    Args:
        client: whose environment, ways out and keys are checked; its ``timeout`` is each check's deadline.
        markets: the products to look at.
    """
    served = [market for market in markets if getattr(client.environment, market.value).stream]
    ways = [
        *_name_checks(client, served),
        *(check for market in served for check in _product_checks(client, market)),
        *_other_checks(client, served),
        Check("account", "keys", partial(_keys, client)),
    ]
    local = client.environment.spot.rest == f"http://{client.environment.name}"  # as Environment.local() is
    return [
        *machine_checks(),
        Check("machine", "proxy", partial(_proxy, client)),
        *(replace(check, local=local) for check in ways),
    ]


def _product_checks(client: Client, market: Market) -> Iterator[Check]:
    hosts = client.environment.hosts(market)
    yield Check(market.value, "rest", partial(_rest, partial(client.time, market)))
    yield Check(market.value, "clock", partial(_clock, client, market))
    if hosts.ws_api:
        yield Check(market.value, "ws-api", partial(_upgrade, client, hosts.ws_api))
    yield Check(market.value, "stream", partial(_stream, client, TEST_STREAMS[market]()))


def _other_checks(client: Client, served: Iterable[Market]) -> Iterator[Check]:
    """Hosts that carry accounts alone; they are looked at with everything."""
    if set(served) == set(Market):
        hosts = client.environment
        urls = {"portfolio": hosts.portfolio.rest, "margin risk": hosts.margin_risk.stream}
        yield from (Check(name, "host", partial(_reach, client, url)) for name, url in urls.items() if url)


def _name_checks(client: Client, served: Iterable[Market]) -> Iterator[Check]:
    urls = [url for market in served for url in _urls(client.environment.hosts(market))]
    hosts = dict.fromkeys(
        host for url in urls if not client.network.proxy(url) if (host := urlsplit(url).hostname)
    )
    for host in hosts:
        yield Check("dns", host, partial(_name, host))


def _urls(hosts: Hosts) -> list[str]:
    return [url for url in (hosts.rest, hosts.stream, hosts.ws_api) if url]


# ---- what they do ---------------------------------------------------------------------------------------


def _proxy(client: Client) -> Outcome:
    hosts = client.environment.spot
    ways = dict.fromkeys(client.network.proxy(url) for url in _urls(hosts))
    shown = [f"{way.scheme}://{way.hostname}:{way.port}" for way in map(urlsplit, filter(None, ways))]
    return fine(" and ".join(shown) + ("" if None not in ways else ", but not for all") if shown else "none")


def _name(host: str) -> Outcome:
    began = time.monotonic()
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise ResolveError(f"the name {host} has no address: {error.strerror}") from error
    return fine(f"{len(found)} address{'es' if len(found) > 1 else ''}, looked up in {_ms(began)}")


def _rest(call: Callable[[], Any]) -> Outcome:
    call()  # opens the connection, so that the next one tells how far away the exchange is
    began = time.monotonic()
    call()
    return fine(f"answers in {_ms(began)}")


def _clock(client: Client, market: Market) -> Outcome:
    client.time(market)
    before = time.time()
    server = client.time(market)
    after = time.time()
    ahead = (before + after) * 500 - microseconds(server) / 1000
    text = f"{abs(ahead):.0f} ms {'ahead of' if ahead > 0 else 'behind'} the exchange"
    surely = abs(ahead) - (after - before) * 500  # nobody knows when, on the way, the exchange looked
    if surely > _MUST_NOT_DIFFER:
        return State.FAILED, text, _SET_CLOCK
    return (State.WARNING, text, _SET_CLOCK) if surely > _MAY_DIFFER else fine(text)


def _reach(client: Client, url: str) -> Outcome:
    began = time.monotonic()
    dial(
        url.replace("http", "ws", 1) if url.startswith("http") else url, client.network, lambda _: None
    ).close()
    return fine(f"reached in {_ms(began)}")


def _upgrade(client: Client, url: str) -> Outcome:
    """Open a WebSocket and hang up."""
    began = time.monotonic()
    with dial(url, client.network, lambda _: None) as sock:
        ws: Any = websocket.WebSocket()
        try:
            ws.connect(url, socket=sock, redirect_limit=0)
        except (websocket.WebSocketException, OSError) as error:
            raise refusal(error) from error
        ws.send_close()
    return fine(f"opened in {_ms(began)}")


def _stream(client: Client, stream: Stream) -> Outcome:
    """Open a socket as a user does, and wait for its first message."""
    came: queue.SimpleQueue[Any] = queue.SimpleQueue()
    manager = BinanceSocketManager(client, max_retries=0, backfill=False, on_event=came.put)
    manager.daemon = True
    began, opened = time.monotonic(), ""
    manager.start_socket(came.put, stream)
    with manager:
        try:
            while True:
                got = came.get(timeout=client.network.timeout)
                if isinstance(got, events.GivenUp | events.Refused):
                    raise got.cause
                if isinstance(got, events.Connected):
                    opened = f"opened in {_ms(began)}"
                elif not isinstance(got, events.Event):
                    return fine(f"{stream} {opened}, first message after {_ms(began)}")
        except queue.Empty:
            return State.FAILED, f"{stream} {opened or 'did not open'}, and nothing came", _MUTE


def _keys(client: Client) -> Outcome:
    """What the key may do; streams need to read, and nothing else."""
    if not client.API_KEY:
        return State.SKIPPED, "none set: market data alone", ""
    if not client.can_sign:
        return State.WARNING, "a key without a secret", "set BINANCE_API_SECRET, or give private_key"
    try:
        rights = client.signed("GET", _RIGHTS)
    except ApiError as error:
        if error.status != 404:
            raise
        return State.SKIPPED, "this environment does not tell what a key may do", ""
    allowed = sorted(name for name, value in rights.items() if value is True)
    text = ", ".join(allowed) or "nothing is allowed"
    if not rights.get("enableReading"):
        return State.FAILED, text, "let the key read, on the exchange's page of API keys"
    if rights.get("enableWithdrawals"):
        return State.WARNING, text, "streams need no more than reading: use a key that cannot withdraw"
    return fine(text)


def _ms(began: float) -> str:
    return f"{(time.monotonic() - began) * 1000:.0f} ms"
