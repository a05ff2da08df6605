"""The notebooks of ``examples/``, run without Jupyter: every code cell, in order, and what its value shows."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from binance_ws import BinanceSocketManager
from binance_ws.simulator import Exchange

FOLDER = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
OWN_EXCHANGE = "5-user-data.ipynb"
"""The notebook that needs the exchange which it starts: somebody trades there."""

pytest.importorskip("anywidget", reason="the notebooks show widgets")
pytest.importorskip("pandas", reason="the notebooks make data frames")


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A market on which a minute takes a second."""
    with Exchange(symbols=["BTCUSDT", "ETHUSDT", "BNBUSDT"], speed=60) as made:
        yield made


@pytest.fixture
def namespace() -> Iterator[dict[str, Any]]:
    """Where cells run; what they opened is closed afterwards."""
    made: dict[str, Any] = {"__name__": "__main__"}
    yield made
    for value in made.values():
        if isinstance(value, BinanceSocketManager):
            value.close()
    for value in made.values():
        if isinstance(value, Exchange):
            value.stop()


def _notebook(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _run(code: str, namespace: dict[str, Any]) -> Any:
    """Run a cell; its last expression's value."""
    tree = ast.parse(code)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<cell>", "exec"), namespace)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "<cell>", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)


def _show(value: Any) -> str:
    """A value as a notebook asks for it."""
    for name in ("_repr_mimebundle_", "_repr_html_"):
        if hasattr(value, name):
            getattr(value, name)()
    return repr(value)


def test_there_are_five() -> None:
    """First steps, candles, a book, recording, user data."""
    assert [path.name[:2] for path in NOTEBOOKS] == ["1-", "2-", "3-", "4-", "5-"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_tidy(path: Path) -> None:
    """No output is stored, each cell has a name of its own, and it says what to install and what to leave out."""
    notebook = _notebook(path)
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert "pip install 'binance-ws[" in "".join(cells[0]["source"])
    assert "For the real one" in "".join(code[0]["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(
    path: Path,
    exchange: Exchange,
    namespace: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """From its first cell to its last, and nothing goes to the error stream."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("binance_ws.books.show.in_notebook", lambda: True)
    for name in ("BINANCE_WS_HOST", "BINANCE_API_KEY", "BINANCE_API_SECRET"):
        monkeypatch.setenv(name, exchange.host)
        monkeypatch.delenv(name)
    if path.name != OWN_EXCHANGE:
        monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
    for cell in _notebook(path)["cells"]:
        if cell["cell_type"] == "code":
            assert _show(_run("".join(cell["source"]), namespace)) is not None
    assert capfd.readouterr().err == ""
