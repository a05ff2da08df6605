"""The accounts whose events can be streamed: one row each, with how its stream is opened, renewed and closed.

Source: the exchange's pages "User Data Streams" of each product, and "Listen Token" of margin trading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote

from ..errors import ArgumentError
from .lookup import symbol_of

LISTEN_KEY_SECONDS = 3600.0
"""How long a listen key lives after it was made or renewed."""

KEY_GONE = -1125
"""The exchange's code for a listen key that does not exist (any more)."""

ORDER_GONE = -2013
"""The exchange's code for an order that it does not know (any more)."""

_ENDS = frozenset(("listenKeyExpired", "eventStreamTerminated"))


class Account(str, Enum):
    """A kind of account; anywhere one is asked for, its value (``"usdm"``) will do."""

    SPOT = "spot"
    MARGIN = "margin"
    ISOLATED_MARGIN = "isolated_margin"
    MARGIN_RISK = "margin_risk"
    USDM = "usdm"
    COINM = "coinm"
    OPTIONS = "options"
    PORTFOLIO = "portfolio"
    PORTFOLIO_PRO = "portfolio_pro"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Lookups:
    """The REST calls that tell the state of an account: path, then request weight.

    Args:
        open_orders: every open order.
        orders: the orders of a symbol since a moment, or from one of them on.
        order: one order of a symbol.
        balances: balances, and positions where there are some.
        params: sent with each of them, beside ``symbol``.
    """

    open_orders: tuple[str, int]
    orders: tuple[str, int]
    order: tuple[str, int]
    balances: tuple[str, int]
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Row:
    """How the stream of one kind of account works.

    Args:
        key: the key of its socket; of isolated margin the symbol follows.
        product: the product of an environment whose hosts serve it.
        listen_key: the REST path that makes (POST), renews (PUT) and closes (DELETE) its listen key.
        listen_token: the REST path that makes its listen token; empty where it has none.
        signs: whether a signed request can subscribe it.
        path: what follows the stream's base URL; ``{key}`` is the listen key.
        names_key: whether a renewal has to name the listen key; elsewhere the API key tells it.
        weights: request weight of POST, PUT and DELETE; ``None`` where the key is left to die within the hour.
        silence: seconds without a frame after which its connection is taken for dead.
        units: whether the product knows ``timeUnit``.
        by_symbol: whether there is one account for each symbol.
        lookups: the REST calls that tell its state; ``None`` where what was missed is not asked for.
    """

    key: str
    product: str
    listen_key: str
    listen_token: str = ""
    signs: bool = False
    path: str = "/ws/{key}"
    names_key: bool = False
    weights: tuple[int, int, int | None] = (1, 1, 1)
    silence: float = 300.0
    units: bool = False
    by_symbol: bool = False
    lookups: Lookups | None = None


ACCOUNTS: dict[Account, Row] = {
    Account.SPOT: Row(
        key="user",
        product="spot",
        listen_key="/api/v3/userDataStream",
        signs=True,
        names_key=True,
        weights=(2, 2, 2),
        silence=60.0,
        units=True,
        lookups=Lookups(
            open_orders=("/api/v3/openOrders", 80),
            orders=("/api/v3/allOrders", 20),
            order=("/api/v3/order", 4),
            balances=("/api/v3/account", 20),
        ),
    ),
    Account.MARGIN: Row(
        key="margin",
        product="margin",
        listen_key="/sapi/v1/userDataStream",
        listen_token="/sapi/v1/userListenToken",
        names_key=True,
        silence=60.0,
        units=True,
        lookups=Lookups(
            open_orders=("/sapi/v1/margin/openOrders", 10),
            orders=("/sapi/v1/margin/allOrders", 200),
            order=("/sapi/v1/margin/order", 10),
            balances=("/sapi/v1/margin/account", 10),
        ),
    ),
    Account.ISOLATED_MARGIN: Row(
        key="isolated_margin",
        product="margin",
        listen_key="/sapi/v1/userDataStream/isolated",
        listen_token="/sapi/v1/userListenToken",
        names_key=True,
        silence=60.0,
        units=True,
        by_symbol=True,
        lookups=Lookups(
            open_orders=("/sapi/v1/margin/openOrders", 10),
            orders=("/sapi/v1/margin/allOrders", 200),
            order=("/sapi/v1/margin/order", 10),
            balances=("/sapi/v1/margin/isolated/account", 10),
            params={"isIsolated": "TRUE"},
        ),
    ),
    Account.MARGIN_RISK: Row(
        key="margin_risk",
        product="margin_risk",
        listen_key="/sapi/v1/margin/listen-key",
        names_key=True,
        weights=(1, 1, None),  # DELETE costs 3000 of the account's weight, and may hit another program's key
    ),
    Account.USDM: Row(
        key="usdm_user",
        product="usdm",
        listen_key="/fapi/v1/listenKey",
        # The path form is said to deliver no more.
        path="/private/ws?listenKey={key}",
        lookups=Lookups(
            open_orders=("/fapi/v1/openOrders", 40),
            orders=("/fapi/v1/allOrders", 5),
            order=("/fapi/v1/order", 1),
            balances=("/fapi/v2/account", 5),
        ),
    ),
    Account.COINM: Row(
        key="coinm_user",
        product="coinm",
        listen_key="/dapi/v1/listenKey",
        lookups=Lookups(
            open_orders=("/dapi/v1/openOrders", 40),
            orders=("/dapi/v1/allOrders", 5),
            order=("/dapi/v1/order", 1),
            balances=("/dapi/v1/account", 5),
        ),
    ),
    Account.OPTIONS: Row(
        key="options_user",
        product="options",
        listen_key="/eapi/v1/listenKey",
        path="/private/ws/{key}",
        silence=900.0,
    ),
    Account.PORTFOLIO: Row(key="portfolio_user", product="portfolio", listen_key="/papi/v1/listenKey"),
    Account.PORTFOLIO_PRO: Row(
        key="portfolio_pro_user", product="portfolio_pro", listen_key="/fapi/v1/listenKey"
    ),
}
"""A row for each account."""


def account_of(account: Account | str) -> Account:
    """The account that a value names.

    Raises:
        ArgumentError: there is no such account.
    """
    try:
        return Account(account)
    except ValueError:
        allowed = ", ".join(each.value for each in Account)
        raise ArgumentError(f"no account is called {account!r}; there are {allowed}") from None


def key_of(account: Account, symbol: str | None = None) -> tuple[str, str]:
    """The key of an account's socket, and its symbol in upper case; empty where it has none.

    Raises:
        ArgumentError: the account needs a symbol, or has none.
    """
    row = ACCOUNTS[account]
    if not row.by_symbol:
        if symbol:
            raise ArgumentError(f"the account {account.value!r} has no symbol; leave out {symbol!r}")
        return row.key, ""
    name = symbol_of(symbol).upper()
    return f"{row.key}:{name}", name


def stream_url(row: Row, base: str, listen_key: str, time_unit: str | None = None) -> str:
    """The URL of a stream that a listen key opens."""
    url = base.rstrip("/") + row.path.format(key=quote(listen_key, safe=""))
    if time_unit is None or not row.units:
        return url
    return f"{url}{'&' if '?' in url else '?'}timeUnit={time_unit}"


def ends_stream(event: Mapping[str, Any]) -> bool:
    """Whether an event says that its stream has ended; the connection may stay open, but is dead."""
    return event.get("e") in _ENDS


def milliseconds(moment: Any) -> int:
    """A moment of the exchange in milliseconds: some answers, and some clients, have microseconds."""
    number = int(moment)
    return number // 1000 if number > 10**14 else number
