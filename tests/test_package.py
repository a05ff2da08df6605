"""What is shipped: an sdist with all that git tracks, and a wheel of two dependencies with the package's data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

import binance_ws

ROOT = Path(__file__).parent.parent
SECONDS = 50
"""Deadline of a command."""

EXTRAS = {"cli", "fast", "keys", "metrics", "notebook", "record", "simulator", "socks"}
FOR_DEVELOPERS = {"docs", "test"}
MODULES = """
orjson cryptography socks h11 wsproto typer rich pandas anywidget pyarrow zstandard prometheus_client
""".split()
"""What the extras bring."""

MADE = """
.venv/x .notebook-venv/x .ci-venv/x bench/.venv/main/x build/lib/binance_ws/x.py dist/x binance_ws.egg-info/x
.coverage .hypothesis/x .mypy_cache/x .pytest_cache/x .ruff_cache/x bench/.mypy_cache/x bench/results/partial.md
binance_ws/__pycache__/x.pyc tests/core/__pycache__/x.pyc docs/_build/x.svg examples/.ipynb_checkpoints/x.ipynb
""".split()
"""A file of each kind that the targets of the Makefile leave, and git ignores."""


class Built(NamedTuple):
    """What was built: the files it was built of, those of the sdist, and where the wheel is unpacked."""

    source: set[str]
    sdist: set[str]
    wheel: Path


def _listed(*options: str) -> set[str]:
    """The files that git knows, or ``options`` ask for."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git cannot say what belongs to it")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "ls-files", "-z", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return {name for name in done.stdout.split("\0") if (ROOT / name).is_file()}


def _make_leftovers(tree: Path) -> None:
    for name in MADE:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()


def _copy(tree: Path) -> set[str]:
    """Copy the tree as it is, with files that are not committed yet."""
    names = _listed("--cached", "--others", "--exclude-standard")
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    return names


def _build(tree: Path) -> Path:
    """Build the sdist of a tree, and the wheel of the sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tree / "dist"), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "dist"


def _files(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {entry.name.partition("/")[2] for entry in archive if entry.isfile()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What is built of a copy of the tree that has been worked in."""
    tree = tmp_path_factory.mktemp("tree")
    names = _copy(tree)
    _make_leftovers(tree)
    dist = _build(tree)
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        wheel.extractall(tree / "installed")
    return Built(names, _files(next(dist.glob("*.tar.gz"))), tree / "installed")


@pytest.fixture(scope="module")
def about(built: Built) -> metadata.PathDistribution:
    """What the wheel says of itself."""
    return metadata.PathDistribution(next(built.wheel.glob("*.dist-info")))


def test_the_sdist_has_all_that_git_tracks(built: Built) -> None:
    """The tests with their data, the pages, the examples; and nothing that was made from it."""
    assert not _listed() - built.sdist
    assert {name for name in built.sdist - built.source if ".egg-info/" not in name} == {"PKG-INFO"}


def test_the_wheel_has_the_package_and_nothing_else(built: Built) -> None:
    """Each module, recording, stylesheet and ``py.typed``."""
    there = {path.relative_to(built.wheel).as_posix() for path in built.wheel.rglob("*") if path.is_file()}
    ours = {name for name in built.source if name.startswith("binance_ws/")}
    assert {name for name in there if ".dist-info/" not in name} == ours


def test_licences_travel(built: Built) -> None:
    """Ours, and those of the recordings, beside them and with what is installed."""
    kept = next(built.wheel.glob("*.dist-info/licenses"))
    for name in ("LICENSE", "NOTICE"):
        assert (kept / name).read_text() == (ROOT / name).read_text()
    assert (built.wheel / "binance_ws/simulator/data/NOTICE").is_file()


def _owner(notice: str, name: str) -> str:
    """The first copyright after a name."""
    return next(line.strip() for line in notice[notice.index(name) :].splitlines() if "Copyright" in line)


def test_every_recording_has_an_owner() -> None:
    """The NOTICE of the whole and the one beside it name it, and name the same."""
    recordings = [name for name in _listed() if name.endswith((".gz", ".xz"))]
    assert recordings
    for name in recordings:
        beside = (ROOT / name).with_name("NOTICE").read_text()
        whole = (ROOT / "NOTICE").read_text()
        assert _owner(whole, name) in _owner(beside, Path(name).name)


def test_two_dependencies(about: metadata.PathDistribution) -> None:
    """Everything else is an extra."""
    plain = sorted(re.split("[<>=!]", line)[0] for line in about.requires or () if "extra ==" not in line)
    assert plain == ["requests", "websocket-client"]


def _brought(about: metadata.PathDistribution, extra: str) -> set[str]:
    lines = [line.partition("; extra == ") for line in about.requires or ()]
    return {needed for needed, _, name in lines if name.strip("\"'") == extra}


def test_extras(about: metadata.PathDistribution) -> None:
    """Each that the errors and the pages name is there; ``all`` and ``test`` have those of the users."""
    extras = about.metadata.get_all("Provides-Extra") or []
    assert set(extras) == EXTRAS | FOR_DEVELOPERS | {"all"}
    assert _brought(about, "all") == set().union(*(_brought(about, extra) for extra in EXTRAS))
    assert _brought(about, "all") <= _brought(about, "test")


def test_version(about: metadata.PathDistribution) -> None:
    """The package says the version that is shipped."""
    assert binance_ws.__version__ == about.version


def test_the_description_stands_alone(about: metadata.PathDistribution) -> None:
    """An index has neither the pictures nor the pages that the README leads to."""
    description = about.metadata["Description"]
    assert "BinanceSocketManager" in description
    assert not re.findall(r"\]\((?!https://)", description)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_clean_removes_what_was_made(tmp_path: Path) -> None:
    """Every virtual environment, cache and result, and nothing else."""
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    _make_leftovers(tmp_path)
    plain = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "VENV")}
    subprocess.run(
        ["make", "clean"], cwd=tmp_path, env=plain, capture_output=True, timeout=SECONDS, check=True
    )
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["Makefile"]


def test_importing_needs_no_extra_and_says_nothing(built: Built) -> None:
    """What is shipped imports where none of the extras is installed, prints nothing and starts no thread."""
    code = f"""
import sys, threading
for name in {MODULES!r}:
    sys.modules[name] = None
import binance_ws
assert binance_ws.__file__.startswith({str(built.wheel)!r})
manager = binance_ws.BinanceSocketManager()
assert manager.start_trade_socket("BNBBTC", print) == "bnbbtc@trade"
assert threading.active_count() == 1
try:
    import binance_ws.simulator
except binance_ws.errors.MissingExtra as error:
    assert "binance-ws[simulator]" in str(error)
else:
    raise AssertionError("an extra was not missed")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built.wheel,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
