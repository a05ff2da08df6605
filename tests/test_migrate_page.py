"""The page for those who come from other libraries: our side of it runs, and all that it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import binance_ws
from binance_ws import BinanceSocketManager
from binance_ws.compat import reactor
from binance_ws.core.migrate import migrate
from binance_ws.core.moves import MODULES
from binance_ws.simulator import Exchange
from binance_ws.streams import names

from .peer import SECONDS

PAGE = (Path(__file__).parents[1] / "docs" / "migrate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
OURS = [block for block in BLOCKS if block.startswith("# binance_ws")]
THEIRS = [block for block in BLOCKS if not block.startswith("# binance_ws")]
FOREIGN = ("ThreadedWebsocketManager(", "SpotWebsocketStreamClient(", "BinanceWebSocketApiManager(")


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=20, symbols=["BNBBTC", "BTCUSDT", "ETHUSDT", "ETHBTC", "BNBUSDT"]) as made:
        yield made


@pytest.mark.parametrize("block", OURS, ids=range(len(OURS)))
def test_our_side_runs(block: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands there, from the first line to the last, and it ends by itself."""
    monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
    space: dict[str, object] = {}
    exec(compile(block, "docs/migrate.md", "exec"), space)
    manager = space.get("manager", space.get("bm"))
    assert isinstance(manager, BinanceSocketManager)
    manager.join(SECONDS)
    assert not manager.is_alive()
    assert not reactor.running


def test_each_old_side_has_a_new_one() -> None:
    """Side by side."""
    assert len(OURS) == len(THEIRS)


def test_the_command_makes_of_the_old_script_what_the_page_shows() -> None:
    """But for the line that says which is which, and for imports that the page joins."""

    def body(script: str) -> str:
        return script[script.index("def process_message") :]

    done = migrate(THEIRS[0])
    assert done.complete
    assert body(done.text) == body(OURS[0])
    assert set(re.findall(r"from (\S+) import", done.text)) == set(re.findall(r"from (\S+) import", OURS[0]))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_table_has_every_module(module: str) -> None:
    """With what the command makes of it."""
    (old,) = re.findall(rf"`(from {re.escape(module)} import [^`]*)` \| `", PAGE)
    assert f"| `{old}` | `{migrate(old, binance_ws.__all__).text}`" in PAGE


def test_all_that_is_named_exists() -> None:
    """Methods, builders, environments, on our side of the tables."""
    cells = [line.split(" | ")[-1] for line in PAGE.splitlines() if line.startswith("| ")]
    cells += [block for block in OURS if not any(word in block for word in FOREIGN)]
    text = "\n".join(cells)
    for method in set(re.findall(r"\b(start_\w+|subscribe|unsubscribe|stop_socket|sockets|close)\(", text)):
        assert hasattr(BinanceSocketManager, method), method
    for builder in set(re.findall(r"\bnames\.(\w+)", text)):
        assert hasattr(names, builder), builder
    for environment in set(re.findall(r"\bEnvironment\.(\w+)", text)):
        assert hasattr(binance_ws.Environment, environment), environment
