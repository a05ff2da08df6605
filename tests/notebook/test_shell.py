"""Where code runs."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from binance_ws.notebook.shell import Cell, cell, in_notebook


def _shell(monkeypatch: pytest.MonkeyPatch, shell: Any) -> None:
    module = types.ModuleType("IPython")
    module.get_ipython = lambda: shell  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)


@pytest.mark.parametrize("shell", [None, types.SimpleNamespace()])
def test_elsewhere(monkeypatch: pytest.MonkeyPatch, shell: Any) -> None:
    """Where IPython is merely imported, or runs in a terminal, there is no notebook."""
    _shell(monkeypatch, shell)
    assert (in_notebook(), cell()) == (False, None)


def test_without_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a script there is none either."""
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_notebook()


@pytest.mark.parametrize(
    ("parent", "found"),
    [
        ({"metadata": {"cellId": "c1"}, "header": {"msg_id": "m1"}}, Cell("c1", "m1")),
        ({"metadata": {}, "header": {"msg_id": "m1"}}, None),
        (None, None),
    ],
)
def test_in_a_notebook(monkeypatch: pytest.MonkeyPatch, parent: Any, found: Cell | None) -> None:
    """A kernel runs there; it knows the cell where the front end names it."""
    kernel = types.SimpleNamespace(get_parent=lambda: parent)
    _shell(monkeypatch, types.SimpleNamespace(kernel=kernel))
    assert in_notebook()
    assert cell() == found
