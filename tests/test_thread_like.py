"""Tests of a manager's face as a thread."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from binance_ws import thread_like
from binance_ws.thread_like import Keeper, ThreadLike
from tests.peer import SECONDS


class Waiter(ThreadLike):
    """Runs until its event is set, any number of times, as a manager does."""

    def __init__(self) -> None:
        super().__init__("binance_ws waiter")
        self.over = threading.Event()
        self.ran: list[threading.Thread] = []

    def start(self) -> None:
        """Begin a run."""
        self.over.clear()
        self._start_keeper(self.over)

    def close(self) -> None:
        """End the run."""
        self.over.set()

    def run(self) -> None:
        """Wait for the end of the run that the thread was given."""
        me = threading.current_thread()
        assert isinstance(me, Keeper)
        self.ran.append(me)
        me.of_run.wait(SECONDS)


@pytest.fixture
def waiter() -> Iterator[Waiter]:
    """A waiter whose run is over after the test."""
    made = Waiter()
    yield made
    made.close()
    made.join(SECONDS)


def test_it_lives_from_start_to_end(waiter: Waiter) -> None:
    """It is alive while its run lasts; joining waits for the end, with a timeout or without."""
    assert (waiter.is_alive(), waiter.ident) == (False, None)
    waiter.join()
    waiter.start()
    assert waiter.is_alive()
    waiter.join(0)
    assert waiter.is_alive()
    waiter.over.set()
    waiter.join()
    assert not waiter.is_alive()
    assert [thread.ident for thread in waiter.ran] == [waiter.ident]


@pytest.mark.parametrize("typed", [False, True])
def test_ctrl_c_closes_it(waiter: Waiter, monkeypatch: pytest.MonkeyPatch, typed: bool) -> None:
    """Whoever interrupts a join ends the run, unless he types at a prompt; the interrupt goes on to the caller."""
    waiter.start()
    with monkeypatch.context() as patch:
        patch.setattr(waiter._keeper, "over", Mock(wait=Mock(side_effect=KeyboardInterrupt)))
        patch.setattr(sys, "ps1", ">>> ", raising=False) if typed else patch.delattr(
            sys, "ps1", raising=False
        )
        with pytest.raises(KeyboardInterrupt):
            waiter.join()
        assert waiter.over.is_set() is not typed
        assert not typed or waiter.is_alive()


def test_it_starts_again(waiter: Waiter) -> None:
    """A thread of the standard library starts once; a manager starts any number of times."""
    for _ in range(3):
        waiter.start()
        waiter.over.set()
        waiter.join(SECONDS)
        waiter.over = threading.Event()
    assert len(set(waiter.ran)) == 3


def test_it_does_not_join_itself(waiter: Waiter) -> None:
    """Joined from its own thread it returns, where a thread would raise."""
    joined = threading.Event()

    def run() -> None:
        waiter.join()
        joined.set()

    waiter.run = run  # type: ignore[method-assign]
    waiter.start()
    assert joined.wait(SECONDS)


@pytest.mark.parametrize("daemonic", [True, False])
def test_daemon_is_honoured(waiter: Waiter, daemonic: bool) -> None:
    """What was set before the start is what its thread is, under the new names and the old."""
    waiter.daemon = not daemonic
    waiter.setDaemon(daemonic)
    assert (waiter.daemon, waiter.isDaemon()) == (daemonic, daemonic)
    waiter.start()
    assert next(t for t in threading.enumerate() if t.ident == waiter.ident).daemon is daemonic


def test_names(waiter: Waiter) -> None:
    """Its name is its thread's, before the start and after, under the new names and the old."""
    assert waiter.name == waiter.getName() == "binance_ws waiter"
    waiter.name = "binance_ws one"
    waiter.start()
    thread = next(thread for thread in threading.enumerate() if thread.ident == waiter.ident)
    assert thread.name == "binance_ws one"
    waiter.setName("binance_ws two")
    assert (waiter.name, thread.name) == ("binance_ws two", "binance_ws two")


def test_in_a_script_it_keeps_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types here: a script that falls off its end goes on streaming."""
    monkeypatch.delattr(sys, "ps1", raising=False)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not Waiter().daemon


@pytest.mark.parametrize(("shell", "daemonic"), [(object(), True), (None, False)])
def test_at_a_prompt_it_does_not(monkeypatch: pytest.MonkeyPatch, shell: object, daemonic: bool) -> None:
    """In IPython and notebooks it is a daemon; not where IPython is merely imported."""
    module = types.ModuleType("IPython")
    monkeypatch.setattr(module, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert Waiter().daemon is daemonic


def test_at_the_interpreter_s_own_prompt_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompt is what tells that a person types."""
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert Waiter().daemon


def test_a_half_imported_ipython_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A manager may be made while another thread imports IPython."""
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    assert not Waiter().daemon


def test_a_wait_in_turns_ends_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the event comes, after some turns, or when the time is over."""
    monkeypatch.setattr(thread_like, "TURN_SECONDS", 0.001)
    event = threading.Event()
    assert not thread_like.wait_in_turns(event, 0.01)
    setter = threading.Timer(0.01, event.set)
    setter.start()
    assert thread_like.wait_in_turns(event)
    assert thread_like.wait_in_turns(event, 0)
    setter.join(SECONDS)
