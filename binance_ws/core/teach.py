"""Why a stream that never spoke is silent, as the exchange's lists of symbols tell."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..enums import Market
from ..streams.kinds import Stream

TRADING = "TRADING"
_SHOWN = 3
_GROUPS = ("pair", "underlying")
_CUTOFF = 0.6


@dataclass(frozen=True)
class Listing:
    """What a market lists.

    Args:
        symbols: the status of each symbol, names in capitals.
        groups: the symbols of each pair or underlying.
    """

    symbols: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Whether a name is listed, in whatever state."""
        return name in self.symbols or name in self.groups


def listing_of(info: Mapping[str, Any]) -> Listing:
    """What an answer to ``exchangeInfo`` lists, of whichever market."""
    symbols: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for entry in info.get("optionSymbols") or info.get("symbols") or ():
        name = entry["symbol"]
        symbols[name] = entry.get("status") or entry.get("contractStatus") or TRADING
        for group in filter(None, map(entry.get, _GROUPS)):
            groups[group] = (*groups.get(group, ()), name)
    return Listing(symbols, groups)


def explain(stream: Stream, listings: Mapping[Market, Listing]) -> str | None:
    """One sentence on why a stream is silent; ``None`` where the lists do not tell.

    Args:
        stream: the stream.
        listings: of its own market, and of others that may have its symbol.
    """
    own, name = listings.get(stream.market), stream.symbol.upper()
    if own is None or not name or "asset" in stream.kind.placeholders:
        return None
    if not own.knows(name):
        return f"{stream.market} has no symbol {name}{_elsewhere(stream.market, name, listings)}"
    if any(group in stream.kind.placeholders for group in _GROUPS):
        return None
    status = own.symbols.get(name)
    if status is None:
        return None if stream.market is Market.OPTIONS else _of_group(stream.market, name, own)
    if status == TRADING:
        return None
    return f"{name} is not traded on {stream.market}: its status is {status}, and its streams are silent"


def _of_group(market: Market, name: str, own: Listing) -> str:
    members = sorted(own.groups[name], key=lambda each: (own.symbols[each] != TRADING, each))
    return f"{name} is a pair of {market}, and no symbol: its symbols are {_few(members)}"


def _elsewhere(market: Market, name: str, listings: Mapping[Market, Listing]) -> str:
    """Where the symbol is, or the nearest one of its own market."""
    others = [other.value for other in listings if other is not market and listings[other].knows(name)]
    if others:
        return f", but {' and '.join(others)} has"
    plain = name.replace("-", "").replace("_", "").replace("/", "")
    own = listings[market]
    if own.knows(plain):
        return f"; did you mean {plain}?"
    traded = [symbol for symbol, status in own.symbols.items() if status == TRADING]
    near = difflib.get_close_matches(name, traded, n=1, cutoff=_CUTOFF)
    return f"; did you mean {near[0]}?" if near else ""


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")
