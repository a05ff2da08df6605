"""Draws results as an SVG of bar charts, by hand: no library is needed for rectangles and text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from results import Results
from roster import BY_NAME, RAW

# px: of all, of the names on the left, of the figures on the right
WIDTH, LABELS, FIGURES = 560, 150, 70
MARGIN, COLUMNS = 24, 2
BAR, GAP, TITLE = 16, 5, 44
OURS_COLOUR, PEER_COLOUR = "#d9a400", "#7d8aa0"
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#555}"
    ".title{font-weight:600;font-size:14px}.ours{font-weight:600}"
    "@media (prefers-color-scheme:dark){text{fill:#bbb}}"
)


@dataclass(frozen=True)
class Panel:
    """One chart: a figure of one case for every peer."""

    title: str
    case: str
    metric: str
    logarithmic: bool = False


PANELS = (
    Panel("Trades a second, one socket", "throughput: trades", "messages_per_s"),
    Panel("Trades a second, 128 sockets", "throughput: 128 sockets", "messages_per_s"),
    Panel("80-level depth diffs a second, one socket", "throughput: 80-level depth", "messages_per_s"),
    Panel("CPU µs a trade, one socket (less is better)", "throughput: trades", "cpu_us"),
    Panel("p99 latency at 20,000/s, µs, logarithmic (less is better)", "latency: 20,000/s", "p99_us", True),
    Panel("KiB of an idle socket (less is better)", "idle: 300 sockets", "kib_per_socket"),
)


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    """A text element."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def bar(y: float, length: float, ours: bool) -> str:
    """A bar, from the labels to the right."""
    colour = OURS_COLOUR if ours else PEER_COLOUR
    return f'<rect x="{LABELS}" y="{y:.0f}" width="{length:.1f}" height="{BAR}" rx="2" fill="{colour}"/>'


def scale(values: list[float], logarithmic: bool) -> Callable[[float], float]:
    """From a value to a bar's length in px."""
    room = WIDTH - LABELS - FIGURES
    if not logarithmic:
        return lambda value: room * value / max(values)
    low, high = math.log10(min(values)) - 0.3, math.log10(max(values))
    return lambda value: room * (math.log10(value) - low) / (high - low)


def figure(value: float) -> str:
    """A number as the charts show it."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def panel(results: Results, chart: Panel, top: float) -> tuple[list[str], float]:
    """The elements of a chart and where the next one may begin; what does not decode is left out."""
    found = {peer: results.median(chart.case, peer, chart.metric) for peer in results.peers(chart.case)}
    values = {peer: value for peer, value in found.items() if value and peer != RAW}
    if not values:
        return [], top
    length, y = scale(list(values.values()), chart.logarithmic), top + TITLE
    parts = [text(0, y - 12, chart.title, "title")]
    for peer, value in values.items():
        ours = BY_NAME[peer].ours
        parts.append(text(LABELS - 8, y + BAR - 4, peer, "ours" if ours else "", "end"))
        parts.append(bar(y, length(value), ours))
        parts.append(text(LABELS + length(value) + 6, y + BAR - 4, figure(value)))
        y += BAR + GAP
    return parts, y


def caption(results: Results) -> str:
    """The machine, in a line."""
    machine, runs = results.machine, results.settings["runs"]
    how = f"medians of {runs} runs" if runs > 1 else "a single run"
    return f"{machine['cpu']}, {machine['python']}, {machine['kernel']}; {how}, {machine['date']}"


def column(results: Results, number: int) -> tuple[list[str], float]:
    """The elements of a column of charts, and its height."""
    parts, y = [f'<g transform="translate({number * (WIDTH + MARGIN)} 0)">'], 0.0
    for chart in PANELS[number::COLUMNS]:
        elements, y = panel(results, chart, y)
        parts += elements
    return [*parts, "</g>"], y


def draw(results: Results) -> str:
    """The whole SVG."""
    columns = [column(results, number) for number in range(COLUMNS)]
    bottom = max(y for _, y in columns)
    width, height = COLUMNS * (WIDTH + MARGIN), round(bottom + 40)
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img"><style>{STYLE}</style>'
    body = [part for parts, _ in columns for part in parts]
    return "\n".join([head, *body, text(0, bottom + 28, caption(results)), "</svg>\n"])
