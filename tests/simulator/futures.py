"""What the tests of futures and options have in common: markets without sockets, outlines of messages, REST."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from binance_ws.enums import Market as Product
from binance_ws.simulator import Rules, rest_futures, rest_options
from binance_ws.simulator.market import Market
from binance_ws.simulator.rest import Query
from binance_ws.simulator.symbols import DEFAULT
from binance_ws.simulator.world import World
from binance_ws.streams.lookup import classify, examples
from tests import payloads
from tests.simulator.markets import EPOCH, Watched

CALLS = {**rest_futures.calls(lambda: 1, Rules()), **rest_options.calls(lambda: 1, Rules())}


def world() -> World:
    """Random markets of all hosts."""
    return World(DEFAULT, 1, EPOCH)


def watched(market: Market, names: Iterable[str], seconds: float) -> Watched:
    """A market after so many seconds, and what it sent."""
    seen = Watched(market, *names)
    seen.run(seconds)
    return seen


def names(product: Product, *symbols: str) -> list[str]:
    """A stream of each kind, value and suffix; of klines a few intervals, of partial books one size."""
    every = {name for symbol in symbols for name in examples(product, symbol)}
    few = ("line_1s", "line_1m", "line_1M")
    klines = (n for n in every if n.endswith(few))
    others = (n for n in every if "line_" not in n and "depth10" not in n and "depth20" not in n)
    return sorted((*klines, *others))


def outline(value: Any) -> Any:
    """Keys and types of values; of a list its first element."""
    if isinstance(value, dict):
        return {key: outline(each) for key, each in value.items()}
    if isinstance(value, list):
        return [outline(value[0])] if value else []
    return type(value).__name__


def documented(product: Product, name: str, files: dict[str, str]) -> Any:
    """The outline of the documented example of a stream."""
    return outline(payloads.load(f"{product}_{files[classify(name, product).kind.name]}.json"))


def filled(message: Any) -> Any:
    """The message with sides of the book that are not empty."""
    if not isinstance(message, dict) or message.get("e") != "depthUpdate":
        return message
    level = [["0", "0"]]
    return {**message, "b": message["b"] or level, "a": message["a"] or level}


def chained(messages: list[Any]) -> bool:
    """Whether each change of a book follows the one before it."""
    pairs = itertools.pairwise(messages)
    return len(messages) > 1 and all(a["u"] == b["pu"] < b["U"] <= b["u"] for a, b in pairs)


class Rest:
    """REST of a market, without HTTP."""

    def __init__(self, market: Market, prefix: str) -> None:
        self._market, self._prefix = market, prefix

    def __call__(self, name: str, key: str | None = None, **parameters: Any) -> Any:
        """The answer to a call."""
        given = {each: str(value) for each, value in parameters.items()}
        return CALLS[f"{self._prefix}/{name}"].answer(Query(given, self._market, key=key), self._market)

    def cost(self, name: str, **parameters: Any) -> int:
        """The weight of a call."""
        return CALLS[f"{self._prefix}/{name}"].cost({each: str(v) for each, v in parameters.items()})


def book_of(snapshot: dict[str, Any], messages: list[Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The book that a client makes by the exchange's rules of a snapshot and the messages of a diff stream."""
    bids, asks = dict(snapshot["bids"]), dict(snapshot["asks"])
    last = snapshot["lastUpdateId"]
    kept = [m for m in messages if m["u"] >= last]
    assert not kept or kept[0]["U"] <= last + 1 or kept[0]["pu"] <= last
    for message in kept:
        for side, levels in ((bids, message["b"]), (asks, message["a"])):
            side.update(levels)
    return tuple({p: q for p, q in side.items() if float(q)} for side in (bids, asks))  # type: ignore[return-value]


def joins(market: Market, prefix: str, symbol: str, name: str) -> bool:
    """Whether a snapshot of REST in the midst of a stream becomes, with the stream, a later snapshot."""
    seen, rest = Watched(market, name), Rest(market, prefix)
    seen.run(7.3)
    snapshot = rest("depth", symbol=symbol, limit=1000)
    seen.run(2.7)
    later = rest("depth", symbol=symbol, limit=1000)
    messages = seen.messages(name)
    assert messages[-1]["u"] == later["lastUpdateId"] > snapshot["lastUpdateId"]
    return chained(messages) and book_of(snapshot, messages) == (dict(later["bids"]), dict(later["asks"]))
