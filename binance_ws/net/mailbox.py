"""A bounded place between a socket's thread and whoever takes its messages at a pace of his own."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal, get_args

from ..core.throttle import Throttle
from ..errors import ArgumentError, Closed, Overflow

log = logging.getLogger(__name__)

Policy = Literal["block", "drop_oldest", "drop_newest", "latest", "error"]
POLICIES: tuple[str, ...] = get_args(Policy)


class Mailbox:
    """Messages in order, no more than ``maxsize`` of them.

    Args:
        name: for logs.
        maxsize: messages that it holds at most.
        overflow: what happens to one message too many: ``"block"`` (whoever brings it waits),
            ``"drop_oldest"``, ``"drop_newest"``, ``"latest"`` (a newer message takes the place of the older one
            of the same ``subject``; then as ``"drop_oldest"``), ``"error"`` (it takes no more, and whoever takes
            what is in it gets :class:`Overflow` at the end).
        subject: what a message is about, for ``"latest"``.

    Raises:
        ArgumentError: the size or the policy cannot be used.
    """

    def __init__(
        self,
        name: str,
        maxsize: int = 10_000,
        overflow: str = "block",
        subject: Callable[[Any], object] = id,
    ) -> None:
        if not isinstance(maxsize, int) or maxsize < 1:
            raise ArgumentError(f"maxsize is a number of messages above 0, not {maxsize!r}")
        if overflow not in POLICIES:
            raise ArgumentError(f"overflow is one of {', '.join(POLICIES)}, not {overflow!r}")
        self.dropped = 0
        self._name = name
        self._maxsize = maxsize
        self._policy = overflow
        self._subject = subject
        self._numbers = 0
        self._held: OrderedDict[object, Any] = OrderedDict()
        self._end: Exception | None = None
        self._quiet = Throttle(60.0)
        # Guards what is held and the end; wakes takers and, where they wait for room, bringers.
        self._changed = threading.Condition(threading.Lock())

    def __len__(self) -> int:
        return len(self._held)

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._end is not None

    def put(self, message: Any) -> None:
        """Bring a message; after the end it is dropped."""
        with self._changed:
            before = self.dropped
            if self._end is None:
                self._admit(message)
                self._changed.notify_all()
        if self.dropped != before and self._quiet.take(time.monotonic()) is not None:
            log.warning(
                "%.80s: messages come faster than they are taken; %d dropped", self._name, self.dropped
            )

    def _admit(self, message: Any) -> None:
        """Requires the condition's lock."""
        subject: object = self._numbers
        if self._policy == "latest":
            subject = self._subject(message)
            if self._held.pop(subject, None) is not None:
                self.dropped += 1
        elif self._policy == "block":
            self._changed.wait_for(lambda: len(self._held) < self._maxsize or self._end is not None)
            if self._end is not None:
                return
        if len(self._held) >= self._maxsize:
            self.dropped += 1
            if self._policy == "drop_newest":
                return
            if self._policy == "error":
                self._end = Overflow(f"{self._name} holds {self._maxsize} messages that nobody took")
                return
            self._held.popitem(last=False)
        self._numbers += 1
        self._held[subject] = message

    def get(self, timeout: float | None = None) -> Any:
        """Take the oldest message.

        Args:
            timeout: seconds to wait for one; ``None`` for as long as it takes.

        Raises:
            TimeoutError: none came in time.
            Closed: it was closed and is empty.
            Overflow: it overflowed and is empty.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._held or self._end is not None, timeout):
                raise TimeoutError(f"no message came within {timeout:g} s")
            if not self._held:
                assert self._end is not None
                raise self._end
            _, message = self._held.popitem(last=False)
            self._changed.notify_all()
            return message

    def close(self, discard: bool = False) -> None:
        """Take no more; what is held can still be taken, unless it is discarded."""
        with self._changed:
            self._end = self._end or Closed(f"{self._name} is closed")
            if discard:
                self._held.clear()
            self._changed.notify_all()


class Courier:
    """Takes messages out of a mailbox and calls a function with each, on a daemon thread of its own.

    Args:
        name: of the thread.
        mailbox: whence.
        call: whereto; must not raise.
    """

    def __init__(self, name: str, mailbox: Mailbox, call: Callable[[Any], None]) -> None:
        self.mailbox = mailbox
        self._call = call
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, once."""
        self.thread.start()

    def stop(self) -> None:
        """Call no more; returns at once."""
        self.mailbox.close(discard=True)

    def _run(self) -> None:
        while True:
            try:
                message = self.mailbox.get()
            except (Closed, Overflow) as end:
                if isinstance(end, Overflow):
                    self._call({"e": "error", "m": str(end)})
                return
            self._call(message)
