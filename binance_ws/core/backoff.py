"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

FIRST = 0.1
LONGEST = 10.0


def backoff(
    first: float = FIRST, longest: float = LONGEST, chance: Callable[[], float] = random.random
) -> Iterator[float]:
    """Seconds to wait before each next attempt, without end.

    The wait doubles from ``first`` to ``longest``; each is shortened by up to a half at random, so that
    connections that were lost together do not come back together.

    Args:
        first: seconds before the first retry.
        longest: seconds that no wait exceeds.
        chance: gives a number in [0, 1).
    """
    wait = first
    while True:
        yield wait * (1 - chance() / 2)
        wait = min(wait * 2, longest)
