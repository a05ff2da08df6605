"""Runs every case of a running Autobahn|Testsuite fuzzing server through the library's own connection and reader.

``python -m tests.conformance ws://127.0.0.1:9001`` leaves the verdicts in the server's report of the agent
``binance_ws``; with ``--report FILE`` (the server's ``index.json``) it prints them and exits with 1 where a case
failed or closed with a wrong code.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from binance_ws.errors import BinanceWsError
from binance_ws.net.connection import Connection
from binance_ws.net.network import Network
from binance_ws.net.timer import Timer

AGENT = "binance_ws"
SECONDS = 120.0
BAD = ("FAILED", "WRONG CODE", "UNCLEAN", "FAILED BY CLIENT")


class Echo:
    """Sends every message back as what it came: text as text, binary as binary."""

    def __init__(self, address: str, timer: Timer, answer: bool = True) -> None:
        self.texts: list[str] = []
        self.over = threading.Event()
        self.cause: BinanceWsError | None = None
        self._address = address
        self._answer = answer
        self.connection = Connection("conformance", self, Network(timeout=10), timer, max_retries=0)

    def url(self) -> str:
        """Where the case is."""
        return self._address

    def proven(self) -> bool:
        """One attempt is enough."""
        return False

    def opened(self) -> None:
        """Nothing to ask for."""

    def deliver(self, payloads: list[bytes]) -> None:
        """Echo text, which must be UTF-8."""
        for payload in payloads:
            text = str(payload, "utf-8")
            self.texts.append(text)
            if self._answer:
                self._send(text)

    def binary(self, payload: bytes) -> None:
        """Echo bytes."""
        self._send(payload)

    def _send(self, message: str | bytes) -> None:
        try:
            self.connection.send(message)
        except BinanceWsError as error:
            self.cause = error

    def lost(self, cause: BinanceWsError, attempt: int, seconds: float) -> None:
        """Never: there are no retries."""

    def ended(self, cause: BinanceWsError | None) -> None:
        """The case is over."""
        self.cause = self.cause or cause
        self.over.set()

    def run(self) -> list[str]:
        """Play the case; the texts that came."""
        self.connection.start()
        if not self.over.wait(SECONDS):
            self.connection.stop()
        self.connection.join(SECONDS)
        return self.texts


def play(url: str) -> int:
    """Every case the server offers; how many there were."""
    timer = Timer("conformance timer")
    count = int(Echo(f"{url}/getCaseCount", timer, answer=False).run()[0])
    for case in range(1, count + 1):
        Echo(f"{url}/runCase?case={case}&agent={AGENT}", timer).run()
        print(f"\r{case} of {count}", end="", file=sys.stderr)
    Echo(f"{url}/updateReports?agent={AGENT}", timer).run()
    print(file=sys.stderr)
    thread = timer.close()
    if thread is not None:
        thread.join(SECONDS)
    return count


def verdicts(report: dict[str, Any]) -> list[str]:
    """The cases that failed or closed wrongly; prints how many there are of each verdict."""
    cases = report[AGENT]
    for field in ("behavior", "behaviorClose"):
        print(field, dict(Counter(case[field] for case in cases.values())))
    for name, case in cases.items():
        if case["behavior"] == "NON-STRICT":
            print("NON-STRICT", name)
    return [name for name, case in cases.items() if {case["behavior"], case["behaviorClose"]} & set(BAD)]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("url", help="the fuzzing server, such as ws://127.0.0.1:9001")
    parser.add_argument(
        "--report", type=Path, help="the server's index.json, to print and judge the verdicts"
    )
    given = parser.parse_args()
    print(f"{play(given.url.rstrip('/'))} cases played")
    if given.report is None:
        return 0
    bad = verdicts(json.loads(given.report.read_text()))
    print("bad:", ", ".join(bad) or "none")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
