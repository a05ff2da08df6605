"""One measurement: a fresh server process, a fresh client process, a deadline."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import environment
import machine
from environment import BENCH
from roster import Row
from scenarios import Case

BACKLOG = 1024
CERTIFICATE = environment.HOME / "certificate.pem"
KEY = environment.HOME / "key.pem"


@dataclass
class Sample:
    """What one client process gave: values, or bounds that it passed (`over`), or the reason for neither."""

    case: str
    peer: str
    run: int = 1
    values: dict[str, float] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    timed_out: bool = False

    def as_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass
class Ending:
    """How a client process ended: the JSON lines it printed, what it complained of, when, and whether by force."""

    lines: list[dict[str, Any]]
    complaint: str
    at: float
    timed_out: bool

    def at_event(self, name: str) -> float | None:
        """When it said so."""
        return next((line["at"] for line in self.lines if line.get("event") == name), None)

    def said(self, name: str) -> Any:
        """The result or the reason, if it got so far."""
        return next((line[name] for line in self.lines if name in line), None)


def make_certificate() -> None:
    """A new self-signed certificate for this run."""
    command = [environment.python(environment.MAIN), BENCH / "certificate.py", CERTIFICATE, KEY]
    subprocess.run(list(map(str, command)), check=True, timeout=60)


@contextlib.contextmanager
def server(case: Case) -> Iterator[str]:
    """The load generator for this case, while the block runs; gives its HOST:PORT."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        descriptor = listener.fileno()
        command = server_command(case, descriptor)
        process = subprocess.Popen(command, pass_fds=[descriptor], stdin=subprocess.PIPE)
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.kill()
            process.communicate()


def server_command(case: Case, descriptor: int) -> list[str]:
    """Its command line."""
    options: dict[str, object] = {
        "fd": descriptor,
        "mode": case.mode,
        "kind": case.kind,
        "sockets": case.sockets,
        "rate": case.rate,
        "core": machine.cores()[1],
    }
    if case.tls:
        options |= {"cert": CERTIFICATE, "key": KEY}
    words = [f"--{name}={value}" for name, value in options.items()]
    return [str(environment.python(environment.MAIN)), str(BENCH / "load.py"), *words]


def client_environment(row: Row, case: Case) -> dict[str, str]:
    """The variables of the client: no proxy, the certificate as the only authority, the peer's own."""
    trust = ("SSL_CERT_FILE", "WEBSOCKET_CLIENT_CA_BUNDLE", "REQUESTS_CA_BUNDLE") if case.tls else ()
    variables = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return variables | {name: str(CERTIFICATE) for name in trust} | row.variables


def run_client(row: Row, case: Case, host: str) -> Ending:
    """The client process, to its end or its deadline."""
    words = [environment.python(row.venv), BENCH / "client.py", row.name, case.key, host, machine.cores()[0]]
    process = subprocess.Popen(
        list(map(str, words)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=client_environment(row, case),
        text=True,
    )
    timed_out = False
    try:
        output, complaint = process.communicate(timeout=case.deadline)
    except subprocess.TimeoutExpired:
        timed_out = True
        process.kill()
        output, complaint = process.communicate()
    return Ending(json_lines(output), complaint, perf_counter(), timed_out)


def json_lines(text: str) -> list[dict[str, Any]]:
    """The client's own lines; libraries print things of their own."""
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"')]


def judge(sample: Sample, case: Case, ending: Ending) -> None:
    """Fill in a sample from how the client ended."""
    sample.values, sample.timed_out = ending.said("result") or {}, ending.timed_out
    sample.reason = ending.said("reason")
    if case.scenario == "close":
        judge_close(sample, ending)
    elif ending.timed_out:
        sample.reason = f"gave no figure within {case.deadline:g} s"
    if not (sample.values or sample.over or sample.reason):
        sample.reason = f"ended without a figure: {environment.last_line(ending.complaint)}"


def judge_close(sample: Sample, ending: Ending) -> None:
    """How long closing took, and how long the process lived from its start."""
    started, returned = ending.at_event("closing"), ending.at_event("closed")
    if started is None:
        sample.reason = sample.reason or f"was still opening its sockets after {round(lifetime(ending))} s"
        return
    times = sample.over if ending.timed_out else sample.values
    times["exit_s"] = ending.at - started
    if returned is None and not sample.reason:
        times["close_s"] = ending.at - started
    elif returned is not None:
        sample.values["close_s"] = returned - started


def lifetime(ending: Ending) -> float:
    """Seconds from the client's first word to its end."""
    begun = ending.at_event("opening")
    return ending.at - begun if begun is not None else 0.0


def measure(row: Row, case: Case, run: int = 1) -> Sample:
    """One sample of one peer in one case."""
    sample = Sample(case.key, row.name, run)
    with server(case) as host:
        ending = run_client(row, case, host)
    judge(sample, case, ending)
    return sample
