"""Asks the exchange, once, why a stream that was opened has never spoken, and tells the user."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from . import events
from .config import Environment
from .core.teach import Listing, explain, listing_of
from .enums import Market
from .errors import BinanceWsError
from .streams.kinds import Stream

log = logging.getLogger(__name__)

FRESH_SECONDS = 3600.0
"""How long a list of symbols is believed."""


class Tutor:
    """Explains silence.

    Args:
        ask: ``exchangeInfo`` of a market.
        environment: which markets can be asked.
        later: has a function that asks the exchange called on another thread.
        tell: gives an event to ``on_event``.
        clock: seconds that do not jump.
    """

    def __init__(
        self,
        ask: Callable[[Market], Any],
        environment: Environment,
        later: Callable[[Callable[[], None]], None],
        tell: Callable[[events.Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._served = [market for market in Market if getattr(environment, market.value).stream]
        self._later = later
        self._tell = tell
        self._clock = clock
        self._listings: dict[Market, tuple[float, Listing]] = {}

    def doubt(self, key: str, stream: Stream, seconds: float) -> None:
        """A socket's stream of a symbol has been open for some seconds and never spoke; returns at once."""
        if stream.symbol:
            self._later(partial(self._explain, key, stream, seconds))

    def _explain(self, key: str, stream: Stream, seconds: float) -> None:
        try:
            reason = self._reason(stream)
        except BinanceWsError as error:
            log.info("%s: why %s is silent could not be asked: %s", key, stream, error)
            return
        if reason is not None:
            self._tell(events.Silent(key, stream.name, seconds, reason))

    def _reason(self, stream: Stream) -> str | None:
        market, name = stream.market, stream.symbol.upper()
        reason = explain(stream, {market: self._listing(market)})
        if reason is None or self._listing(market).knows(name):
            return reason
        others = [other for other in self._served if other is not market]
        return explain(stream, {each: self._listing(each) for each in (market, *others)})

    def _listing(self, market: Market) -> Listing:
        now = self._clock()
        asked, listing = self._listings.get(market, (now - FRESH_SECONDS, Listing()))
        if now - asked >= FRESH_SECONDS:
            listing = listing_of(self._ask(market))
            self._listings[market] = (now, listing)
        return listing
