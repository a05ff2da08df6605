"""What messages say about prices."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.notebook.quotes import READERS, Quote, quote
from binance_ws.streams.catalogue import CATALOGUE
from tests import payloads


@pytest.mark.parametrize(
    ("kind", "payload", "price"),
    [
        ("trade", "spot_trade", "0.001"),
        ("agg_trade", "usdm_agg_trade", "0.001"),
        ("mark_price", "usdm_mark_price", "11794.15000000"),
        ("index_price", "coinm_index_price", "9636.57860000"),
        ("composite_index", "usdm_composite_index", "554.41604065"),
        ("avg_price", "spot_avg_price", "25776.86000000"),
        ("reference_price", "spot_reference_price", "1.00"),
        ("asset_index", "usdm_asset_index", "0.27462452"),
        ("ticker", "spot_ticker", "0.0025"),
        ("option_ticker", "options_ticker", "200.0000"),
        ("mini_ticker", "spot_mini_ticker", "0.0025"),
        ("book_ticker", "spot_book_ticker", "25.358550000"),
        ("force_order", "usdm_force_order", "9910"),
    ],
)
def test_prices(kind: str, payload: str, price: str) -> None:
    """The price of each kind of message, as the exchange's pages show them."""
    assert quote(kind, payloads.load(f"{payload}.json")).price == price


def test_every_reader_is_of_a_kind_of_stream() -> None:
    """No reader is misspelt."""
    assert set(READERS) <= {kind.name for kind in CATALOGUE}


def test_what_comes_with_a_price() -> None:
    """Tickers tell the change of a day; best prices, forced orders and lists say a word."""
    assert quote("ticker", {"c": "3", "P": "-1.5"}).change == -1.5
    assert quote("mini_ticker", {"c": "3", "o": "2"}) == Quote("3", 50.0)
    assert quote("mini_ticker", {"c": "3", "o": "0"}).change is None
    assert quote("book_ticker", {"b": "1.0", "a": "2.0"}) == Quote("1.50", None, "1.0 / 2.0")
    assert quote("force_order", {"o": {"ap": "5", "S": "SELL", "q": "2"}}).note == "SELL 2"
    assert quote("all_tickers", [{}, {}]).note == "2 entries"


@pytest.mark.parametrize(("kind", "message"), [("trade", {}), ("trade", None), ("contract_info", {"p": "1"})])
def test_no_price(kind: str, message: Any) -> None:
    """What has none has none; nothing is raised."""
    assert quote(kind, message) == Quote(None)
