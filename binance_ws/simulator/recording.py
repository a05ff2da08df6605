"""Reads captures: JSON lines of frames as they came over the wire, with snapshots of the books.

A line is ``{"t":<ns since the epoch>,"stream":"btcusdt@trade","data":{…}}``, plain or in a ``.gz``. A line without
a stream, ``{"t":…,"symbol":"BTCUSDT","data":{"lastUpdateId":…,"bids":[…],"asks":[…]}}``, is a snapshot of the book
by REST. Snapshots may also stand in a file ``snapshots.jsonl.gz`` beside the capture.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from ..enums import Market
from ..errors import ArgumentError

_LINE = re.compile(rb'\{"t":(\d+),"stream":"([^"\\]+)","data":(.*)\}\s*')
_TIMES = re.compile(rb'"[ET]":(\d{13})(?=[,}])')
_PREVIOUS = b'"pu":'
_IN_MEMORY = 40_000

DEMO, DEMO_USDM = "demo", "demo-usdm"
_SHIPPED = {DEMO: "spot_btcusdt_ethusdt.jsonl.gz", DEMO_USDM: "usdm_btcusdt_ethusdt.jsonl.gz"}


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
        market: whose frames they are: USD-M's where changes of the book have a ``pu``, else those of spot.

    Raises:
        ArgumentError: there is no such file, it holds no frame, or a line cannot be understood.
    """

    def __init__(self, path: str | Path) -> None:
        shipped = _SHIPPED.get(str(path))
        self.path = Path(__file__).parent / "data" / shipped if shipped else Path(path)
        self.market = Market.SPOT
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
            self._note(frame, leads)
            if count <= _IN_MEMORY:
                kept.append(frame)
        if not count:
            raise ArgumentError(f"{self.path} holds no frame")
        self.start, self.lead = kept[0].at, min(leads, default=0)
        self._frames = kept if count <= _IN_MEMORY else None

    def _note(self, frame: Frame, leads: list[int]) -> None:
        if frame.stream not in self.streams:
            self.streams.add(frame.stream)
            self.market = Market.USDM if _PREVIOUS in frame.payload else self.market
        self.end = frame.at
        # The recorder's clock is not the exchange's. With the smallest distance between them no message is ever
        # played after the time that it carries, so that none comes too late for its kline.
        leads.extend(int(time) * 1_000_000 - frame.at for time in _TIMES.findall(frame.payload))

    def frames(self) -> Iterator[Frame]:
        """The frames in the order of receipt."""
        return iter(self._frames) if self._frames is not None else self._read()

    def _read(self) -> Iterator[Frame]:
        with self._open(self.path) as lines:
            for number, line in enumerate(lines, 1):
                frame = self._frame(line, number)
                if frame is not None:
                    yield frame

    def _frame(self, line: bytes, number: int) -> Frame | None:
        found = _LINE.fullmatch(line)
        if found:
            return Frame(int(found[1]), found[2].decode(), found[3])
        if not line.strip():
            return None
        entry = _parse(line, f"line {number} of {self.path}")
        if "stream" not in entry:
            self._snapshot(entry)
            return None
        return Frame(entry["t"], entry["stream"], encode(entry["data"]))

    def _snapshot(self, entry: dict[str, Any]) -> None:
        if "lastUpdateId" in entry["data"]:
            self.snapshots.setdefault(str(entry.get("symbol", "")).upper(), entry["data"])

    def _look_beside(self) -> None:
        beside = self.path.parent / "snapshots.jsonl.gz"
        if not beside.exists():
            return
        with self._open(beside) as lines:
            for number, line in enumerate(lines, 1):
                entry = _parse(line, f"line {number} of {beside}")
                if entry.get("capture") == self.path.name:
                    self._snapshot(entry)

    @staticmethod
    def _open(path: Path) -> IO[bytes]:
        try:
            return cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
        except OSError as error:
            raise ArgumentError(f"the recording {path} cannot be read: {error.strerror}") from error


def _parse(line: bytes, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if isinstance(entry["t"], int) and "data" in entry:
            return dict(entry)
    except (ValueError, KeyError, TypeError):
        pass
    raise ArgumentError(f'{where} is not like {{"t":…,"stream":"btcusdt@trade","data":{{…}}}}')


def encode(value: Any) -> bytes:
    """JSON as the exchange writes it: no spaces, UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
