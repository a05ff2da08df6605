"""What a start means: which streams under which path, and what the callback gets of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .client import Client
from .config import WHOLE_MARKET
from .core.given import whole
from .core.merge import Merge
from .enums import Market
from .errors import ArgumentError, UnknownStream
from .streams import names
from .streams.kinds import Stream
from .streams.lookup import build, classify
from .streams.urls import base_of, combined_url, raw_url
from .target import Shape

MINI_TICKER_SECONDS = 1.0
"""How often the exchange sends all mini tickers."""


@dataclass(frozen=True)
class Plan:
    """One socket to be.

    Args:
        market: the market that its path belongs to.
        path: its key, unless another market has that key already.
        streams: what it carries, or a function that finds that out when it connects.
        shape: what its callback gets.
    """

    market: Market
    path: str
    streams: Sequence[Stream] | Callable[[], Sequence[Stream]]
    shape: Shape = field(default_factory=Shape)


def single(client: Client, stream: Stream, wrapped: bool) -> Plan:
    """One stream; what the exchange serves no more is made from the same stream of each symbol."""
    if _served(client, stream):
        return Plan(stream.market, stream.name, [stream], Shape(wrapped))
    kind = stream.kind.name.removeprefix("all_").removesuffix("s")
    merge = partial(Merge, 1.0) if stream.kind.array else None
    return Plan(stream.market, stream.name, partial(_of_each_symbol, client, kind), Shape(merge=merge))


def mini_tickers(update_time: int) -> Plan:
    """All mini tickers, each ``update_time`` milliseconds.

    Raises:
        ArgumentError: that is no number above 0.
    """
    whole("update_time", update_time, "milliseconds")
    seconds = update_time / 1000
    merge = partial(Merge, seconds, MINI_TICKER_SECONDS / 2) if seconds > MINI_TICKER_SECONDS else None
    stream = names.all_mini_tickers()
    return Plan(Market.SPOT, f"{stream.name}@{update_time}ms", [stream], Shape(merge=merge))


def multiplex(client: Client, streams: Iterable[str], market: Market) -> Plan:
    """Many streams of one market, wrapped.

    Raises:
        UnknownStream: the market has no such stream, or has it no more.
    """
    found = classified(streams, market)
    for stream in found:
        if not _served(client, stream):
            raise UnknownStream(
                f"the exchange serves {stream.name!r} no more; start_ticker_socket and "
                "start_book_ticker_socket make its messages"
            )
    return Plan(market, "streams=" + "/".join(s.name for s in found), found, Shape(wrapped=True))


def mixed(streams: Iterable[Stream | str], market: Market | str, raw: bool) -> Plan:
    """Any streams of any markets: one comes bare, several come wrapped.

    Raises:
        ArgumentError: there are none, or one is unknown.
    """
    found = classified(streams, market)
    path = found[0].name if len(found) == 1 else "streams=" + "/".join(map(_qualified, found))
    return Plan(found[0].market, path, found, Shape(len(found) > 1, raw))


def framed(streams: Iterable[Stream | str], market: Market | str) -> Plan:
    """Any streams of any markets, wrapped, each message with the bytes it came in; apart from all other sockets.

    Raises:
        ArgumentError: there are none, or one is unknown.
    """
    found = classified(streams, market)
    path = "record=" + "/".join(map(_qualified, found))
    return Plan(found[0].market, path, found, Shape(wrapped=True, frames=True))


def _each(streams: object) -> Iterable[Any]:
    """What a caller passed as streams; a single one is one."""
    if isinstance(streams, (str, Stream)):
        return [streams]
    if not isinstance(streams, Iterable):
        order = "; the streams come first, then the callback" if callable(streams) else ""
        raise ArgumentError(f"streams is a list such as ['btcusdt@trade'], not {streams!r}{order}")
    return streams


def classified(streams: Iterable[Stream | str] | Stream | str, market: Market | str) -> list[Stream]:
    """Streams, each once, in the order given.

    Raises:
        ArgumentError: there are none, or one is unknown.
    """
    found = [s if isinstance(s, Stream) else classify(s, market) for s in _each(streams)]
    if not found:
        raise ArgumentError("at least one stream is needed, such as 'btcusdt@trade'")
    return list(dict.fromkeys(found))


def url_of(
    client: Client, bases: Mapping[Market, str | None], streams: Sequence[Stream], combined: bool
) -> str:
    """The URL that opens streams of one market and route.

    Args:
        client: knows the environment and the unit of times.
        bases: base URLs that stand in for the environment's.
        streams: what is to be opened.
        combined: whether messages are to come wrapped.
    """
    market = streams[0].market
    base = base_of(bases.get(market) or client.environment.hosts(market).stream, streams[0].route)
    unit = client.time_unit if market is Market.SPOT else None
    if combined:
        return combined_url(base, [stream.name for stream in streams], unit)
    return raw_url(base, streams[0].name, unit)


def _served(client: Client, stream: Stream) -> bool:
    """Whether the environment has a stream; spot's of the whole market are on few."""
    whole = stream.market is Market.SPOT and stream.name in WHOLE_MARKET
    return not whole or stream.name in client.environment.whole_market


def _of_each_symbol(client: Client, kind: str) -> list[Stream]:
    """A stream for each spot symbol that is traded; asks the exchange."""
    symbols = client.exchange_info()["symbols"]
    return [build(Market.SPOT, kind, symbol=s["symbol"]) for s in symbols if s["status"] == "TRADING"]


def _qualified(stream: Stream) -> str:
    return stream.name if stream.market is Market.SPOT else f"{stream.market}:{stream.name}"
