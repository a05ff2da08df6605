"""The document of a benchmark: samples as they came, and the medians, bounds and reasons drawn from them."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

from arena import Sample
from roster import ROWS

OURS = "binance_ws"
Figure = tuple[str, str, str]  # a case's key, a peer's name, a metric


class Results:
    """What was measured, by case and peer.

    Args:
        machine: the description of the machine.
        settings: how the benchmark was run.
        versions: the versions by peer.
        samples: in the order in which they came.
    """

    def __init__(
        self,
        machine: dict[str, Any],
        settings: dict[str, Any],
        versions: dict[str, dict[str, str]],
        samples: list[Sample],
    ) -> None:
        self.machine, self.settings, self.versions, self.samples = machine, settings, versions, samples

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read the JSON file."""
        document = json.loads(path.read_text())
        samples = [Sample(**sample) for sample in document["samples"]]
        return cls(document["machine"], document["settings"], document["versions"], samples)

    def save(self, path: Path) -> None:
        """Write the JSON file."""
        document = {
            "machine": self.machine,
            "settings": self.settings,
            "versions": self.versions,
            "medians": {case: self.medians(case) for case in self.cases()},
            "samples": [sample.as_json() for sample in self.samples],
        }
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n")

    def cases(self) -> list[str]:
        """The keys of the cases that were measured."""
        return list(dict.fromkeys(sample.case for sample in self.samples))

    def peers(self, case: str) -> list[str]:
        """Who took part, in the order of the roster."""
        present = {sample.peer for sample in self.samples if sample.case == case}
        return [row.name for row in ROWS if row.name in present]

    def of(self, case: str, peer: str) -> list[Sample]:
        """All samples of a peer in a case."""
        return [sample for sample in self.samples if sample.case == case and sample.peer == peer]

    def median(self, case: str, peer: str, metric: str) -> float | None:
        """The median over the runs that gave this figure."""
        values = [s.values[metric] for s in self.of(case, peer) if metric in s.values]
        return median(values) if values else None

    def bound(self, case: str, peer: str, metric: str) -> float | None:
        """What the figure is known to exceed, where a deadline came first."""
        return max((s.over[metric] for s in self.of(case, peer) if metric in s.over), default=None)

    def reason(self, case: str, peer: str) -> str | None:
        """Why there is no figure."""
        return next((s.reason for s in self.of(case, peer) if s.reason), None)

    def medians(self, case: str) -> dict[str, dict[str, Any]]:
        """Every figure of a case, by peer."""
        return {peer: self.summary(case, peer) for peer in self.peers(case)}

    def summary(self, case: str, peer: str) -> dict[str, Any]:
        """Medians, bounds as `over` and the reason, without what is missing."""
        samples = self.of(case, peer)
        metrics = dict.fromkeys(metric for s in samples for metric in s.values)
        over = {metric: self.bound(case, peer, metric) for s in samples for metric in s.over}
        summary: dict[str, Any] = {metric: self.median(case, peer, metric) for metric in metrics}
        summary |= {"runs": len(samples), "over": over, "reason": self.reason(case, peer)}
        return {name: value for name, value in summary.items() if value}

    def by_run(self, figure: Figure) -> dict[int, float]:
        """A figure's value in each run that gave it."""
        case, peer, metric = figure
        return {s.run: s.values[metric] for s in self.of(case, peer) if metric in s.values}

    def ratio(self, above: Figure, below: Figure) -> float | None:
        """The median over the runs of one figure to another.

        Not the ratio of their medians, for a machine may change its speed between two runs.
        """
        over, under = self.by_run(above), self.by_run(below)
        quotients = [over[run] / under[run] for run in over if under.get(run)]
        return median(quotients) if quotients else None
