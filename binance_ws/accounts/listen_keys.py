"""A listen key: made, renewed, and closed when its last user in this process has stopped.

The exchange gives every program with the same API key the same listen key, and closing it ends the stream of all
of them. Whether it was there before us can be asked where a renewal need not name it; there it is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ApiError
from ..streams.accounts import KEY_GONE, LISTEN_KEY_SECONDS, Row, milliseconds

Call = Callable[[str, dict[str, Any], int, float | None], Any]
"""One call to the row's path: method, parameters, weight, seconds."""


@dataclass(eq=False)
class Shared:
    """What all users of one listen key in this process have in common.

    Args:
        users: who uses it now.
        ours: whether one of us made it; ``None`` while nobody knows.
    """

    users: set[Lease] = field(default_factory=set)
    ours: bool | None = None


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
            ApiError: the exchange refused.
        """
        shared = self._mine = _shared.setdefault(self._whose, self._mine or Shared())
        shared.users.add(self)
        if shared.ours is None:
            absent = self._absent()
            shared.ours = absent if shared.ours is None else shared.ours
        self._asked = True
        answer = self._call("POST", dict(self._own), self._row.weights[0], None)
        self.key = answer["listenKey"]
        if self._closed:  # stopped in the meantime: nobody else would close it
            self._mine = shared
            self.close()
        return self.key, self._expiry(answer)

    def renew(self) -> int:
        """Have it live on; until when, in milliseconds.

        Raises:
            ApiError: the exchange refused; code -1125 where the key is dead, and :meth:`open` makes the next.
        """
        try:
            return self._expiry(self._put())
        except ApiError as error:
            if error.code == KEY_GONE:
                self.expired()
            raise

    def expired(self) -> None:
        """The key is dead: the next one will be ours."""
        if self._mine is not None:
            self._mine.ours = True

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
        if shared.ours and (self.key or (self._asked and not self._row.names_key)):
            try:
                self._call("DELETE", self._naming(), self._row.weights[2], timeout)
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

    def _put(self) -> Any:
        return self._call("PUT", self._naming(), self._row.weights[1], None)

    def _naming(self) -> dict[str, Any]:
        return {**self._own, "listenKey": self.key} if self._row.names_key else dict(self._own)

    def _expiry(self, answer: Any) -> int:
        told = answer.get("expiration") if isinstance(answer, dict) else None
        return milliseconds(told) if told else self._now() + int(LISTEN_KEY_SECONDS * 1000)
