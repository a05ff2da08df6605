"""Tables for people: HTML that is readable in light and dark themes, and the words that go into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..core.figures import aligned, duration

if TYPE_CHECKING:
    from ..info import SocketInfo

_COLOURS = {"open": "#0a9b6d", "connecting": "#c98a00", "waiting": "#c98a00", "closed": "#d6434f"}
_GREY = "#8a8f98"
_CELL = "padding:2px 10px;white-space:nowrap;text-align:"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:4px 0"


def _age(info: SocketInfo) -> str:
    return duration(None if info.last is None else info.last * 1000)


_COLUMNS: dict[str, Callable[[SocketInfo], str]] = {
    "key": lambda info: info.key,
    "state": lambda info: str(info.state),
    "messages": lambda info: f"{info.messages:,}",
    "age": _age,
    "lag": lambda info: duration(info.lag),
    "reconnects": lambda info: f"{info.reconnects:,}",
    "gaps": lambda info: f"{info.gaps:,}",
    "backfilled": lambda info: f"{info.backfilled:,}",
    "dropped": lambda info: f"{info.dropped:,}",
    "errors": lambda info: f"{info.errors:,}",
}
_TEXT = ("key", "state")
_WORRYING = ("gaps", "dropped", "errors")


def sockets_table(infos: Iterable[SocketInfo], title: str = "") -> str:
    """A row for each socket.

    Args:
        infos: what is known of each.
        title: stands above; not HTML.
    """
    head = "".join(_cell("th", name, name) for name in _COLUMNS)
    body = "".join(f"<tr>{''.join(_row(info))}</tr>" for info in infos)
    above = f'<div style="font-weight:600">{escape(title)}</div>' if title else ""
    return f'{above}<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(info: SocketInfo) -> Iterable[str]:
    for name, text in ((name, read(info)) for name, read in _COLUMNS.items()):
        if name == "state":
            yield _cell("td", name, text, f";color:{_COLOURS.get(text, _GREY)};font-weight:600")
        else:
            yield _cell("td", name, text, ";color:#d6434f" if name in _WORRYING and text != "0" else "")


def _cell(tag: str, name: str, text: str, style: str = "") -> str:
    side = "left" if name in _TEXT else "right"
    wide = ";white-space:normal;overflow-wrap:break-word;max-width:22em" if name == "key" else ""
    shown = re.sub("[/=]", r"\g<0><wbr>", escape(text))
    return f'<{tag} style="{_CELL}{side}{style}{wide}">{shown}</{tag}>'


def socket_line(info: SocketInfo) -> str:
    """A socket in one line."""
    words = f"{info.state}, {info.messages:,} messages, last {_age(info)} ago"
    return f"<SocketInfo {info.key} {words if info.last is not None else f'{info.state}, no message yet'}>"


_SIDES = {"ask": "#d6434f", "bid": "#0a9b6d"}
_BARS = {"ask": "rgba(214,67,79,.18)", "bid": "rgba(10,155,109,.18)"}


def ladder_table(title: str, rungs: Sequence[Any]) -> str:
    """A ladder of a book, from the highest price down; bars behind the sums show the depth.

    Args:
        title: stands above; not HTML.
        rungs: rows with ``side``, ``price``, ``quantity`` and ``total``.
    """
    totals = [float(rung.total.replace(",", "")) for rung in rungs]
    most = max(totals, default=0.0) or 1.0
    cells = zip(
        [rung.side for rung in rungs],
        aligned([rung.price for rung in rungs]),
        aligned([rung.quantity for rung in rungs]),
        [rung.total for rung in rungs],
        [100 * total / most for total in totals],
        strict=True,
    )
    body = "".join(f"<tr>{_rung(*row)}</tr>" for row in cells)
    head = "".join(_cell("th", name, name) for name in ("price", "quantity", "sum"))
    above = f'<div style="font-weight:600">{escape(title)}</div>'
    return f'{above}<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _rung(side: str, price: str, quantity: str, total: str, per_cent: float) -> str:
    bar = f"linear-gradient(to left,{_BARS[side]} {per_cent:.0f}%,transparent {per_cent:.0f}%)"
    return (
        _cell("td", "", price, f";color:{_SIDES[side]}")
        + _cell("td", "", quantity)
        + _cell("td", "", total, f";min-width:110px;background:{bar}")
    )
