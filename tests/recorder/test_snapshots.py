"""Snapshots of the books whose changes are recorded."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.errors import ApiError, RateLimited, RestError
from binance_ws.recorder import Recorder, read
from binance_ws.recorder import snapshots as module
from binance_ws.recorder.box import Box
from binance_ws.recorder.files import Files
from binance_ws.recorder.snapshots import Snapshots
from binance_ws.simulator import Exchange, Recording
from binance_ws.streams import names

from ..peer import SECONDS

BTC, ETH = names.depth("BTCUSDT", "100ms"), names.depth("ETHUSDT", "100ms")
OTHERS = [names.trade("BTCUSDT"), names.partial_depth("BTCUSDT", 5)]


class Asked:
    """An exchange that answers as it is told, and the lines that come of it."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, int, int]] = []
        self.called = threading.Event()
        self.lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.snapshots = Snapshots("binance_ws snapshots test", [BTC, ETH, *OTHERS], self.ask, self.lines.put)

    def ask(self, path: str, market: Any, weight: int, symbol: str, limit: int) -> Any:
        """A call of REST."""
        assert path == "depth"
        self.calls.append((symbol, weight, limit))
        self.called.set()
        answer = self.answers.pop(0) if self.answers else {"lastUpdateId": len(self.calls)}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def next(self) -> Any:
        """The next line."""
        return json.loads(self.lines.get(timeout=SECONDS))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between attempts."""
    monkeypatch.setattr(module, "_PAUSE", 0.0)


def test_each_book_gets_one_when_its_changes_begin() -> None:
    """After each connection; streams that are no changes of books need none."""
    asked = Asked()
    for _ in range(2):
        asked.snapshots.hear(events.Connected("key", 4))
        assert [asked.next()["symbol"] for _ in range(2)] == ["BTCUSDT", "ETHUSDT"]
    assert asked.calls[0] == ("BTCUSDT", 50, 1000)
    asked.snapshots.end()


def test_only_the_book_that_missed_something_gets_another() -> None:
    """Gaps of other streams and other events concern no book."""
    asked = Asked({"lastUpdateId": 5, "bids": [], "asks": []})
    asked.snapshots.hear(events.Missed("key", OTHERS[0].name, 1, 2))
    asked.snapshots.hear(events.Silent("key", BTC.name, 60.0))
    asked.snapshots.hear(events.Missed("key", ETH.name, 1, 2))
    line = asked.next()
    assert isinstance(line.pop("t"), int)
    assert line == {"symbol": "ETHUSDT", "data": {"lastUpdateId": 5, "bids": [], "asks": []}}
    asked.snapshots.end()
    asked.snapshots.hear(events.Connected("key", 1))
    assert len(asked.calls) == 1


@pytest.mark.usefixtures("quick")
def test_it_tries_again() -> None:
    """What may pass is waited for; then the next book has its turn."""
    asked = Asked(RestError("no answer"), RateLimited("too much", retry_after=0.01))
    asked.snapshots.hear(events.Connected("key", 2))
    assert [asked.next()["symbol"] for _ in range(2)] == ["BTCUSDT", "ETHUSDT"]
    assert [call[0] for call in asked.calls] == ["BTCUSDT"] * 3 + ["ETHUSDT"]
    asked.snapshots.end()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("error", "calls"), [(ApiError("no symbol", -1121, 400), 1), (RestError("no answer"), 5)]
)
def test_where_there_is_none_a_note_says_why(error: Exception, calls: int) -> None:
    """At once where asking again would not help."""
    asked = Asked(*[error] * calls)
    asked.snapshots.hear(events.Missed("key", BTC.name, 1, 2))
    line = asked.next()
    assert (line["note"], line["stream"], line["cause"]) == ("no_snapshot", BTC.name, str(error))
    assert len(asked.calls) == calls
    asked.snapshots.end()


def change(first: int, **more: int) -> dict[str, int]:
    """A change of a book; futures tell the id before it."""
    return {"U": first, "u": first + 2, **more}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("first", "calls"), [(change(11), 1), (change(12), 2), (change(15, pu=10), 1), (change(15, pu=11), 2)]
)
@pytest.mark.parametrize("sooner", ["the change", "the snapshot"])
def test_a_snapshot_older_than_the_changes_is_asked_for_again(
    first: dict[str, int], calls: int, sooner: str
) -> None:
    """Whichever of the two comes first; one that the first change joins is enough."""
    asked = Asked({"lastUpdateId": 10}, {"lastUpdateId": 20})
    asked.snapshots = Snapshots("binance_ws snapshots test", [BTC], asked.ask, asked.lines.put)
    if sooner == "the change":
        asked.snapshots.dropped(BTC.name)
        asked.snapshots.see(BTC.name, first)
        asked.snapshots._want([BTC])
    else:
        asked.snapshots.hear(events.Connected("key", 1))
        assert asked.next()["data"] == {"lastUpdateId": 10}
        asked.snapshots.see(BTC.name, first)
    if calls == 2 or sooner == "the change":
        assert asked.next()["data"] == {"lastUpdateId": 10 * calls}
    asked.snapshots.end()
    assert len(asked.calls) == calls


@pytest.mark.usefixtures("quick")
def test_where_all_are_older_a_note_says_so() -> None:
    """It is asked for a few times, not for ever."""
    asked = Asked(*[{"lastUpdateId": 10}] * 5)
    asked.snapshots.dropped(BTC.name)
    asked.snapshots.see(BTC.name, change(100))
    asked.snapshots.hear(events.Missed("key", ETH.name, 1, 2))
    asked.snapshots._want([BTC])
    asked.answers.insert(0, {"lastUpdateId": 1})
    assert [asked.next().get("symbol"), asked.next()["cause"]] == [
        "ETHUSDT",
        "it was older than the changes that it should be joined by",
    ]
    asked.snapshots.end()


def test_changes_that_were_dropped_need_another(tmp_path: Path) -> None:
    """A book is whole again with the first change that found room, without a new connection."""
    box, asked = Box(1), Asked({"lastUpdateId": 10}, {"lastUpdateId": 20})
    recorder = Recorder(Files(tmp_path / "x.jsonl", lambda part: b"", None, None), box, asked.snapshots, [])

    def bring(first: int) -> None:
        data = change(first)
        frame = json.dumps({"stream": BTC.name, "data": data}).encode()
        recorder.bring({"stream": BTC.name, "data": data, "frame": frame, "received": 1})

    asked.snapshots.hear(events.Missed("key", BTC.name, 1, 2))
    assert asked.next()["data"] == {"lastUpdateId": 10}
    bring(11)
    bring(14)
    assert (recorder.dropped, len(asked.calls)) == (1, 1)
    box.take()
    bring(17)
    assert asked.next()["data"] == {"lastUpdateId": 20}
    asked.snapshots.end()


def test_its_end_is_not_kept_waiting() -> None:
    """Neither by a pause nor by books that wait for their turn; the thread ends."""
    asked = Asked(RateLimited("too much", retry_after=1000.0))
    asked.snapshots.hear(events.Connected("key", 2))
    assert asked.called.wait(SECONDS)
    asked.snapshots.end()
    assert asked.lines.empty()
    assert len(asked.calls) == 1


def test_a_replay_has_the_whole_book(tmp_path: Path) -> None:
    """The snapshot joins the recorded changes, and the replay begins with it."""
    path = tmp_path / "x.jsonl.gz"
    with Exchange("demo", speed=5) as exchange:
        client = Client(environment=exchange.environment)
        with BinanceSocketManager(client) as manager, manager.record(path, BTC) as recorder:
            assert exchange.wait_for(lambda: recorder.frames > 40, SECONDS)
        manager.join(SECONDS)
        client.close()
    records = list(read(path))
    (snapshot,) = (record.message for record in records if record.note and record.note["note"] == "snapshot")
    changes = [record.message for record in records if record.note is None]
    first = next(change for change in changes if change["u"] > snapshot["lastUpdateId"])
    assert first["U"] <= snapshot["lastUpdateId"] + 1
    assert len(snapshot["bids"]) > 100
    assert Recording(path).snapshots["BTCUSDT"] == snapshot
