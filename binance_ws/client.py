"""The exchange's REST API as far as streams need it, and the way out of this machine for sockets too."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .config import Environment, environment_of
from .constants import Constants
from .core.given import positive
from .core.signing import Signer, signed_params, signed_query
from .core.snapshots import weight_of
from .credentials import NEEDED, credentials
from .enums import Market
from .errors import ApiError, ArgumentError, CredentialsMissing, RateLimited
from .net.limits import HostBudget, budget_of, pool_of
from .net.network import Network, proxies_of
from .net.rest import Rest, required

_PREFIX = {
    Market.SPOT: "/api/v3",
    Market.USDM: "/fapi/v1",
    Market.COINM: "/dapi/v1",
    Market.OPTIONS: "/eapi/v1",
}
_CLOCKS = {"api": "/api/v3", "sapi": "/api/v3", "fapi": "/fapi/v1", "dapi": "/dapi/v1", "eapi": "/eapi/v1"}
"""Where the server of a path tells its time."""

SKEWED = -1021
"""The exchange's code for a request whose time is not its own."""

_UNITS = (None, "millisecond", "microsecond")


class Client(Constants):
    """Where the exchange is, who we are there, and how to get there.

    Args:
        api_key: needed for the streams of accounts alone. Without any key the variables ``BINANCE_API_KEY`` and
            ``BINANCE_API_SECRET`` count.
        api_secret: belongs to it.
        private_key: an RSA or Ed25519 key instead of a secret (needs the extra ``keys``): PKCS#8 as PEM text, or
            the path of a file that only its owner may read.
        private_key_pass: what the private key is encrypted with.
        key_file: path of a file with these four as lines ``name = value``, which only its owner may read.
        environment: one of its constants, or the name of one, ``"testnet"``; ``None`` for
            ``Environment.default()``.
        timeout: seconds that a whole REST call, or the whole opening of a connection, may take.
        proxies: as ``requests`` takes them: ``{"https": "http://user:password@host:3128"}``, ``socks5h://…``
            (needs the extra ``socks``); ``HTTPS_PROXY`` and ``NO_PROXY`` count too.
        ca: path of certificates to trust instead of the usual ones.
        ssl_context: a TLS context of your own.
        source_address: the local address to connect from.
        time_unit: ``"microsecond"`` for spot messages with times in microseconds.

    Raises:
        ArgumentError: an argument cannot be used.
        MissingExtra: a private key needs ``cryptography``.
    """

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        private_key: str | os.PathLike[str] | None = None,
        private_key_pass: str | None = None,
        key_file: str | os.PathLike[str] | None = None,
        environment: Environment | str | None = None,
        timeout: float = 10,
        proxies: Mapping[str, str] | None = None,
        ca: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        source_address: str | None = None,
        time_unit: str | None = None,
    ) -> None:
        positive("timeout", timeout, "seconds")
        unit = time_unit.lower() if isinstance(time_unit, str) else time_unit
        if unit not in _UNITS:
            raise ArgumentError(f"a time unit is 'millisecond' or 'microsecond', not {time_unit!r}")
        found = credentials(api_key, api_secret, private_key, private_key_pass, key_file)
        self.API_KEY = found.api_key
        self.API_SECRET = found.api_secret
        self._signer = found.signer
        self._ahead: dict[str, float] = {}
        self.environment = environment_of(environment)
        self.network = Network(timeout, proxies_of(proxies), ca, ssl_context, source_address)
        self.time_unit = "MICROSECOND" if unit == "microsecond" else None
        unit_header = {"X-MBX-TIME-UNIT": self.time_unit} if self.time_unit else None
        self._rest = Rest(self.network, unit_header, self._told)

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
        return self.request("GET", self._url(path, market), params, weight=weight)

    def signed(
        self, method: str, path: str, market: Market = Market.SPOT, weight: int = 1, **params: Any
    ) -> Any:
        """One signed call: the parameters are encoded, stamped with the exchange's time, and signed.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PUT"`` or ``"DELETE"``.
            path: below the market's prefix (``"openOrders"``), or the whole path (``"/sapi/v1/margin/account"``).
            market: whose API.
            weight: the request's weight, by the exchange's page.
            params: parameters; those that are ``None`` are left out.

        Raises:
            CredentialsMissing: the client has no key and secret.
            RestError: there was no answer in time.
            ApiError: the exchange answered with an error. An answer that our clock is wrong (-1021) has the
                exchange's clock read and the call signed anew, once.
        """
        return self.request(method, self._url(path, market), params, weight=weight, signed=True)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any],
        *,
        weight: int = 1,
        signed: bool = False,
        timeout: float | None = None,
    ) -> Any:
        """One call to a whole URL: the way that all the others take.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PUT"`` or ``"DELETE"``.
            url: without parameters.
            params: parameters; those that are ``None`` are left out.
            weight: the request's weight.
            signed: whether to add the time and a signature.
            timeout: seconds; ``None`` for the client's.
        """
        if not signed:
            return self._call(method, url, params, weight, timeout)
        try:
            return self._call_signed(method, url, params, weight, timeout)
        except ApiError as error:
            if error.code != SKEWED:
                raise
        self.synchronize(url, timeout)
        return self._call_signed(method, url, params, weight, timeout)

    def _call_signed(
        self, method: str, url: str, params: Mapping[str, Any], weight: int, timeout: float | None
    ) -> Any:
        text = signed_query({**params, "timestamp": self.now(url)}, self._signing())
        return self._call(method, f"{url}?{text}", {}, weight, timeout)

    def _call(
        self, method: str, url: str, params: Mapping[str, Any], weight: int, timeout: float | None
    ) -> Any:
        budget = self.budget(url)
        wait = budget.request(weight, pool_of(url))
        if wait > 0:
            raise RateLimited(f"not sent: this address may ask again in {wait:.0f} s", retry_after=wait)
        headers = {"X-MBX-APIKEY": self.API_KEY} if self.API_KEY else None
        try:
            return self._rest.call(method, url, params, headers, timeout)
        except RateLimited as error:
            budget.penalize(error.retry_after)
            raise

    def _url(self, path: str, market: Market) -> str:
        base = self.environment.hosts(market).rest
        return base + (path if path.startswith("/") else f"{_PREFIX[market]}/{path}")

    def _signing(self) -> Signer:
        if self.API_KEY is None or self._signer is None:
            raise CredentialsMissing(f"a signed call needs {NEEDED}")
        return self._signer

    def sign(self, url: str, **params: Any) -> dict[str, Any]:
        """Parameters for the ws-api of a URL's product, with key, time and signature."""
        return signed_params({"apiKey": self.API_KEY, "timestamp": self.now(url), **params}, self._signing())

    @property
    def can_sign(self) -> bool:
        """Whether there is a key, and something to sign with."""
        return self.API_KEY is not None and self._signer is not None

    # ---- the exchange's clock ---------------------------------------------------------------------------

    def now(self, url: str) -> int:
        """Milliseconds since the epoch by the clock of a URL's host, as far as it is known."""
        return int(time.time() * 1000 + self._ahead.get(urlsplit(url).netloc, 0.0))

    def synchronize(self, url: str, timeout: float | None = None) -> None:
        """Measure by how much the clock of a URL's host is ahead of ours."""
        parts = urlsplit(url)
        clock = _CLOCKS.get(parts.path.split("/")[1])
        if clock is not None:
            before = time.time()
            answer = self._call("GET", f"{parts.scheme}://{parts.netloc}{clock}/time", {}, 1, timeout)
            ours = (before + time.time()) * 500
            server = required(answer, "serverTime")
            self._ahead[parts.netloc] = (server / 1000 if server > 10**14 else server) - ours

    def budget(self, url: str) -> HostBudget:
        """What this process may still send to the host of a URL."""
        return budget_of(url, self.environment.connects)

    def _told(self, url: str, weight: int) -> None:
        self.budget(url).used(weight, pool_of(url))

    def time(self, market: Market = Market.SPOT) -> int:
        """The exchange's clock: milliseconds since the epoch (``GET /api/v3/time``)."""
        answer: int = required(self.get("time", market), "serverTime")
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
        weight = weight_of(Market(market), limit)
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
        private_key=_private_key_of(client),
        environment=_environment_of(client),
        proxies=getattr(session, "proxies", None),
    )


def _private_key_of(client: Any) -> str | None:
    """The private key of python-binance's client, which keeps one of pycryptodome's."""
    key = getattr(client, "PRIVATE_KEY", None)
    if key is None or not hasattr(key, "export_key"):
        return None
    options = {"pkcs": 8} if getattr(client, "_is_rsa", False) else {}
    text: str | bytes = key.export_key(format="PEM", **options)
    return text.decode() if isinstance(text, bytes) else text


def _environment_of(client: Any) -> Environment | None:
    """Where python-binance's client points."""
    if getattr(client, "testnet", False):
        return Environment.TESTNET
    if getattr(client, "demo", False):
        return Environment.DEMO
    if "binance.us" in str(getattr(client, "API_URL", "")):
        return Environment.US
    return None
