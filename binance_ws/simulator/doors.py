"""Where the events of accounts come out: the paths of their sockets, and the table of listen keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from ..streams.kinds import Route
from . import routes
from .accounts import (
    COINM,
    ISOLATED_MARGIN,
    MARGIN,
    MARGIN_RISK,
    OPTIONS,
    PORTFOLIO,
    PORTFOLIO_PRO,
    SPOT,
    USDM,
)
from .routes import Endpoint

API_PATH = "/ws-api/v3"
PRIVATE, PM, PM_PRO = "/fstream/private", "/fstream/pm", "/fstream/pm-classic"
RISK, COIN, PLAIN = "/margin-stream", "/dstream", ""

_DOOR = re.compile(r"(.*?)/(?:ws|stream)(?:/.*)?")
EVENTS = "&events="
"""Stands between a listen key and the events that a query allows."""


@dataclass(frozen=True)
class Product:
    """One kind of listen key.

    Args:
        account: whose events it brings; that of isolated margin needs a symbol besides.
        path: of POST, PUT and DELETE.
        doors: where it is opened, and the account whose events come out there.
        named: whether PUT and DELETE name the key.
        retired: whether it is gone where user data is that of today.
        echoes: whether PUT answers with the key.
        tells: whether POST tells when it expires.
        weights: request weight of POST, PUT and DELETE.
    """

    account: str
    path: str
    doors: dict[str, str] = field(hash=False)
    named: bool = False
    retired: bool = False
    echoes: bool = False
    tells: bool = False
    weights: tuple[int, int, int] = (1, 1, 1)

    @property
    def symbol(self) -> bool:
        """Whether there is one for each symbol."""
        return self.account == ISOLATED_MARGIN


PRODUCTS = {
    product.path: product
    for product in (
        Product(SPOT, "/api/v3/userDataStream", {PLAIN: SPOT}, named=True, retired=True, weights=(2, 2, 2)),
        Product(MARGIN, "/sapi/v1/userDataStream", {PLAIN: MARGIN}, named=True, retired=True),
        Product(
            ISOLATED_MARGIN,
            "/sapi/v1/userDataStream/isolated",
            {PLAIN: ISOLATED_MARGIN},
            named=True,
            retired=True,
        ),
        Product(
            MARGIN_RISK,
            "/sapi/v1/margin/listen-key",
            {RISK: MARGIN_RISK},
            named=True,
            weights=(1, 1, 3_000),
        ),
        Product(USDM, "/fapi/v1/listenKey", {PRIVATE: USDM, PM_PRO: PORTFOLIO_PRO}, echoes=True),
        Product(COINM, "/dapi/v1/listenKey", {COIN: COINM}, echoes=True),
        Product(OPTIONS, "/eapi/v1/listenKey", {PRIVATE: OPTIONS}, tells=True),
        Product(PORTFOLIO, "/papi/v1/listenKey", {PM: PORTFOLIO}),
    )
}
"""The kinds of listen keys by the path of their calls."""


def door(target: str) -> str:
    """What stands before ``/ws`` or ``/stream`` in a target."""
    found = _DOOR.fullmatch(target.partition("?")[0])
    return found[1] if found else target


def private(endpoint: Endpoint) -> bool:
    """Whether an endpoint carries the events of accounts alone."""
    return endpoint.route is Route.PRIVATE


def is_api(target: str) -> bool:
    """Whether a target is the WebSocket API."""
    return target.partition("?")[0].rstrip("/") == API_PATH


def parse(target: str) -> Endpoint | None:
    """The endpoint of a target: as :func:`.routes.parse` says, with the listen keys of its query, and the
    WebSocket API besides.

    Raises:
        BadTimeUnit: the target asks for a unit that does not exist.
    """
    query = target.partition("?")[2]
    endpoint = routes.parse(f"/ws?{query}" if is_api(target) else target)
    if endpoint and private(endpoint):
        return replace(endpoint, streams=tuple(dict.fromkeys([*endpoint.streams, *_asked(query)])))
    return endpoint


def _asked(query: str) -> list[str]:
    """The listen keys of a query, each with the events that are named behind it."""
    asked: list[str] = []
    for name, _, value in (part.partition("=") for part in query.split("&")):
        if name == "listenKey":
            asked.append(unquote(value))
        elif name == "events" and asked:
            asked[-1] += EVENTS + unquote(value)
    return asked
