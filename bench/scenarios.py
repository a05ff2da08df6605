"""What is measured: one row a case."""

from __future__ import annotations

from dataclasses import dataclass, replace

from roster import Row

IDLE_SOCKETS = 300
OPEN_SOCKETS = 200
CLOSE_SOCKETS = 40


@dataclass(frozen=True)
class Case:
    """One thing to measure: what the server does, how many sockets, for how long."""

    scenario: str  # throughput, latency, idle, open or close
    name: str
    group: str = ""  # cases of one group share a table
    mode: str = "flood"  # of the load generator
    kind: str = "trade"
    sockets: int = 1
    tls: bool = False
    rate: int = 0  # messages a second, where the mode is paced
    seconds: float = 0.5  # of measurement, after the warm-up
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


ONE, TLS, MANY = "one socket", "TLS", "many sockets"


def latency(rate: int, seconds: float = 1.0, main: bool = False) -> Case:
    """Paced trades on one socket; the main rate is measured for every variant too."""
    case = Case("latency", f"{rate:,}/s", mode="paced", rate=rate, seconds=seconds)
    return replace(case, quick=main, variants=main)


def closing(name: str, mode: str) -> Case:
    """The end of open sockets whose peer behaves in one way."""
    return Case("close", name, mode=mode, sockets=CLOSE_SOCKETS, deadline=12.0, repeats=0.6)


THROUGHPUT = (
    Case("throughput", "trades", ONE, quick=True, variants=True),
    Case("throughput", "trades, combined", ONE, kind="combined", variants=True),
    Case("throughput", "book tickers", ONE, kind="bookTicker", variants=True),
    Case("throughput", "80-level depth", ONE, kind="depth", quick=True, variants=True),
    Case("throughput", "100 KiB arrays", ONE, kind="miniTicker", variants=True),
    Case("throughput", "trades, TLS", TLS, quick=True, tls=True),
    Case("throughput", "80-level depth, TLS", TLS, kind="depth", tls=True),
    Case("throughput", "8 sockets", MANY, sockets=8),
    Case("throughput", "32 sockets", MANY, sockets=32),
    Case("throughput", "128 sockets", MANY, quick=True, sockets=128, deadline=25.0),
    Case("throughput", "32 sockets, TLS", MANY, sockets=32, tls=True),
)

LATENCY = (latency(1_000, seconds=1.5), latency(20_000, main=True), latency(100_000))

IDLE = Case("idle", f"{IDLE_SOCKETS} sockets", mode="idle", sockets=IDLE_SOCKETS, seconds=2.0)
OPEN = Case("open", f"{OPEN_SOCKETS} sockets", mode="idle", sockets=OPEN_SOCKETS)
LIFE = (
    replace(IDLE, deadline=40.0, repeats=0.6),
    replace(OPEN, deadline=30.0, repeats=0.6),
    closing("answering", "idle"),
    closing("mute", "mute"),
    closing("black-holed", "blackhole"),
)

CASES = THROUGHPUT + LATENCY + LIFE
BY_KEY = {case.key: case for case in CASES}
