"""Which paths are sockets, of which market and in which form; percent-encoding is undone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from ..enums import Market
from ..streams.kinds import Route

_UNITS = {"MILLISECOND": False, "millisecond": False, "MICROSECOND": True, "microsecond": True}

_HOSTS = (
    ("/fstream/public", Market.USDM, Route.PUBLIC),
    ("/fstream/market", Market.USDM, Route.MARKET),
    ("/fstream/private", Market.USDM, Route.PRIVATE),
    ("/fstream/pm-classic", Market.USDM, Route.PRIVATE),
    ("/fstream/pm", Market.USDM, Route.PRIVATE),
    ("/margin-stream", Market.SPOT, Route.PRIVATE),
    ("/fstream", Market.USDM, Route.NONE),
    ("/dstream", Market.COINM, Route.NONE),
    ("", Market.SPOT, Route.NONE),
)
"""The prefix of each host's paths, whose streams it serves, and by which route; longer ones first."""


class BadTimeUnit(ValueError):
    """``timeUnit`` is none of the allowed words."""


@dataclass(frozen=True)
class Endpoint:
    """What a client connected to.

    Args:
        market: whose streams it serves; the host of USD-M serves those of options too.
        combined: whether messages come in the envelope at first.
        streams: the names in the URL.
        microseconds: whether times are in microseconds.
        route: by which route of its host it came; ``NONE`` where it named none.
    """

    market: Market
    combined: bool
    streams: tuple[str, ...] = ()
    microseconds: bool = False
    route: Route = Route.NONE


def parse(target: str) -> Endpoint | None:
    """The endpoint of a request's target; ``None`` where there is none.

    Raises:
        BadTimeUnit: the target asks for a unit that does not exist.
    """
    path, _, query = target.partition("?")
    prefix, market, route = next(host for host in _HOSTS if f"{path}/".startswith(f"{host[0]}/"))
    path, parameters = path[len(prefix) :], pairs(query)
    if path.rstrip("/") == "/stream":
        names = parameters.get("streams", "")
    elif path == "/ws" or path.startswith("/ws/"):
        names = unquote(path[4:])
    else:
        return None
    unit = market is Market.SPOT and _unit(parameters.get("timeUnit", "MILLISECOND"))
    return Endpoint(market, path[1] == "s", _clean(names.split("/")), unit, route)


def pairs(query: str) -> dict[str, str]:
    """The parameters of a query; a plus sign stays one, as it stands in the names of streams (``@+08:00``)."""
    split = (each.partition("=") for each in query.split("&") if each)
    return {unquote(key): unquote(value) for key, _, value in split}


def _unit(word: str) -> bool:
    if word not in _UNITS:
        raise BadTimeUnit(word)
    return _UNITS[word]


def _clean(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
