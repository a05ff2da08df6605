"""The reference names everything that is public."""

from __future__ import annotations

import re

import pytest

import binance_ws
from binance_ws import BinanceSocketManager

from .pages import PAGES

TEXT = "\n".join(page.text for page in PAGES if page.name.startswith("docs/reference/"))
INTERNAL = {"abandon"}
"""Methods without an underscore that are called by the package alone."""


def test_every_method_of_the_manager_has_its_place() -> None:
    """Under one of the page's headings, once."""
    public = {name for name in dir(BinanceSocketManager) if name.islower() and not name.startswith("_")}
    named = re.findall(r"auto(?:method|property):: BinanceSocketManager\.(\w+)", TEXT)
    assert len(set(named)) == len(named)
    old = {"setDaemon", "isDaemon", "setName", "getName"}
    assert set(named) - old == public - INTERNAL


@pytest.mark.parametrize("name", [each for each in binance_ws.__all__ if not each.startswith("_")])
def test_the_front_door_is_documented(name: str) -> None:
    """What ``from binance_ws import …`` offers."""
    assert re.search(rf"autoclass:: binance_ws\.{name}\b", TEXT)
