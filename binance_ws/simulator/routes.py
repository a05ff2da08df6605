"""Which paths are sockets, of which market and in which form; percent-encoding is undone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from ..enums import Market

_UNITS = {"MILLISECOND": False, "millisecond": False, "MICROSECOND": True, "microsecond": True}


class BadTimeUnit(ValueError):
    """``timeUnit`` is none of the allowed words."""


@dataclass(frozen=True)
class Endpoint:
    """What a client connected to.

    Args:
        market: whose streams it serves.
        combined: whether messages come in the envelope at first.
        streams: the names in the URL.
        microseconds: whether times are in microseconds.
    """

    market: Market
    combined: bool
    streams: tuple[str, ...] = ()
    microseconds: bool = False


def parse(target: str) -> Endpoint | None:
    """The endpoint of a request's target; ``None`` where there is none.

    Raises:
        BadTimeUnit: the target asks for a unit that does not exist.
    """
    path, _, query = target.partition("?")
    parameters = pairs(query)
    unit = parameters.get("timeUnit", "MILLISECOND")
    if path.rstrip("/") == "/stream":
        return Endpoint(Market.SPOT, True, _clean(parameters.get("streams", "").split("/")), _unit(unit))
    if path == "/ws" or path.startswith("/ws/"):
        return Endpoint(Market.SPOT, False, _clean(unquote(path[4:]).split("/")), _unit(unit))
    return None


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
