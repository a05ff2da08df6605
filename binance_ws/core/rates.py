"""Messages a second, from counts that are looked at now and then."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

WINDOW = 5.0
"""Seconds over which rates are taken."""


class Rates(Generic[K]):
    """Rates over the last seconds."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, Mapping[K, int | None]]] = deque()

    def add(self, counts: Mapping[K, int | None], now: float) -> dict[K, float | None]:
        """Messages a second of each; ``None`` where that is not known, or not yet.

        Args:
            counts: messages so far; ``None`` where they are not counted.
            now: seconds of a clock that does not jump.
        """
        self._looks.append((now, counts))
        while len(self._looks) > 2 and now - self._looks[1][0] >= WINDOW:
            self._looks.popleft()
        then, before = self._looks[0]
        return {key: _rate(new, before.get(key), now - then) for key, new in counts.items()}


def _rate(new: int | None, old: int | None, seconds: float) -> float | None:
    return round((new - old) / seconds, 1) if new is not None and old is not None and seconds > 0 else None
