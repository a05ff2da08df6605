"""What a decoded message is: market data, the answer to a request of ours, or word of a shutdown.

Answers come in several shapes, with and without an id; data never has their keys.
Source: the exchange's pages, "Live Subscribing/Unsubscribing to streams".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHUTDOWN = "serverShutdown"
SHUTDOWN_STREAM = "!serverShutdown"


@dataclass(frozen=True)
class Reply:
    """The answer to a request.

    Args:
        id: the request's id, or ``None`` where the exchange left it out.
        code: the exchange's error code; ``None`` where it succeeded.
        text: the exchange's words; empty where it succeeded.
    """

    id: int | str | None
    code: int | None = None
    text: str = ""

    @property
    def failed(self) -> bool:
        """Whether the request was refused."""
        return self.code is not None or bool(self.text)


def reply(message: dict[str, Any]) -> Reply | None:
    """The answer that a message is, or ``None`` where it is something else."""
    if "stream" in message or "e" in message:
        return None
    error = message.get("error", message)
    if isinstance(error, dict) and ("code" in error or "msg" in error):
        return Reply(message.get("id"), code=error.get("code"), text=str(error.get("msg", "no reason given")))
    if "result" in message and "id" in message:
        return Reply(message["id"])
    return None


def is_shutdown(message: dict[str, Any]) -> bool:
    """Whether a message, in any of its three envelopes, says that the server is about to go down."""
    inner = message.get("data", message.get("event", message))
    return isinstance(inner, dict) and inner.get("e") == SHUTDOWN
