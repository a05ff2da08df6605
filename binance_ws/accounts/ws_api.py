"""How one account takes part in the connection to the ws-api that several share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..client import Client
from ..config import Hosts, UserData
from ..net.connection import Connection
from ..streams.accounts import Row, milliseconds
from .api_line import Admission, ApiLine
from .socket import UserSocket

CALL_SECONDS = 4.0
"""How long one call to REST may take where others wait for it."""

_SIGN, _TOKEN = "userDataStream.subscribe.signature", "userDataStream.subscribe.listenToken"


class Ticket(Admission):
    """Lets one account be subscribed over the ws-api, by a signature or by a listen token.

    Args:
        client: signs.
        row: of the account.
        hosts: of its product.
        symbol: of an isolated-margin account; empty for others.
    """

    def __init__(self, client: Client, row: Row, hosts: Hosts, symbol: str) -> None:
        unit = f"?timeUnit={client.time_unit}" if client.time_unit else ""
        self.ws_api = hosts.ws_api + unit
        self.token = ""
        self._client = client
        self._rest = hosts.rest
        self._path = row.listen_token if hosts.user_data is UserData.LISTEN_TOKEN else ""
        self._params = {"isIsolated": "true", "symbol": symbol} if symbol else {}
        self._measured = False

    def request(self) -> tuple[str, dict[str, Any], int | None]:
        """Method, parameters, and when what they prove expires; a token is asked for anew each time."""
        if not self._path:
            return _SIGN, self._client.sign(self._rest), None
        if not self._measured:
            self.synchronize()  # a token's end is told in the exchange's time
        answer = self._client.request(
            "POST",
            self._rest + self._path,
            self._params,
            signed=self._client.can_sign,
            timeout=CALL_SECONDS,
        )
        self.token = answer["token"]
        return _TOKEN, {"listenToken": self.token}, milliseconds(answer["expirationTime"])

    def synchronize(self) -> None:
        """Read the exchange's clock."""
        self._client.synchronize(f"{self._rest}/api/v3/time", CALL_SECONDS)
        self._measured = True

    def now(self) -> int:
        """Milliseconds by the exchange's clock."""
        return self._client.now(self._rest)


class Seat:
    """One account's place on the connection that several share.

    Args:
        give: gives the account a connection.
        ticket: lets the account be subscribed.
        later: has a function called on the thread that gives connections.
    """

    def __init__(
        self, give: Callable[[UserSocket, Ticket], ApiLine], ticket: Ticket, later: Callable[..., Any]
    ) -> None:
        self._give = give
        self._ticket = ticket
        self._later = later
        self._taken = False
        self._line: ApiLine | None = None

    def attach(self, socket: UserSocket) -> None:
        """Take it."""
        self._taken = True
        self._later(0, self._take, socket)

    def detach(self, socket: UserSocket) -> None:
        """Leave it."""
        if self._taken:
            self._later(0, self._leave, socket)

    def connection_of(self, socket: UserSocket) -> Connection | None:
        """The connection."""
        line = self._line
        return line.connection if line is not None else None

    def leaving(self, socket: UserSocket) -> Connection | None:
        """The connection, where no other account is left on it."""
        line = self._line
        return line.connection if line is not None and line.dead else None

    def _take(self, socket: UserSocket) -> None:
        if not socket.target.stopping:
            self._line = self._give(socket, self._ticket)

    def _leave(self, socket: UserSocket) -> None:
        if self._line is not None:
            self._line.remove(socket)
