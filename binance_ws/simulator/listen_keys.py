"""Listen keys: made, renewed, closed, expired; each brings the events of an account to sockets."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .accounts import OPTIONS, PORTFOLIO, Account, Accounts, canonical
from .answers import Bad
from .channel import Channel
from .doors import EVENTS, Product
from .loop import Loop, Timer
from .recording import encode


@dataclass(frozen=True)
class ListenKeyInfo:
    """A listen key that is alive.

    Args:
        account: ``"usdm"``, ``"isolated_margin:BNBUSDT"`` and so on.
        user: whose account.
        expires: the exchange's clock, in ms, when it ends unless it is renewed.
        listeners: connections that have it open.
        key: itself.
    """

    account: str
    user: str
    expires: int
    listeners: int
    key: str = field(repr=False)


class Tap:
    """The events of one account, as one listen key brings them."""

    def __init__(self, account: Account, key: str) -> None:
        self.account, self._key = account, key
        self.channels: dict[str, Channel] = {}

    def channel(self, events: str) -> Channel:
        """The channel that brings some events (``"A/B"``), or all."""
        if events not in self.channels:
            self.channels[events] = Channel(self._key, _unwatched)
        return self.channels[events]

    def deliver(self, event: dict[str, Any]) -> bool:
        """Send an event to the connections that allow it."""
        payload, wanted = encode(event), False
        for events, channel in self.channels.items():
            if channel.wanted and (not events or event["e"] in events.split("/")):
                channel.publish(payload)
                wanted = True
        return wanted


def _unwatched(channel: Channel, on: bool) -> None:
    """Nobody needs to know whether somebody listens."""


class ListenKey:
    """A listen key, dead or alive.

    Args:
        product: of what kind.
        name: the account's name.
        user: whose account.
        taps: what it brings at which door.
    """

    def __init__(self, product: Product, name: str, user: str, key: str, taps: dict[str, Tap]) -> None:
        self.product, self.name, self.user, self.key, self.taps = product, name, user, key, taps
        self.timer: Timer | None = None
        self.expires = 0

    def farewell(self, now: int) -> dict[str, Any]:
        """``listenKeyExpired`` in the shape of its product."""
        moment = str(now) if self.name == OPTIONS else now
        event = {"e": "listenKeyExpired", "E": moment}
        return event if self.name == PORTFOLIO else {**event, "listenKey": self.key}

    def told(self) -> ListenKeyInfo:
        """What is known of it."""
        channels = (channel for tap in self.taps.values() for channel in tap.channels.values())
        listeners = sum(channel.listeners for channel in channels)
        return ListenKeyInfo(self.name, self.user, self.expires, listeners, self.key)


class ListenKeys:
    """The listen keys of an exchange.

    Args:
        accounts: whose events they bring.
        loop: the exchange's thread.
        life: seconds that one lives.
        now: the exchange's clock in ms.
    """

    def __init__(self, accounts: Accounts, loop: Loop, life: float, now: Callable[[], int]) -> None:
        self._accounts, self._loop, self._life, self._now = accounts, loop, life, now
        self._all: dict[str, ListenKey] = {}
        self._alive: dict[tuple[str, str], ListenKey] = {}

    def create(self, product: Product, user: str, symbol: str = "") -> ListenKey:
        """A new key, or the one that is alive; it has its whole life before it."""
        name = canonical(f"{product.account}:{symbol}") if product.symbol else product.account
        key = self._alive.get((user, name)) or self._made(product, name, user)
        self._extend(key)
        return key

    def find(self, product: Product, user: str, symbol: str = "", key: str | None = None) -> ListenKey:
        """The key that a PUT or DELETE means.

        Raises:
            Bad: -1125, there is none, or not that one.
        """
        name = canonical(f"{product.account}:{symbol}") if product.symbol else product.account
        found = self._alive.get((user, name))
        if found is None or (product.named and found.key != key):
            words = f" Please use POST {product.path} to recreate listenKey"
            raise Bad(-1125, "This listenKey does not exist." + ("" if product.retired else words))
        return found

    def renew(self, key: ListenKey) -> None:
        """Begin its life anew."""
        self._extend(key)

    def close(self, key: ListenKey) -> None:
        """End it without a word."""
        if key.timer:
            key.timer.cancel()
        self._alive.pop((key.user, key.name), None)
        for tap in key.taps.values():
            tap.account.sinks.pop(tap, None)

    def expire(self, key: ListenKey) -> None:
        """End it with ``listenKeyExpired``."""
        self.close(key)
        event = key.farewell(self._now())
        for tap in key.taps.values():
            tap.deliver(event)

    def alive(self) -> list[ListenKey]:
        """Those that are alive, oldest first."""
        return list(self._alive.values())

    def channel(self, name: str, door: str) -> Channel | None:
        """What brings the events of a listen key, dead or alive, at a door; ``None`` for other names."""
        text, _, events = name.partition(EVENTS)
        key = self._all.get(text)
        tap = key.taps.get(door) if key else None
        return tap.channel(events) if tap else None

    def label(self, text: str) -> str | None:
        """What inspection calls a listen key: its account; ``None`` for what is none."""
        key = self._all.get(text.partition(EVENTS)[0])
        return key.name if key else None

    def _made(self, product: Product, name: str, user: str) -> ListenKey:
        text = secrets.token_hex(32)
        taps = {
            door: Tap(self._accounts.of(name if account == product.account else account, user), text)
            for door, account in product.doors.items()
        }
        for tap in taps.values():
            tap.account.sinks[tap] = None
        made = ListenKey(product, name, user, text, taps)
        self._all[text] = self._alive[user, name] = made
        return made

    def _extend(self, key: ListenKey) -> None:
        if key.timer:
            key.timer.cancel()
        key.expires = self._now() + int(self._life * 1000)
        key.timer = self._loop.later(self._life, lambda: self.expire(key))
