"""How much may be sent to a host, and when: windows, penalties and request weight, with time passed in."""

from __future__ import annotations

import heapq
from collections import deque
from math import inf

_LOOK_SECONDS = 1.0
_FLIGHT_SECONDS = 1.0


class Window:
    """At most ``limit`` events in any ``period`` seconds, granted in the order in which they are asked for.

    Args:
        limit: events.
        period: seconds.
    """

    def __init__(self, limit: int, period: float) -> None:
        self._period = period
        self._granted: deque[float] = deque(maxlen=limit)
        self._spare: list[float] = []

    def reserve(self, now: float) -> float:
        """Reserve the next event; the moment at which it may happen."""
        moment = self.next(now)
        if self._spare:
            heapq.heappop(self._spare)
        else:
            self._granted.append(moment)
        return moment

    def next(self, now: float) -> float:
        """The moment at which an event that is reserved now may happen."""
        while self._spare and self._spare[0] < now:
            heapq.heappop(self._spare)
        if self._spare:
            return self._spare[0]
        granted = self._granted
        return max(now, granted[0] + self._period) if len(granted) == granted.maxlen else now

    def give_back(self, moment: float) -> None:
        """What was reserved for that moment will not happen: another one may."""
        heapq.heappush(self._spare, moment)

    def left(self, now: float) -> int:
        """How many events may happen at once."""
        most: int = self._granted.maxlen or 0
        return most - sum(when + self._period > now for when in self._granted)


class Weight:
    """The request weight of a host's present minute, as its answers tell.

    A clock that is a little ahead of the host's begins the minute too early: then the host tells of a minute that
    is used up, though we have asked for next to nothing in ours. So a request goes out each second, to see whether
    the host's minute has begun, as long as three quarters of the reserve allow it.

    Args:
        limit: weight a minute; requests stop short of it.
        reserve: the share of it that is left to others behind the same address.
    """

    def __init__(self, limit: int, reserve: float = 0.1) -> None:
        self.limit = limit * (1 - reserve)
        self._brink = limit * (1 - reserve / 4)
        self._used = self._own = 0.0
        self._look_again = inf
        self._late: list[tuple[float, float]] = []
        self._minute = -1

    def wait(self, weight: int, wall: float) -> float:
        """Seconds until a request of some weight may go out; it counts as sent then.

        Args:
            weight: of the request.
            wall: seconds since the epoch; the exchange's minutes begin with those of the clock.
        """
        self._turn_to(wall)
        after = self._used + weight
        again = self._look_again if after <= self._brink else inf
        if after <= self.limit or self._used == 0 or wall >= again:
            self._used, self._look_again = after, inf
            self._own += weight
            self._late = [*self._in_flight(wall), (wall, weight)]
            return 0.0
        return min((self._minute + 1) * 60, again) - wall

    def _turn_to(self, wall: float) -> None:
        minute = int(wall // 60)
        if minute != self._minute:
            # What was sent a moment ago may be counted in the minute that begins.
            carried = sum(weight for _, weight in self._in_flight(wall))
            self._minute, self._used, self._own, self._look_again = minute, carried, carried, inf

    def _in_flight(self, wall: float) -> list[tuple[float, float]]:
        return [(sent, weight) for sent, weight in self._late if 0 <= wall - sent < _FLIGHT_SECONDS]

    def used(self, wall: float) -> float | None:
        """How much of the present minute is used, as far as is known; ``None`` where nothing ever was."""
        if self._minute < 0:
            return None
        return self._used if int(wall // 60) == self._minute else 0.0

    def told(self, used: int, wall: float) -> None:
        """The exchange says how much of the present minute is used, by everybody behind this address."""
        self._turn_to(wall)
        self._used = max(float(used), self._own)  # an answer does not know of what was sent after its request
        if used - self._own > self.limit / 2:
            self._look_again = min(self._look_again, wall + _LOOK_SECONDS)


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
