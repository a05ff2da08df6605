"""A description of the machine, and which of its cores does what."""

from __future__ import annotations

import os
import platform
import ssl
import subprocess
from datetime import datetime, timezone
from pathlib import Path

NONE = -1  # no core of its own


def cores() -> tuple[int, int]:
    """The core of the client and that of the load generator; NONE on a machine with a single core."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (NONE, NONE)


def cpu_model() -> str:
    """The processor's name, with its model number, for names are reused."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    pairs = (line.partition(":") for line in lines)
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    name = fields.get("model name", platform.machine())
    return f"{name} (family {fields.get('cpu family', '?')}, model {fields.get('model', '?')})"


def commit() -> str:
    """The checkout's commit, if it is one."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip() or "unknown"
    except OSError:
        return "unknown"


def describe() -> dict[str, object]:
    """What the figures depend on beside the code."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    client, load = cores()
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "openssl": ssl.OPENSSL_VERSION,
        "client_core": client,
        "load_core": load,
        "load_average_at_start": round(os.getloadavg()[0], 2),
        "date": datetime.now(timezone.utc).date().isoformat(),
        "commit": commit(),
    }
