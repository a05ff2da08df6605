"""Messages as rows of tables: which columns each kind of message has, where they stand in it, what they are.

Each table's first column is ``time``: of what happened where the message tells it (a trade's own time), else
of the event. What a market's messages lack (spot's best prices have no time) is ``None`` there.

Sources: the exchange's pages "WebSocket Streams" (spot), "Websocket Market Streams" (USD-M, COIN-M, options).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal["time", "decimal", "integer", "boolean", "text"]


class Column(NamedTuple):
    """One column of a table.

    Args:
        name: what people call it.
        path: the keys that lead to it in a message, ``("k", "o")``.
        kind: ``"time"`` (ms since the epoch, or µs, see :mod:`binance_ws.core.times`), ``"decimal"`` (text with
            a number), ``"integer"``, ``"boolean"`` or ``"text"``.
    """

    name: str
    path: tuple[str, ...]
    kind: Kind


_SIGNS: dict[str, Kind] = {"@": "time", "$": "decimal", "#": "integer", "?": "boolean", "": "text"}
"""How the tables below write the kind of a column: the sign behind its name."""


def _columns(text: str) -> tuple[Column, ...]:
    """Columns out of ``name`` and sign, ``=``, and path with dots."""
    return tuple(_column(*word.split("=")) for word in text.split())


def _column(name: str, path: str) -> Column:
    bare = name.rstrip("@$#?")
    return Column(bare, tuple(path.split(".")), _SIGNS[name[len(bare) :]])


_CANDLE = """interval=k.i open_time@=k.t close_time@=k.T open$=k.o high$=k.h low$=k.l close$=k.c volume$=k.v
    quote_volume$=k.q trades#=k.n taker_buy_volume$=k.V taker_buy_quote_volume$=k.Q first_trade_id#=k.f
    last_trade_id#=k.L closed?=k.x"""

_WINDOW = """open$=o high$=h low$=l close$=c volume$=v quote_volume$=q price_change$=p price_change_percent$=P
    weighted_average$=w open_time@=O close_time@=C first_trade_id#=F last_trade_id#=L trades#=n"""

TABLES: dict[str, tuple[Column, ...]] = {
    name: _columns(text)
    for name, text in {
        "trade": """time@=T event_time@=E symbol=s trade_id#=t price$=p quantity$=q buyer_is_maker?=m
            order_type=X""",
        "agg_trade": """time@=T event_time@=E symbol=s agg_trade_id#=a price$=p quantity$=q first_trade_id#=f
            last_trade_id#=l buyer_is_maker?=m normal_quantity$=nq""",
        "block_trade": "time@=T event_time@=E symbol=s trade_id#=t price$=p quantity$=q buyer_is_maker?=m",
        "kline": f"time@=E symbol=s {_CANDLE}",
        "continuous_kline": f"time@=E pair=ps contract_type=ct {_CANDLE}",
        "mark_price_kline": f"time@=E symbol=k.s pair=ps {_CANDLE}",
        "index_price_kline": f"time@=E pair=ps {_CANDLE}",
        "book_ticker": """time@=T event_time@=E symbol=s update_id#=u bid_price$=b bid_quantity$=B
            ask_price$=a ask_quantity$=A""",
        "mini_ticker": "time@=E symbol=s open$=o high$=h low$=l close$=c volume$=v quote_volume$=q",
        "ticker": f"""time@=E symbol=s {_WINDOW} last_quantity$=Q previous_close$=x bid_price$=b
            bid_quantity$=B ask_price$=a ask_quantity$=A""",
        "window_ticker": f"time@=E symbol=s event=e {_WINDOW}",
        "avg_price": "time@=T event_time@=E symbol=s interval=i price$=w",
        "mark_price": """time@=E symbol=s mark_price$=p index_price$=i estimated_settle_price$=P
            funding_rate$=r next_funding_time@=T average_mark_price$=ap""",
        "index_price": "time@=E symbol=s price$=p",
        "force_order": """time@=o.T event_time@=E symbol=o.s side=o.S order_type=o.o time_in_force=o.f
            quantity$=o.q price$=o.p average_price$=o.ap status=o.X last_quantity$=o.l
            filled_quantity$=o.z""",
    }.items()
}
"""The columns of each table, in order."""

_EVENTS = {
    "trade": "trade",
    "aggTrade": "agg_trade",
    "blockTrade": "block_trade",
    "kline": "kline",
    "continuous_kline": "continuous_kline",
    "markPrice_kline": "mark_price_kline",
    "indexPrice_kline": "index_price_kline",
    "bookTicker": "book_ticker",
    "24hrMiniTicker": "mini_ticker",
    "24hrTicker": "ticker",
    "1hTicker": "window_ticker",
    "4hTicker": "window_ticker",
    "1dTicker": "window_ticker",
    "avgPrice": "avg_price",
    "markPriceUpdate": "mark_price",
    "indexPriceUpdate": "index_price",
    "forceOrder": "force_order",
}
_BEST = frozenset("usbBaA")
"""What spot's best prices consist of; they have no ``e``."""


def table_of(message: Any) -> str | None:
    """The table that a message is a row of; ``None`` where it is none.

    Args:
        message: the data of a message. Of a list (``!miniTicker@arr``) each element is one; see :func:`each`.
    """
    if not isinstance(message, dict):
        return None
    event = message.get("e")
    if event is None:
        return "book_ticker" if message.keys() >= _BEST else None
    return _EVENTS.get(event)


def each(message: Any) -> Sequence[Any]:
    """What a message tells, one by one: the elements of a list, else the message itself."""
    return message if isinstance(message, list) else (message,)


def row(message: dict[str, Any], columns: Sequence[Column]) -> tuple[Any, ...]:
    """The values of a message as it has them: prices are text, times are numbers.

    A value that is missing is ``None``, and so are a number that is empty text and a time that is 0, by which
    the exchange says that there is none.

    Args:
        message: one whose :func:`table_of` has these columns.
        columns: of its table, or some of them.
    """
    return tuple(_value(message, column) for column in columns)


def _value(message: dict[str, Any], column: Column) -> Any:
    value: Any = message
    for key in column.path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return None if column.kind in ("time", "decimal") and not value else value
