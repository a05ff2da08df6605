"""Gaps are filled page by page, each in its turn, whatever REST or a callback does; and the end is always told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from binance_ws import recovery
from binance_ws.core.sequence import Gap
from binance_ws.enums import Market
from binance_ws.errors import ApiError, RateLimited, RestError
from binance_ws.net.turnstile import Turnstile
from binance_ws.recovery import Recovery
from binance_ws.streams import names
from binance_ws.streams.kinds import Stream
from binance_ws.track import Track

from .core.test_filling import MINUTE, candles, trades
from .peer import SECONDS
from .waiting import Inbox, wait_event

TRADE, KLINE = names.trade("BNBBTC"), names.kline("BNBBTC", "1m")


class Socket:
    """What a gap is filled for: it keeps what comes, after ``then`` has been called."""

    def __init__(self, then: Callable[[Any], object] | None = None) -> None:
        self.key, self.stopping, self.turnstile = "key", False, Turnstile()
        self.tracks: dict[str, Track] = {}
        self.inbox = Inbox(then)

    def waits(self, stream: Stream, gap: Gap) -> tuple[Any, Track, Gap]:
        """A stream of it that waits for a gap to be filled, as ``repair`` is told of it."""
        track = self.tracks[stream.name] = Track(stream)
        track.hold({}, gap)
        return self, track, gap

    def resume(self, track: Track, found: list[Any], missing: list[Gap]) -> None:
        """The end of a gap."""
        numbers = [m["k"]["t"] // MINUTE if "k" in m else m.get("t", m.get("a")) for m in found]
        self.inbox((track.stream.symbol, numbers, missing))

    def told(self) -> tuple[list[int], list[Gap]]:
        """What was found and what is missing."""
        ((_, found, missing),) = self.inbox.wait()
        return found, missing


class Rest:
    """REST that answers as it is told, one answer after the other; the last one for good."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, path: str, market: object, weight: int, **params: Any) -> Any:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        made = answer(params) if callable(answer) else answer
        if isinstance(made, Exception):
            raise made
        return made


Fill = Callable[..., Socket]


def aggregate(number: int) -> dict[str, Any]:
    """A row of aggregated trades."""
    return {"a": number, "p": "1", "q": "2", "f": 1, "l": 2, "T": 9, "m": True}


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fill]:
    """Has a gap filled from what REST answers."""
    monkeypatch.setattr(recovery, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(recovery, "_MOMENT", 0.01)
    open_: list[tuple[Recovery, object]] = []

    def begin(rest: Rest, *gaps: tuple[Stream, Gap], socket: Socket | None = None) -> Socket:
        made, owner, wanted = Recovery(rest, has_key=False), object(), socket or Socket()
        made.open(owner)
        open_.append((made, owner))
        for stream, gap in gaps:
            assert made.repair(*wanted.waits(stream, gap))
        return wanted

    yield begin
    for made, owner in open_:
        thread = made.close(owner)
        if thread is not None:
            thread.join(SECONDS)


def test_a_gap_takes_as_many_pages_as_it_takes(fill: Fill) -> None:
    """Each begins where the last one ended."""
    rest = Rest(lambda params: trades(*range(params["fromId"], params["fromId"] + params["limit"])))
    assert fill(rest, (TRADE, Gap(1, 2500))).told() == ([*range(1, 2501)], [])
    assert rest.asked == 3


@pytest.mark.parametrize(
    "trouble",
    [
        RestError("no answer"),
        ApiError("busy", status=503),
        {"rubbish": 7},
        [],
        RateLimited("later", retry_after=0.01),
    ],
)
@pytest.mark.parametrize(("stream", "rows"), [(TRADE, trades), (KLINE, candles)], ids=["trades", "candles"])
def test_trouble_that_passes_costs_nothing(fill: Fill, trouble: Any, stream: Stream, rows: Any) -> None:
    """A page that fails, before the first or after it, is asked for again; nothing is taken to be missing."""
    scale = MINUTE if stream is KLINE else 1
    rest = Rest(trouble, rows(1, 2), trouble, rows(2, 3, 4, 5))
    assert fill(rest, (stream, Gap(scale, 4 * scale))).told() == ([1, 2, 3, 4], [])


@pytest.mark.parametrize(
    "trouble",
    [
        ApiError("gone", status=404),
        ApiError("bad symbol", -1121, 400),
        RateLimited("banned", retry_after=7200),
    ],
)
def test_what_will_not_change_is_not_waited_for(fill: Fill, trouble: Exception) -> None:
    """The stream goes on at once, and what is missing is told."""
    rest, stream = Rest([aggregate(1), aggregate(2)], trouble), names.agg_trade("BNBBTC")
    assert fill(rest, (stream, Gap(1, 9))).told() == ([1, 2], [Gap(3, 9)])
    assert rest.asked == 2


def test_where_old_trades_are_refused_the_latest_are_taken(fill: Fill) -> None:
    """The host for market data alone has no others; what they do not reach is told, and so is a second refusal."""
    refused = ApiError("gone", status=404)
    latest = Rest(refused, trades(*range(4, 20)))
    assert fill(latest, (TRADE, Gap(1, 9))).told() == ([*range(4, 10)], [Gap(1, 3)])
    twice = Rest(refused)
    assert fill(twice, (TRADE, Gap(1, 9))).told() == ([], [Gap(1, 9)])
    assert twice.asked == 2


def test_rows_that_are_none_end_it(fill: Fill) -> None:
    """What came before is delivered."""
    assert fill(Rest(trades(1, 2), ["x"]), (TRADE, Gap(1, 9))).told() == ([1, 2], [Gap(3, 9)])
    assert fill(Rest([{"id": 1}]), (TRADE, Gap(1, 1))).told() == ([], [Gap(1, 1)])


def test_rubbish_is_no_halt(fill: Fill) -> None:
    """Only a list without candles says that there are none, however often the exchange answers something else."""
    rest = Rest(*[{"rubbish": 7}] * 6, candles(1, 2, 3))
    assert fill(rest, (KLINE, Gap(MINUTE, 2 * MINUTE))).told() == ([1, 2], [])


def test_a_halt_is_not_waited_for(fill: Fill) -> None:
    """One answer with a candle from after the gap says that there are none in it."""
    rest = Rest(candles(1, 4))
    assert fill(rest, (KLINE, Gap(MINUTE, 3 * MINUTE))).told() == ([1], [Gap(2 * MINUTE, 3 * MINUTE)])
    assert rest.asked == 1


def test_a_database_that_lags_for_long_has_a_deadline(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the stream goes on, without the candle that may not be whole."""
    monkeypatch.setattr(recovery, "REPAIR_SECONDS", 0.05)
    rest = Rest(candles(1, 2))
    assert fill(rest, (KLINE, Gap(MINUTE, 2 * MINUTE))).told() == ([1], [Gap(2 * MINUTE, 2 * MINUTE)])


def test_a_gap_is_not_given_up_while_others_are_served(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is asked for again after its first failure, though its thirty seconds are long over by then."""
    now = [0.0]
    monkeypatch.setattr(recovery, "time", SimpleNamespace(monotonic=lambda: now[0]))
    failed: set[str] = set()

    def answer(params: dict[str, Any]) -> Any:
        now[0] += 1
        first = params["symbol"] not in failed
        failed.add(params["symbol"])
        return RestError("once") if first else trades(1, 2)

    gaps = [(names.trade(f"S{n}USDT"), Gap(1, 2)) for n in range(100)]
    told = fill(Rest(answer), *gaps).inbox.wait(100)
    assert [(found, missing) for _, found, missing in told] == [([1, 2], [])] * 100


def test_rest_that_fails_has_a_deadline(fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the stream goes on without what is missing."""
    monkeypatch.setattr(recovery, "REPAIR_SECONDS", 0.05)
    assert fill(Rest(RestError("no answer")), (TRADE, Gap(1, 9))).told() == ([], [Gap(1, 9)])


def test_one_gap_does_not_wait_for_the_luck_of_another(fill: Fill) -> None:
    """While the exchange wants us to wait with one, the others are filled."""

    def answer(params: dict[str, Any]) -> Any:
        return RateLimited("wait", retry_after=60) if params["symbol"] == "BNBBTC" else trades(1, 2)

    socket = fill(Rest(answer), (TRADE, Gap(1, 2)), (names.trade("ETHBTC"), Gap(1, 2)))
    assert socket.inbox.wait() == [("ethbtc", [1, 2], [])]


def test_a_callback_that_does_not_return_holds_up_nobody_else(fill: Fill) -> None:
    """What was found is delivered on a thread of its own; closing does not wait for ever."""
    gate = threading.Event()
    stuck = Socket(lambda message: gate.wait(SECONDS))
    free, rest = Socket(), Rest(trades(1, 2))
    made, owner = Recovery(rest, has_key=False), object()
    made.open(owner)
    made.repair(*stuck.waits(TRADE, Gap(1, 2)))
    stuck.inbox.wait()
    made.repair(*free.waits(TRADE, Gap(1, 2)))
    assert free.told() == ([1, 2], [])
    gate.set()
    thread = made.close(owner)
    assert thread is not None
    thread.join(SECONDS)
    assert not thread.is_alive()


def test_it_can_be_closed_by_who_gets_what_was_found(fill: Fill) -> None:
    """There is no thread then that he would have to wait for."""
    closed: list[Any] = []
    done = threading.Event()
    made, owner = Recovery(Rest(trades(1, 2)), has_key=False), object()

    def close(message: Any) -> None:
        closed.append(made.close(owner))
        done.set()

    made.open(owner)
    made.repair(*Socket(close).waits(TRADE, Gap(1, 2)))
    wait_event(done)
    assert closed == [None]


def test_it_can_be_closed_while_a_gap_waits(fill: Fill) -> None:
    """Nothing is delivered any more, and the thread ends."""
    asked = threading.Event()

    def answer(params: dict[str, Any]) -> Any:
        asked.set()
        return RateLimited("wait", retry_after=60)

    socket, made, owner = Socket(), Recovery(Rest(answer), has_key=False), object()
    made.open(owner)
    made.repair(*socket.waits(TRADE, Gap(1, 2)))
    wait_event(asked)
    thread = made.close(owner)
    assert thread is not None
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert socket.inbox.messages == []
    assert not made.repair(*socket.waits(TRADE, Gap(1, 2)))


def test_what_cannot_be_asked_for_is_not(fill: Fill) -> None:
    """Books have no past, and the trades of USD-M need a key."""
    made = Recovery(Rest([]), has_key=False)
    made.open(object())
    for stream in (names.depth("BNBBTC"), names.trade("BTCUSDT", Market.USDM)):
        assert not made.repair(*Socket().waits(stream, Gap(1, 2)))


@pytest.mark.parametrize("change", ["a later gap", "unsubscribed", "subscribed anew", "given up"])
def test_what_nobody_waits_for_any_more_is_not_delivered(fill: Fill, change: str) -> None:
    """It would come behind what is newer, and end the wait for another gap."""
    asked, go_on = threading.Event(), threading.Event()
    socket, other = Socket(), names.trade("ETHBTC")

    def answer(params: dict[str, Any]) -> Any:
        asked.set()
        go_on.wait(SECONDS)
        return trades(1, 2)

    made, owner = Recovery(Rest(answer), has_key=False), object()
    made.open(owner)
    target, track, gap = socket.waits(TRADE, Gap(1, 2))
    assert made.repair(target, track, gap)
    wait_event(asked)
    if change in ("a later gap", "given up"):
        track.release()
    if change == "a later gap":
        track.hold({}, Gap(1, 2))
    if change == "unsubscribed":
        socket.tracks.clear()
    if change == "subscribed anew":
        socket.tracks[TRADE.name] = Track(TRADE)
    assert made.repair(*socket.waits(other, Gap(1, 2)))
    go_on.set()
    assert socket.inbox.wait() == [("ethbtc", [1, 2], [])]
    thread = made.close(owner)
    assert thread is not None
    thread.join(SECONDS)
    assert len(socket.inbox.messages) == 1
