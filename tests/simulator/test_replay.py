"""The shipped recording, played."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from typing import Any

import pytest

from binance_ws.simulator import DEMO, Recording
from binance_ws.simulator.amounts import to_int
from binance_ws.simulator.book import Book, Diff
from tests.simulator.markets import EPOCH, Watched, replayed

NAMES = [f"{s}@{n}" for s in ("btcusdt", "ethusdt") for n in ("trade", "bookTicker", "depth@100ms")]


@pytest.fixture(scope="module")
def recording() -> Recording:
    """The shipped one."""
    return Recording(DEMO)


@pytest.fixture(scope="module")
def played(recording: Recording) -> Watched:
    """It, played three times."""
    watched = replayed(recording, *NAMES)
    watched.rounds(3)
    return watched


def test_the_first_round_is_byte_for_byte(recording: Recording, played: Watched) -> None:
    """Every recorded frame is sent as it was, in the order of receipt."""
    expected: dict[str, list[bytes]] = defaultdict(list)
    for frame in recording.frames():
        expected[frame.stream].append(frame.payload)
    for name in NAMES:
        assert played.payloads[name][: len(expected[name])] == expected[name]
    assert played.order[: sum(map(len, expected.values()))] == [f.stream for f in recording.frames()]


@pytest.mark.parametrize("symbol", ["btcusdt", "ethusdt"])
def test_ids_and_times_rise_through_all_rounds(played: Watched, symbol: str) -> None:
    """Trade ids have no gap, changes of the book join, update ids of best prices rise, times too."""
    trades = [m["t"] for m in played.messages(f"{symbol}@trade")]
    assert trades == list(range(trades[0], trades[0] + len(trades)))
    changes = played.messages(f"{symbol}@depth@100ms")
    assert all(
        a["u"] + 1 == b["U"] and b["U"] <= b["u"] and a["E"] <= b["E"] for a, b in itertools.pairwise(changes)
    )
    updates = [m["u"] for m in played.messages(f"{symbol}@bookTicker")]
    assert all(a < b for a, b in itertools.pairwise(updates))


def test_a_book_kept_by_a_client_is_right_in_every_round(recording: Recording, played: Watched) -> None:
    """The snapshot with all changes applied equals the best prices that carry the same update id."""
    for symbol, snapshot in recording.snapshots.items():
        name = symbol.lower()
        book = Book()
        book.load(snapshot["lastUpdateId"], _levels(snapshot["bids"]), _levels(snapshot["asks"]))
        quotes = {m["u"]: m for m in played.messages(f"{name}@bookTicker")}
        compared = 0
        for change in played.messages(f"{name}@depth@100ms"):
            book.apply(Diff(change["U"], change["u"], _levels(change["b"]), _levels(change["a"]), 0))
            if quote := quotes.get(change["u"]):
                wanted = tuple(to_int(quote[key]) for key in "bBaA")
                assert book.best()[1:] == wanted
                compared += 1
        assert compared > 100


def test_what_is_sent_agrees_with_the_book_of_rest(played: Watched) -> None:
    """The exchange's own book has the last update id that was sent."""
    last = played.messages("btcusdt@depth@100ms")[-1]["u"]
    assert played.market.instrument("btcusdt").book.last == last


def test_without_a_loop_it_ends(recording: Recording) -> None:
    """Played once, it is over, and the rest of the market goes on."""
    watched = replayed(recording, "btcusdt@trade", "bnbbtc@trade", loop=False)
    watched.run(120)
    assert watched.market.replay is not None
    assert watched.market.replay.due is None
    assert watched.messages("bnbbtc@trade")[-1]["T"] // 1000 == watched.market.now // 10**9


def test_times_may_be_moved(recording: Recording) -> None:
    """With an epoch the times begin there, the ids stay."""
    moved, unmoved = (replayed(recording, "btcusdt@trade", start=start) for start in (EPOCH, None))
    for watched in (moved, unmoved):
        watched.run(5)
    assert EPOCH / 10**6 <= moved.messages("btcusdt@trade")[0]["T"] < EPOCH / 10**6 + 5000
    assert [m["t"] for m in moved.messages("btcusdt@trade")] == [
        m["t"] for m in unmoved.messages("btcusdt@trade")
    ]


def test_other_recorded_streams_are_played_as_they_are(tmp_path: Any) -> None:
    """Captured klines and aggregates are sent, no derived ones; a stream that nobody knows is not."""
    kline = {"e": "kline", "E": 1_700_000_001_000, "s": "BTCUSDT", "k": {"t": 1, "T": 2, "f": 10, "L": 12}}
    aggregate = {"e": "aggTrade", "E": 1_700_000_001_000, "a": 5, "f": 10, "l": 12, "T": 1_700_000_001_000}
    lines = [("btcusdt@kline_1m", kline), ("btcusdt@aggTrade", aggregate), ("???", {})]
    path = tmp_path / "x.jsonl"
    path.write_text(
        "".join(json.dumps({"t": n, "stream": s, "data": d}) + "\n" for n, (s, d) in enumerate(lines))
    )
    watched = replayed(Recording(path), "btcusdt@kline_1m", "btcusdt@aggTrade", loop=False)
    watched.run(10)
    assert watched.messages("btcusdt@kline_1m") == [kline]
    assert watched.messages("btcusdt@aggTrade") == [aggregate]


def test_a_book_without_a_snapshot_is_built_from_its_changes(tmp_path: Any) -> None:
    """Where no snapshot was recorded the book begins empty, and rounds still join."""
    changes = [
        {
            "e": "depthUpdate",
            "E": 1_700_000_000_000 + n,
            "s": "X",
            "U": n,
            "u": n,
            "b": [[f"{n}.0", "1.0"]],
            "a": [],
        }
        for n in range(5, 9)
    ]
    path = tmp_path / "x.jsonl"
    lines = ({"t": n * 10**6, "stream": "xusdt@depth@100ms", "data": d} for n, d in enumerate(changes))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    watched = replayed(Recording(path), "xusdt@depth@100ms")
    watched.rounds(3)
    sent = watched.messages("xusdt@depth@100ms")
    assert sent[:4] == changes
    assert all(a["u"] + 1 == b["U"] for a, b in itertools.pairwise(sent))
    assert len(watched.market.instrument("xusdt").book.bids.top()) == 4


def _levels(pairs: list[list[str]]) -> tuple[tuple[int, int], ...]:
    return tuple((to_int(price), to_int(quantity)) for price, quantity in pairs)
