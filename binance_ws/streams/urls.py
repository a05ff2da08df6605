"""Where streams are found: the URL that opens them, and which of them share a connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, urlsplit

from ..config import LIMITS
from .kinds import Route, Stream

LONGEST_URL = 2000
"""Characters above which streams are subscribed after opening: servers cut URLs at some thousands."""

NAMES_PER_REQUEST = 200
"""Names that one SUBSCRIBE request carries."""


def base_of(base: str, route: Route) -> str:
    """The base URL of a route, without a slash at its end."""
    plain = base.rstrip("/")
    return f"{plain}/{route.value}" if route.value else plain


def raw_url(base: str, name: str, time_unit: str | None = None) -> str:
    """The URL of one stream whose messages come bare."""
    return f"{base}/ws/{quote(name, safe='!@+:')}" + (f"?timeUnit={time_unit}" if time_unit else "")


def combined_url(base: str, names: Sequence[str], time_unit: str | None = None) -> str:
    """The URL of streams whose messages come wrapped with their names.

    Without names, or with too many for a URL, the streams have to be subscribed after opening.
    """
    unit = f"timeUnit={time_unit}" if time_unit else ""
    url = f"{base}/stream?streams=" + "/".join(quote(name, safe="!@:") for name in names)
    if not names or len(url) > LONGEST_URL:
        return f"{base}/stream" + (f"?{unit}" if unit else "")
    return f"{url}&{unit}" if unit else url


def needs_subscribing(url: str) -> bool:
    """Whether a URL names no streams itself."""
    parts = urlsplit(url)
    return parts.path.endswith(("/stream", "/ws")) and "streams=" not in parts.query


def shards(streams: Iterable[Stream]) -> Iterator[list[Stream]]:
    """The streams that go together over one connection: one market, one route, no more than its limit."""
    groups: dict[tuple[str, str], list[Stream]] = {}
    for stream in streams:
        groups.setdefault((stream.market.value, stream.route.value), []).append(stream)
    for group in groups.values():
        limit = LIMITS[group[0].market].streams
        for start in range(0, len(group), limit):
            yield group[start : start + limit]


def requests(names: Sequence[str]) -> Iterator[list[str]]:
    """Names in portions that one request carries."""
    for start in range(0, len(names), NAMES_PER_REQUEST):
        yield list(names[start : start + NAMES_PER_REQUEST])
