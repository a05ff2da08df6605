"""How the market's clock runs against the real one: scaled, or as fast as the clients read."""

from __future__ import annotations

import time

from ..errors import ArgumentError

# Real seconds between two looks at the market, with and without somebody listening.
_QUANTUM, _IDLE = 0.0005, 0.05


class Pace:
    """The market's clock.

    Args:
        speed: how many times faster than real; ``None`` or ``"max"`` for as fast as clients read.

    Raises:
        ArgumentError: it is neither a number over 0 nor ``"max"``.
    """

    def __init__(self, speed: float | str | None) -> None:
        self.unlimited = speed is None or speed == "max"
        self._speed = 1.0 if self.unlimited else _number(speed)
        self._origin = 0
        self._began = 0

    def start(self, moment: int) -> None:
        """Let the clock show a moment in ns now."""
        self._origin, self._began = moment, time.monotonic_ns()

    def now(self) -> int:
        """What the clock shows, in ns."""
        return self._origin + int((time.monotonic_ns() - self._began) * self._speed)

    def until(self, due: int, listened: bool) -> float:
        """Real seconds until something is due."""
        return max((due - self.now()) / self._speed / 1e9, _QUANTUM if listened else _IDLE)


def _number(speed: object) -> float:
    try:
        number = float(speed)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e9:
        raise ArgumentError(f"speed is a number over 0, or 'max', not {speed!r}")
    return number
