"""What every feed of a manager works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .net.limits import HostBudget
from .net.network import Network
from .net.timer import Timer

LIFE_SECONDS = 23 * 3600.0
"""Age at which a connection is replaced; the exchange ends it at 24 hours."""

OVERLAP_SECONDS = 1.0
"""How long both connections are heard before the old one is hung up."""


class Slot:
    """Lets one feed of a manager rotate at a time. Used on the timer's thread and when a rotation ends."""

    def __init__(self) -> None:
        self.taken_by: object | None = None


@dataclass(frozen=True)
class Means:
    """What every feed of a manager works with.

    Args:
        network: the way out.
        timer: of the manager.
        max_retries: of each connection.
        stale_after: seconds without a frame after which a connection is replaced; ``None`` for the market's.
        budget: of a URL's host.
        slot: lets one feed rotate at a time.
        life: seconds after which a connection is replaced.
        overlap: seconds for which both are heard.
    """

    network: Network
    timer: Timer
    max_retries: int | None = 5
    stale_after: float | None = None
    budget: Callable[[str], HostBudget] | None = None
    slot: Slot = field(default_factory=Slot)
    life: float = LIFE_SECONDS
    overlap: float = OVERLAP_SECONDS

    def held_up(self, url: str) -> float:
        """Seconds until a connection to a URL's host would be made."""
        return self.budget(url).held_up() if self.budget else 0.0
