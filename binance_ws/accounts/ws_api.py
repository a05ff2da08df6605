"""How one account takes part in the connection to the ws-api that several share."""

from __future__ import annotations

from typing import Any

from ..client import Client
from ..config import Hosts, UserData
from ..net.rest import required
from ..streams.accounts import Row, milliseconds
from .subscription import Admission

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
        self.waits = bool(self._path)
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
        self.token = required(answer, "token")
        return _TOKEN, {"listenToken": self.token}, milliseconds(required(answer, "expirationTime"))

    def synchronize(self) -> None:
        """Read the exchange's clock."""
        self._client.synchronize(f"{self._rest}/api/v3/time", CALL_SECONDS)
        self._measured = True

    def now(self) -> int:
        """Milliseconds by the exchange's clock."""
        return self._client.now(self._rest)
