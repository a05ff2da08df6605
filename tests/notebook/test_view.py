"""A view: it tells those who look, and nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from binance_ws.errors import ArgumentError, RestError
from binance_ws.notebook import view as module
from binance_ws.notebook.panes import Candles, Price
from binance_ws.notebook.view import View
from binance_ws.streams.lookup import classify
from tests.notebook.making import FakeWidget, kline
from tests.peer import SECONDS

TRADE = {"stream": "btcusdt@trade", "data": {"e": "trade", "E": 1, "p": "5"}}


@pytest.fixture
def view() -> Iterator[View]:
    """A view of one stream that tells a hundred times a second."""
    made = View([Price(classify("btcusdt@trade"))], 0.05)
    made.widget = FakeWidget()
    made.stands(lambda: "open")
    yield made
    made.close()


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "binance_ws view"]


def _join() -> None:
    for thread in _threads():
        thread.join(SECONDS)


def _sent(view: View) -> list[dict[str, Any]]:
    return list(view.widget.sent.messages)


def test_who_looks_is_told(view: View) -> None:
    """Everything at first, then again and again."""
    view.take(TRADE)
    view.heard("a", True)
    told = view.widget.sent.wait(3)
    assert [news["all"] for news in told[:3]] == [True, False, False]
    assert told[0]["panes"][0]["price"] == "5"
    assert view.watched


def test_hidden_it_sends_nothing(view: View) -> None:
    """There is not even a thread; messages are kept all the same."""
    view.take(TRADE)
    assert not _threads()
    view.heard("a", True)
    view.widget.sent.wait(2)
    view.heard("a", False)
    _join()
    before = _sent(view)
    view.take(TRADE)
    assert (_threads(), _sent(view), view.watched) == ([], before, False)
    view.heard("a", True)
    assert view.widget.sent.wait(len(before) + 1)[len(before)]["all"]


def test_two_front_ends(view: View) -> None:
    """Who joins is told everything; it ends when both have gone."""
    view.heard("a", True)
    view.widget.sent.wait(2)
    view.heard("a", True)
    view.heard("b", True)
    view.widget.sent.wait_for(lambda told: sum(news["all"] for news in told) == 2)
    view.heard("a", False)
    assert view.watched
    view.heard("b", False)
    assert not view.watched


def test_one_that_left_without_a_word_is_forgotten(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for when another one says that it is hidden."""
    view.heard("a", True)
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    view.heard("b", False)
    assert not view.watched


def test_nobody_is_heard_of(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells little, but does not stop: the kernel may be busy."""
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    assert view._pace() == module.SELDOM
    monkeypatch.undo()
    view.heard("a", True)
    assert view._pace() == 0.05


def test_displayed_it_is_taken_for_seen(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a notebook, whose kernel may be too busy to hear; until a front end says otherwise."""
    view.widget._repr_mimebundle_ = dict
    view._repr_mimebundle_()
    assert not view.watched
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    view._repr_mimebundle_()
    view.widget.sent.wait(2)
    view.heard("a", False)
    assert not view.watched


def test_its_thread_runs_in_the_context_of_what_began_it(view: View) -> None:
    """Kernels tell by it which message is answered."""
    variable: ContextVar[str] = ContextVar("parent", default="another cell")
    found: list[str] = []
    view.stands(lambda: found.append(variable.get()) or "open")  # type: ignore[func-returns-value]
    variable.set("the front end's word")
    view.heard("a", True)
    view.widget.sent.wait(1)
    assert found[0] == "the front end's word"


def test_closing_stops_what_is_behind_it(view: View) -> None:
    """Who looks is told why; any number of times."""
    stopped = []
    view.stands(lambda: "open", lambda: stopped.append(1))
    view.heard("a", True)
    view.widget.sent.wait(1)
    view.close("shown anew")
    view.close()
    told = view.widget.sent.wait_for(lambda told: told[-1]["state"] == "closed")
    assert (told[-1]["note"], stopped, view.closed) == ("shown anew", [1], "shown anew")
    _join()
    assert not _threads()


def test_what_it_shows_has_ended(view: View) -> None:
    """A book that is closed ends its view, which says so to whoever looks later too."""
    state = "open"
    view.stands(lambda: state)
    view.heard("a", True)
    view.widget.sent.wait(1)
    state = "closed"
    view.widget.sent.wait_for(lambda told: told[-1]["state"] == "closed")
    _join()
    view.heard("a", False)
    view.heard("b", True)
    last = view.widget.sent.wait_for(lambda told: sum(news["all"] for news in told) == 2)[-1]
    assert (last["all"], last["state"]) == (True, "closed")


def test_a_word_of_the_library_is_shown(view: View) -> None:
    """The cause where a connection is given up; streams that are not its own are not taken."""
    view.take({"stream": "other", "data": {}})
    view.take({"e": "error", "m": "Max reconnect retries reached", "cause": "no route"})
    assert view.panes[0].count == 0
    view.close()
    assert view.closed == "no route"


def test_candles_before_are_told_at_once() -> None:
    """What can be had is asked for on the view's thread; where it cannot, the live ones go on."""

    def fail() -> list[Any]:
        raise RestError("no answer")

    candles = Candles(classify("btcusdt@kline_1m"), lambda: [kline(0)])
    lost = Candles(classify("ethusdt@kline_1m"), fail)
    view = View([candles, lost], 60)
    view.widget = FakeWidget()
    view.heard("a", True)
    told = view.widget.sent.wait(2)
    assert ["series" in news for news in told[1]["panes"]] == [True, False]
    view.close()


def test_a_kernel_that_ends(view: View) -> None:
    """What cannot be sent is left."""
    called = threading.Event()

    def send(news: object) -> None:
        called.set()
        raise RuntimeError("the kernel is gone")

    view.widget.send = send
    view.heard("a", True)
    assert called.wait(SECONDS)
    view.close()


def test_the_plain_text(view: View) -> None:
    """One short line; without a widget nothing else."""
    assert repr(view) == "<View of BTCUSDT trade: open>"
    view.close()
    assert repr(view) == "<View of BTCUSDT trade: closed>"
    view.widget = None
    assert view._repr_mimebundle_() == ({"text/plain": repr(view)}, {})


def test_updates_cannot_be_too_frequent() -> None:
    """Twenty a second are enough."""
    with pytest.raises(ArgumentError, match=r"0\.05 or more"):
        View([], 0.01)
