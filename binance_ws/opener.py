"""What the parts of the manager that open sockets may ask of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from . import events
from .client import Client
from .net.mailbox import Mailbox
from .plans import Plan
from .start_methods import Callback, Key


class Opener(ABC):
    """Opens what a plan says, and lets others hear what happens to it."""

    _client: Client
    _listeners: list[Callable[[events.Event], object]]

    @abstractmethod
    def _claim(
        self,
        callback: Callback,
        plan: Plan,
        box: Mailbox | None = None,
        ending: Callable[[], None] | None = None,
    ) -> Key:
        """Start a socket, at once where the manager is started.

        Args:
            callback: gets the messages.
            plan: what it carries, under which key.
            box: where messages wait for who takes them: a thread that calls back, unless there is an ``ending``.
            ending: is called when the socket is stopped.

        Returns:
            its key, or ``False`` where that is taken.
        """

    @abstractmethod
    def stop_socket(self, conn_key: Any) -> None:
        """Close one socket."""
