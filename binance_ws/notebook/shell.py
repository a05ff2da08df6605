"""Where code runs: in a notebook, whose cells can be told apart, or elsewhere."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One run of a cell: the cell's own name, and the run's."""

    name: str
    run: str


def in_notebook() -> bool:
    """Whether output goes to a notebook, where widgets are shown and code must not block."""
    return _kernel() is not None


def cell() -> Cell | None:
    """The cell that runs now; ``None`` outside of notebooks, and in those that do not name their cells."""
    kernel = _kernel()
    parent: dict[str, Any] = getattr(kernel, "get_parent", dict)() or {}
    name = parent.get("metadata", {}).get("cellId")
    return Cell(name, parent.get("header", {}).get("msg_id", "")) if name else None


def _kernel() -> Any:
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return getattr(get_ipython() if get_ipython else None, "kernel", None)
