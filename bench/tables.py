"""Tables out of results, as plain text or as Markdown. A cell without a figure points at a note: why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from results import OURS, Results
from scenarios import CASES, IDLE, MANY, ONE, OPEN, TLS, Case

STARVED = 0.85  # a client with less CPU than this was not the limit of its figure
PACE = 0.95  # of the rate that was sent, below which a client fell behind
ABSENT = "·"  # takes no part: a variant of a peer that differs by its decoder alone


@dataclass
class Notes:
    """Reasons, numbered as they are first used."""

    texts: list[str] = field(default_factory=list)

    def mark(self, text: str) -> str:
        """`[n]` for this reason."""
        if text not in self.texts:
            self.texts.append(text)
        return f"[{self.texts.index(text) + 1}]"

    def lines(self) -> list[str]:
        """The notes, one a line."""
        return [f"[{number}] {text}" for number, text in enumerate(self.texts, 1)]


@dataclass
class Table:
    """A title, a line under it, and rows whose first cell is the peer."""

    title: str
    caption: str
    columns: list[str]
    rows: list[list[str]]

    def text(self) -> str:
        """For a terminal."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        body = ["  ".join(aligned(line, widths)).rstrip() for line in lines]
        return "\n".join([self.title, self.caption, "", *body, ""])

    def markdown(self) -> str:
        """For a page."""
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(line)} |" for line in [self.columns, rule, *self.rows]]
        return "\n".join([f"### {self.title}", "", self.caption, "", *lines, ""])


def aligned(line: list[str], widths: list[int]) -> Iterable[str]:
    """The first cell to the left, the others to the right."""
    yield line[0].ljust(widths[0])
    yield from (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))


class Writer:
    """Makes the tables of one document; they share their notes."""

    def __init__(self, results: Results) -> None:
        self.results, self.notes = results, Notes()
        measured = set(results.cases())
        self.cases = [case for case in CASES if case.key in measured]

    def tables(self) -> list[Table]:
        """Every table that has figures."""
        made = [self.speeds(group) for group in (ONE, TLS, MANY)]
        made += [self.costs(), self.latencies(), self.life(), self.closing()]
        return [table for table in made if len(table.columns) > 1]

    def table(self, title: str, caption: str, cases: list[Case], cell: Callable[[Case, str], str]) -> Table:
        """A column a case, a row a peer."""
        peers = dict.fromkeys(peer for case in cases for peer in self.results.peers(case.key))
        rows = [[peer, *(self.cell(case, peer, cell) for case in cases)] for peer in peers]
        return Table(title, caption, ["", *(case.name for case in cases)], rows)

    def cell(self, case: Case, peer: str, cell: Callable[[Case, str], str]) -> str:
        """A figure, or the reason why there is none."""
        samples = self.results.of(case.key, peer)
        if not samples:
            return ABSENT
        if not any(sample.values or sample.over for sample in samples):
            return self.notes.mark(self.results.reason(case.key, peer) or "no figure")
        return cell(case, peer)

    def speeds(self, group: str) -> Table:
        """Messages a second, with the ratio to ours."""
        cases = [case for case in self.cases if case.group == group]
        caption = "Messages a second; in brackets how many times as fast binance_ws is."
        return self.table(f"Throughput, {group}", caption, cases, self.speed)

    def speed(self, case: Case, peer: str) -> str:
        metric = "messages_per_s"
        value = self.results.median(case.key, peer, metric) or 0.0
        starved = (self.results.median(case.key, peer, "busy") or 0.0) < STARVED
        ratio = self.results.ratio((case.key, OURS, metric), (case.key, peer, metric))
        brackets = f" ({ratio:.2f})" if ratio and peer != OURS else ""
        return f"{'~' * starved}{value:,.0f}{brackets}"

    def costs(self) -> Table:
        """CPU time a message."""
        cases = [case for case in self.cases if case.scenario == "throughput"]
        return self.table("CPU", "µs of the client process a message.", cases, self.cost)

    def cost(self, case: Case, peer: str) -> str:
        value = self.results.median(case.key, peer, "cpu_us") or 0.0
        return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"

    def latencies(self) -> Table:
        """Percentiles at each rate."""
        cases = [case for case in self.cases if case.scenario == "latency"]
        caption = "µs from the sender's write to the callback: p50 / p99 / p99.9."
        return self.table("Latency", caption, cases, self.latency)

    def latency(self, case: Case, peer: str) -> str:
        kept = self.results.median(case.key, peer, "messages_per_s") or 0.0
        if kept < PACE * case.rate:
            return f"fell behind: {kept:,.0f}/s"
        values = [self.results.median(case.key, peer, metric) for metric in ("p50_us", "p99_us", "p999_us")]
        return " / ".join(f"{value:,.0f}" for value in values if value is not None)

    def life(self) -> Table:
        """Memory, CPU and opening, a column a figure."""
        columns = {
            "KiB a socket": (IDLE, "kib_per_socket", "{:,.0f}"),
            "CPU %": (IDLE, "cpu_percent", "{:.2f}"),
            f"opening {OPEN.sockets}, s": (OPEN, "open_s", "{:.2f}"),
        }
        shown = {name: column for name, column in columns.items() if column[0].key in self.results.cases()}
        peers = dict.fromkeys(peer for case, _, _ in shown.values() for peer in self.results.peers(case.key))
        rows = [[peer, *(self.figure(peer, *column) for column in shown.values())] for peer in peers]
        caption = f"Resident memory and CPU of {IDLE.sockets} idle sockets; time to open {OPEN.sockets}."
        return Table("Idle and opening", caption, ["", *shown], rows)

    def figure(self, peer: str, case: Case, metric: str, form: str) -> str:
        """One figure, a bound with its sign, or a note."""

        def known(case: Case, peer: str) -> str:
            value = self.results.median(case.key, peer, metric)
            bound = self.results.bound(case.key, peer, metric)
            if value is not None:
                return form.format(value)
            return ABSENT if bound is None else f">{bound:.0f}"

        return self.cell(case, peer, known)

    def closing(self) -> Table:
        """Seconds of close() and to the end of the process."""
        cases = [case for case in self.cases if case.scenario == "close"]
        sockets = cases[0].sockets if cases else 0
        caption = f"Seconds with {sockets} sockets: until close() returned / until the process ended."
        return self.table("Closing", caption, cases, self.ends)

    def ends(self, case: Case, peer: str) -> str:
        return " / ".join(self.figure(peer, case, metric, "{:.2f}") for metric in ("close_s", "exit_s"))
