"""The virtual environments of the peers, under `bench/.venv`, made once and anew when a pin changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from roster import ROWS, VENVS, Row

BENCH = Path(__file__).parent
ROOT = BENCH.parent
HOME = BENCH / ".venv"
MAIN = "main"
SETUP_DEADLINE = 900.0  # seconds, for one environment
VERSIONS = (
    "import json, sys; from importlib.metadata import version;"
    "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
)


def python(venv: str) -> Path:
    """The interpreter of an environment."""
    return HOME / venv / "bin" / "python"


def requirements(venv: str) -> Path:
    """The file of pins of an environment."""
    return BENCH / "requirements.txt" if venv == MAIN else BENCH / "requirements" / f"{venv}.txt"


def wanted(venv: str) -> str:
    """What the environment is made of; when this text changes, it is made anew."""
    return f"{sys.version}\n{ROOT if venv == MAIN else ''}\n{requirements(venv).read_text()}"


def commands(venv: str) -> list[list[str]]:
    """What makes an environment; the project itself goes into the main one, from the checkout."""
    pip = [str(python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [[sys.executable, "-m", "venv", "--clear", str(HOME / venv)]]
    steps.append([*pip, "-r", str(requirements(venv))])
    if venv == MAIN:
        steps.append([*pip, "-c", str(requirements(venv)), "-e", f"{ROOT}[fast]"])
    return steps


def make(venv: str) -> str | None:
    """Make an environment if need be; None, or why it could not be made."""
    stamp = HOME / venv / "made-of.txt"
    if stamp.exists() and stamp.read_text() == wanted(venv):
        return None
    print(f"making bench/.venv/{venv} …", file=sys.stderr)
    for command in commands(venv):
        done = subprocess.run(command, capture_output=True, text=True, timeout=SETUP_DEADLINE)
        if done.returncode:
            return f"its packages did not install: {last_line(done.stderr)}"
    stamp.write_text(wanted(venv))
    return None


def make_all() -> dict[str, str]:
    """Make every environment; those that failed, with the reason. Exits if the main one failed."""
    failed = {venv: reason for venv in VENVS if (reason := make(venv))}
    if MAIN in failed:
        raise SystemExit(f"bench/.venv/{MAIN}: {failed[MAIN]}")
    return failed


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no output"


def versions(row: Row) -> dict[str, str]:
    """The versions of what decides a peer's speed."""
    command = [str(python(row.venv)), "-c", VERSIONS, *row.distributions]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def all_versions(failed: dict[str, str]) -> dict[str, dict[str, str]]:
    """The versions by peer."""
    return {row.name: versions(row) for row in ROWS if row.venv not in failed}
