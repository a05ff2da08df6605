"""The widget of a view: what goes to the browser, and what comes back from there."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ..errors import MissingExtra
from .view import View

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise MissingExtra(error.name or "anywidget", "notebook") from error

_STATIC = files(__package__) / "static"


class Widget(anywidget.AnyWidget):
    """Draws the panes of a view. Its state is sent as messages, so that a notebook's file keeps nothing of it.

    Args:
        view: what it shows.
    """

    _esm = (_STATIC / "watch.js").read_text(encoding="utf-8")
    _css = (_STATIC / "watch.css").read_text(encoding="utf-8")
    panes: Any = traitlets.List().tag(sync=True)

    def __init__(self, view: View) -> None:
        super().__init__(panes=view.about)
        self._view = view
        self.on_msg(self._told)

    def _told(self, _: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or "who" not in content:
            return
        if "visible" in content:
            self._view.heard(str(content["who"]), bool(content["visible"]))
        else:
            # An answer now has the kernel hear what follows even while a cell runs, if it has subshells.
            self.send({"heard": content["who"]})


def attached(view: View) -> View:
    """A view with a widget that shows it.

    Raises:
        MissingExtra: anywidget is not installed.
    """
    view.widget = Widget(view)
    return view
