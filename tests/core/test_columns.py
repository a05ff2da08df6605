"""Messages as rows: which table, which values, by the exchange's own examples."""

from __future__ import annotations

from typing import Any

import pytest

from binance_ws.core.columns import TABLES, Column, each, row, table_of

from .. import payloads

EXPECTED = {
    "trade": "spot_trade usdm_raw_trade_undocumented options_trade",
    "agg_trade": "spot_agg_trade usdm_agg_trade coinm_agg_trade",
    "block_trade": "spot_block_trade",
    "kline": "spot_kline spot_kline_utc8 usdm_kline coinm_kline options_kline",
    "continuous_kline": "usdm_continuous_kline coinm_continuous_kline",
    "mark_price_kline": "coinm_mark_price_kline",
    "index_price_kline": "coinm_index_price_kline",
    "book_ticker": "spot_book_ticker usdm_book_ticker usdm_book_ticker_all coinm_book_ticker options_book_ticker",
    "mini_ticker": "spot_mini_ticker spot_mini_ticker_arr usdm_mini_ticker usdm_mini_ticker_arr coinm_mini_ticker",
    "ticker": "spot_ticker spot_ticker_arr_retired usdm_ticker usdm_ticker_arr coinm_ticker options_ticker",
    "window_ticker": "spot_ticker_window spot_ticker_window_arr",
    "avg_price": "spot_avg_price",
    "mark_price": "usdm_mark_price usdm_mark_price_arr coinm_mark_price coinm_mark_price_pair_arr",
    "index_price": "coinm_index_price",
    "force_order": "usdm_force_order usdm_force_order_arr coinm_force_order",
}
"""Examples of each table's messages."""

NO_ROWS = """
    spot_depth_diff spot_depth_partial usdm_depth_diff usdm_contract_info options_mark_price_arr user_list_status
"""

LACKING = {
    ("spot_trade", "order_type"),
    *((f"{name}_agg_trade", "normal_quantity") for name in ("spot", "coinm")),
    *(("spot_book_ticker", name) for name in ("time", "event_time")),
    ("coinm_mark_price", "funding_rate"),
    ("coinm_mark_price", "next_funding_time"),
    ("coinm_mark_price", "average_mark_price"),
    ("coinm_mark_price_pair_arr", "funding_rate"),
    ("coinm_mark_price_pair_arr", "next_funding_time"),
    ("coinm_mark_price_pair_arr", "average_mark_price"),
    *(
        (name, column)
        for name in ("usdm_ticker", "usdm_ticker_arr", "coinm_ticker", "options_ticker")
        for column in ("previous_close", "bid_price", "bid_quantity", "ask_price", "ask_quantity")
    ),
}
"""What a market's messages do not tell."""

KINDS: dict[str, type] = {"time": int, "decimal": str, "integer": int, "boolean": bool, "text": str}

EXAMPLES = [(table, name) for table, names in EXPECTED.items() for name in names.split()]


def messages(name: str) -> list[Any]:
    """The messages of a file."""
    return list(each(payloads.load(f"{name}.json")))


@pytest.mark.parametrize(("table", "name"), EXAMPLES)
def test_an_example_is_a_row_of_its_table(table: str, name: str) -> None:
    """Each value is of its column's kind, and none is missing but those that the market does not tell."""
    for message in messages(name):
        assert table_of(message) == table
        values = row(message, TABLES[table])
        assert len(values) == len(TABLES[table])
        for column, value in zip(TABLES[table], values, strict=True):
            unset = column.kind == "time" and message.get(column.path[-1]) == 0
            if value is None:
                assert unset or (name, column.name) in LACKING, column
            else:
                assert (name, column.name) not in LACKING, column
                assert type(value) is KINDS[column.kind], column


@pytest.mark.parametrize("name", NO_ROWS.split())
def test_other_messages_are_rows_of_no_table(name: str) -> None:
    """Changes of books, notices and events of accounts have no table."""
    assert {table_of(message) for message in messages(name)} == {None}


def test_a_row_has_what_the_message_says() -> None:
    """The values stand in the order of the columns, as they were sent."""
    trade = payloads.load("spot_trade.json")
    named = dict(zip([c.name for c in TABLES["trade"]], row(trade, TABLES["trade"]), strict=True))
    assert named == {
        "time": 1672515782136,
        "event_time": 1672515782136,
        "symbol": "BNBBTC",
        "trade_id": 12345,
        "price": "0.001",
        "quantity": "100",
        "buyer_is_maker": True,
        "order_type": None,
    }
    kline = payloads.load("spot_kline.json")
    some = [column for column in TABLES["kline"] if column.name in ("open_time", "close", "closed")]
    assert row(kline, some) == (1672515780000, "0.0020", False)


def test_every_table_begins_with_its_time_and_has_unique_names() -> None:
    """A table can be indexed by its first column, and no name stands for two columns."""
    for columns in TABLES.values():
        assert columns[0].name == "time"
        assert len({column.name for column in columns}) == len(columns)
        assert all(column.kind in KINDS and column.path for column in columns)


@pytest.mark.parametrize("message", [None, 1, "x", [], {}, {"e": "depthUpdate"}, {"e": None, "u": 1}])
def test_what_is_no_message_is_of_no_table(message: Any) -> None:
    """Anything can be asked."""
    assert table_of(message) is None


def test_a_path_that_leads_nowhere_is_none() -> None:
    """A message of another shape lacks the value, and is no error."""
    assert row({"k": 5}, [Column("open", ("k", "o"), "decimal"), Column("x", ("y",), "text")]) == (None, None)
