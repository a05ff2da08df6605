"""What a message says about a price: the price itself, how it changed, and when that happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Message = Mapping[str, Any]


class Quote(NamedTuple):
    """A price in the exchange's own text, what changed in per cent in 24 hours, and a word on it.

    ``price`` is ``None`` where a message has none, ``change`` where it does not tell, ``note`` may be empty.
    """

    price: str | None
    change: float | None = None
    note: str = ""


def _at(key: str) -> Callable[[Message], Quote]:
    return lambda message: Quote(message[key])


def _ticker(message: Message) -> Quote:
    return Quote(message["c"], float(message["P"]))


def _mini_ticker(message: Message) -> Quote:
    opened = float(message["o"])
    return Quote(message["c"], (float(message["c"]) / opened - 1) * 100 if opened else None)


def _best(message: Message) -> Quote:
    """The price halfway between the best two, with as many digits as it needs."""
    bid, ask = message["b"], message["a"]
    places = max(len(side.partition(".")[2]) for side in (bid, ask)) + 1
    return Quote(f"{(float(bid) + float(ask)) / 2:.{places}f}", note=f"{bid} / {ask}")


def _forced(message: Message) -> Quote:
    order = message["o"]
    return Quote(order["ap"], note=f"{order['S']} {order['q']}")


READERS: dict[str, Callable[[Message], Quote]] = {
    **dict.fromkeys(
        ("trade", "agg_trade", "block_trade", "option_trade", "mark_price", "index_price", "composite_index"),
        _at("p"),
    ),
    "avg_price": _at("w"),
    "reference_price": _at("r"),
    "asset_index": _at("i"),
    **dict.fromkeys(("ticker", "window_ticker", "option_ticker"), _ticker),
    "mini_ticker": _mini_ticker,
    "book_ticker": _best,
    "force_order": _forced,
}
"""How the messages of a kind of stream, by its name in the catalogue, are read."""


def quote(kind: str, message: Any) -> Quote:
    """What a message of a kind of stream says; of a list, how long it is.

    Args:
        kind: the stream's, as the catalogue calls it.
        message: its data.
    """
    if isinstance(message, list):
        return Quote(None, note=f"{len(message)} entries")
    reader = READERS.get(kind)
    try:
        return reader(message) if reader else Quote(None)
    except (KeyError, TypeError, ValueError):
        return Quote(None)
