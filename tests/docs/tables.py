"""The tables of docs/streams.md, made from the catalogue: ``python -m tests.docs.tables`` prints them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

from binance_ws.core.backfill import source_of
from binance_ws.enums import Market
from binance_ws.start_methods import StartMethods
from binance_ws.streams import names
from binance_ws.streams.accounts import Account
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.streams.kinds import Kind, Order, Stream

HEAD = ("what you get", "open it with", "its name", "a gap is")

_OPTION = "BTC-251226-100000-C"
_SYMBOLS = {
    Market.SPOT: "BNBBTC",
    Market.USDM: "BTCUSDT",
    Market.COINM: "BTCUSD_PERP",
    Market.OPTIONS: _OPTION,
}
_VALUES = {"asset": "btcusd", "underlying": "BTCUSDT", "date": "251226", "interval": "1m", "window": "1h"}
_NUMBERED = (Order.UPDATE_RANGE, Order.PREVIOUS_UPDATE)


def rows(market: Market) -> list[tuple[str, ...]]:
    """A row for each kind of stream of a market, as the page shows them."""
    return [_row(kind) for kind in CATALOGUE if kind.market is market]


def _row(kind: Kind) -> tuple[str, ...]:
    builder: Callable[..., Stream] = getattr(names, kind.name)
    call, stream = _example(builder, kind)
    method = _METHODS.get((kind.market, kind.name))
    return (
        _said(builder),
        f"`{call}`" + (f"<br>`{method}`" if method else ""),
        f"`{stream}`",
        _gap(stream),
    )


def _said(builder: Callable[..., Stream]) -> str:
    """What a builder's documentation says first."""
    line = (inspect.getdoc(builder) or "").splitlines()[0]
    return re.split(r"[.;](?: |$)", line)[0].replace("``", "`")


def _example(builder: Callable[..., Stream], kind: Kind) -> tuple[str, Stream]:
    """A call of a builder as one would write it, and what it makes."""
    given: dict[str, Any] = {}
    parameters = inspect.signature(builder).parameters
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty:
            given[name] = _value(name, kind.market)
        elif name == "market" and parameter.default is not kind.market:
            given[name] = kind.market.value
    plain = [
        repr(v).replace("'", '"') if parameters[k].default is parameters[k].empty else f'{k}="{v}"'
        for k, v in given.items()
    ]
    return f"{builder.__name__}({', '.join(plain)})", builder(**given)


def _value(name: str, market: Market) -> str:
    if name == "pair":
        return "BTCUSDT" if market is Market.USDM else "BTCUSD"
    return _VALUES.get(name) or _SYMBOLS[market]


def _gap(stream: Stream) -> str:
    source = source_of(stream)
    if source is not None:
        return "fetched, with a key" if source.needs_key else "fetched"
    return (
        "told" if stream.kind.order in (*_NUMBERED, Order.TRADE_ID, Order.AGGREGATE_ID, Order.KLINE) else ""
    )


class _Noting(StartMethods):
    """Notes which kind of stream each old method starts."""

    def __init__(self) -> None:
        self.kind: tuple[Market, str] | None = None

    def _start(self, callback: object, stream: Stream, *, wrapped: bool = False) -> str:
        self.kind = (stream.market, stream.kind.name)
        return stream.name

    def _start_mini_tickers(self, callback: object, update_time: int) -> str:
        return self._start(callback, names.all_mini_tickers())

    def _start_many(self, callback: object, streams: Iterable[str], market: Market) -> str:
        return ""

    def _start_account(self, callback: object, account: Account, symbol: str = "") -> str:
        return ""


def _methods() -> dict[tuple[Market, str], str]:
    """The old method for each kind that has one; that of the depth socket counts twice."""
    found: dict[tuple[Market, str], str] = {}
    for name, method in inspect.getmembers(StartMethods, inspect.isfunction):
        if name.startswith("start_") and "streams" not in inspect.signature(method).parameters:
            noting = _Noting()
            wanted = {"symbol": _OPTION if "options" in name else "BTCUSDT", "callback": print}
            method(noting, **{k: v for k, v in wanted.items() if k in inspect.signature(method).parameters})
            if noting.kind is not None:
                found[noting.kind] = f"{name}"
    return {**found, (Market.SPOT, "partial_depth"): "start_depth_socket(…, depth=20)"}


_METHODS = _methods()


def table(market: Market) -> str:
    """A market's table as Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *rows(market)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    for each in Market:
        print(f"\n{each}\n\n{table(each)}")
