"""Tests of the rows of accounts: how their streams are opened, and what tells of their end."""

from __future__ import annotations

import dataclasses

import pytest

from binance_ws.config import Environment, UserData
from binance_ws.errors import ArgumentError
from binance_ws.streams.accounts import (
    ACCOUNTS,
    Account,
    account_of,
    ends_stream,
    key_of,
    milliseconds,
    stream_url,
)
from tests.payloads import load

URLS = {
    Account.SPOT: "wss://stream.binance.com:9443/ws/K",
    Account.MARGIN: "wss://stream.binance.com:9443/ws/K",
    Account.ISOLATED_MARGIN: "wss://stream.binance.com:9443/ws/K",
    Account.MARGIN_RISK: "wss://margin-stream.binance.com/ws/K",
    Account.USDM: "wss://fstream.binance.com/private/ws?listenKey=K",
    Account.COINM: "wss://dstream.binance.com/ws/K",
    Account.OPTIONS: "wss://fstream.binance.com/private/ws/K",
    Account.PORTFOLIO: "wss://fstream.binance.com/pm/ws/K",
    Account.PORTFOLIO_PRO: "wss://fstream.binance.com/pm-classic/ws/K",
}
REST = {
    Account.SPOT: "https://api.binance.com/api/v3/userDataStream",
    Account.MARGIN: "https://api.binance.com/sapi/v1/userDataStream",
    Account.ISOLATED_MARGIN: "https://api.binance.com/sapi/v1/userDataStream/isolated",
    Account.MARGIN_RISK: "https://api.binance.com/sapi/v1/margin/listen-key",
    Account.USDM: "https://fapi.binance.com/fapi/v1/listenKey",
    Account.COINM: "https://dapi.binance.com/dapi/v1/listenKey",
    Account.OPTIONS: "https://eapi.binance.com/eapi/v1/listenKey",
    Account.PORTFOLIO: "https://papi.binance.com/papi/v1/listenKey",
    Account.PORTFOLIO_PRO: "https://fapi.binance.com/fapi/v1/listenKey",
}
MECHANISMS = {Account.SPOT: UserData.SIGNATURE} | dict.fromkeys(
    (Account.MARGIN, Account.ISOLATED_MARGIN), UserData.LISTEN_TOKEN
)


@pytest.mark.parametrize("account", Account, ids=str)
def test_where_an_account_is_served(account: Account) -> None:
    """Each has a row; its URLs and its mechanism in production are those of the exchange's pages."""
    row = ACCOUNTS[account]
    hosts = getattr(Environment.PRODUCTION, row.product)
    assert stream_url(row, hosts.stream, "K") == URLS[account]
    assert hosts.rest + row.listen_key == REST[account]
    assert hosts.user_data is MECHANISMS.get(account, UserData.LISTEN_KEY)
    assert bool(row.listen_token) is (MECHANISMS.get(account) is UserData.LISTEN_TOKEN)


def test_rows_are_values_and_keys_differ() -> None:
    """Rows cannot be changed; no two accounts have one key."""
    assert len({row.key for row in ACCOUNTS.values()}) == len(Account)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ACCOUNTS[Account.SPOT].key = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("account", "symbol", "found"),
    [
        (Account.SPOT, None, ("user", "")),
        (Account.SPOT, "", ("user", "")),
        (Account.MARGIN, None, ("margin", "")),
        (Account.ISOLATED_MARGIN, "bnbusdt", ("isolated_margin:BNBUSDT", "BNBUSDT")),
        (Account.USDM, None, ("usdm_user", "")),
    ],
)
def test_keys_are_stable_names(account: Account, symbol: str | None, found: tuple[str, str]) -> None:
    """A key is a name that anybody may know; that of isolated margin has its symbol."""
    assert key_of(account, symbol) == found


@pytest.mark.parametrize(
    ("account", "symbol", "says"),
    [
        (Account.ISOLATED_MARGIN, None, "BNBBTC"),
        (Account.ISOLATED_MARGIN, "B/C", "letters and digits"),
        (Account.SPOT, "BNBUSDT", "no symbol"),
    ],
)
def test_symbols_where_they_belong(account: Account, symbol: str | None, says: str) -> None:
    """Isolated margin needs one, nothing else has one."""
    with pytest.raises(ArgumentError, match=says):
        key_of(account, symbol)


def test_accounts_by_their_values() -> None:
    """A value will do; another one is refused with those that there are."""
    assert account_of("usdm") is account_of(Account.USDM) is Account.USDM
    with pytest.raises(ArgumentError, match="isolated_margin, margin_risk"):
        account_of("savings")


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("usdm_user_listen_key_expired.json", True),
        ("coinm_user_listen_key_expired.json", True),
        ("options_user_listen_key_expired.json", True),
        ("pm_user_listen_key_expired.json", True),
        ("user_listen_key_expired_spot_retired.json", True),
        ("user_event_stream_terminated.json", True),
        ("user_event_stream_terminated_listen_token.json", True),
        ("user_execution_report.json", False),
        ("usdm_user_account_update.json", False),
    ],
)
def test_what_tells_of_the_end(name: str, ends: bool) -> None:
    """The events that end a stream are known, in each product's form."""
    message = load(name)
    assert ends_stream(message.get("event", message)) is ends


@pytest.mark.parametrize(
    ("unit", "account", "url"),
    [
        ("MICROSECOND", Account.SPOT, "ws://h/ws/a%2Fb?timeUnit=MICROSECOND"),
        ("MICROSECOND", Account.USDM, "ws://h/private/ws?listenKey=a%2Fb"),
        (None, Account.SPOT, "ws://h/ws/a%2Fb"),
    ],
)
def test_units_where_they_are_known(unit: str | None, account: Account, url: str) -> None:
    """Spot and margin take ``timeUnit``; a key is encoded."""
    assert stream_url(ACCOUNTS[account], "ws://h/", "a/b", unit) == url


@pytest.mark.parametrize("moment", [1749094553955907, 1749094553955, "1749094553955"])
def test_milliseconds(moment: object) -> None:
    """Microseconds are told by their size."""
    assert milliseconds(moment) == 1749094553955
