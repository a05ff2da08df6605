"""The page about testing says exactly what the simulated exchange serves."""

from __future__ import annotations

import re

import requests

from binance_ws.simulator import Exchange, ws_api
from binance_ws.simulator.order_calls import CALLS

from .pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "testing.md")


def quoted(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of a table: what its second column names, by each name in its first one."""
    (found,) = [each for each in PAGE.tables() if each[0][0] == heading]
    return {name: quoted(second) for first, second in found[1:] for name in quoted(first)}


def test_every_call_of_rest_is_listed() -> None:
    """And no other."""
    named = {f"{prefix}/{name}" for prefix, names in rows("REST below").items() for name in names}
    listed = {path for path in named if "//" not in path}
    listed |= {path.replace("/dapi/v1", "/fapi/v1") for path in listed}
    assert listed == {*Exchange()._server._calls(), *CALLS}


def test_every_method_is_listed() -> None:
    """And no other."""
    assert set(rows("where")["/ws-api/v3"]) == {*ws_api.USER, *ws_api.MARKET}


def test_what_is_said_to_be_missing_is() -> None:
    """The APIs of futures that have no host here are 404."""
    with Exchange() as exchange:
        paths = ["/ws-fapi/v1", "/ws-dapi/v1", "/fapi/v1/premiumIndexKlines", "/fapi/v1/fundingRate"]
        assert {requests.get(exchange.url + path, timeout=10).status_code for path in paths} == {404}
