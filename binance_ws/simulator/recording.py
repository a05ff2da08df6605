"""Reads captures: JSON lines of frames as they came over the wire, with snapshots of the books.

The lines are those of :mod:`binance_ws.core.lines`, in the files of :mod:`binance_ws.core.captures`.
Snapshots may also stand in a file ``snapshots.jsonl.gz`` beside the capture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.captures import records, series
from ..core.lines import SNAPSHOT, START, encode
from ..enums import Market
from ..errors import ArgumentError

_TIMES = re.compile(rb'"[ET]":(\d{13})(?=[,}])')
_PREVIOUS = b'"pu":'
_IN_MEMORY = 40_000

DEMO, DEMO_USDM = "demo", "demo-usdm"
_DATA = Path(__file__).parent / "data"
SHIPPED = {
    DEMO: _DATA / "spot_btcusdt_ethusdt.jsonl.gz",
    DEMO_USDM: _DATA / "usdm_btcusdt_ethusdt.jsonl.gz",
}
"""The captures that come with the package, by name."""

_SERVED_BY = {"spot": Market.SPOT, "usdm": Market.USDM, "coinm": Market.USDM}
"""The market whose replay plays the frames of a market: one host's symbols include those of both futures."""

__all__ = ["DEMO", "DEMO_USDM", "SHIPPED", "Frame", "Recording", "encode"]


class Frame:
    """One received message: when (ns), of which stream, its payload unchanged, and what it was parsed to."""

    __slots__ = ("at", "parsed", "payload", "stream")

    def __init__(self, at: int, stream: str, payload: bytes) -> None:
        self.at, self.stream, self.payload = at, stream, payload
        self.parsed: Any = None


class Recording:
    """A capture that can be played any number of times; small ones are kept in memory.

    Args:
        path: the file, or ``"demo"`` or ``"demo-usdm"`` for the captures that come with the package.

    Attributes:
        market: whose frames they are: what the capture says of itself, COIN-M's counting as USD-M's; else
            USD-M's where changes of the book have a ``pu``, else those of spot.

    Raises:
        ArgumentError: there is no such file, it holds no frame, a line cannot be understood, or its frames
            are those of options, which cannot be replayed.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = SHIPPED.get(str(path)) or Path(path)
        self.market = Market.SPOT
        self._told = False
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.streams: set[str] = set()
        self._frames: list[Frame] | None = None
        self._survey()
        self._look_beside()

    def _survey(self) -> None:
        kept: list[Frame] = []
        leads: list[int] = []
        count = 0
        for count, frame in enumerate(self._read(), 1):
            leads = self._note(frame, leads)
            if count <= _IN_MEMORY:
                kept.append(frame)
        if not count:
            raise ArgumentError(f"{self.path} holds no frame")
        self.start, self.lead = kept[0].at, min(leads, default=0)
        self._frames = kept if count <= _IN_MEMORY else None

    def _note(self, frame: Frame, leads: list[int]) -> list[int]:
        """Take note of a frame; the smallest lead so far."""
        if frame.stream not in self.streams:
            self.streams.add(frame.stream)
            if not self._told and _PREVIOUS in frame.payload:
                self.market = Market.USDM
        self.end = frame.at
        # The recorder's clock is not the exchange's. With the smallest distance between them no message is ever
        # played after the time that it carries, so that none comes too late for its kline.
        more = [int(time) * 1_000_000 - frame.at for time in _TIMES.findall(frame.payload)]
        return [min(leads + more)] if more else leads

    def frames(self) -> Iterator[Frame]:
        """The frames in the order of receipt."""
        return iter(self._frames) if self._frames is not None else self._read()

    def _read(self) -> Iterator[Frame]:
        for file in series(self.path):
            for record in records(file):
                if record.note is None:
                    yield Frame(record.time, record.stream, record.data)
                elif record.note["note"] == SNAPSHOT:
                    self._snapshot(record.note)
                elif record.note["note"] == START:
                    self._served(str(record.note.get("market", self.market)))

    def _served(self, market: str) -> None:
        """Know whose frames they are."""
        if market not in _SERVED_BY:
            raise ArgumentError(
                f"{self.path} is of {market}, which cannot be replayed: {', '.join(_SERVED_BY)} can"
            )
        self._told, self.market = True, _SERVED_BY[market]

    def _snapshot(self, entry: dict[str, Any]) -> None:
        if "lastUpdateId" in entry["data"]:
            self.snapshots.setdefault(str(entry.get("symbol", "")).upper(), entry["data"])

    def _look_beside(self) -> None:
        beside = self.path.parent / "snapshots.jsonl.gz"
        for record in records(beside) if beside.exists() else ():
            if record.note is not None and record.note.get("capture") == self.path.name:
                self._snapshot(record.note)
