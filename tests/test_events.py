"""Tests of the events: what they are, what they say, and that the log says each of them once."""

from __future__ import annotations

import dataclasses
import inspect
import logging
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, events
from binance_ws.events import (
    Backfilled,
    BookStale,
    BookSynced,
    Connected,
    Event,
    GivenUp,
    Lost,
    MayMiss,
    Missed,
    Refused,
    Renewed,
    Retrying,
    Rotated,
    Silent,
    Stopped,
)
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox

CAUSE = ValueError("the peer\nhung up")
STREAM = "btcusdt@trade"
LINES: list[tuple[Event, str]] = [
    (Connected("k", 1), "k is connected"),
    (Connected("k", 3), "k is connected with 3 streams"),
    (Lost("k", CAUSE), "k is disconnected: the peer hung up"),
    (Lost("k", KeyError()), "k is disconnected: KeyError"),
    (Retrying("k", 2, 0.23), "k connects again in 0.2 s, attempt 2"),
    (Retrying("k", 0, 0.0), "k connects again at once"),
    (Refused("k", ("a@trade",), CAUSE), "k: the peer hung up"),
    (GivenUp("k", CAUSE), "k is given up: the peer hung up"),
    (Stopped("k"), "k is stopped"),
    (Missed(STREAM, STREAM, 5, 7), "btcusdt@trade: 5 to 7 are missing and will not come"),
    (Missed("k", STREAM, 5, 5), "k: btcusdt@trade: message 5 is missing and will not come"),
    (Backfilled(f"usdm:{STREAM}", STREAM, 1), "usdm:btcusdt@trade: 1 missing message was fetched"),
    (Backfilled("user", "user", 2), "user: 2 missing messages were fetched"),
    (Rotated("k", "its age"), "k has moved to a new connection: its age"),
    (Silent(STREAM, STREAM, 300.4), "btcusdt@trade has sent nothing for 300 s"),
    (Silent("k", STREAM, 10.0, "misspelt"), "k: btcusdt@trade has sent nothing for 10 s: misspelt"),
    (Renewed("user", 1_700_000_000_000), "user is renewed until 2023-11-14 22:13:20 UTC"),
    (MayMiss("user", 1_700_000_000_999), "user may have missed what happened since 2023-11-14 22:13:20 UTC"),
    (BookSynced("books", "a@depth", 9), "the book of a@depth is up to date, as of update 9"),
    (BookStale("books", "a@depth", "gone"), "the book of a@depth is stale: gone"),
]
ALARMING = {
    logging.WARNING: {Lost, Missed, Silent, MayMiss},
    logging.ERROR: {Refused, GivenUp},
}


def _kinds() -> list[type[Event]]:
    return [
        c for _, c in inspect.getmembers(events, inspect.isclass) if issubclass(c, Event) and c is not Event
    ]


@pytest.mark.parametrize("kind", _kinds())
def test_an_event_is_a_small_frozen_value(kind: type[Event]) -> None:
    """Every kind is a frozen dataclass whose first field is the key of its socket."""
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert dataclasses.fields(kind)[0].name == "key"
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


@pytest.mark.parametrize("kind", _kinds())
def test_every_kind_has_its_line_and_its_level(kind: type[Event]) -> None:
    """What somebody should look at is a warning, what ends a stream an error; the rest is information."""
    assert any(type(event) is kind for event, _ in LINES)
    expected = [level for level, kinds in ALARMING.items() if kind in kinds] or [logging.INFO]
    assert [kind.level] == expected


@pytest.mark.parametrize(("event", "line"), LINES)
def test_an_event_is_printed_as_a_line(event: Event, line: str) -> None:
    """One line for people; its ``repr`` has every field."""
    assert str(event) == line
    assert repr(event).startswith(f"{type(event).__name__}(key=")


def test_the_page_lists_every_event() -> None:
    """With its own fields and its level."""
    page = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*)\| (INFO|WARNING|ERROR) \|$", page, re.MULTILINE)
    listed = {name: (re.findall(r"\w+", fields), level) for name, fields, level in rows}
    assert listed == {
        kind.__name__: (
            [field.name for field in dataclasses.fields(kind)[1:]],
            logging.getLevelName(kind.level),
        )
        for kind in _kinds()
    }


def test_a_line_is_no_longer_than_people_read() -> None:
    """The key of a socket of a thousand streams is cut."""
    assert len(str(Connected("streams=" + "/".join([STREAM] * 1000), 1000))) < 120


@pytest.mark.parametrize("event", [event for event, _ in LINES], ids=lambda event: type(event).__name__)
def test_events_are_values(event: Event) -> None:
    """Equal where their fields are, hashable, and not to be changed by whoever gets them first."""
    assert dataclasses.replace(event) == event != dataclasses.replace(event, key="other")
    assert len({event, dataclasses.replace(event)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.key = "other"  # type: ignore[misc]


def _live(exchange: Exchange, manager: BinanceSocketManager, told: Inbox) -> None:
    """A day in the life of some sockets: everything that happens to them, in seconds."""

    def hear(kind: type[Event], key: Any = None) -> None:
        told.wait_for(lambda seen: any(type(e) is kind and key in (None, e.key) for e in seen))

    book = manager.start_order_book("BNBBTC", depth=20)
    trades, changes = Inbox(), Inbox()
    trade = manager.start_trade_socket("BTCUSDT", trades)
    depth = manager.start_depth_socket("BTCUSDT", changes)
    pair = manager.start_multiplex_socket(["ethusdt@trade", "ethusdt@aggTrade"], lambda message: None)
    manager.start_user_socket(lambda message: None)
    manager.wait_connected(timeout=SECONDS)
    book.wait_ready(SECONDS)
    with exchange.faults.drop("btcusdt@trade"):
        hear(Lost, trade)
    trades.wait(len(trades.messages) + 1)
    with exchange.faults.gap("btcusdt@trade", 3):
        hear(Backfilled, trade)
    changes.wait()
    with exchange.faults.gap("btcusdt@depth", 3):
        hear(Missed, depth)
    with exchange.faults.shutdown_event("ethusdt@trade"):
        hear(Rotated, pair)
    with exchange.faults.reset():
        hear(MayMiss, "user")
        hear(BookStale)
    manager.stop_socket(pair)
    with exchange.faults.status(503, rest=False), exchange.faults.reset():
        hear(GivenUp)


def test_the_log_says_each_thing_once(caplog: pytest.LogCaptureFixture) -> None:
    """Each event is a line at its level, nothing else is said at INFO or above, and each socket ends once."""
    told = Inbox()
    with Exchange("demo", speed=10) as exchange, caplog.at_level(logging.INFO, "binance_ws"):
        client = Client(
            exchange.api_key, exchange.api_secret, environment=exchange.environment, timeout=SECONDS
        )
        with BinanceSocketManager(client, max_retries=2, on_event=told) as manager:
            _live(exchange, manager, told)
        manager.join(SECONDS)
        client.close()
    logged = [record for record in caplog.records if record.name.startswith("binance_ws")]
    lines = Counter((r.levelno, r.getMessage()) for r in logged if r.name == "binance_ws.manager")
    assert lines == Counter((event.level, str(event)) for event in told.messages)
    assert [r.getMessage() for r in logged if r.name != "binance_ws.manager"] == []
    assert [r.getMessage() for r in caplog.records if r.name == "websocket"] == []
    ends = Counter(event.key for event in told.messages if isinstance(event, (GivenUp, Stopped)))
    assert len(ends) == 5
    assert set(ends.values()) == {1}


def test_what_is_closed_is_told_once() -> None:
    """Stopping or closing twice adds nothing; a manager that never started stops its sockets all the same."""
    told = Inbox()
    manager = BinanceSocketManager(on_event=told)
    keys = [manager.start_trade_socket(symbol, lambda message: None) for symbol in ("BTCUSDT", "ETHUSDT")]
    manager.stop_socket(keys[0])
    manager.stop_socket(keys[0])
    manager.close()
    manager.close()
    assert told.messages == [Stopped(str(key)) for key in keys]
