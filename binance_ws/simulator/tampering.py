"""Faults in the messages of one stream: left out, sent twice, in another order, for everybody who listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..enums import Market
from ..errors import ArgumentError
from .channel import Channel
from .fault import Fault

if TYPE_CHECKING:
    from .server import Server

Change = Callable[[bytes], "list[bytes]"]


class MessageFaults:
    """The faults of streams."""

    _server: Server

    def gap(
        self, stream: str, count: int = 1, *, after: int = 0, market: Market | str = Market.SPOT
    ) -> Fault:
        """Leave out messages of a stream.

        Args:
            stream: its name.
            count: how many.
            after: how many are sent before that.
            market: whose stream.
        """
        return self._tampered(self._channel(stream, market), count, after, lambda payload: [])

    def repeat(
        self, stream: str, count: int = 1, *, after: int = 0, market: Market | str = Market.SPOT
    ) -> Fault:
        """Send messages of a stream twice.

        Args:
            stream: its name.
            count: how many.
            after: how many are sent before that.
            market: whose stream.
        """
        return self._tampered(self._channel(stream, market), count, after, lambda payload: [payload, payload])

    def reorder(
        self, stream: str, count: int = 2, *, after: int = 0, market: Market | str = Market.SPOT
    ) -> Fault:
        """Hold messages of a stream back until the last one of them is there, and send that one first.

        Args:
            stream: its name.
            count: how many, 2 or more; when the fault ends before they are there, those that are held are sent.
            after: how many are sent before that.
            market: whose stream.
        """
        if count < 2:
            raise ArgumentError(f"two messages or more can be put into another order, not {count!r}")
        channel = self._channel(stream, market)
        held: list[bytes] = []

        def change(payload: bytes) -> list[bytes]:
            held.insert(0, payload)
            if len(held) < count:
                return []
            turned = held[:]
            held.clear()
            return turned

        def end() -> None:
            for payload in reversed(held):
                channel.publish(payload)

        return self._tampered(channel, count, after, change, end)

    def _channel(self, stream: str, market: Market | str) -> Channel:
        product = Market(market)
        channel = self._server.loop.ask(lambda: self._server.world.of(product).channel(stream))
        if channel is None:
            raise ArgumentError(f"the exchange does not serve {stream!r}")
        return channel

    def _tampered(
        self, channel: Channel, count: int, after: int, change: Change, end: Callable[[], None] | None = None
    ) -> Fault:
        passed = 0

        def tamper(payload: bytes) -> list[bytes]:
            nonlocal passed
            passed += 1
            if not after < passed <= after + count:
                return [payload]
            fault.hits += 1
            return change(payload)

        def over() -> None:
            channel.tampers.remove(tamper)
            if end:
                end()

        fault = Fault(self._server, over)
        self._server.loop.ask(lambda: channel.tampers.append(tamper))
        return fault
