"""The goals of the library, each a ratio within one run of the benchmark, and whether it was met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from results import OURS, Figure, Results
from scenarios import IDLE
from tables import Table

TRADES, TRADES_TLS = "throughput: trades", "throughput: trades, TLS"
MANY, PACED = "throughput: 128 sockets", "latency: 20,000/s"
SPEED, CPU, P99 = "messages_per_s", "cpu_us", "p99_us"
ONE: Figure = (TRADES, OURS, SPEED)
CLOSING = ("close: answering", "close: mute", "close: black-holed")


Measure = Callable[[Results], "float | None"]


@dataclass(frozen=True)
class Goal:
    """What is to be reached: at least, or at most, this much.

    `by_cpu` is the same ratio by CPU time a message, which other work on the machine does not disturb.
    """

    text: str
    least: float | None
    most: float | None
    value: Measure
    by_cpu: Measure = lambda _results: None

    def met(self, value: float) -> bool:
        """Whether a value satisfies it."""
        return value >= self.least if self.least is not None else value <= (self.most or 0.0)

    def row(self, results: Results) -> list[str]:
        """Its row: the text, the goal, the values, the verdict."""
        value, by_cpu = self.value(results), self.by_cpu(results)
        wanted = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"
        verdict = "not measured" if value is None else self.verdict(value)
        return [self.text, wanted, shown(value), verdict, shown(by_cpu)]

    def verdict(self, value: float) -> str:
        """Met, or by how much it was missed."""
        limit = self.least if self.least is not None else self.most or 0.0
        return "met" if self.met(value) else f"missed by {abs(1 - value / limit):.0%}"


def shown(value: float | None) -> str:
    """A ratio, or a dot."""
    return "·" if value is None else f"{value:.2f}"


def ratio(above: Figure, below: Figure) -> Measure:
    """One figure to another, within a run."""
    return lambda results: results.ratio(above, below)


def speeds(text: str, least: float, above: Figure, below: Figure) -> Goal:
    """One throughput to another; by CPU time it is the other way round."""
    cost_above, cost_below = (*above[:2], CPU), (*below[:2], CPU)
    return Goal(text, least, None, ratio(above, below), ratio(cost_below, cost_above))


def than(peer: str, least: float) -> Goal:
    """How many times as many trades a second as a peer."""
    return speeds(f"trades a second, to {peer}", least, ONE, (TRADES, peer, SPEED))


def figure(text: str, most: float, case: str, metric: str) -> Goal:
    """One of our own figures."""
    return Goal(text, None, most, lambda results: results.median(case, OURS, metric))


GOALS = (
    than("picows", 1.0),
    than("binance-connector", 6.0),
    than("unicorn-binance", 6.0),
    than("python-binance", 20.0),
    speeds("128 sockets, to one", 0.8, (MANY, OURS, SPEED), ONE),
    speeds("TLS, to plain", 0.8, (TRADES_TLS, OURS, SPEED), ONE),
    Goal("p99 at 20,000/s, to picows", None, 1.0, ratio((PACED, OURS, P99), (PACED, "picows", P99))),
    *(figure(f"seconds to the end, {case}", 0.5, case, "exit_s") for case in CLOSING),
    figure("CPU % of the idle sockets", 1.0, IDLE.key, "cpu_percent"),
    figure("KiB of an idle socket", 150.0, IDLE.key, "kib_per_socket"),
)


def table(results: Results) -> Table:
    """All goals."""
    rows = [goal.row(results) for goal in GOALS]
    columns = ["binance_ws", "goal", "got", "", "by CPU time"]
    return Table("Goals", "Ratios within this run, by medians.", columns, rows)
