"""Where the exchange is and what it allows: hosts of each environment, limits of each market."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from .enums import Market
from .errors import ArgumentError

HOST_VARIABLE = "BINANCE_WS_HOST"
USER_DATA_VARIABLE = "BINANCE_WS_USER_DATA"


class UserData(str, Enum):
    """How the events of an account are subscribed."""

    NONE = "none"
    LISTEN_KEY = "listen_key"
    LISTEN_TOKEN = "listen_token"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Hosts:
    """The base URLs of one product; an empty one is not served there.

    Args:
        rest: scheme and host of the REST API; paths such as ``/api/v3/time`` are appended.
        stream: scheme, host and prefix of the streams; ``/ws/<name>`` or ``/<route>/ws/<name>`` is appended.
        ws_api: the whole URL of the WebSocket API.
        user_data: which mechanism brings the events of an account.
    """

    rest: str = ""
    stream: str = ""
    ws_api: str = ""
    user_data: UserData = UserData.NONE


@dataclass(frozen=True)
class Limits:
    """What one connection may do.

    Args:
        streams: streams a connection.
        messages: messages a second that a client may send, PING and PONG among them.
        silence: seconds without a frame after which a connection is taken for dead.
    """

    streams: int
    messages: int
    silence: float


LIMITS: dict[Market, Limits] = {
    Market.SPOT: Limits(streams=1024, messages=5, silence=60),
    Market.USDM: Limits(streams=1024, messages=10, silence=300),
    Market.COINM: Limits(streams=1024, messages=10, silence=300),
    Market.OPTIONS: Limits(streams=200, messages=10, silence=900),
}
"""The exchange's limits, from the "General" and "Limits" sections of its stream pages."""

WHOLE_MARKET = frozenset(("!ticker@arr", "!bookTicker"))
"""Streams of spot that the exchange has retired in most places."""

CONNECTS = (285, 300.0)
"""Connection attempts that we make at most, and in how many seconds: of the 300 that an IP address may, a few
are left to other programs behind it."""


@dataclass(frozen=True)
class Environment:
    """The hosts of one place where the exchange runs. Use one of the constants, or :meth:`local`.

    Another host is a copy with one field changed:
    ``dataclasses.replace(Environment.TESTNET, usdm=Hosts(rest=..., stream=...))``.

    Args:
        name: how messages and tables call it.
        spot, margin, margin_risk, usdm, coinm, options, portfolio, portfolio_pro: the hosts of each product.
        whole_market: which of ``WHOLE_MARKET`` spot still serves there.
        connects: connection attempts that an address may make to a host, and in how many seconds; ``None``
            for no limit.
        silence: seconds without a frame after which a connection there is taken for dead; ``None`` for what fits
            each market in production.
    """

    name: str
    spot: Hosts
    margin: Hosts = Hosts()
    margin_risk: Hosts = Hosts()
    usdm: Hosts = Hosts()
    coinm: Hosts = Hosts()
    options: Hosts = Hosts()
    portfolio: Hosts = Hosts()
    portfolio_pro: Hosts = Hosts()
    whole_market: frozenset[str] = frozenset()
    connects: tuple[int, float] | None = CONNECTS
    silence: float | None = None

    PRODUCTION: ClassVar[Environment]
    TESTNET: ClassVar[Environment]
    DEMO: ClassVar[Environment]
    US: ClassVar[Environment]
    MARKET_DATA: ClassVar[Environment]

    def hosts(self, market: Market | str) -> Hosts:
        """The hosts of a market.

        Raises:
            ArgumentError: the environment does not serve that market.
        """
        hosts: Hosts = getattr(self, Market(market).value)
        if not hosts.stream:
            raise ArgumentError(f"the environment {self.name!r} does not serve the {market} market")
        return hosts

    @classmethod
    def default(cls) -> Environment:
        """``PRODUCTION``, or the host that the variable ``BINANCE_WS_HOST`` names."""
        host = os.environ.get(HOST_VARIABLE)
        if not host:
            return cls.PRODUCTION
        return cls.local(host, user_data=os.environ.get(USER_DATA_VARIABLE) or "today")

    @classmethod
    def local(
        cls,
        host: str,
        *,
        user_data: str = "today",
        whole_market: bool = False,
        connects: tuple[int, float] | None = CONNECTS,
    ) -> Environment:
        """Every product on one plain host, as the simulated exchange serves them.

        Args:
            host: ``"127.0.0.1:8765"``.
            user_data: ``"today"`` (signature for spot, listen token for margin) or ``"listen_key"``.
            whole_market: whether spot still serves ``!ticker@arr`` and ``!bookTicker`` there.
            connects: connection attempts and the seconds in which they may be made; ``None`` for no limit.

        Raises:
            ArgumentError: ``user_data`` is neither of the two, or the host has a scheme or a path.
        """
        if user_data not in ("today", "listen_key"):
            raise ArgumentError(f"user_data is 'today' or 'listen_key', not {user_data!r}")
        if not isinstance(host, str) or "/" in host or not host:
            raise ArgumentError(f"a local host is written like '127.0.0.1:8765', not {host!r}")
        old = user_data == "listen_key"
        spot = UserData.LISTEN_KEY if old else UserData.SIGNATURE
        margin = UserData.LISTEN_KEY if old else UserData.LISTEN_TOKEN
        rest, ws = f"http://{host}", f"ws://{host}"
        api, key = f"{ws}/ws-api/v3", UserData.LISTEN_KEY
        return cls(
            name=host,
            spot=Hosts(rest, ws, api, spot),
            margin=Hosts(rest, ws, api, margin),
            margin_risk=Hosts(rest, f"{ws}/margin-stream", user_data=key),
            usdm=Hosts(rest, f"{ws}/fstream", user_data=key),
            coinm=Hosts(rest, f"{ws}/dstream", user_data=key),
            options=Hosts(rest, f"{ws}/fstream", user_data=key),
            portfolio=Hosts(rest, f"{ws}/fstream/pm", user_data=key),
            portfolio_pro=Hosts(rest, f"{ws}/fstream/pm-classic", user_data=key),
            whole_market=WHOLE_MARKET if whole_market else frozenset(),
            connects=connects,
        )


_KEY = UserData.LISTEN_KEY
_PRODUCTION_API = "wss://ws-api.binance.com:443/ws-api/v3"
_PRODUCTION_STREAM = "wss://stream.binance.com:9443"
_FUTURES_TEST = "https://testnet.binancefuture.com"

Environment.PRODUCTION = Environment(
    name="production",
    spot=Hosts("https://api.binance.com", _PRODUCTION_STREAM, _PRODUCTION_API, UserData.SIGNATURE),
    margin=Hosts("https://api.binance.com", _PRODUCTION_STREAM, _PRODUCTION_API, UserData.LISTEN_TOKEN),
    margin_risk=Hosts("https://api.binance.com", "wss://margin-stream.binance.com", user_data=_KEY),
    usdm=Hosts(
        "https://fapi.binance.com",
        "wss://fstream.binance.com",
        "wss://ws-fapi.binance.com/ws-fapi/v1",
        _KEY,
    ),
    coinm=Hosts(
        "https://dapi.binance.com",
        "wss://dstream.binance.com",
        "wss://ws-dapi.binance.com/ws-dapi/v1",
        _KEY,
    ),
    options=Hosts("https://eapi.binance.com", "wss://fstream.binance.com", user_data=_KEY),
    portfolio=Hosts("https://papi.binance.com", "wss://fstream.binance.com/pm", user_data=_KEY),
    portfolio_pro=Hosts("https://fapi.binance.com", "wss://fstream.binance.com/pm-classic", user_data=_KEY),
)
Environment.TESTNET = Environment(
    name="testnet",
    spot=Hosts(
        "https://testnet.binance.vision",
        "wss://stream.testnet.binance.vision",
        "wss://ws-api.testnet.binance.vision/ws-api/v3",
        UserData.SIGNATURE,
    ),
    usdm=Hosts(_FUTURES_TEST, "wss://fstream.binancefuture.com", f"wss{_FUTURES_TEST[5:]}/ws-fapi/v1", _KEY),
    coinm=Hosts(_FUTURES_TEST, "wss://dstream.binancefuture.com", f"wss{_FUTURES_TEST[5:]}/ws-dapi/v1", _KEY),
    options=Hosts(_FUTURES_TEST, "wss://fstream.binancefuture.com", user_data=_KEY),
)
Environment.DEMO = Environment(
    name="demo",
    spot=Hosts(
        "https://demo-api.binance.com",
        "wss://demo-stream.binance.com",
        "wss://demo-ws-api.binance.com/ws-api/v3",
        UserData.SIGNATURE,
    ),
    usdm=Hosts("https://demo-fapi.binance.com", "wss://fstream.binancefuture.com", user_data=_KEY),
    coinm=Hosts("https://demo-dapi.binance.com", "wss://dstream.binancefuture.com", user_data=_KEY),
)
Environment.US = Environment(
    name="us",
    spot=Hosts(
        "https://api.binance.us",
        "wss://stream.binance.us:9443",
        "wss://ws-api.binance.us:443/ws-api/v3",
        UserData.LISTEN_KEY,
    ),
    whole_market=frozenset(("!ticker@arr",)),
    silence=300.0,  # its pings are three minutes apart
)
Environment.MARKET_DATA = Environment(
    name="market-data",
    spot=Hosts("https://data-api.binance.vision", "wss://data-stream.binance.vision"),
)

ENVIRONMENTS = {each.name: each for each in vars(Environment).values() if isinstance(each, Environment)}
"""The environments that the exchange runs, by name."""


def environment_of(given: Environment | str | None) -> Environment:
    """The environment that a caller means: one, the name of one, or ``None`` for the default.

    Raises:
        ArgumentError: there is none of that name.
    """
    if given is None:
        return Environment.default()
    found = ENVIRONMENTS.get(given) if isinstance(given, str) else given
    if not isinstance(found, Environment):
        names = ", ".join(map(repr, ENVIRONMENTS))
        raise ArgumentError(
            f"an environment is one of {names}, Environment.local(host) or None, not {given!r}"
        )
    return found
