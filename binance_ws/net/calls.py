"""Requests over a ws-api connection: which are unanswered, until when, and who waits for the answer.

Every request ends, once: with its answer, at its deadline, or with the connection.
Source: the exchange's page "WebSocket API", "Request format" and "Response format".
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any

from ..core.times import microseconds
from ..errors import BinanceWsError, NotConnected, RateLimited, RestError
from .limits import HostBudget
from .rest import api_error
from .timer import Task, Timer

SECONDS = 10.0
"""How long an answer may take."""

Done = Callable[[Any, BinanceWsError | None], None]
"""Is given the result, or the error in its stead."""


@dataclass(eq=False)
class Pending:
    """One request that has no answer yet."""

    done: Done
    deadline: Task | None = None


class Calls:
    """The requests of one connection; from any thread.

    Args:
        timer: keeps the deadlines.
        send: sends text, or raises :class:`NotConnected`.
        budget: of the ws-api's host; ``None`` for no limit.
        seconds: how long an answer may take.
    """

    def __init__(
        self,
        timer: Timer,
        send: Callable[[str], None],
        budget: HostBudget | None = None,
        seconds: float = SECONDS,
    ) -> None:
        # Guards the table: an answer, a deadline and a drop may come for one request at the same time.
        self._lock = threading.Lock()
        self._pending: dict[int, Pending] = {}
        self._ids = itertools.count(1)
        self._timer = timer
        self._send = send
        self._budget = budget
        self._seconds = seconds

    def call(self, method: str, params: Mapping[str, Any], done: Done, weight: int = 2) -> None:
        """Send a request; ``done`` is called once, on this thread, the connection's or the timer's.

        Args:
            method: such as ``"userDataStream.subscribe.signature"``.
            params: its parameters.
            done: is given the result, or the error in its stead.
            weight: the request's weight, by the exchange's page.
        """
        wait = self._budget.request(weight) if self._budget else 0.0
        if wait > 0:
            done(None, RateLimited(f"not sent: this address may ask again in {wait:.0f} s", retry_after=wait))
            return
        pending = Pending(done)
        with self._lock:
            number = next(self._ids)
            self._pending[number] = pending
        pending.deadline = self._timer.after(self._seconds, self._late, number, method)
        try:
            self._send(dumps({"id": number, "method": method, "params": dict(params)}))
        except NotConnected as error:
            self._end(number, None, error)

    def answered(self, message: Mapping[str, Any]) -> BinanceWsError | None:
        """Take an answer: the error that it is where it belongs to no request that we know of."""
        error = self._error(message)
        self._count(message)
        number = message.get("id")
        if number is None:
            number = self._oldest()
        known = isinstance(number, int) and self._end(number, message.get("result"), error)
        return None if known else error

    def fail(self, cause: BinanceWsError) -> None:
        """The connection ended: so does every request."""
        with self._lock:
            numbers = list(self._pending)
        for number in numbers:
            self._end(number, None, NotConnected(f"the connection ended before the answer: {cause}"))

    def _oldest(self) -> int | None:
        with self._lock:
            return next(iter(self._pending), None)

    def _late(self, number: int, method: str) -> None:
        self._end(number, None, RestError(f"{method} was not answered in {self._seconds:g} s"))

    def _end(self, number: int, result: Any, error: BinanceWsError | None) -> bool:
        with self._lock:
            pending = self._pending.pop(number, None)
        if pending is None:
            return False
        if pending.deadline is not None:
            pending.deadline.cancel()
        pending.done(result, error)
        return True

    def _error(self, message: Mapping[str, Any]) -> BinanceWsError | None:
        """The error that an answer carries; one that asks to wait makes the whole process wait."""
        status, error = message.get("status", 200), message.get("error")
        if error is None and status < 400:
            return None
        made = api_error(status, error, _asked(error))
        if isinstance(made, RateLimited) and self._budget is not None:
            self._budget.penalize(made.retry_after)
        return made

    def _count(self, message: Mapping[str, Any]) -> None:
        """What the exchange says of the weight that was used in this minute."""
        for limit in message.get("rateLimits") or ():
            used = (limit.get("rateLimitType"), limit.get("interval"), limit.get("intervalNum"))
            if self._budget is not None and used == ("REQUEST_WEIGHT", "MINUTE", 1):
                self._budget.used(int(limit.get("count", 0)))


def _asked(error: Any) -> str | None:
    """The seconds that an error asks to wait: it names the moment, and the present one, in either unit."""
    data = error.get("data") if isinstance(error, dict) else None
    if not isinstance(data, dict) or "retryAfter" not in data or "serverTime" not in data:
        return None
    wait = microseconds(int(data["retryAfter"])) - microseconds(int(data["serverTime"]))
    return str(max(0, -(-wait // 1_000_000)))
