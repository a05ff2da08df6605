"""Tests of the timer thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.net.timer import Reminders, Task, Timer
from tests.peer import SECONDS

NAME = "binance_ws timer under test"
FAR = 1e6
PAST = -2 * FAR


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Iterator[Timer]:
    """A timer on the real clock, closed after the test."""
    made = Timer(NAME)
    yield made
    _end(made)


def _end(timer: Timer) -> None:
    thread = timer.close()
    if thread is not None:
        thread.join(SECONDS)
        assert not thread.is_alive()


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


def _wait(event: threading.Event) -> None:
    assert event.wait(SECONDS)


def test_a_call_gets_its_arguments_on_the_timer_s_thread(timer: Timer) -> None:
    """A due call runs on the one daemon thread of the timer's name, which the first call starts."""
    called = threading.Event()
    seen: list[object] = []
    assert _threads() == []

    def call(*args: object) -> None:
        seen.extend([args, threading.current_thread()])
        called.set()

    timer.after(0, call, 1, "a")
    _wait(called)
    assert seen == [(1, "a"), *_threads()]
    assert [thread.daemon for thread in _threads()] == [True]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_calls_come_in_the_order_of_their_times(dues: list[int], cancelled: set[int]) -> None:
    """Earlier ones first, those of one moment as they were asked for, and none that was called off."""
    clock, done, seen = Clock(), threading.Event(), list[int]()
    timer = Timer(NAME, clock)
    try:
        tasks = [timer.after(FAR + due, seen.append, number) for number, due in enumerate(dues)]
        for number in cancelled & set(range(len(tasks))):
            tasks[number].cancel()
            tasks[number].cancel()
        timer.after(FAR + 10, done.set)
        assert seen == []
        clock.now = 2 * FAR
        timer.after(PAST, bool)  # wakes the thread, which looks at the clock
        _wait(done)
        assert seen == sorted(set(range(len(dues))) - cancelled, key=lambda number: (dues[number], number))
    finally:
        _end(timer)


def test_an_earlier_call_overtakes_one_that_is_waited_for(timer: Timer) -> None:
    """The thread that waits for a far call is woken by a near one."""
    near = threading.Event()
    timer.after(FAR, pytest.fail, "came too early")
    timer.after(0, near.set)
    _wait(near)


def test_a_call_that_raises_is_logged_and_the_next_one_comes(
    timer: Timer, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad call does not end the thread."""
    after = threading.Event()
    timer.after(0, lambda: 1 / 0)
    timer.after(0.001, after.set)
    _wait(after)
    assert [(r.levelno, r.message) for r in caplog.records] == [(logging.ERROR, "a timed call failed")]
    assert "ZeroDivisionError" in caplog.text


def test_closing_forgets_every_call_and_ends_the_thread() -> None:
    """What was due later never comes; what is asked for while it is closed never comes either."""
    timer = Timer(NAME)
    timer.after(FAR, pytest.fail)
    thread = timer.close()
    assert thread is not None
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert timer.close() is None
    forgotten = timer.after(0, pytest.fail)
    forgotten.cancel()
    assert _threads() == []


def test_it_opens_again() -> None:
    """Closed and opened, it takes calls on a new thread; what was forgotten stays forgotten."""
    timer = Timer(NAME)
    for _ in range(3):
        seen: list[str] = []
        called = threading.Event()
        timer.open()
        timer.after(FAR, seen.append, "forgotten")
        timer.after(0, called.set)
        _wait(called)
        assert len(_threads()) == 1
        _end(timer)
        timer.after(0, seen.append, "while closed")
        assert seen == []
    assert _threads() == []


@pytest.mark.parametrize("again", [False, True])
def test_a_call_may_ask_for_more_and_may_close_the_timer(again: bool) -> None:
    """Calls run without the lock: they may use the timer, and even end and begin it."""
    timer, done = Timer(NAME), threading.Event()

    def first() -> None:
        timer.after(0, second)

    def second() -> None:
        assert timer.close() is threading.current_thread()
        if again:
            timer.open()
            timer.after(0, done.set)
        else:
            done.set()

    timer.after(0, first)
    _wait(done)
    _end(timer)
    for thread in _threads():
        thread.join(SECONDS)
    assert _threads() == []


def test_one_thread_does_for_many_calls_from_many_threads(timer: Timer) -> None:
    """Whoever asks, each call comes once, and one thread makes them all."""
    count, done = [0], threading.Event()
    makers: set[threading.Thread] = set()

    def call() -> None:
        makers.add(threading.current_thread())
        count[0] += 1
        if count[0] == 800:
            done.set()

    def ask() -> None:
        for _ in range(100):
            timer.after(0, call)

    askers = [threading.Thread(target=ask, name="binance_ws asker") for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(SECONDS)
    _wait(done)
    assert makers == set(_threads())
    assert len(makers) == 1


@pytest.mark.parametrize("use", [lambda timer: timer.after(FAR, bool), lambda timer: timer.open()])
def test_an_idle_timer_has_no_thread_that_polls(timer: Timer, use: Callable[[Timer], object]) -> None:
    """Opening it starts nothing; a far call starts one thread, which waits for that moment alone."""
    use(timer)
    assert len(_threads()) <= 1


def test_reminders_end_with_what_they_are_for() -> None:
    """One that is set anew takes the place of the one before; nothing is held on to once they are cleared."""
    tasks: list[Task] = []

    def after(seconds: float, call: Callable[..., object], *args: object) -> Task:
        tasks.append(Task(seconds, len(tasks), call, args))
        return tasks[-1]

    reminders = Reminders(after)
    reminders.set(1.0, print, "first")
    reminders.set(2.0, print, "second")
    reminders.set(3.0, repr, None)
    assert [task.work for task in tasks] == [None, (print, ("second",)), (repr, (None,))]
    reminders.clear()
    assert [task.work for task in tasks] == [None] * 3
