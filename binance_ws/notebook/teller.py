"""Tells a front end how panes stand: everything at first, and then what has changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ..core.rates import Rates
from .panes import Pane, State


class Teller:
    """Makes of how panes stand what a front end does not know yet.

    Args:
        panes: of the view.
    """

    def __init__(self, panes: Sequence[Pane]) -> None:
        self._panes = panes
        self._said: list[State] = [{} for _ in panes]
        self._since = [0] * len(panes)
        self._rates: Rates[int] = Rates()
        self._first = True

    def repeat(self, panes: Iterable[int]) -> None:
        """Tell the whole series of some panes again."""
        for number in panes:
            self._since[number] = 0

    def news(self, state: str, note: str) -> State:
        """What has changed since the last time; ``all`` says that it is everything.

        Args:
            state: where the socket stands.
            note: a sentence for people, or nothing.
        """
        first, self._first = self._first, False
        counts = {number: pane.count for number, pane in enumerate(self._panes)}
        rates = self._rates.add(counts, time.monotonic())
        changed = [self._changed(number, rate) for number, rate in rates.items()]
        return {"now": time.time(), "all": first, "state": state, "note": note, "panes": changed}

    def _changed(self, number: int, rate: float | None) -> State:
        pane, said = self._panes[number], self._said[number]
        now = {**pane.now(), "rate": rate}
        news = {key: value for key, value in now.items() if key not in said or said[key] != value}
        self._said[number] = now
        series = pane.series(self._since[number])
        if series:
            self._since[number] = max(series)
            news["series"] = [[at, value] for at, value in series.items()]
        return news
