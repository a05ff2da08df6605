"""The client's side of every scenario. A peer only opens sockets and calls back; the counting is here."""

from __future__ import annotations

import gc
import itertools
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any

import priority
from peers.base import Peer, Target
from scenarios import Case

WARM_UP = 0.2  # seconds
SETTLE = 0.7  # seconds from the last opened socket to the measurement of idle ones
OPENING = 20.0  # seconds that a peer has to open its sockets
STAMP_BASE = 10**18
PERCENTILES = {"p50_us": 0.50, "p99_us": 0.99, "p999_us": 0.999}

Result = dict[str, Any]
Event = Callable[[str], None]


class Unfit(Exception):
    """The peer cannot do this case; the text says why."""


class Counter:
    """Counts messages, from any thread, at the least cost; keeps the last one and the first error."""

    def __init__(self) -> None:
        self.last: Any = None
        self.tick = itertools.count(1).__next__
        self._reads = 0

    def on_message(self, message: Any) -> None:
        self.last = message
        self.tick()

    def read(self) -> int:
        """Messages so far. Reading ticks too, which is taken off."""
        self._reads += 1
        return self.tick() - self._reads

    def wait(self, count: int, deadline: float = OPENING) -> None:
        """Return when this many messages have come."""
        end = perf_counter() + deadline
        while self.read() < count:
            if perf_counter() > end:
                raise Unfit(f"only {self.read()} of {count} sockets delivered within {deadline:g} s")
            time.sleep(0.002)


def cpu_seconds() -> float:
    """User and system time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_bytes() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def check_decoded(message: Any, case: Case) -> None:
    """A peer that gave something else than the whole message must not be in the table."""
    decoded = json.loads(bytes(message)) if isinstance(message, (bytes, memoryview)) else message
    if isinstance(decoded, dict) and decoded.get("e") == "error":
        raise Unfit(f"stopped with {decoded.get('type', 'an error')}: {decoded.get('m', '')}"[:160])
    if not isinstance(decoded, list if case.kind == "miniTicker" else dict) or len(decoded) < 2:
        raise Unfit(f"delivered {str(message)[:80]!r}")


def throughput(make: type[Peer], target: Target, case: Case, _event: Event) -> Result:
    """Messages a second and CPU a message, over a window after the warm-up."""
    counter = Counter()
    peer = make(target, counter.on_message)
    peer.open(range(case.sockets))
    counter.wait(1)
    time.sleep(WARM_UP)
    start, count, cpu = perf_counter(), counter.read(), cpu_seconds()
    time.sleep(case.seconds)
    stop, count, cpu = perf_counter(), counter.read() - count, cpu_seconds() - cpu
    check_decoded(counter.last, case)
    if not count:
        raise Unfit("no message in the window")
    busy = cpu / (stop - start)
    return {"messages_per_s": count / (stop - start), "cpu_us": cpu / count * 1e6, "busy": busy}


def delay_recorder(samples: list[int]) -> Callable[[Any], None]:
    """A callback that notes how old a message is, in ns."""
    append = samples.append

    def on_message(message: Any) -> None:
        stamp = message["ns"] if type(message) is dict else int(bytes(message[-20:-1]))
        append(perf_counter_ns() + STAMP_BASE - stamp)

    return on_message


def latency(make: type[Peer], target: Target, case: Case, _event: Event) -> Result:
    """Percentiles of the time from the sender's write to the callback, in µs."""
    samples: list[int] = []
    peer = make(target, delay_recorder(samples))
    peer.open(range(1))
    priority.step_above()
    end = perf_counter() + OPENING
    while not samples and perf_counter() < end:
        time.sleep(0.01)
    time.sleep(WARM_UP)
    first, start = len(samples), perf_counter()
    time.sleep(case.seconds)
    window, took = samples[first:], perf_counter() - start
    if not window:
        raise Unfit("no message in the window")
    return percentiles(window) | {"messages_per_s": len(window) / took}


def percentiles(samples: list[int]) -> Result:
    """p50, p99 and p99.9 of nanoseconds, in µs."""
    ordered = sorted(samples)
    last = len(ordered) - 1
    return {name: ordered[round(share * last)] / 1000 for name, share in PERCENTILES.items()}


def idle(make: type[Peer], target: Target, case: Case, _event: Event) -> Result:
    """Memory of each socket after the first, and CPU of all while nothing comes."""
    counter = Counter()
    peer = make(target, counter.on_message)
    peer.open(range(1))
    counter.wait(1)
    gc.collect()
    before = resident_bytes()
    peer.open(range(1, case.sockets))
    counter.wait(case.sockets)
    time.sleep(SETTLE)
    memory, start, cpu = resident_bytes() - before, perf_counter(), cpu_seconds()
    time.sleep(case.seconds)
    busy = (cpu_seconds() - cpu) / (perf_counter() - start)
    return {"kib_per_socket": memory / 1024 / (case.sockets - 1), "cpu_percent": busy * 100}


def opening(make: type[Peer], target: Target, case: Case, _event: Event) -> Result:
    """Time until each of the sockets has delivered its first message."""
    counter = Counter()
    peer = make(target, counter.on_message)
    start = perf_counter()
    peer.open(range(case.sockets))
    counter.wait(case.sockets)
    return {"open_s": perf_counter() - start}


def closing(make: type[Peer], target: Target, case: Case, event: Event) -> Result:
    """Time of `close()`. How long the process lives on is seen by the parent."""
    counter = Counter()
    event("opening")
    peer = make(target, counter.on_message)
    peer.open(range(case.sockets))
    if case.mode == "blackhole":
        time.sleep(SETTLE)
    else:
        counter.wait(case.sockets)
    event("closing")
    start = perf_counter()
    peer.close()
    event("closed")
    return {"close_s": perf_counter() - start}


MEASURES: dict[str, Callable[[type[Peer], Target, Case, Event], Result]] = {
    "throughput": throughput,
    "latency": latency,
    "idle": idle,
    "open": opening,
    "close": closing,
}
