"""One open WebSocket connection: subscriptions, pings, limits. The frames of streams pass it by."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import wsproto
from wsproto import events
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from ..enums import Market
from .brake import Brake
from .channel import COMBINED, MICROSECONDS, Channel
from .control import Refused, Subscriptions
from .inspection import Connection
from .link import Link
from .loop import Timer
from .recording import encode
from .routes import Endpoint
from .wire import combined, text_frame

if TYPE_CHECKING:
    from .server import Server

POLICY = 1008


class Session:
    """An open connection.

    Args:
        server: the exchange.
        link: the connection's bytes; ``push`` takes whole frames for it.
        socket: its protocol, just upgraded.
        endpoint: what it was opened for.
        target: path and query that it was opened with.
        id: its number.
    """

    def __init__(
        self,
        server: Server,
        link: Link,
        socket: wsproto.WSConnection,
        endpoint: Endpoint,
        target: str,
        id: int,
    ) -> None:
        self.id, self.target, self.endpoint, self.link = id, target, endpoint, link
        self.push = link.write
        self.deaf = self.vanished = False
        self._brake: Brake | None = None
        self.received = 0
        self._server, self._socket = server, socket
        self._rules = server.rules.socket(server.world.product(endpoint, endpoint.streams))
        self.subscriptions = Subscriptions(
            lambda names: server.most(endpoint, names),
            endpoint.combined,
            lambda name: server.refuses(name, endpoint),
            any_id=endpoint.market is Market.SPOT,
        )
        self._channels: dict[str, Channel | None] = {}
        self._recent: deque[float] = deque()
        self._pings: dict[bytes, Timer] = {}
        self._timers: dict[str, Timer] = {}
        self._text: list[str] = []
        self._closing = False

    @property
    def form(self) -> int:
        """The form of messages that it takes, as :mod:`channel` counts forms."""
        return COMBINED * self.subscriptions.combined + MICROSECONDS * self.endpoint.microseconds

    def open(self) -> None:
        """Subscribe what the URL names and start the clocks."""
        self._later("ping", self._rules.ping_interval, self._ping)
        self._later("life", self._rules.life, self.link.finish)
        if self.endpoint.streams:
            self._carry_out(lambda: self.subscriptions.subscribe(self.endpoint.streams), acknowledge=False)

    def _later(self, name: str, delay: float, call: Any) -> None:
        if math.isfinite(delay):
            self._timers[name] = self._server.loop.later(delay, call)

    # In.

    def take(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._closing and self.link.closed:
            return
        try:
            self._socket.receive_data(data)
            for event in self._socket.events():
                if not self.deaf:
                    self._handle(event)
        except RemoteProtocolError as error:
            self.close(1002, str(error)[:100])
        except LocalProtocolError:
            pass  # what comes behind a close frame

    def _handle(self, event: events.Event) -> None:
        if isinstance(event, events.CloseConnection):
            self._goodbye(event)
        elif not self._closing and self._allowed(event):
            if isinstance(event, events.Ping):
                self.push(self._socket.send(event.response()))
            elif isinstance(event, events.Pong):
                self._pong(bytes(event.payload))
            elif isinstance(event, events.TextMessage):
                self._words(event)
            else:
                self.close(1003, "text is expected")

    def _allowed(self, event: events.Event) -> bool:
        if isinstance(event, events.Message) and not event.message_finished:
            return True
        self.received += 1
        now = time.monotonic()
        self._recent.append(now)
        while self._recent[0] <= now - self._rules.second:
            self._recent.popleft()
        if len(self._recent) <= self._rules.messages:
            return True
        self._server.guard.strike(self.link.address, time.time())
        self.close(POLICY, "Too many messages")
        return False

    def _words(self, event: events.TextMessage) -> None:
        self._text.append(event.data)
        if event.message_finished:
            text = "".join(self._text)
            self._text.clear()
            self._request(text)

    def _request(self, text: str) -> None:
        self._carry_out(lambda: self.subscriptions.handle(text), acknowledge=True)

    def _carry_out(self, request: Callable[[], Any], acknowledge: bool) -> None:
        try:
            answer = request()
        except Refused as refused:
            self.send(refused.answer)
            if refused.fatal:
                self.close(POLICY, "Too many streams")
            return
        if acknowledge:
            self.send(answer)
        self._join()

    def _join(self) -> None:
        names, form = self.subscriptions.streams, self.form
        for name in [each for each in self._channels if each not in names]:
            self._leave(name)
        for name in names:
            if name not in self._channels:
                self._channels[name] = self._server.channel(name, self)
        for channel in self._channels.values():
            if channel and not channel.has(self, form):
                channel.join(self)
        self._server.faults.mark(self)

    def _leave(self, name: str) -> None:
        channel = self._channels.pop(name)
        if channel:
            channel.leave(self)

    # Out.

    def send(self, answer: Any) -> None:
        """Send a JSON value as it is."""
        self.push(text_frame(encode(answer)))

    def event(self, name: str, payload: dict[str, Any]) -> None:
        """Send an event of the connection in the form of its messages."""
        data = encode(payload)
        self.push(text_frame(combined(name, data) if self.subscriptions.combined else data))

    def _ping(self) -> None:
        self._later("ping", self._rules.ping_interval, self._ping)
        payload = str(time.time_ns() // 1_000_000).encode()
        # A ping that a fault swallows asks for no pong.
        if not self.link.silent and payload not in self._pings:
            self.push(self._socket.send(events.Ping(payload)))
            if math.isfinite(self._rules.pong_deadline):
                self._pings[payload] = self._server.loop.later(self._rules.pong_deadline, self._late)

    def _late(self) -> None:
        if not self.deaf:
            self.close(POLICY, "Pong timeout")

    def _pong(self, payload: bytes) -> None:
        """A pong answers its ping and those before it; any other one answers nothing."""
        while payload in self._pings:
            self._pings.pop(next(iter(self._pings))).cancel()

    def slow_down(self, delay: float) -> None:
        """Send everything so many seconds late; 0 for at once, but behind what is held."""
        if delay and self._brake is None:
            self._brake = Brake(self._server.loop, self.link, self._server.rules.backlog, self._released)
            self.push = self._brake.write
        if self._brake:
            self._brake.set(delay)

    def _released(self) -> None:
        self._brake, self.push = None, self.link.write

    # The end.

    def vanish(self) -> None:
        """Read and send nothing any more, without a word."""
        self.deaf = self.vanished = True
        self.forget()
        self.link.freeze()

    def cut_short(self, payload: bytes) -> None:
        """Send the header and half of a frame, then FIN."""
        frame = text_frame(payload)
        self.link.write(frame[: -len(payload) // 2])
        self.forget()
        self.link.finish()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame, and hang up."""
        if not self._closing:
            self._closing = True
            self.push(self._socket.send(events.CloseConnection(code, reason)))
            self.forget()
            self.link.finish()

    def _goodbye(self, event: events.CloseConnection) -> None:
        if not self._closing:
            self._closing = True
            self.push(self._socket.send(event.response()))
        self.forget()
        self.link.finish()

    def forget(self) -> None:
        """Leave all channels and stop all clocks."""
        for timer in (*self._timers.values(), *self._pings.values()):
            timer.cancel()
        self._timers.clear()
        self._pings.clear()
        for name in list(self._channels):
            self._leave(name)
        if self._brake:
            self._brake.drop()

    def told(self) -> Connection:
        """What is known of it."""
        subscribed = self.subscriptions
        return Connection(
            self.id,
            self._server.desk.masked(self.target),
            tuple(map(self._server.desk.label, subscribed.streams)),
            subscribed.combined,
            self.received,
            self.link.sent,
        )
