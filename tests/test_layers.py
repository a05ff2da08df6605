"""Tests of the package's shape, read from its source: layers, sizes, docstrings, locks, threads."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "binance_ws"
MODULES = sorted(PACKAGE.rglob("*.py"))

FRONT_DOOR = "__init__"
FEATURES = 3
"""Where what the picture in CONTRIBUTING.md leaves out is taken to be."""

BESIDE = "simulator"
BELOW_BESIDE = 1

LOCKS = {
    "carriers.py",
    "feed.py",
    "metrics.py",
    "net/calls.py",
    "net/crowd.py",
    "net/limits.py",
    "net/mailbox.py",
    "net/timer.py",
    "net/turnstile.py",
    "registry.py",
}
"""The modules that have a lock; the simulated exchange, a program of its own, has none."""

THREADS = {
    "doctor/rounds.py",
    "net/connection.py",
    "net/mailbox.py",
    "net/shift.py",
    "net/timer.py",
    "thread_like.py",
}
"""The modules that start threads, but for the simulated exchange's."""

FACADES = {"manager.py", "start_methods.py"}
RUNTIME = {"websocket", "requests", "certifi", "urllib3"}
EXTRAS = {"orjson", "socks", "cryptography", "zstandard", "pyarrow", "pandas", "polars", "prometheus_client"}
OWN = {
    "simulator": {"h11", "wsproto"},
    "cli": {"rich", "typer"},
    "notebook": {"anywidget", "traitlets", "pandas", "IPython"},
}
"""What parts that come with an extra may import besides; all else is imported where it is used."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _short(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _part(path: Path) -> str:
    """What the picture calls a module: its own name, or that of its folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _picture() -> dict[str, int]:
    """The layer of each part that the picture in CONTRIBUTING.md names."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^ *(\d) +(\S+) +(.+)$", text.split("```")[1], re.MULTILINE)
    layers: dict[str, int] = {}
    for number, label, names in drawn:
        parts = [label] if label.endswith("/") else re.sub(r"\([^)]*\)", "", names).split(",")
        layers |= {part.strip().rstrip("/"): int(number) for part in parts}
    return layers


LAYERS = _picture()
TOP = max(LAYERS.values())


def _layer(part: str) -> int:
    return TOP if part == FRONT_DOOR else LAYERS.get(part, FEATURES)


def _imports(path: Path) -> Iterator[tuple[Path | str, bool]]:
    """What a module imports, ours as paths and others as names, and whether it does so where it is loaded."""
    typing = {id(inner) for node in ast.walk(_tree(path)) if _is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(_tree(path)):
        early = node in _tree(path).body
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, early) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or "", early
        elif isinstance(node, ast.ImportFrom):
            folder = path.parents[node.level - 1].joinpath(*(node.module or "").split(".")).resolve()
            yield from ((_file(folder, alias.name), early) for alias in node.names)


def _is_for_types(node: ast.AST) -> bool:
    """Whether a statement is read by type checkers alone."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _file(folder: Path, name: str) -> Path:
    """The module that ``from folder import name`` loads for that name."""
    candidates = (folder / f"{name}.py", folder / name / "__init__.py", folder.with_suffix(".py"))
    return next((c for c in candidates if c.exists()), folder / "__init__.py")


@cache
def _ours(path: Path) -> set[Path]:
    return {found for found, _ in _imports(path) if isinstance(found, Path)} - {path}


def _others(path: Path) -> set[tuple[str, bool]]:
    return {(found.split(".")[0], early) for found, early in _imports(path) if isinstance(found, str)}


def _functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, Function))


def _length(function: Function) -> int:
    """Lines of a function's body, from its first statement to its last, docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _called(path: Path) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func).removeprefix("threading.")


def _each_module(*wrong: str) -> pytest.MarkDecorator:
    """Try every module; those that are known to be wrong must be taken off this list when they are right."""
    known = pytest.mark.xfail(strict=True, reason="known")
    marked = [pytest.param(path, marks=[known] if _short(path) in wrong else []) for path in MODULES]
    return pytest.mark.parametrize("path", marked, ids=map(_short, MODULES))


each_module = _each_module()


@each_module
def test_imports_point_down_only(path: Path) -> None:
    """A module imports its own layer and those below; the simulated exchange values and pure parts alone."""
    own = _part(path)
    for found in _ours(path):
        target = _part(found)
        if own == BESIDE:
            assert target == BESIDE or _layer(target) <= BELOW_BESIDE, _short(found)
        elif target == BESIDE:
            assert _layer(own) == TOP, "only people's tools start the simulated exchange"
        else:
            assert _layer(target) <= _layer(own), _short(found)


def test_there_is_no_circle() -> None:
    """No module imports itself by way of others."""
    left = set(MODULES)
    # Whoever imports none of those left, or is imported by none of them, is in no circle among them.
    while free := {m for m in left if not _ours(m) & left or not any(m in _ours(other) for other in left)}:
        left -= free
    assert {_short(path) for path in left} == set()


def test_the_picture_has_every_part() -> None:
    """CONTRIBUTING.md says of each module and folder where it belongs."""
    assert {_part(path) for path in MODULES} - {FRONT_DOOR, BESIDE} <= set(LAYERS)


@each_module
def test_no_event_loop_and_few_dependencies(path: Path) -> None:
    """No module has an event loop; what comes with an extra is imported only where it is used."""
    allowed = RUNTIME | OWN.get(_part(path), set())
    for name, early in _others(path):
        assert name not in {"asyncio", "twisted", "gevent", "trio", "anyio", "tornado"}
        assert name in sys.stdlib_module_names | allowed | (set() if early else EXTRAS), name
    assert not any(isinstance(function, ast.AsyncFunctionDef) for function in _functions(path))


@each_module
def test_functions_are_short(path: Path) -> None:
    """No function's body is longer than fifty lines."""
    assert {f.name: _length(f) for f in _functions(path) if _length(f) > 50} == {}


def test_half_of_all_functions_are_very_short() -> None:
    """The median of the bodies is at most six lines."""
    assert statistics.median(_length(f) for path in MODULES for f in _functions(path)) <= 6


@each_module
def test_files_are_short(path: Path) -> None:
    """At most 300 lines; the façades, which list what users may call, 350."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= (350 if _short(path) in FACADES else 300)


@each_module
def test_everything_public_is_documented(path: Path) -> None:
    """Modules, and public classes, functions and methods, say what they are, or their base class says it."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert ast.get_docstring(_tree(path))
    if path.name == "__main__.py":
        return  # importing it would run it; it gives nothing away
    module = importlib.import_module(name)
    assert [public for public, value in _public(module, name) if not inspect.getdoc(value)] == []


def _public(owner: object, module: str, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Public classes, functions and methods that a module defines."""
    for name, value in vars(owner).items():
        function = getattr(value, "fget", getattr(value, "__func__", value))
        if name.startswith("_") or getattr(function, "__module__", None) != module:
            continue
        if inspect.isclass(value) or inspect.isfunction(function):
            yield prefix + name, value if inspect.isclass(owner) is False else getattr(owner, name, value)
        if inspect.isclass(value) and value.__name__ == name:
            yield from _public(value, module, f"{name}.")


@each_module
def test_the_locks_are_those_that_are_known(path: Path) -> None:
    """One lock a module where one is expected, and the line above says what it guards."""
    kinds = ("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Barrier")
    lines = sorted({call.lineno for call, name in _called(path) if name in kinds})
    source = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == (_short(path) in LOCKS)
    assert all(source[line - 2].lstrip().startswith("#") for line in lines)


def test_the_page_on_threads_tells_every_lock() -> None:
    """A row for each module that has one."""
    page = (ROOT / "docs" / "threads.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| \w+ \| `([\w/]+\.py)` \|", page, re.MULTILINE)
    assert sorted(told) == sorted(LOCKS)


@each_module
def test_threads_are_named_daemons_of_known_modules(path: Path) -> None:
    """Threads begin in few places, and each call there gives a name and says whether it is a daemon."""
    made = [call for call, name in _called(path) if name in ("Thread", "Timer", "Keeper", "super().__init__")]
    made = [call for call in made if any(keyword.arg == "target" for keyword in call.keywords)]
    assert _part(path) == BESIDE or bool(made) == (_short(path) in THREADS)
    assert all({"name", "daemon"} <= {keyword.arg for keyword in call.keywords} for call in made)


@each_module
def test_nothing_sleeps(path: Path) -> None:
    """Whoever waits waits for an event with a deadline, so that the end need not be waited for."""
    assert not [call.lineno for call, name in _called(path) if name.rpartition(".")[2] == "sleep"]


@each_module
def test_annotations_are_not_evaluated(path: Path) -> None:
    """Every module that has annotations puts them off."""
    annotated = any(isinstance(node, ast.AnnAssign | ast.arg) for node in ast.walk(_tree(path)))
    assert not annotated or "from __future__ import annotations" in path.read_text(encoding="utf-8")
