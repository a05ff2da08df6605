"""How much may be sent to a host, and when: windows, penalties and request weight, with time passed in."""

from __future__ import annotations

from collections import deque


class Window:
    """At most ``limit`` events in any ``period`` seconds, granted in the order in which they are asked for.

    Args:
        limit: events.
        period: seconds.
    """

    def __init__(self, limit: int, period: float) -> None:
        self._period = period
        self._granted: deque[float] = deque(maxlen=limit)

    def reserve(self, now: float) -> float:
        """Reserve the next event; how many seconds from now it may happen."""
        granted = self._granted
        full = len(granted) == granted.maxlen
        when = max(now, granted[0] + self._period if full else now)
        granted.append(when)
        return when - now

    def note(self, now: float) -> None:
        """Count an event that could not wait."""
        self._granted.append(now)


class Weight:
    """The request weight of a host's present minute, as its answers tell.

    Args:
        limit: weight a minute; requests stop short of it.
        reserve: the share of it that is left to others behind the same address.
    """

    def __init__(self, limit: int, reserve: float = 0.1) -> None:
        self._limit = limit * (1 - reserve)
        self._used = 0.0
        self._minute = -1

    def wait(self, weight: int, wall: float) -> float:
        """Seconds until a request of some weight may go out; it counts as sent then.

        Args:
            weight: of the request.
            wall: seconds since the epoch; the exchange's minutes begin with those of the clock.
        """
        minute = int(wall // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0.0
        if self._used + weight <= self._limit or self._used == 0:
            self._used += weight
            return 0.0
        return (minute + 1) * 60 - wall

    def told(self, used: int, wall: float) -> None:
        """The exchange says how much of the present minute is used, by everybody behind this address."""
        self._minute, self._used = int(wall // 60), float(used)


class Penalty:
    """Until when a host asked to be left alone."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def add(self, seconds: float, now: float) -> None:
        """Stay away for some seconds from now."""
        self._until = max(self._until, now + seconds)

    def wait(self, now: float) -> float:
        """Seconds to stay away yet."""
        return max(0.0, self._until - now)
