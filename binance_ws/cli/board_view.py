"""How a look of ``top`` is shown: a table on a terminal, lines of text, or a line of JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ..core.figures import duration
from ..core.lifecycle import State
from ..info import SocketInfo
from .board import TREND, Row
from .console import counted

_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "–"
_FRAME = 7
"""Lines of the picture besides its rows."""

_FOR_EYES = ("trend", "decimals")
_LATE_MS = 1_000.0
"""Lag that is worth a colour."""


@dataclass(frozen=True)
class Look:
    """Everything that is shown at once.

    Args:
        where: the environment and market.
        rows: a row each symbol.
        socket: the numbers of the connection.
        note: what happened last, or nothing.
    """

    where: str
    rows: Sequence[Row]
    socket: SocketInfo
    note: str = ""

    @property
    def rate(self) -> float:
        """Messages a second of all symbols."""
        return sum(row.rate for row in self.rows)


def table(look: Look, width: int, height: int) -> Group:
    """A table for a terminal of so many columns and lines; what does not fit is left out."""
    columns = [column for column in _COLUMNS if width >= column.least]
    drawn = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column.name, justify=column.justify, no_wrap=True)
    room = max(1, height - _FRAME)
    hidden = len(look.rows) - room
    for row in look.rows[: room - (hidden > 0)]:
        drawn.add_row(*(column.cell(row) for column in columns))
    more = (
        [_one_line(f"and {hidden + 1} more, for which the terminal is too low", "dim")] if hidden > 0 else []
    )
    title = Text.assemble(("binance-ws top", "bold"), f"  {look.where}  {time.strftime('%H:%M:%S')}")
    return Group(title, drawn, *more, _footer(look), _one_line(look.note, "yellow"))


class _Column(NamedTuple):
    """A column, what it says of a row, and how wide a terminal must be to have it."""

    name: str
    justify: Literal["left", "right"]
    least: int
    cell: Callable[[Row], Text]


def _priced(row: Row) -> Text:
    """Coloured by the last move."""
    tick = row.trend[-1] - row.trend[-2] if len(row.trend) > 1 else 0.0
    return Text(_price(row), style=_sign(tick, "green", "red", ""))


_COLUMNS = (
    _Column("symbol", "left", 0, lambda row: Text(row.symbol, style="bold")),
    _Column("price", "right", 0, _priced),
    _Column(
        "24 h",
        "right",
        0,
        lambda row: Text(_percent(row.change), _sign(row.change or 0, "green", "red", "dim")),
    ),
    _Column("volume", "right", 72, lambda row: Text(_short(row.volume))),
    _Column("messages/s", "right", 0, lambda row: Text(f"{row.rate:,.1f}")),
    _Column(
        "lag", "right", 0, lambda row: Text(duration(row.lag), "yellow" if (row.lag or 0) > _LATE_MS else "")
    ),
    _Column(
        "age", "right", 80, lambda row: Text(duration(None if row.age is None else row.age * 1000), "dim")
    ),
    _Column("trend", "left", 100, lambda row: Text(sparkline(row.trend).ljust(TREND), "cyan")),
)


def _one_line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def _footer(look: Look) -> Text:
    socket = look.socket
    return Text.assemble(
        (f"● {socket.state}", "green" if socket.state is State.OPEN else "bold yellow"),
        f"   {socket.streams} streams   {look.rate:,.1f} messages/s   {socket.messages:,} in all   ",
        (f"{counted(socket.reconnects, 'reconnect')}   ", "yellow" if socket.reconnects else ""),
        (counted(socket.gaps, "gap"), "yellow" if socket.gaps else ""),
        no_wrap=True,
        overflow="ellipsis",
    )


def lines(look: Look) -> list[str]:
    """A line each symbol of which something is known, for where there is no terminal."""
    return [
        f"{row.symbol} {_price(row)} {_percent(row.change)} {row.rate:.1f}/s lag {duration(row.lag)}"
        for row in look.rows
        if row.price is not None
    ]


def json_line(look: Look) -> str:
    """One line of JSON."""
    symbols = [{k: v for k, v in asdict(row).items() if k not in _FOR_EYES} for row in look.rows]
    socket = look.socket
    told = {
        "time": int(time.time() * 1000),
        "state": socket.state.value,
        "rate": look.rate,
        "messages": socket.messages,
        "reconnects": socket.reconnects,
        "gaps": socket.gaps,
        "symbols": symbols,
    }
    return json.dumps(told)


def sparkline(values: Sequence[float]) -> str:
    """Numbers as bars, the lowest the shortest."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((value - low) * scale)] for value in values)


def _price(row: Row) -> str:
    return _NOTHING if row.price is None else f"{Decimal(row.price):.{row.decimals}f}"


def _percent(change: float | None) -> str:
    return _NOTHING if change is None else f"{round(change, 2) + 0.0:+.2f} %"


def _sign(value: float, above: str, below: str, zero: str) -> str:
    return above if value > 0 else below if value < 0 else zero


def _short(number: float | None) -> str:
    """A large number in three or four digits."""
    if number is None:
        return _NOTHING
    for power, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= power:
            return f"{number / power:,.1f} {letter}"
    return f"{number:.1f}"
