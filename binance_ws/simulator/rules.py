"""What the exchange allows: the limits as data, and the guard that counts what an address does."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from ..config import LIMITS
from ..core.pools import BY_ACCOUNT, FUTURES, OPTIONS, PORTFOLIO, SPOT, pool_of
from ..enums import Market
from ..errors import ArgumentError

OFF = math.inf
"""The value of a rule that is not enforced."""

_PING = {
    Market.SPOT: (20.0, 60.0),
    Market.USDM: (180.0, 600.0),
    Market.COINM: (180.0, 600.0),
    Market.OPTIONS: (300.0, 900.0),
}

_OF_ACCOUNT = 15
"""So many times as much as an address an account may use of a call of margin."""


@dataclass(frozen=True)
class SocketRules:
    """The rules of one connection, times in real seconds."""

    ping_interval: float
    pong_deadline: float
    life: float
    streams: float
    messages: float
    second: float


@dataclass(frozen=True)
class Rules:
    """The exchange's rules. ``None`` is the exchange's own figure for each market, ``OFF`` turns a rule off.

    Args:
        scale: all times are multiplied by it; 0.01 makes the exchange's day last 14 minutes.
        ping_interval: seconds between pings (spot 20, futures 180, options 300).
        pong_deadline: seconds for the pong that echoes a ping (spot 60, futures 600, options 900).
        life: seconds after which a connection is ended (24 hours).
        streams: streams a connection (1024, options 200).
        messages: messages a second that a client may send, pings and pongs among them (spot 5, others 10).
        connects: connection attempts of an address in ``connects_window`` seconds.
        weight: request weight of an address a minute; as much again on the host of portfolio margin.
        futures_weight: the same of the futures hosts, USD-M and COIN-M together, and of the host of options.
        sapi_weight: the same of each call of margin; 15 times as much of those that are an account's.
        strikes: refusals with 429, or connections ended for too many messages, before the address is banned.
        ban: seconds that the first ban lasts; each further one lasts twice as long.
        listen_key_life: seconds that a listen key lives without being renewed.
        listen_token_life: seconds that a listen token lives at most.
        unknown_streams: ``"ignore"`` (acknowledged, nothing is sent) or ``"refuse"`` (an error reply).
        backlog: bytes that wait for a client before it is cut off.
        patience: real seconds that a client may take for none of its backlog where it sets the pace.
    """

    scale: float = 1.0
    ping_interval: float | None = None
    pong_deadline: float | None = None
    life: float | None = 86_400
    streams: float | None = None
    messages: float | None = None
    connects: float = 300
    connects_window: float = 300
    weight: float = 6_000
    futures_weight: float = 2_400
    sapi_weight: float = 12_000
    strikes: float = 10
    ban: float = 120
    listen_key_life: float = 3_600
    listen_token_life: float = 86_400
    unknown_streams: str = "ignore"
    backlog: int = 32 << 20
    patience: float = 30

    def __post_init__(self) -> None:
        if self.unknown_streams not in ("ignore", "refuse"):
            raise ArgumentError(f"unknown_streams is 'ignore' or 'refuse', not {self.unknown_streams!r}")
        if not self.scale > 0:
            raise ArgumentError(f"scale is a number over 0, not {self.scale!r}")

    @classmethod
    def off(cls, **changes: Any) -> Rules:
        """No rule but those named; listen keys and tokens live as long as ever."""
        names = (
            "ping_interval",
            "pong_deadline",
            "life",
            "streams",
            "messages",
            "connects",
            "weight",
            "futures_weight",
            "sapi_weight",
            "strikes",
        )
        rules: dict[str, Any] = {**dict.fromkeys(names, OFF), **changes}
        return cls(**rules)

    def socket(self, market: Market) -> SocketRules:
        """The rules of a connection of a market."""
        ping, pong = _PING[market]
        limits = LIMITS[market]
        return SocketRules(
            ping_interval=self.scale * _or(self.ping_interval, ping),
            pong_deadline=self.scale * _or(self.pong_deadline, pong),
            life=self.scale * _or(self.life, 86_400),
            streams=_or(self.streams, limits.streams),
            messages=_or(self.messages, limits.messages),
            second=self.scale,
        )

    def pool(self, path: str = "") -> tuple[str, float]:
        """Which pool of weight a path of REST draws from, and what it holds a minute; spot's for none."""
        name = pool_of(path)
        shared = {
            SPOT: self.weight,
            PORTFOLIO: self.weight,
            FUTURES: self.futures_weight,
            OPTIONS: self.futures_weight,
        }
        return name, shared.get(name, self.sapi_weight * (_OF_ACCOUNT if name in BY_ACCOUNT else 1))


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


@dataclass(frozen=True)
class Refusal:
    """Why an address is turned away: 429 or 418, and how many seconds it has to wait."""

    status: int
    wait: float


@dataclass
class _Address:
    connects: deque[float] = field(default_factory=deque)
    minute: int = 0
    used: Counter[str] = field(default_factory=Counter)
    strikes: int = 0
    bans: int = 0
    banned_until: float = 0.0


class Guard:
    """Counts what each address does. Moments are seconds since the epoch.

    Args:
        rules: what is allowed.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._addresses: dict[str, _Address] = {}

    def banned(self, address: str, now: float) -> Refusal | None:
        """The ban of an address, if there is one."""
        wait = self._of(address).banned_until - now
        return Refusal(418, wait) if wait > 0 else None

    def connect(self, address: str, now: float) -> Refusal | None:
        """Count an attempt to connect."""
        known = self._of(address)
        window = self._rules.connects_window * self._rules.scale
        while known.connects and known.connects[0] <= now - window:
            known.connects.popleft()
        if refusal := self.banned(address, now):
            return refusal
        if len(known.connects) >= self._rules.connects:
            return self.strike(address, now) or Refusal(429, known.connects[0] + window - now)
        known.connects.append(now)
        return None

    def weigh(self, address: str, weight: int, now: float, path: str = "") -> Refusal | None:
        """Count a request's weight in the pool of its path."""
        pool, limit = self._rules.pool(path)
        known = self._of(address)
        length = 60 * self._rules.scale
        minute = int(now / length)
        if minute != known.minute:
            known.minute, known.used = minute, Counter()
        if refusal := self.banned(address, now):
            return refusal
        known.used[pool] += weight
        if known.used[pool] > limit:
            return self.strike(address, now) or Refusal(429, (minute + 1) * length - now)
        return None

    def used(self, address: str, path: str = "") -> int:
        """The weight of a path's pool that an address has used in its present minute."""
        return self._of(address).used[self._rules.pool(path)[0]]

    def strike(self, address: str, now: float) -> Refusal | None:
        """Count a broken rule; the ban, where it was one too many."""
        known = self._of(address)
        known.strikes += 1
        if known.strikes <= self._rules.strikes:
            return None
        known.banned_until = now + self._rules.ban * self._rules.scale * 2**known.bans
        known.strikes, known.bans = 0, known.bans + 1
        return self.banned(address, now)

    def pardon(self) -> None:
        """Forget everything."""
        self._addresses.clear()

    def _of(self, address: str) -> _Address:
        return self._addresses.setdefault(address, _Address())
