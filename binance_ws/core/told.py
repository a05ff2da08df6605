"""Errors as callbacks are told of them: messages like any other, which have kept the error they are about."""

from __future__ import annotations

from typing import Any

from ..errors import BinanceWsError, GaveUp, StreamRefused

GAVE_UP = "Max reconnect retries reached"


class Told(dict[str, Any]):
    """A message about an error, in the exchange's manner; copied or pickled it is a plain dictionary.

    Args:
        error: what it is about.
        words: of the message.
    """

    def __init__(self, error: BinanceWsError, **words: Any) -> None:
        super().__init__(e="error", **words)
        self.error = error

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)


def last_word(key: str, cause: BinanceWsError) -> Told:
    """That the socket of a key is given up, and why."""
    made = GaveUp(cause)
    text = GAVE_UP if getattr(made.__cause__, "retryable", True) else str(cause)
    return Told(made, m=text, key=key, cause=str(cause))


def refused(key: str, refusal: StreamRefused) -> Told:
    """That the exchange refused streams of the socket of a key."""
    return Told(refusal, m=str(refusal), key=key, streams=list(refusal.streams))
