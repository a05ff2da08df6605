"""The widget, without a kernel."""

from __future__ import annotations

import importlib
import re
import sys

import pytest

from binance_ws.errors import MissingExtra
from binance_ws.notebook import widget as module
from binance_ws.notebook.panes import Price
from binance_ws.notebook.view import View
from binance_ws.notebook.widget import Widget, attached
from binance_ws.streams.lookup import classify


@pytest.fixture
def view() -> View:
    """A view with a widget."""
    return attached(View([Price(classify("btcusdt@trade"))]))


def test_it_is_what_a_notebook_shows(view: View) -> None:
    """The bundle refers to the widget, and has a line of text for those who cannot show it."""
    data, _ = view._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == view.widget.model_id
    assert data["text/plain"] == repr(view)


def test_what_the_browser_gets(view: View) -> None:
    """The module, its style, and what never changes of the panes; no state."""
    state = view.widget.get_state()
    assert "IntersectionObserver" in state["_esm"]
    assert ".bws" in state["_css"]
    assert state["panes"] == view.about
    assert not {"price", "series"} & set(state)


def test_the_module_asks_nobody_else() -> None:
    """It loads nothing and stores nothing; each kind of pane has something that draws it."""
    source = Widget._esm
    assert not re.search(r"\bimport\b|fetch\(|https?://|localStorage", source)
    drawn = re.search(r"const PANES = \{(.*)\}", source)
    assert drawn
    assert set(re.findall(r"(\w+):", drawn[1])) == {"price", "candles", "ladder", "sockets"}


def test_the_browser_says_whether_it_is_seen(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its word reaches the view; what is no word of ours does not."""
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(view, "heard", lambda who, visible: said.append((who, visible)))
    for content in ({"who": "a", "visible": True}, {"who": "a", "visible": False}, {"kind": "other"}, None):
        view.widget._handle_custom_msg(content, [])
    assert said == [("a", True), ("a", False)]


def test_a_first_word_is_answered(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing of who looks; the answer leads what follows to where it is heard while a cell runs."""
    sent: list[object] = []
    monkeypatch.setattr(view.widget, "send", sent.append)
    view.widget._handle_custom_msg({"who": "a"}, [])
    assert (sent, view.watched) == ([{"heard": "a"}], False)


def test_without_anywidget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, module.__name__)
    with pytest.raises(MissingExtra, match=r"binance-ws\[notebook\]"):
        importlib.import_module(module.__name__)
