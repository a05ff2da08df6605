"""Tests of one caller at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.net.turnstile import Turnstile
from tests.peer import SECONDS


class Work:
    """Notes what is done and whether it was ever done by two threads at a time."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.shared = False
        self._inside = 0

    def __call__(self, argument: Any) -> None:
        self._inside += 1
        self.shared |= self._inside != 1
        self.done.append(argument)
        self._inside -= 1


class Gate:
    """Work that begins, tells, and does not end before it may."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self, _: Any) -> None:
        self.begun.set()
        assert self.open.wait(SECONDS)


def _taker(turnstile: Turnstile, work: Callable[[Any], None], arguments: list[Any]) -> threading.Thread:
    """A thread that has work done with each argument."""

    def run() -> None:
        for argument in arguments:
            turnstile.take(work, argument)

    thread = threading.Thread(target=run, name="binance_ws taker", daemon=True)
    thread.start()
    return thread


def _join(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()


@given(st.integers(1, 6), st.integers(0, 60), st.sampled_from([0, 1, 10, 1000]))
def test_all_work_is_done_once_and_never_two_at_a_time(threads: int, each: int, limit: int) -> None:
    """Whatever the threads and the limit, nothing is lost, and a thread's own work keeps its order."""
    turnstile, work = Turnstile(limit), Work()
    barrier = threading.Barrier(threads)

    def take(number: int) -> None:
        barrier.wait(SECONDS)
        for turn in range(each):
            turnstile.take(work, (number, turn))

    with ThreadPoolExecutor(threads, "binance_ws taker") as pool:
        list(pool.map(take, range(threads)))
    assert not work.shared
    for number in range(threads):
        assert [turn for who, turn in work.done if who == number] == list(range(each))
    assert len(work.done) == threads * each


def test_alone_it_calls_at_once_on_the_same_thread() -> None:
    """Where nobody else is at work, the work is done when ``take`` returns."""
    seen: list[object] = []
    Turnstile().take(lambda argument: seen.extend([argument, threading.current_thread()]), "a")
    assert seen == ["a", threading.current_thread()]


def test_work_is_left_with_whoever_is_at_it() -> None:
    """A second thread goes on at once; the first one does its work, in the order in which it came."""
    turnstile, gate, work = Turnstile(), Gate(), Work()
    first = _taker(turnstile, gate, [None])
    assert gate.begun.wait(SECONDS)
    second = _taker(turnstile, work, [0, 1, 2, 3, 4])
    _join(second)
    assert work.done == []
    gate.open.set()
    _join(first)
    assert work.done == [0, 1, 2, 3, 4]


def test_too_much_left_makes_threads_wait() -> None:
    """Over the limit a thread waits for its turn instead of leaving more; nothing is lost by it."""
    turnstile, gate, work = Turnstile(2), Gate(), Work()
    waits = threading.Event()
    turn = turnstile._turn

    class Watched:
        """Tells when somebody is about to wait for the turn."""

        def acquire(self, blocking: bool) -> bool:
            if blocking:
                waits.set()
            return turn.acquire(blocking)

        def release(self) -> None:
            turn.release()

    turnstile._turn = Watched()  # type: ignore[assignment]
    first = _taker(turnstile, gate, [None])
    assert gate.begun.wait(SECONDS)
    second = _taker(turnstile, work, [0, 1, 2, 3, 4])
    assert waits.wait(SECONDS)
    assert second.is_alive()
    gate.open.set()
    _join(first, second)
    assert work.done == [0, 1, 2, 3, 4]


def test_who_has_the_turn_never_waits_for_it() -> None:
    """However much is left, work that brings more work leaves it with itself."""
    turnstile, gate, work = Turnstile(0), Gate(), Work()

    def bring(_: Any) -> None:
        gate(None)
        turnstile.take(work, "mine")

    first = _taker(turnstile, bring, [None])
    assert gate.begun.wait(SECONDS)
    turnstile.take(work, "left", waits=False)
    gate.open.set()
    _join(first)
    assert work.done == ["left", "mine"]


def test_who_closes_does_not_wait_for_work_that_never_ends() -> None:
    """Over the limit too it leaves its own and goes on; it is done if the other ever ends."""
    turnstile, gate, work = Turnstile(0), Gate(), Work()
    first = _taker(turnstile, gate, [None])
    assert gate.begun.wait(SECONDS)
    for number in range(3):
        turnstile.take(work, number, waits=False)
    assert work.done == []
    gate.open.set()
    _join(first)
    assert work.done == [0, 1, 2]


def test_work_that_raises_does_not_keep_the_turn() -> None:
    """The error is the caller's; what was left is done with the next."""
    turnstile, work = Turnstile(), Work()
    with pytest.raises(pytest.fail.Exception):
        turnstile.take(pytest.fail, "this work fails")
    turnstile.take(work, "next")
    assert work.done == ["next"]


def test_work_may_bring_more_work() -> None:
    """What is taken from inside the work is done by the same thread right after it."""
    turnstile, work = Turnstile(), Work()

    def bring(argument: str) -> None:
        turnstile.take(work, "brought")
        work(argument)

    turnstile.take(bring, "bringer")
    assert work.done == ["bringer", "brought"]
