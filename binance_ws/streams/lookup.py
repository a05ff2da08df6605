"""From words to streams: a name given by hand is classified, a kind and its values become a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ..enums import Market
from ..errors import ArgumentError, UnknownStream
from .catalogue import CATALOGUE, KINDS
from .kinds import Kind, Stream

_SYMBOLS = ("symbol", "pair", "underlying", "asset")


def market_of(market: Market | str) -> Market:
    """The market that a value names.

    Raises:
        ArgumentError: there is no such market.
    """
    try:
        return Market(market)
    except ValueError:
        allowed = ", ".join(m.value for m in Market)
        raise ArgumentError(f"no market is called {market!r}; there are {allowed}") from None


def classify(name: str, market: Market | str = Market.SPOT) -> Stream:
    """The stream of a market that a name means.

    Args:
        name: as the exchange writes it, ``"btcusdt@aggTrade"``.
        market: the market whose stream is meant.

    Raises:
        UnknownStream: the market has no such stream; the message carries the nearest name that it has.
    """
    if isinstance(name, (list, tuple, set)):
        raise UnknownStream(
            f"a stream's name is text, and this is a list of them: put a * before it, not {name!r:.60}"
        )
    if not isinstance(name, str) or not name:
        order = "; the callback comes first, then the streams" if callable(name) else ""
        raise UnknownStream(f"a stream's name is text such as 'btcusdt@trade', not {name!r}{order}")
    market = market_of(market)
    for kind in CATALOGUE:
        if kind.market is market:
            stream = _match(kind, name)
            if stream is not None:
                return stream
    raise UnknownStream(f"{market} has no stream {name!r}{_hint(name, market)}")


def _match(kind: Kind, name: str) -> Stream | None:
    found = kind.pattern.fullmatch(name)
    if found is None:
        return None
    symbol = next((found[p] for p in kind.placeholders if p in _SYMBOLS), "")
    return Stream(name, kind, symbol) if symbol == symbol.lower() else None


def _hint(name: str, market: Market) -> str:
    symbol, at, rest = name.partition("@")
    lowered = f"{symbol.lower()}{at}{rest}"
    if lowered != name and _known(lowered, market):
        return f"; symbols are lower-case in names: {lowered!r}"
    known = [e for e in examples(market, symbol.lower() or "btcusdt") if _known(e, market)]
    longer = [name for name in known if name.startswith(lowered)]
    if longer:
        return f"; did you mean {min(longer, key=len)!r}?"
    for other in Market:
        if _known(lowered, other):
            return f", but {other} has"
    near = difflib.get_close_matches(lowered, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _known(name: str, market: Market) -> bool:
    return any(kind.market is market and _match(kind, name) for kind in CATALOGUE)


def examples(market: Market, symbol: str) -> Iterable[str]:
    """Names of every kind of a market for one symbol: each value of the first choice, each suffix."""
    for kind in CATALOGUE:
        if kind.market is market:
            for suffix in kind.suffixes:
                yield from (template + suffix for template in _expand(kind, symbol))


def _expand(kind: Kind, symbol: str) -> list[str]:
    names = [kind.template]
    for placeholder in kind.placeholders:
        values = kind.values.get(placeholder, ("261225",) if placeholder == "date" else (symbol,))
        names = [n.replace(f"<{placeholder}>", value) for n in names for value in values]
    return names


def build(market: Market | str, kind_name: str, suffix: str = "", **values: str) -> Stream:
    """The stream of one kind with the given values.

    Args:
        market: the market.
        kind_name: the kind, as the catalogue calls it (``"kline"``).
        suffix: what stands behind the template (``"@100ms"``); empty for the default.
        values: one for each placeholder; symbols in any case.

    Raises:
        ArgumentError: the market has no such kind, or a value is not one of those that it allows.
    """
    market = market_of(market)
    kind = KINDS.get((market, kind_name))
    if kind is None:
        raise ArgumentError(f"{market} has no {kind_name.replace('_', ' ')} stream")
    if set(values) != set(kind.placeholders):
        raise ArgumentError(f"{kind} takes {_either(kind.placeholders)}, not {_either(values)}")
    given = {p: _value(kind, p, values[p]) for p in kind.placeholders}
    suffix = suffix or kind.suffixes[0]
    if suffix not in kind.suffixes:
        raise ArgumentError(_not_followed(kind, suffix))
    name = kind.template
    for placeholder, value in given.items():
        name = name.replace(f"<{placeholder}>", value)
    return classify(name + suffix, market)


def _not_followed(kind: Kind, suffix: str) -> str:
    """What may stand behind a kind's template; where that are speeds, in the words of the argument for them."""
    speeds = [_milliseconds(each) for each in kind.suffixes if each.endswith("ms")]
    if speeds and suffix.endswith("ms"):
        return f"the interval of {kind} is {', '.join(speeds)} or None, not {_milliseconds(suffix)}"
    return f"{kind} may be followed by {_either(kind.suffixes)}, but not by {suffix}"


def _milliseconds(suffix: str) -> str:
    return suffix.removeprefix("@").removesuffix("ms")


def _value(kind: Kind, placeholder: str, value: object) -> str:
    allowed = kind.values.get(placeholder)
    if placeholder in _SYMBOLS:
        return symbol_of(value)
    text = str(value)
    if allowed is not None and text not in allowed:
        what = f"a depth of {text} levels" if placeholder == "levels" else f"{placeholder} {value!r}"
        raise ArgumentError(f"{what} is not offered by {kind.market}; it has {_either(allowed)}")
    return text


def symbol_of(symbol: object) -> str:
    """The lower-case symbol that a stream's name carries.

    Raises:
        ArgumentError: it is not text, is empty, or has characters that no symbol has.
    """
    if not isinstance(symbol, str) or not symbol:
        order = "; the symbol comes first, then the callback" if callable(symbol) else ""
        raise ArgumentError(f"a symbol is text such as 'BNBBTC', not {symbol!r}{order}")
    if not all(c.isalnum() or c in "_-" for c in symbol):
        raise ArgumentError(f"a symbol has letters and digits alone, such as 'BNBBTC', not {symbol!r}")
    return symbol.lower()


def _either(values: Iterable[str]) -> str:
    return ", ".join(value or "nothing" for value in values)
