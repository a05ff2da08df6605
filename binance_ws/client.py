"""The exchange's REST API as far as streams need it, and the way out of this machine for sockets too."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from .config import Environment
from .enums import Market
from .errors import ArgumentError, RateLimited
from .net.limits import HostBudget, budget_of
from .net.network import Network
from .net.rest import Rest

_PREFIX = {
    Market.SPOT: "/api/v3",
    Market.USDM: "/fapi/v1",
    Market.COINM: "/dapi/v1",
    Market.OPTIONS: "/eapi/v1",
}
_DEPTH_WEIGHT = ((100, 5), (500, 25), (1000, 50), (5000, 250))
_UNITS = (None, "millisecond", "microsecond")


class Client:
    """Where the exchange is, who we are there, and how to get there.

    Args:
        api_key: needed for the streams of accounts alone.
        api_secret: belongs to it.
        private_key: an RSA or Ed25519 key instead of a secret: PEM text, or a file's path.
        environment: ``None`` for ``Environment.default()``.
        timeout: seconds that a whole REST call, or the whole opening of a connection, may take.
        proxies: as ``requests`` takes them: ``{"https": "http://user:password@host:3128"}``, ``socks5h://…``
            (needs the extra ``socks``); ``HTTPS_PROXY`` and ``NO_PROXY`` count too.
        ca: path of certificates to trust instead of the usual ones.
        ssl_context: a TLS context of your own.
        source_address: the local address to connect from.
        time_unit: ``"microsecond"`` for spot messages with times in microseconds.

    Raises:
        ArgumentError: an argument cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        private_key: str | None = None,
        environment: Environment | None = None,
        timeout: float = 10,
        proxies: Mapping[str, str] | None = None,
        ca: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        source_address: str | None = None,
        time_unit: str | None = None,
    ) -> None:
        if not timeout > 0:
            raise ArgumentError(f"a timeout is a number of seconds above 0, not {timeout!r}")
        unit = time_unit.lower() if isinstance(time_unit, str) else time_unit
        if unit not in _UNITS:
            raise ArgumentError(f"a time unit is 'millisecond' or 'microsecond', not {time_unit!r}")
        self.API_KEY = api_key
        self.API_SECRET = api_secret
        self.environment = environment or Environment.default()
        self.network = Network(timeout, dict(proxies or {}), ca, ssl_context, source_address)
        self.time_unit = "MICROSECOND" if unit == "microsecond" else None
        self._private_key = private_key
        self._rest = Rest(self.network, {"X-MBX-TIME-UNIT": self.time_unit} if self.time_unit else None)

    def get(self, path: str, market: Market = Market.SPOT, weight: int = 1, **params: Any) -> Any:
        """One public GET.

        Args:
            path: below the market's prefix, ``"depth"``.
            market: whose API.
            weight: the request's weight, by the exchange's page.
            params: parameters; those that are ``None`` are left out.

        Raises:
            RestError: there was no answer in time.
            ApiError: the exchange answered with an error; :class:`RateLimited` also where the request was not
                sent because the exchange's limits do not allow it yet.
        """
        url = self.environment.hosts(market).rest + f"{_PREFIX[market]}/{path}"
        budget = self.budget(url)
        wait = budget.request(weight)
        if wait > 0:
            raise RateLimited(f"not sent: this address may ask again in {wait:.0f} s", retry_after=wait)
        headers = {"X-MBX-APIKEY": self.API_KEY} if self.API_KEY else None
        try:
            return self._rest.call("GET", url, params, headers)
        except RateLimited as error:
            budget.penalize(error.retry_after)
            raise

    def budget(self, url: str) -> HostBudget:
        """What this process may still send to the host of a URL."""
        return budget_of(url, self.environment.connects)

    def time(self, market: Market = Market.SPOT) -> int:
        """The exchange's clock: milliseconds since the epoch (``GET /api/v3/time``)."""
        answer: int = self.get("time", market)["serverTime"]
        return answer

    def exchange_info(self, market: Market = Market.SPOT) -> dict[str, Any]:
        """Symbols, their status and the rate limits (``GET /api/v3/exchangeInfo``)."""
        answer: dict[str, Any] = self.get("exchangeInfo", market, 20)
        return answer

    def depth(self, symbol: str, limit: int | None = None, market: Market = Market.SPOT) -> dict[str, Any]:
        """A snapshot of a symbol's order book (``GET /api/v3/depth``).

        Args:
            symbol: in any case.
            limit: levels a side; ``None`` for the exchange's default of 100 (spot) or 500 (futures).
            market: whose book.
        """
        weight = next((w for most, w in _DEPTH_WEIGHT if (limit or 100) <= most), 250)
        answer: dict[str, Any] = self.get("depth", market, weight, symbol=symbol.upper(), limit=limit)
        return answer

    def close(self) -> None:
        """Let go of pooled connections; the client can still be used."""
        self._rest.close()

    def __repr__(self) -> str:
        keys = "with keys" if self.API_KEY else "without keys"
        return f"<Client {self.environment.name} {keys}>"


def adapted(client: Any) -> Client:
    """Our client for what the user gave: ours, ``None``, or any object with ``API_KEY`` and ``API_SECRET``.

    Raises:
        ArgumentError: it is none of these.
    """
    if client is None:
        return Client()
    if isinstance(client, Client):
        return client
    if not hasattr(client, "API_KEY") or not hasattr(client, "API_SECRET"):
        raise ArgumentError(
            f"a client is binance_ws.Client, python-binance's Client or None, not {type(client).__name__}"
        )
    session = getattr(client, "session", None)
    return Client(
        client.API_KEY,
        client.API_SECRET,
        environment=_environment_of(client),
        proxies=getattr(session, "proxies", None),
    )


def _environment_of(client: Any) -> Environment | None:
    """Where python-binance's client points."""
    if getattr(client, "testnet", False):
        return Environment.TESTNET
    if "binance.us" in str(getattr(client, "API_URL", "")):
        return Environment.US
    return None
