"""The pane that shows every socket of a manager, live."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..core.rates import Rates
from .panes import State

if TYPE_CHECKING:
    from ..info import SocketInfo


class Overview:
    """A row for each socket.

    Args:
        infos: brings a snapshot of each.
    """

    def __init__(self, infos: Callable[[], Sequence[SocketInfo]]) -> None:
        self._infos = infos
        self._rates: Rates[str] = Rates()

    @property
    def count(self) -> int | None:
        """Not counted."""
        return None

    def about(self) -> State:
        """What never changes."""
        return {"kind": "sockets", "title": "Sockets", "subtitle": "", "market": ""}

    def now(self) -> State:
        """How each stands: key, state, messages, rate, age and lag in ms, reconnects, gaps, backfilled, errors."""
        infos = self._infos()
        rates = self._rates.add({info.key: info.messages for info in infos}, time.monotonic())
        return {"rows": [_row(info, rates[info.key]) for info in infos]}

    def series(self, since: int) -> dict[int, Any]:
        """None here."""
        return {}

    def fetch(self) -> bool:
        """Nothing to ask."""
        return False


def _row(info: SocketInfo, rate: float | None) -> list[Any]:
    age = None if info.last is None else info.last * 1000
    troubles = [info.reconnects, info.gaps, info.backfilled, info.errors]
    return [info.key, str(info.state), info.messages, rate, age, info.lag, *troubles]
