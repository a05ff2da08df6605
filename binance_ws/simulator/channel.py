"""One stream and who listens to it: a message is framed once for each form and its bytes are shared by all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from . import wire

Tamper = Callable[[bytes], "list[bytes]"]
"""What a fault makes of a payload: nothing, one, several."""

KEPT, KEPT_BYTES = 20_000, 4 * 1024 * 1024
"""How much of what was sent is remembered: so many messages, and so many bytes unless one alone has more."""


class Listener(Protocol):
    """Whoever takes the messages of channels."""

    @property
    def form(self) -> int:
        """1 for the combined envelope, plus 2 for microseconds."""

    def push(self, frame: bytes) -> None:
        """Take a frame."""


COMBINED, MICROSECONDS = 1, 2


class Channel:
    """A stream that the market serves.

    Args:
        name: the stream's name.
        turned: called with ``True`` when the first listener comes, with ``False`` when the last one goes.

    Attributes:
        sent: how many messages were sent, each as often as there were listeners.
    """

    __slots__ = ("_forms", "_record", "_size", "_turned", "name", "sent", "tampers", "wanted")

    def __init__(self, name: str, turned: Callable[[Channel, bool], None]) -> None:
        self.name = name
        self.wanted = False
        self.sent = 0
        self.tampers: list[Tamper] = []
        self._forms: dict[int, dict[Listener, None]] = {}
        self._record: deque[bytes] | None = None
        self._size = 0
        self._turned = turned

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(map(len, self._forms.values()))

    def join(self, listener: Listener) -> None:
        """Send to a listener from now on, in its present form; again after its form has changed."""
        first = not self.wanted
        self._remove(listener)
        self._forms.setdefault(listener.form, {})[listener] = None
        self.wanted = True
        if first:
            self._turned(self, True)

    def has(self, listener: Listener, form: int) -> bool:
        """Whether a listener gets this channel in a form."""
        return listener in self._forms.get(form, ())

    def leave(self, listener: Listener) -> None:
        """Send to a listener no longer."""
        self._remove(listener)
        if self.wanted and not self._forms:
            self.wanted = False
            self._turned(self, False)

    def _remove(self, listener: Listener) -> None:
        for form, members in list(self._forms.items()):
            members.pop(listener, None)
            if not members:
                del self._forms[form]

    def publish(self, payload: bytes) -> None:
        """Send a message to all listeners."""
        if self.tampers:
            for each in self._tampered(payload):
                self._send(each)
        else:
            self._send(payload)

    def _tampered(self, payload: bytes) -> list[bytes]:
        payloads = [payload]
        for tamper in list(self.tampers):
            payloads = [made for each in payloads for made in tamper(each)]
        return payloads

    def _send(self, payload: bytes) -> None:
        self._remember(payload)
        for form, members in self._forms.items():
            frame = wire.text_frame(self._shape(payload, form))
            self.sent += len(members)
            for member in members:
                member.push(frame)

    def _remember(self, payload: bytes) -> None:
        record = self._record = self._record or deque()
        record.append(payload)
        self._size += len(payload)
        while len(record) > KEPT or (self._size > KEPT_BYTES and len(record) > 1):
            self._size -= len(record.popleft())

    def _shape(self, payload: bytes, form: int) -> bytes:
        if form & MICROSECONDS:
            payload = wire.microseconds(payload)
        return wire.combined(self.name, payload) if form & COMBINED else payload

    @property
    def record(self) -> list[bytes]:
        """The last payloads that were sent, oldest first."""
        return list(self._record or ())


SILENT = Channel("", lambda channel, on: None)
"""Where messages go that no stream carries."""
