"""Which pane shows a stream, and which view takes the place of an elder one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from ..core.backfill import source_of
from ..core.sequence import Gap
from ..streams.kinds import Stream
from .panes import CANDLES, Candles, Ladder, Price, Tile
from .quotes import Message
from .shell import Cell
from .view import View

Ask = Callable[..., Any]


def tile_of(stream: Stream, ask: Ask) -> Tile:
    """The pane of a stream: candles, a ladder, or a price.

    Args:
        stream: the stream.
        ask: one REST call: path, market, weight and parameters.
    """
    kind = stream.kind.name
    if kind.endswith("kline"):
        return Candles(stream, partial(_candles, stream, ask) if source_of(stream) else None)
    return Ladder(stream) if kind == "partial_depth" else Price(stream)


def _candles(stream: Stream, ask: Ask) -> list[Message]:
    """The latest candles of a stream, as its messages."""
    source = source_of(stream)
    assert source is not None
    params = source.params(stream, Gap(0, 0), CANDLES)
    wanted = {key: value for key, value in params.items() if key not in ("startTime", "endTime")}
    answer = ask(source.path, stream.market, source.weight, **wanted)
    return [source.message(stream, row) for row in answer] if isinstance(answer, list) else []


class Views:
    """The views of a manager: one that is shown again closes its elder.

    That is one of the same streams and books, and one that an earlier run of the same cell made.
    """

    def __init__(self) -> None:
        self._open: list[tuple[Hashable, Cell | None, View]] = []

    def replace(self, subject: Hashable, cell: Cell | None) -> None:
        """Close the elders of a view to be.

        Args:
            subject: what it shows.
            cell: the run of the cell that makes it, if there is one.
        """
        elders = [view for shown, by, view in self._open if shown == subject or _again(by, cell)]
        self._open = [entry for entry in self._open if entry[2] not in elders and not entry[2].closed]
        for elder in elders:
            elder.close("closed: it is shown anew")

    def add(self, subject: Hashable, cell: Cell | None, view: View) -> None:
        """A view that is open."""
        self._open.append((subject, cell, view))


def _again(before: Cell | None, cell: Cell | None) -> bool:
    """Whether a cell has been run again."""
    return before is not None and cell is not None and before.name == cell.name and before.run != cell.run
