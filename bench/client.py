"""The client process: one peer, one case. `python client.py PEER CASE HOST:PORT CORE`.

Prints JSON lines: `{"event": …, "at": clock}` as it goes along and `{"result": {…}}` or `{"reason": …}` once.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import sys
import traceback
from time import perf_counter
from typing import Any

import measures
import priority
from peers.base import Peer, Target
from roster import BY_NAME
from scenarios import BY_KEY, Case


def say(**line: object) -> None:
    """One line for the parent."""
    print(json.dumps(line), flush=True)


def event(name: str) -> None:
    """Tell the parent how far this got, on the clock that both share."""
    say(event=name, at=perf_counter())


def run(peer: str, case: Case, host: str) -> dict[str, Any]:
    """Measure; raises whatever the peer raises."""
    module = importlib.import_module(f"peers.{BY_NAME[peer].module}")
    make: type[Peer] = module.Client
    return measures.MEASURES[case.scenario](make, Target(host, case.tls, case.kind), case, event)


def outcome(peer: str, case: Case, host: str) -> dict[str, Any]:
    """The line to print: a result or the reason why there is none."""
    try:
        return {"result": run(peer, case, host)}
    except measures.Unfit as error:
        return {"reason": str(error)}
    except Exception as error:
        traceback.print_exc()
        return {"reason": f"{type(error).__name__}: {error}"[:200]}


def main() -> None:
    peer, key, host, core = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    if int(core) >= 0:
        os.sched_setaffinity(0, {int(core)})
    case = BY_KEY[key]
    signal.alarm(round(case.deadline) + 5)  # ends this process even if its parent is gone
    if case.scenario == "latency":
        priority.keep_real_time()
    say(**outcome(peer, case, host))
    if case.scenario != "close":
        os._exit(0)  # only the close scenario measures how a process ends


if __name__ == "__main__":
    main()
