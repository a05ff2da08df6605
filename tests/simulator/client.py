"""A WebSocket client for the simulator's tests: it answers nothing by itself, and shows each frame."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import deque
from collections.abc import Iterator
from typing import Any

import wsproto
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Event,
    Message,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

from tests.peer import SECONDS


class Ended(Exception):
    """The connection ended; ``reset`` where it did with RST."""

    def __init__(self, reset: bool) -> None:
        super().__init__("reset" if reset else "FIN")
        self.reset = reset


class Refused(Exception):
    """The upgrade was answered with another status."""

    def __init__(self, answer: RejectConnection) -> None:
        super().__init__(str(answer.status_code))
        self.status = answer.status_code
        self.headers = {name.decode().lower(): value.decode() for name, value in answer.headers}


class Client:
    """A connected WebSocket client."""

    def __init__(self, host: str, target: str) -> None:
        address, _, port = host.rpartition(":")
        self.socket = socket.create_connection((address, int(port)), timeout=SECONDS)
        self._protocol = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        self._events: deque[Event] = deque()
        self._text = ""
        self.send(Request(host=host, target=target))

    def upgraded(self) -> Client:
        """Itself, once the exchange has accepted."""
        event = self.event()
        if isinstance(event, RejectConnection):
            while not isinstance(self.event(), RejectData):
                pass
            raise Refused(event)
        assert isinstance(event, AcceptConnection)
        return self

    def send(self, event: Event) -> None:
        """Send an event of wsproto."""
        self.socket.sendall(self._protocol.send(event))

    def say(self, value: Any) -> None:
        """Send text, or a value as JSON."""
        self.send(TextMessage(value if isinstance(value, str) else json.dumps(value)))

    def event(self) -> Event:
        """The next event of wsproto."""
        while not self._events:
            try:
                data = self.socket.recv(1 << 16)
            except ConnectionResetError:
                raise Ended(True) from None
            if not data:
                raise Ended(False)
            self._protocol.receive_data(data)
            self._events.extend(self._protocol.events())
        return self._events.popleft()

    def text(self) -> str:
        """The next text message, pings unanswered."""
        while True:
            event = self.event()
            if isinstance(event, Message):
                self._text += str(event.data)
                if event.message_finished:
                    text, self._text = self._text, ""
                    return text
            elif not isinstance(event, Ping):
                raise AssertionError(f"{event} came instead of a message")

    def json(self) -> Any:
        """The next text message, decoded."""
        return json.loads(self.text())

    def several(self, count: int) -> list[Any]:
        """The next messages."""
        return [self.json() for _ in range(count)]

    def ask(self, value: Any) -> Any:
        """The answer to a request, stream messages before it thrown away."""
        self.say(value)
        while True:
            answer = self.json()
            if isinstance(answer, dict) and ("result" in answer or "code" in answer):
                return answer

    def closed(self) -> CloseConnection:
        """The close frame, whatever comes before it."""
        while True:
            event = self.event()
            if isinstance(event, CloseConnection):
                return event

    def ended(self) -> bool:
        """Whether the connection ended with RST, once it did; whatever comes before it."""
        with contextlib.suppress(wsproto.utilities.LocalProtocolError):
            while True:
                try:
                    self.event()
                except Ended as ended:
                    return ended.reset
        return False

    def close(self) -> None:
        """Close the TCP connection."""
        self.socket.close()


@contextlib.contextmanager
def connected(host: str, target: str) -> Iterator[Client]:
    """An upgraded client for the length of a block."""
    client = Client(host, target)
    try:
        yield client.upgraded()
    finally:
        client.close()
