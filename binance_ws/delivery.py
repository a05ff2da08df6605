"""The way of a message from the wire to the callback: decode, look at its order, count, call.

Everything here runs once a message, by the thread that has the socket's turn, so each shape of socket has a
loop of its own with nothing in it that the shape does not need.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from .core.throttle import Throttle
from .net.decode import loads
from .streams.messages import SHUTDOWN, SHUTDOWN_STREAM
from .target import Target

log = logging.getLogger(__name__)

_SHORTEST = 4
"""Keys that data has at least; answers and shutdown notices have fewer, and partial books are looked at."""

_CONTROL = frozenset(("result", "error", "code"))
_ANSWERS = tuple(f'{{"{key}"'.encode() for key in (*sorted(_CONTROL), "id"))
"""What an answer begins with, on sockets whose messages are not decoded."""


def _with_frame(payload: bytes) -> Any:
    """A message that carries its frame and the moment at which that was read; it may have to wait for a gap."""
    message = loads(payload)
    message["frame"], message["received"] = payload, time.time_ns()
    return message


class Delivery:
    """Takes the payloads of some connections of a socket to its callback.

    Args:
        target: the socket's way to its callback.
        control: is given each object that is no data: answers, shutdown notices.
        combined: whether the wire's messages are ``{"stream", "data"}``.
    """

    def __init__(self, target: Target, control: Callable[[dict[str, Any]], None], combined: bool) -> None:
        self.messages = 0
        self.malformed = 0
        self.last: Any = None
        self._target = target
        self._control = control
        self._quiet = Throttle(60.0)
        self._load = _with_frame if target.shape.frames else loads
        self._loop = self._bytes if target.shape.raw else self._wrapped if combined else self._bare

    def process(self, payloads: list[bytes]) -> None:
        """Take messages to the callback, in order; the caller has the socket's turn.

        Raises:
            UnicodeDecodeError: one of them is not UTF-8; those before it were delivered.
        """
        began = time.monotonic()
        if not self._target.stopping:
            self._target.since = began
            try:
                self._loop(payloads, began)
            finally:
                self._target.took(time.monotonic() - began, len(payloads))

    def _bare(self, payloads: list[bytes], now: float) -> None:
        target, newest, count = self._target, self.last, self.messages
        track = next(iter(target.tracks.values()))
        step, receive = track.step, target.receive
        callback = None if target.shape.merge else target.callback
        try:
            for payload in payloads:
                try:
                    message = loads(payload)
                    if len(message) < _SHORTEST and self._is_control(message):
                        continue
                    verdict = step(message)
                except (ValueError, TypeError, KeyError):
                    # Not JSON, no object, or an object of which we do not know the order: that is looked at.
                    if not self._is_data(payload):
                        continue
                    verdict = None
                count += 1
                newest = message
                if verdict is not None:
                    passed = target.passes(track, verdict, message)
                    step = track.step
                    if not passed:
                        continue
                if callback is None:
                    receive(message)
                else:
                    try:
                        callback(message)
                    except BaseException:
                        target.raised()
                if target.stopping:
                    break
        finally:
            track.seen, self.last, self.messages = now, newest, count

    def _wrapped(self, payloads: list[bytes], now: float) -> None:
        target, newest, count = self._target, self.last, self.messages
        find, receive, wrapped = target.tracks.get, target.receive, target.shape.wrapped
        load = self._load
        try:
            for payload in payloads:
                try:
                    message = load(payload)
                    track = find(message["stream"])
                    data = message["data"]
                except (ValueError, TypeError, KeyError):
                    self._odd(payload)
                    continue
                if track is not None:
                    track.seen = now
                    verdict = track.accept(data)
                elif message["stream"] in target.left or self._is_control(message):
                    continue
                else:
                    verdict = None
                count += 1
                newest = message
                if verdict is None or (track and target.passes(track, verdict, message if wrapped else data)):
                    receive(message if wrapped else data)
                if target.stopping:
                    break
        finally:
            self.last, self.messages = newest, count

    def _bytes(self, payloads: list[bytes], now: float) -> None:
        target = self._target
        for payload in payloads:
            if not payload.isascii():
                payload.decode()  # text that is not UTF-8 ends the connection, decoded or not
            if payload.startswith(_ANSWERS) and self._is_control(loads(payload)):
                continue
            self.messages += 1
            target.call(payload)
            if target.stopping:
                break
        for track in list(target.tracks.values()):  # others may come meanwhile
            track.seen = now

    def _is_data(self, payload: bytes) -> bool:
        """Whether a payload is an object or a list; what is not is counted."""
        try:
            if isinstance(loads(payload), (dict, list)):
                return True
        except (ValueError, TypeError):
            pass
        self._bad(payload)
        return False

    def _odd(self, payload: bytes) -> None:
        """Something on a combined connection that has no stream: an answer, or no JSON of ours."""
        try:
            if not self._is_control(loads(payload)):
                self._bad(payload)
        except (ValueError, TypeError):
            self._bad(payload)

    def _is_control(self, message: Any) -> bool:
        """Whether a message is none for the callback; hands those on to whom they concern."""
        if isinstance(message, list):
            return False
        if not isinstance(message, dict):
            raise TypeError("neither an object nor a list")
        if "stream" in message and message["stream"] != SHUTDOWN_STREAM:
            return False
        if not message.keys() & _CONTROL and message.get("e") != SHUTDOWN and "stream" not in message:
            return False
        self._control(message)
        return True

    def _bad(self, payload: bytes) -> None:
        """Text that is no JSON of ours is counted; bytes that are no text end the connection."""
        payload.decode()
        self.malformed += 1
        held = self._quiet.take(time.monotonic())
        if held is not None:
            log.warning(
                "%.80s: a message is not JSON (%d in all): %.80r", self._target.key, self.malformed, payload
            )
