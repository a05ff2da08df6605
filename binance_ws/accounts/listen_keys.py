"""A listen key: made, renewed, and closed when its last user in this process has stopped.

The exchange gives every program with the same API key the same listen key, and closing it ends the stream of all
of them. Whether it was there before us can be asked where a renewal need not name it; there it is left alone. Such
a renewal is one of the API key's listen key, whichever that is by now: it may have become another one than ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ApiError
from ..net.rest import required
from ..streams.accounts import KEY_GONE, LISTEN_KEY_SECONDS, Row, milliseconds

Call = Callable[[str, dict[str, Any], int, float | None], Any]
"""One call to the row's path: method, parameters, weight, seconds."""


@dataclass(eq=False)
class Shared:
    """What all users of one listen key in this process have in common.

    Args:
        users: who uses it now.
        ours: whether one of us made it; ``None`` while nobody knows.
        key: the one that the exchange gave to one of us last.
    """

    users: set[Lease] = field(default_factory=set)
    ours: bool | None = None
    key: str = ""


_shared: dict[tuple[object, ...], Shared] = {}


class Lease:
    """One user's share in a listen key. Its calls block for as long as the exchange takes to answer.

    Args:
        row: of the account.
        call: calls the row's path.
        whose: what tells one listen key of the exchange from another: host, API key, symbol.
        symbol: of an isolated-margin account; empty for others.
        now: milliseconds by the exchange's clock.
    """

    def __init__(
        self, row: Row, call: Call, whose: tuple[object, ...], symbol: str, now: Callable[[], int]
    ) -> None:
        self.key = ""
        self._row = row
        self._call = call
        self._whose = (*whose, row.listen_key, symbol)
        self._own = {"symbol": symbol} if symbol else {}
        self._now = now
        self._mine: Shared | None = None
        self._asked = False
        self._closed = False

    def open(self) -> tuple[str, int]:
        """The key, made or made to live on, and until when it lives, in milliseconds.

        Raises:
            RestError: there was no answer in time.
            ApiError: the exchange refused, or told no key.
        """
        shared = self._mine = _shared.setdefault(self._whose, self._mine or Shared())
        shared.users.add(self)
        if shared.ours is None:
            absent = self._absent()
            shared.ours = absent if shared.ours is None else shared.ours
        self._asked = True
        answer = self._post()
        self.key = shared.key = required(answer, "listenKey")
        if self._closed:  # stopped in the meantime: nobody else would close it
            self._mine = shared
            self.close()
        return self.key, self._expiry(answer)

    def renew(self) -> int:
        """Have it live on; until when, in milliseconds.

        Raises:
            ApiError: the exchange refused; code -1125 where the key is dead, or has made way for one of another
                program: :meth:`open` gets the next.
        """
        try:
            answer = self._put()
            if not self._row.names_key:
                told = isinstance(answer, dict) and "listenKey" in answer
                answer = answer if told else self._post()
                if required(answer, "listenKey") != self.key:
                    raise ApiError("the API key has another listen key by now", KEY_GONE)
        except ApiError as error:
            if error.code == KEY_GONE:
                self.expired()
            raise
        return self._expiry(answer)

    def expired(self) -> None:
        """The key is dead: who makes the next one is not known yet, unless one of us has got it already."""
        if self._mine is not None and self._mine.key == self.key:
            self._mine.ours = None

    def close(self, timeout: float | None = None) -> None:
        """Use it no more; the last user closes it, if it is ours.

        Args:
            timeout: seconds that this may take; ``None`` for the client's.
        """
        self._closed = True
        shared, self._mine = self._mine, None
        if shared is None:
            return
        shared.users.discard(self)
        if shared.users:
            return
        if _shared.get(self._whose) is shared:
            del _shared[self._whose]
        # Where an answer was lost, a key may live that we do not know; some calls need not name it.
        weight = self._row.weights[2]
        if weight is not None and shared.ours and (self.key or (self._asked and not self._row.names_key)):
            try:
                self._call("DELETE", self._naming(), weight, timeout)
            except ApiError as error:
                if error.code != KEY_GONE:  # it has died by itself
                    raise

    def _absent(self) -> bool:
        """Whether the exchange has no such key yet; taken for true where it cannot be asked."""
        if self._row.names_key:
            return True
        try:
            self._put()
        except ApiError as error:
            if error.code != KEY_GONE:
                raise
            return True
        return False

    def _post(self) -> Any:
        return self._call("POST", dict(self._own), self._row.weights[0], None)

    def _put(self) -> Any:
        return self._call("PUT", self._naming(), self._row.weights[1], None)

    def _naming(self) -> dict[str, Any]:
        return {**self._own, "listenKey": self.key} if self._row.names_key else dict(self._own)

    def _expiry(self, answer: Any) -> int:
        told = answer.get("expiration") if isinstance(answer, dict) else None
        return milliseconds(told) if told else self._now() + int(LISTEN_KEY_SECONDS * 1000)
