"""The bytes of messages."""

from __future__ import annotations

import json

import pytest

from binance_ws.simulator.wire import combined, microseconds, shifted, text_frame
from tests import payloads
from tests.peer import frame


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_has_the_shortest_length(size: int) -> None:
    """Each of the three forms of a length is used where it should be."""
    assert text_frame(b"x" * size) == frame("x" * size)


def test_the_envelope_is_that_of_the_exchange() -> None:
    """A combined message is the documented one, byte for byte but for spaces."""
    example = payloads.load("spot_combined_agg_trade.json")
    made = combined(example["stream"], json.dumps(example["data"]).encode())
    assert json.loads(made) == example


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spot_trade.json", {"E": 1672515782136000, "T": 1672515782136000, "t": 12345}),
        ("spot_reference_price.json", {"t": 1770313263917000}),
        ("spot_ticker_window.json", {"E": 1672515782136000, "C": 1675216573749000, "L": 18150}),
    ],
)
def test_times_and_only_times_become_microseconds(name: str, expected: dict[str, int]) -> None:
    """Times have three more digits; ids and the rest stay."""
    example = payloads.load(name)
    made = json.loads(microseconds(json.dumps(example, separators=(",", ":")).encode()))
    assert made == {**example, **expected}


def test_a_kline_ends_with_its_last_microsecond() -> None:
    """The end of a kline in microseconds is just before the next one."""
    example = json.dumps(payloads.load("spot_kline.json"), separators=(",", ":")).encode()
    kline = json.loads(microseconds(example))["k"]
    assert (kline["t"], kline["T"]) == (1672515780000000, 1672515839999999)


def test_numbers_are_moved() -> None:
    """Only the named fields move, however many digits they get."""
    assert shifted(b'{"E":9,"t":1,"p":"9","b":[["1","2"]]}', {b"E": 1, b"t": 5}) == (
        b'{"E":10,"t":6,"p":"9","b":[["1","2"]]}'
    )
