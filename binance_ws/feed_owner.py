"""What a feed asks and tells the socket that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .errors import BinanceWsError, StreamRefused

if TYPE_CHECKING:
    from .feed import Feed


class Owner(Protocol):
    """The socket that a feed belongs to; called on the thread of one of the feed's lines."""

    def url_of(self, feed: Feed) -> str:
        """The URL of a feed's next attempt."""

    def feed_opened(self, feed: Feed) -> None:
        """A feed's connection is open."""

    def feed_lost(self, feed: Feed, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """A feed's connection ended and will open again."""

    def feed_refused(self, refusal: StreamRefused) -> None:
        """The exchange refused streams of a feed."""

    def feed_rotated(self, reason: str) -> None:
        """A new connection took over from an old one."""

    def feed_ended(self, feed: Feed, cause: BinanceWsError | None) -> None:
        """A feed's connection ended for good."""
