"""What is noted between the messages of a recording: its beginning, and what happened to its connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .. import events
from ..core.lines import FORMAT, GAP, START, noted
from ..enums import Market

_NAMES: dict[type[events.Event], str] = {
    events.Connected: "connected",
    events.Lost: "lost",
    events.GivenUp: "given_up",
    events.Refused: "refused",
    events.Missed: GAP,
    events.Backfilled: "backfilled",
    events.Rotated: "replaced",
    events.Silent: "silent",
}
"""What the notes on events are called; the other events say nothing that matters here."""


def header(time: int, market: Market, environment: str, streams: Sequence[str], part: int) -> bytes:
    """The first line of a file.

    Args:
        time: in ns.
        market: of the streams.
        environment: where they come from.
        streams: their names.
        part: the number of the file in its series.
    """
    about = {"market": market.value, "environment": environment, "streams": list(streams), "part": part}
    return noted(time, START, format=FORMAT, library=f"binance-ws {_version()}", **about)


def _version() -> str:
    try:
        return version("binance-ws")
    except PackageNotFoundError:
        return "unknown"


def note_of(event: events.Event, time: int) -> bytes | None:
    """The line of an event; ``None`` where it is not noted."""
    name = _NAMES.get(type(event))
    if name is None:
        return None
    about = {each.name: _plain(getattr(event, each.name)) for each in fields(event) if each.name != "key"}
    return noted(time, name, **about)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, BaseException) else value
