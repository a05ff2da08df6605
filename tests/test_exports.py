"""Tests of what modules give away, and of what importing them brings along."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import binance_ws
from tests.test_enums import KLINES, NAMED

LAZY = (
    "asyncio",
    "twisted",
    "gevent",
    "h11",
    "wsproto",
    "rich",
    "typer",
    "cryptography",
    "pandas",
    "binance_ws.cli",
)
"""What importing the package must not bring: event loops, and the extras that do not speed it up."""

OPTIONAL = ("binance_ws.simulator", "binance_ws.cli", "binance_ws.notebook")
"""Parts that need an extra."""

PUBLIC = ["binance_ws", "binance_ws.enums", "binance_ws.errors", "binance_ws.streams", "binance_ws.types"]


@pytest.mark.parametrize("name", PUBLIC)
def test_all_names_what_is_there_once(name: str) -> None:
    """``__all__`` names nothing that is missing and nothing twice."""
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


def _with_all() -> list[ModuleType]:
    """The modules of a plain install that say what they give away."""
    found = [binance_ws]
    for info in pkgutil.walk_packages(binance_ws.__path__, "binance_ws."):
        if not info.name.startswith(OPTIONAL):
            found.append(importlib.import_module(info.name))
    return [module for module in found if hasattr(module, "__all__")]


@pytest.mark.parametrize("module", _with_all(), ids=lambda module: str(module.__name__))
def test_all_forgets_no_class_and_no_function(module: ModuleType) -> None:
    """What a module defines under a public name, it also gives away."""
    own = {
        name
        for name, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ == module.__name__
    }
    assert {name for name in own if not name.startswith("_")} <= set(module.__all__)


def test_the_front_door() -> None:
    """These names are what users start from."""
    assert set(binance_ws.__all__) == {
        "BinanceSocketManager",
        "Client",
        "DepthCacheManager",
        "Environment",
        "__version__",
    }


def test_a_star_import_brings_every_name_of_the_old_library() -> None:
    """``from binance_ws.enums import *`` brings what ``from binance.enums import *`` brought, and ``Market``."""
    space: dict[str, object] = {}
    exec("from binance_ws.enums import *", space)
    del space["__builtins__"]
    assert set(space) == {*NAMED, *KLINES, "KLINE_INTERVAL_1SECOND", "Market"}
    assert not {"Enum", "annotations"} & set(space)


def test_importing_brings_no_event_loop_and_no_extra() -> None:
    """A plain install is enough, and nothing heavy is loaded before it is used."""
    code = f"import sys, binance_ws; print([m for m in {LAZY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_every_module_imports_without_a_warning() -> None:
    """Whichever module a user imports, nothing is deprecated in it."""
    names = [m.name for m in pkgutil.walk_packages(binance_ws.__path__, "binance_ws.")]
    code = "import sys, importlib\nfor name in sys.argv[1:]:\n    importlib.import_module(name)"
    plain = [name for name in names if not name.startswith(OPTIONAL)]
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, *plain], timeout=30, check=False)
    assert done.returncode == 0
