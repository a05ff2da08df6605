"""Tests of a message's way from a frame's payload to the callback."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws import events
from binance_ws.core.merge import Merge
from binance_ws.delivery import Delivery
from binance_ws.net.turnstile import Turnstile
from binance_ws.streams import Stream, classify
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.target import Repair, Shape, Target
from tests.payloads import ANSWERS, COMBINED, INDEX, MARKET, SHUTDOWNS, load, patterns, text

PLAIN, WRAPPED, RAW = Shape(), Shape(wrapped=True), Shape(raw=True)
FRAMED = Shape(wrapped=True, frames=True)
TRADE, OTHER = classify("btcusdt@trade"), classify("ethusdt@trade")
MERGED = Shape(merge=partial(Merge, 1e-9))


class Way:
    """A delivery with everything that it tells kept in lists."""

    def __init__(
        self,
        shape: Shape = PLAIN,
        *streams: Stream,
        combined: bool = False,
        callback: Callable[[Any], object] | None = None,
        repair: Repair | None = None,
        limit: int = 100,
    ) -> None:
        self.got: list[Any] = []
        self.control: list[dict[str, Any]] = []
        self.told: list[events.Event] = []
        call = callback or self.got.append
        self.target = Target("the key", call, shape, Turnstile(), repair, self.told.append, limit)
        self.target.follow(streams or [TRADE])
        self.delivery = Delivery(self.target, self.control.append, combined)

    def send(self, *messages: Any) -> Way:
        """Deliver messages, as they are where they are bytes, in one chunk."""
        self.delivery.process([m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages])
        return self


def trades(*numbers: int) -> list[dict[str, Any]]:
    """Trades of these ids."""
    return [{"e": "trade", "s": "BTCUSDT", "t": number, "E": 1, "p": "1.0"} for number in numbers]


def wrap(stream: Stream, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages in the envelope of ``/stream``."""
    return [{"stream": stream.name, "data": message} for message in messages]


def _stream(name: str) -> Stream:
    """A stream of the row that a file of market data belongs to."""
    template, market = patterns(name)[0][0], INDEX[name]["market"]
    return next(Stream(template, k) for k in CATALOGUE if (k.market, k.template) == (market, template))


@pytest.mark.parametrize("name", MARKET)
def test_every_market_message_comes_bare_wrapped_and_raw(name: str) -> None:
    """No message of any market is taken for anything but data, in any envelope."""
    stream, message = _stream(name), load(name)
    envelope = {"stream": stream.name, "data": message}
    assert Way(PLAIN, stream).send(text(name)).got == [message]
    assert Way(PLAIN, stream, combined=True).send(envelope).got == [message]
    assert Way(WRAPPED, stream, combined=True).send(envelope).got == [envelope]
    assert Way(RAW, stream).send(text(name)).got == [text(name)]


@pytest.mark.parametrize("name", MARKET)
def test_a_message_carries_its_frame_where_that_was_asked_for(name: str) -> None:
    """The bytes as they came, beside what they mean, and the moment at which they were read."""
    stream, before = _stream(name), time.time_ns()
    frame = b'{"stream":"%s","data":%s}' % (stream.name.encode(), text(name))
    way = Way(FRAMED, stream, combined=True).send(frame, frame[:-1], b"[1]", {"result": None, "id": 1})
    (got,) = way.got
    assert before <= got.pop("received") <= time.time_ns()
    assert got == {"stream": stream.name, "data": load(name), "frame": frame}
    assert (way.delivery.malformed, way.control) == (2, [{"result": None, "id": 1}])


def test_what_comes_after_an_unsubscription_is_dropped() -> None:
    """It was on its way, and nobody looks at its order any more; subscribed again, the stream speaks again."""
    way = Way(WRAPPED, TRADE, OTHER, combined=True)
    way.target.forget(TRADE)
    way.send(*wrap(TRADE, trades(1, 5)), *wrap(OTHER, trades(70)))
    assert (way.got, way.control, way.delivery.malformed) == (wrap(OTHER, trades(70)), [], 0)
    way.target.follow([TRADE])
    assert way.send(*wrap(TRADE, trades(9))).got[1:] == wrap(TRADE, trades(9))


@pytest.mark.parametrize("name", COMBINED)
def test_every_combined_message_comes_wrapped_or_not(name: str) -> None:
    """The envelope of ``/stream`` is kept for those who asked for several streams, and taken off for others."""
    message = load(name)
    stream = Stream(message["stream"], TRADE.kind)
    assert Way(WRAPPED, stream, combined=True).send(text(name)).got == [message]
    assert Way(PLAIN, stream, combined=True).send(text(name)).got == [message["data"]]


@pytest.mark.parametrize("shape", [PLAIN, WRAPPED, MERGED])
@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize(
    "name", [*ANSWERS, "spot_server_shutdown_raw.json", "spot_server_shutdown_combined.json"]
)
def test_what_is_no_data_never_reaches_the_callback(name: str, combined: bool, shape: Shape) -> None:
    """Answers and shutdown notices go to whom they concern; they are not counted as messages."""
    way = Way(shape, TRADE, combined=combined).send(text(name))
    assert (way.got, way.control) == ([], [load(name)])
    assert way.delivery.malformed == 0


@pytest.mark.parametrize("combined", [False, True])
def test_the_last_message_is_one(combined: bool) -> None:
    """The lag is told from the last message that has a time, not from an answer."""
    message = wrap(TRADE, trades(1)) if combined else trades(1)
    way = Way(WRAPPED, combined=combined).send(*message, {"result": None, "id": 1})
    assert way.delivery.last == message[0]


@pytest.mark.parametrize("name", [n for n in SHUTDOWNS if "combined" in n])
def test_a_shutdown_notice_is_not_counted(name: str) -> None:
    """A connection that sent nothing but notices has not proven itself."""
    assert Way(WRAPPED, combined=True).send(text(name)).delivery.messages == 0


ODD = [b"", b"{", b"nonsense", b"5", b"null", b"true", b'"abc"', b'{"a":1}x', b"\x00"]
TEXTS = [pytest.param(b'"a string"')]


@pytest.mark.parametrize("combined", [False, True])
@pytest.mark.parametrize("payload", ODD)
def test_what_is_no_object_is_counted_and_logged_and_the_stream_goes_on(
    payload: bytes, combined: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Malformed text reaches nobody, is logged once a minute, and the messages around it come."""
    first, second = trades(1, 2) if not combined else wrap(TRADE, trades(1, 2))
    way = Way(WRAPPED if combined else PLAIN, combined=combined).send(first, payload, payload, second)
    assert way.got == [first, second]
    assert (way.delivery.messages, way.delivery.malformed) == (2, 2)
    assert [(r.levelno, r.name) for r in caplog.records] == [(logging.WARNING, "binance_ws.delivery")]
    assert "the key" in caplog.text


@pytest.mark.parametrize("payload", [*TEXTS, b'"abc"'])
def test_a_text_is_no_message(payload: bytes) -> None:
    """A callback gets dicts and lists alone."""
    way = Way().send(payload)
    assert (way.got, way.delivery.malformed) == ([], 1)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"stream":["x"],"data":{}}',
        b'{"stream":null,"data":{}}',
        b'{"stream":{},"data":1}',
        b'{"data":{"a":1}}',
        b'{"stream":"btcusdt@trade"}',
        b"[]",
        b"[1]",
        b"{}",
    ],
)
def test_a_broken_envelope_does_not_end_the_stream(payload: bytes) -> None:
    """Whatever a combined connection sends, the next message comes."""
    good = wrap(TRADE, trades(1))
    assert Way(WRAPPED, combined=True).send(payload, *good).got[-1:] == good


@pytest.mark.parametrize("shape", [PLAIN, WRAPPED, RAW])
def test_bytes_that_are_no_text_end_the_connection_after_what_came_before(shape: Shape) -> None:
    """RFC 6455 has us fail the connection; whole messages before the bad one are delivered first."""
    way = Way(shape)
    with pytest.raises(UnicodeDecodeError):
        way.send(*trades(1, 2), b'{"e":"\xff"}')
    assert len(way.got) == 2


def test_messages_before_bad_bytes_are_counted() -> None:
    """What the callback got is in the numbers."""
    way = Way()
    with pytest.raises(UnicodeDecodeError):
        way.send(*trades(1, 2), b"\xff")
    assert way.delivery.messages == 2


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("t"), UnicodeDecodeError("utf-8", b"", 0, 1, "x"), SystemExit(1)]
)
@pytest.mark.parametrize(
    ("shape", "combined"), [(PLAIN, False), (WRAPPED, True), (PLAIN, True), (RAW, False)]
)
def test_a_callback_that_raises_is_logged_and_counted(
    error: BaseException, shape: Shape, combined: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Its stream goes on, whatever it raised; a flood of errors is one line with its traceback."""
    got = []

    def callback(message: Any) -> None:
        got.append(message)
        raise error

    messages = wrap(TRADE, trades(1, 2, 3)) if combined else trades(1, 2, 3)
    way = Way(shape, combined=combined, callback=callback).send(*messages)
    assert (len(got), way.target.errors, way.delivery.messages) == (3, 3, 3)
    assert [r.message for r in caplog.records] == ["the callback of the key raised; its stream goes on"]
    assert type(error).__name__ in caplog.text


@pytest.mark.parametrize(
    ("shape", "combined", "stream"),
    [
        (PLAIN, False, TRADE),
        (WRAPPED, True, TRADE),
        (PLAIN, True, TRADE),
        (RAW, False, TRADE),
        pytest.param(
            WRAPPED,
            True,
            OTHER,
        ),
    ],
)
def test_nothing_comes_after_the_stop(shape: Shape, combined: bool, stream: Stream) -> None:
    """A callback that stops its own socket gets no further message, not even of the same chunk."""
    got = []

    def callback(message: Any) -> None:
        got.append(message)
        way.target.stopping = True

    way = Way(shape, TRADE, combined=combined, callback=callback)
    messages = wrap(stream, trades(1, 2, 3)) if combined else trades(1, 2, 3)
    way.send(*messages).send(*messages)
    assert len(got) == 1


def test_messages_are_fresh_and_prices_stay_strings() -> None:
    """A callback may keep and change what it gets: equal frames give two objects, and nobody else has them."""
    first, second = Way(PLAIN, classify("btcusdt@blockTrade")).send(*trades(1, 1)).got
    assert first == second
    assert first["p"] == "1.0"
    first.clear()
    assert second == trades(1)[0]


def test_a_merged_socket_gets_lists() -> None:
    """Lists and single messages make one list, the newest of each symbol."""
    way = Way(MERGED, combined=True)
    tickers = [{"s": "A", "n": 1}, {"s": "B", "n": 2}, {"s": "A", "n": 3}]
    way.send({"stream": TRADE.name, "data": tickers}, {"stream": TRADE.name, "data": {"s": "C"}})
    assert [m for batch in way.got for m in batch] == [{"s": "A", "n": 3}, {"s": "B", "n": 2}, {"s": "C"}]
    assert way.delivery.messages == 2


@pytest.mark.parametrize("data", [[1], {"x": 1}, [{"s": ["x"]}], [None], "text"])
def test_what_cannot_be_merged_does_not_end_the_stream(data: Any) -> None:
    """A message without a symbol is malformed, and the next one comes."""
    way = Way(MERGED, combined=True)
    way.send({"stream": TRADE.name, "data": data}, {"stream": TRADE.name, "data": [{"s": "A"}]})
    assert [m for batch in way.got for m in batch][-1] == {"s": "A"}


jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("estuUadkE"), inner, max_size=5)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("combined", [False, True])
@given(chunks=st.lists(st.lists(jsons, max_size=4), max_size=4), order=st.sampled_from(CATALOGUE))
def test_no_json_ends_a_stream(combined: bool, chunks: list[list[Any]], order: Any) -> None:
    """Whatever objects come, on a stream of whatever order, a good message after them comes too."""
    stream = Stream("x", order)
    way = Way(WRAPPED if combined else PLAIN, stream, combined=combined)
    for chunk in chunks:
        way.send(*({"stream": "x", "data": data} for data in chunk) if combined else chunk)
    last = {"e": "x", "y": 1, "z": 2, "w": 3}
    way.send({"stream": "x", "data": last} if combined else last)
    assert way.got[-1:] == [{"stream": "x", "data": last} if combined else last]


def test_a_message_that_waits_keeps_the_moment_at_which_it_was_read() -> None:
    """However long it takes to fill the gap before it."""
    way = Way(FRAMED, TRADE, combined=True, repair=lambda target, track, gap: lambda: ([], [gap]))
    way.send(*wrap(TRADE, trades(1, 3)))
    read = time.time_ns()
    way.target.resume(way.target.tracks[TRADE.name], trades(2), [])
    assert [message["data"]["t"] for message in way.got] == [1, 2, 3]
    assert ["received" in message for message in way.got] == [True, False, True]
    assert way.got[2]["received"] <= read


def test_streams_come_while_bytes_are_delivered() -> None:
    """Another thread may subscribe at any moment."""
    way = Way(RAW, TRADE, combined=True)

    class Meddler:
        """A track that is there when another one comes."""

        def __setattr__(self, name: str, value: Any) -> None:
            way.target.follow([OTHER])

    way.target.tracks[TRADE.name] = cast(Any, Meddler())
    way.send(*trades(1))
    assert way.target.tracks.keys() == {TRADE.name, OTHER.name}
