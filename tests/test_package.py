"""What is shipped: two dependencies, no surprise at import, the data that the simulated exchange needs."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata, resources

import binance_ws


def test_two_dependencies() -> None:
    """Everything else is an extra."""
    needed = metadata.requires("binance-ws") or []
    plain = sorted(line.split(">")[0].split("!")[0] for line in needed if "extra ==" not in line)
    assert plain == ["requests", "websocket-client"]


def test_extras() -> None:
    """Each that the errors and the README name is there."""
    extras = set(metadata.metadata("binance-ws").get_all("Provides-Extra") or [])
    assert extras >= {"fast", "keys", "socks", "simulator", "cli", "notebook", "docs", "test", "all"}


def test_version() -> None:
    """The package says the version that was installed."""
    assert binance_ws.__version__ == metadata.version("binance-ws")


def test_data_is_shipped() -> None:
    """Types, recordings, and their licence."""
    files = resources.files("binance_ws")
    assert files.joinpath("py.typed").is_file()
    data = {entry.name for entry in files.joinpath("simulator", "data").iterdir()}
    assert {"NOTICE", "spot_btcusdt_ethusdt.jsonl.gz"} <= data


def test_importing_needs_no_extra_and_says_nothing() -> None:
    """The package imports where none of the extras is installed, prints nothing and starts no thread."""
    code = """
import sys, threading
for name in ("orjson", "cryptography", "socks", "h11", "wsproto", "typer", "rich", "pandas"):
    sys.modules[name] = None
import binance_ws
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
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
