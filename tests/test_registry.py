"""Tests of which socket has which key, from one thread and from many."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.errors import NotConnected, OpenError
from binance_ws.registry import MOST_LOST, Registry
from tests.peer import SECONDS

THREADS = 8
MARKETS = ("spot", "usdm", "options")
PATHS = ("btcusdt@trade", "btcusdt@depth", "!bookTicker", "streams=a@trade/b@trade")
steps = st.lists(st.tuples(st.booleans(), st.sampled_from(MARKETS), st.sampled_from(PATHS)), max_size=60)


class Thing:
    """What stands for a socket."""


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@given(steps)
def test_one_socket_for_each_identity_and_each_key(some: list[tuple[bool, str, str]]) -> None:
    """A claim fails exactly where the identity is taken; the key is the path, or the identity where that is."""
    registry: Registry[Thing] = Registry()
    held: dict[str, tuple[str, Thing]] = {}
    for claims, market, path in some:
        identity, thing = f"{market}:{path}", Thing()
        if claims:
            key = identity if path in {key for key, _ in held.values()} else path
            expected = None if identity in held else (key, False)
            assert registry.claim(identity, path, thing) == expected
            held.setdefault(identity, (key, thing))
        else:
            _, holder = held.pop(identity, ("", None))
            assert not registry.release(identity, thing)
            assert holder is None or registry.release(identity, holder)
            assert holder is None or not registry.release(identity, holder)
        assert registry.all() == [thing for _, thing in held.values()]
        assert all(registry.get(key) is thing for key, thing in held.values())


def test_a_key_is_never_given_twice() -> None:
    """Not even where a path looks like an identity."""
    registry: Registry[Thing] = Registry()
    sockets = [Thing(), Thing(), Thing()]
    claims = [("spot:usdm:a@x", "usdm:a@x"), ("spot:a@x", "a@x"), ("usdm:a@x", "a@x")]
    for socket, (identity, path) in zip(sockets, claims, strict=True):
        registry.claim(identity, path, socket)
    assert registry.all() == sockets


@pytest.mark.parametrize("key", [None, False, True, 0, b"a", [], {}, object(), "", "unknown"])
def test_what_is_no_key_names_nothing(key: object) -> None:
    """Whatever ``stop_socket`` is given, asking for it does no harm."""
    registry: Registry[Thing] = Registry()
    registry.claim("spot:a@x", "a@x", Thing())
    assert registry.get(key) is None


def test_runs_begin_and_end_in_turn() -> None:
    """``begin`` gives what was claimed before it, once; what is claimed in a run connects; ``drain`` frees all."""
    registry: Registry[Thing] = Registry()
    early, late, anew = Thing(), Thing(), Thing()
    assert (registry.running, registry.drain()) == (None, (None, []))
    assert registry.claim("spot:a", "a", early) == ("a", False)
    begun = registry.begin()
    assert begun is not None
    run, sockets = begun
    assert (sockets, registry.running, registry.begin()) == ([early], run, None)
    assert registry.claim("spot:b", "b", late) == ("b", True)
    assert registry.drain() == (run, [early, late])
    assert (registry.running, registry.all(), registry.get("a")) == (None, [], None)
    assert not registry.release("spot:a", early)
    assert registry.claim("spot:a", "a", anew) == ("a", False)
    again = registry.begin()
    assert again is not None
    assert again[0] is not run
    assert not run.ended.is_set()


def test_what_was_given_up_is_remembered_for_the_run() -> None:
    """By its key and for all, until it is claimed again, forgotten, or the run ends; what was stopped is not."""
    registry: Registry[Thing] = Registry()
    registry.begin()
    lost, stopped = Thing(), Thing()
    registry.claim("usdm:a", "a", lost)
    registry.claim("spot:b", "b", stopped)
    assert registry.release("usdm:a", lost, OpenError("no route"))
    assert not registry.release("usdm:a", lost, OpenError("again"))
    assert registry.release("spot:b", stopped)
    registry.check("b")
    for key in (None, "a"):
        with pytest.raises(NotConnected, match=r"^a is given up: no route$") as caught:
            registry.check(key)
        assert isinstance(caught.value.__cause__, OpenError)
    registry.forget("b")
    registry.claim("usdm:a", "a", lost)
    registry.check()
    registry.release("usdm:a", lost, OpenError("no route"))
    registry.forget("a")
    registry.check()
    registry.claim("usdm:a", "a", lost)
    registry.release("usdm:a", lost, OpenError("no route"))
    registry.drain()
    registry.check()


def test_the_memory_of_what_was_given_up_has_a_limit() -> None:
    """Of more than it holds the latest are remembered."""
    registry: Registry[Thing] = Registry()
    registry.begin()
    for number in range(MOST_LOST + 1):
        thing = Thing()
        registry.claim(f"spot:{number}", str(number), thing)
        registry.release(f"spot:{number}", thing, OpenError("no route"))
    registry.check("0")
    with pytest.raises(NotConnected):
        registry.check(str(MOST_LOST))


@pytest.mark.usefixtures("eager_threads")
def test_of_threads_that_race_one_wins() -> None:
    """However many threads claim one identity, one gets the key and the others get nothing, time after time."""
    registry: Registry[Thing] = Registry()
    barrier = threading.Barrier(THREADS)

    def race(identity: str) -> object:
        barrier.wait(SECONDS)
        return registry.claim(identity, identity, Thing())

    with ThreadPoolExecutor(THREADS, "binance_ws racer") as pool:
        for number in range(200):
            won = [claimed for claimed in pool.map(race, [f"spot:{number}"] * THREADS) if claimed]
            assert won == [(f"spot:{number}", False)]
    assert len(registry.all()) == 200


@pytest.mark.usefixtures("eager_threads")
def test_threads_that_claim_and_release_at_random_never_share() -> None:
    """Whoever holds an identity holds it alone until it lets go of it, and at the end nothing is held."""
    registry: Registry[Thing] = Registry()
    holders: dict[str, list[Thing]] = {f"spot:{path}": [] for path in PATHS}
    barrier = threading.Barrier(THREADS)

    def live(number: int) -> int:
        barrier.wait(SECONDS)
        wins = 0
        for turn in range(400):
            path = PATHS[(number * 7 + turn * 3) % len(PATHS)]
            identity, mine = f"spot:{path}", Thing()
            if registry.claim(identity, path, mine):
                holders[identity].append(mine)
                assert holders[identity] == [mine]
                assert registry.get(path) is mine
                holders[identity].remove(mine)
                assert registry.release(identity, mine)
                wins += 1
        return wins

    with ThreadPoolExecutor(THREADS, "binance_ws racer") as pool:
        assert sum(pool.map(live, range(THREADS))) >= 400
    assert registry.all() == []


@pytest.mark.usefixtures("eager_threads")
def test_a_socket_is_connected_by_its_claim_or_by_the_start_and_never_by_both() -> None:
    """However ``begin`` and claims fall together, each socket is told to connect once."""
    for _ in range(100):
        registry: Registry[Thing] = Registry()
        barrier = threading.Barrier(THREADS)

        def act(
            number: int, registry: Registry[Thing] = registry, barrier: threading.Barrier = barrier
        ) -> list[Thing]:
            barrier.wait(SECONDS)
            if number < 2:
                begun = registry.begin()
                return begun[1] if begun else []
            mine = Thing()
            claimed = registry.claim(f"spot:{number}", str(number), mine)
            return [mine] if claimed and claimed[1] else []

        with ThreadPoolExecutor(THREADS, "binance_ws racer") as pool:
            told = [thing for things in pool.map(act, range(THREADS)) for thing in things]
        assert sorted(map(id, told)) == sorted(map(id, registry.all()))
