"""What is measured: one row a case."""

from __future__ import annotations

from dataclasses import dataclass

from roster import Row

IDLE_SOCKETS = 300
OPEN_SOCKETS = 200
CLOSE_SOCKETS = 40


@dataclass(frozen=True)
class Case:
    """One thing to measure: what the server does, how many sockets, for how long."""

    scenario: str  # throughput, latency, idle, open or close
    name: str
    mode: str = "flood"  # of the load generator
    kind: str = "trade"
    sockets: int = 1
    tls: bool = False
    rate: int = 0  # messages a second, where the mode is paced
    seconds: float = 0.6  # of measurement, after the warm-up
    deadline: float = 15.0  # of the client process, in seconds
    repeats: float = 1.0  # share of `--runs`
    quick: bool = False  # belongs to --quick
    variants: bool = False  # the peers that differ by decoder take part too

    @property
    def key(self) -> str:
        """Its name in the results."""
        return f"{self.scenario}: {self.name}"

    def admits(self, row: Row) -> bool:
        """Whether this peer takes part in this case."""
        return self.variants or not row.variant


def throughput(name: str, quick: bool = False, **options: object) -> Case:
    return Case("throughput", name, quick=quick, **options)  # type: ignore[arg-type]


def latency(rate: int, quick: bool = False, seconds: float = 1.0) -> Case:
    name = f"{rate:,}/s"
    return Case("latency", name, "paced", rate=rate, seconds=seconds, quick=quick, variants=True)


def closing(name: str, mode: str) -> Case:
    return Case("close", name, mode, sockets=CLOSE_SOCKETS, deadline=14.0, repeats=0.6)


CASES = (
    throughput("trades", quick=True, variants=True),
    throughput("trades, combined", kind="combined", variants=True),
    throughput("book tickers", kind="bookTicker", variants=True),
    throughput("80-level depth", kind="depth", quick=True, variants=True),
    throughput("100 KiB arrays", kind="miniTicker", variants=True),
    throughput("trades, TLS", quick=True, tls=True),
    throughput("80-level depth, TLS", kind="depth", tls=True),
    throughput("100 KiB arrays, TLS", kind="miniTicker", tls=True),
    throughput("trades, 8 sockets", sockets=8),
    throughput("trades, 32 sockets", sockets=32),
    throughput("trades, 128 sockets", quick=True, sockets=128, deadline=25.0),
    throughput("trades, 32 sockets, TLS", sockets=32, tls=True),
    latency(1_000, seconds=1.5),
    latency(20_000, quick=True),
    latency(100_000),
    Case("idle", f"{IDLE_SOCKETS} sockets", "idle", sockets=IDLE_SOCKETS, seconds=2.0, deadline=40.0, repeats=0.6),
    Case("open", f"{OPEN_SOCKETS} sockets", "idle", sockets=OPEN_SOCKETS, deadline=30.0, repeats=0.6),
    closing("answering", "idle"),
    closing("mute", "mute"),
    closing("black-holed", "blackhole"),
)

BY_KEY = {case.key: case for case in CASES}
SCENARIOS = tuple(dict.fromkeys(case.scenario for case in CASES))
