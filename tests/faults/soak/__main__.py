"""The soak's own process: the exchange, the faults, the clock, and the judgement at the end."""

from __future__ import annotations

import argparse
import json
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from binance_ws.simulator import OFF, Exchange, Rules

from . import verdict
from .child import DAY_SECONDS
from .sockets import CHANGED
from .trail import Trail
from .weather import Weather

SPEED = 20.0
SAMPLE_SECONDS = 5.0
ANSWER_SECONDS = 120.0
TAIL_SECONDS = 60.0
"""How long the last messages may take after the last fault."""


class Child:
    """The manager's process.

    Args:
        exchange: where it connects to.
        log: the file of its log, if any.
    """

    def __init__(self, exchange: Exchange, log: str) -> None:
        command = [sys.executable, "-m", "tests.faults.soak.child", exchange.host]
        self._process = subprocess.Popen(
            [*command, exchange.api_key, exchange.api_secret, log],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            start_new_session=True,  # Ctrl-C is for us alone
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._answer()

    def ask(self, name: str, *arguments: Any) -> Any:
        """Have it do something; its answer."""
        self._to.write(json.dumps([name, *arguments]) + "\n")
        self._to.flush()
        return self._answer()

    def _answer(self) -> Any:
        ready, _, _ = select.select([self._from], [], [], ANSWER_SECONDS)
        answer = self._from.readline() if ready else ""
        if not answer:
            raise SystemExit("the manager's process does not answer")
        return json.loads(answer)

    def close(self) -> int:
        """Let it end; its exit code."""
        self._to.close()
        self._from.close()
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Soak:
    """One run.

    Args:
        seed: of the market and of the faults.
        speed: how many times faster than real the market runs.
        log: the file of the manager's log, if any.
    """

    def __init__(self, seed: int, speed: float, log: str = "") -> None:
        rules = Rules(connects=OFF, weight=OFF, futures_weight=OFF, strikes=OFF, life=DAY_SECONDS)
        self.exchange = Exchange(["demo", "demo-usdm"], speed=speed, rules=rules, seed=seed).start()
        self.child = Child(self.exchange, log)
        self.weather = Weather(self.exchange, seed)
        self.samples: list[tuple[float, dict[str, float]]] = []
        self.problems: list[str] = []
        self.enough = False
        self._open: set[str] = set()

    def run(self, seconds: float) -> dict[str, Any]:
        """Let it rain for a while, wait for the last messages, close, and compare; the child's figures."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.enough:
            self.weather.pause()
            self._change()
            self.weather.strike()
            self._sample()
        for stream in CHANGED:
            self._turn(stream, on=True)
        marks = self._marks()
        behind = self.child.ask("until", marks, TAIL_SECONDS)
        self.problems += [f"{name} came to {last} only, of {marks[name]}" for name, last in behind.items()]
        if not self.child.ask("book_is_equal"):
            self.problems.append("the order book is not the exchange's")
        figures: dict[str, Any] = self.child.ask("finish")
        self._judge(figures, marks)
        return figures

    def _change(self) -> None:
        """Now and then a stream comes or goes."""
        if self.weather.chance.random() < 0.4:
            stream = self.weather.chance.choice(CHANGED)
            self._turn(stream, on=stream not in self._open)

    def _turn(self, stream: str, on: bool) -> None:
        if on and stream not in self._open:
            self._open.add(stream)
            self.child.ask("subscribe", stream)
        elif not on and stream in self._open:
            self._open.discard(stream)
            self.child.ask("unsubscribe", stream)

    def _sample(self) -> None:
        now = time.monotonic()
        if not self.samples or now - self.samples[-1][0] >= SAMPLE_SECONDS:
            self.samples.append((now, self.child.ask("sample")))

    def _marks(self) -> dict[str, int]:
        """The last number that the exchange has made of each stream."""
        names = self.child.ask("names")
        return {name: runs[-1][-1] for name in names if (runs := self._made(name))}

    def _made(self, name: str) -> list[range]:
        market, _, stream = name.rpartition(":")
        return self.exchange.made(stream, market or "spot")

    def _judge(self, figures: dict[str, Any], marks: dict[str, int]) -> None:
        trails = {name: Trail(**told) for name, told in figures["trails"].items()}
        for name, trail in sorted(trails.items()):
            trail.pairs = [(before, after) for before, after in trail.pairs]
            missed = [(first, last) for first, last in figures["missed"].get(name, [])]
            self.problems += verdict.compare(name, trail, self._made(name), marks.get(name, 0), missed)
        self.problems += verdict.growth(self.points("rss"), self.points("blocks"))
        for name in ("threads", "descriptors"):
            self.problems += verdict.crowding(name, self.points(name))
        self.problems += verdict.left(figures["before"], figures["after"], figures["left"])
        self.problems += [f"nothing came on {key}" for key in figures["silent"]]
        self.problems += [f"logged as an error: {text}" for text in figures["alarms"]]
        self.problems += [f"a mistake of the simulator: {error!r}" for error in self.exchange.errors]

    def points(self, name: str) -> list[tuple[float, float]]:
        """What was measured, by seconds."""
        return [(moment, sample[name]) for moment, sample in self.samples]

    def close(self) -> None:
        """End both processes."""
        if self.child.close() != 0:
            self.problems.append("the manager's process failed")
        self.exchange.stop()


def soak(minutes: float, seed: int, speed: float = SPEED, log: str = "") -> int:
    """Run, until the time is over or Ctrl-C, and report; the exit code."""
    print(f"seed {seed}, {minutes:g} minutes, market {speed:g} times as fast as real", flush=True)
    made = Soak(seed, speed, log)
    before = signal.signal(signal.SIGINT, lambda *_: setattr(made, "enough", True))
    try:
        figures = made.run(minutes * 60)
    finally:
        signal.signal(signal.SIGINT, before)
        made.close()
    report(made, figures)
    return 1 if made.problems else 0


def report(made: Soak, figures: dict[str, Any]) -> None:
    """Print the figures."""
    memory = verdict.trend(verdict.warmed_up(made.points("rss")))
    counted = {name: trail["count"] for name, trail in figures["trails"].items()}
    print(f"ran for {(made.samples[-1][0] - made.samples[0][0]) / 60:.1f} minutes")
    print(f"faults: {sum(made.weather.thrown.values())}: {dict(sorted(made.weather.thrown.items()))}")
    print(f"events: {figures['told']}")
    print(
        f"sockets: {figures['sockets']}; streams compared: {len(counted)}, messages {sum(counted.values()):,}"
    )
    for name, value in figures["figures"].items():
        print(f"{name}: {value:,}")
    missed = (f"{name}: {len(spans)} spans, {spans[:3]}" for name, spans in figures["missed"].items())
    print(f"told to be missing: {'; '.join(missed) or 'nothing'}")
    print(
        f"memory: {memory.begins:.1f} MiB after the warm-up, {memory.ends:.1f} MiB at the end "
        f"({memory.grown:+.1f}, or {memory.hourly:+.1f} an hour), peak {figures['peak']:.1f}"
    )
    blocks = verdict.trend(verdict.warmed_up(made.points("blocks")))
    print(f"Python's blocks of memory: {blocks.begins:,.0f}, at the end {blocks.ends:,.0f}")
    some = made.points("rss")[:: len(made.samples) // 20 + 1]
    print(f"memory in between: {' '.join(f'{mib:.0f}' for _, mib in some)}")
    print(f"before: {figures['before']}, after: {figures['after']}")
    print("\n".join(made.problems) or "0 missing, 0 repeated, 0 out of order; nothing left, memory flat")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=SPEED)
    parser.add_argument("--log", default="", help="a file for the manager's log")
    given = parser.parse_args()
    return soak(given.minutes, given.seed, given.speed, given.log)


if __name__ == "__main__":
    assert Path("/proc/self/fd").is_dir(), "descriptors and memory are read in /proc"
    sys.exit(main())
