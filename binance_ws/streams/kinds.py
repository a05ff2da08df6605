"""What a kind of stream is (its template and allowed values) and what a stream is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from ..enums import Market


class Route(str, Enum):
    """The part of the futures and options hosts that carries a stream; ``NONE`` on other hosts."""

    NONE = ""
    PUBLIC = "public"
    MARKET = "market"
    PRIVATE = "private"


class Order(Enum):
    """How the messages of a stream follow one another."""

    NONE = "nothing says which message follows which"
    TRADE_ID = "t rises by one"
    AGGREGATE_ID = "a rises by one"
    UPDATE_RANGE = "U is the last u plus one"
    PREVIOUS_UPDATE = "pu is the last u"
    UPDATE_ID = "u rises"
    LAST_UPDATE_ID = "lastUpdateId rises"
    KLINE = "k.t rises by one interval, E rises within it"
    EVENT_TIME = "E rises"


# A placeholder is a name in angle brackets. One without listed values is free text of these shapes.
_PLACEHOLDER = re.compile(r"<(\w+)>")
_FREE = r"[\w-]+"
_SHAPES = {
    "pair": r"[^\W_]+",
    "date": r"\d{6}",
}


@dataclass(frozen=True)
class Kind:
    """One kind of stream on one market.

    Args:
        market: the market that serves it.
        name: what our builders call it (``"agg_trade"``).
        template: the stream's name with placeholders (``"<symbol>@kline_<interval>"``).
        event: the ``e`` of its messages; empty where they have none.
        order: how its messages follow one another.
        route: the futures route that carries it.
        values: what a placeholder may be, for those that are not free text.
        suffixes: what may stand behind the template (``"@100ms"``), the default first.
        array: whether a message is a list.
        period: seconds within which a busy symbol surely sends; ``None`` where silence is normal.
        documented: whether the exchange's pages name it.
    """

    market: Market
    name: str
    template: str
    event: str = ""
    order: Order = Order.NONE
    route: Route = Route.NONE
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    suffixes: tuple[str, ...] = ("",)
    array: bool = False
    period: float | None = None
    documented: bool = True

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the template's placeholders, in order."""
        return tuple(_PLACEHOLDER.findall(self.template))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches exactly the names of this kind."""
        parts = _PLACEHOLDER.split(self.template)
        body = "".join(self._group(p) if i % 2 else re.escape(p) for i, p in enumerate(parts))
        suffix = "|".join(map(re.escape, self.suffixes))
        return re.compile(f"{body}(?P<suffix>{suffix})")

    def _group(self, placeholder: str) -> str:
        allowed = self.values.get(placeholder)
        shape = "|".join(map(re.escape, allowed)) if allowed else _SHAPES.get(placeholder, _FREE)
        return f"(?P<{placeholder}>{shape})"

    def __str__(self) -> str:
        return f"{self.market} {self.template}"


@dataclass(frozen=True)
class Stream:
    """One stream of the exchange.

    Args:
        name: what the exchange calls it (``"btcusdt@kline_1m"``).
        kind: its row in the catalogue.
        symbol: the lower-case symbol, pair, underlying or asset; empty for a stream of a whole market.
    """

    name: str
    kind: Kind = field(repr=False)
    symbol: str = field(default="", repr=False)

    @property
    def market(self) -> Market:
        """The market that serves it."""
        return self.kind.market

    @property
    def route(self) -> Route:
        """The futures route that carries it."""
        return self.kind.route

    def __str__(self) -> str:
        return self.name
