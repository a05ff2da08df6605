"""The bytes of messages."""

from __future__ import annotations

import json

import pytest

from binance_ws.simulator.wire import combined, microseconds, shifted, text_frame
from tests import payloads
from tests.peer import frame
from tests.simulator.users import EXAMPLES


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


@pytest.mark.parametrize(
    ("name", "times"),
    [("user_execution_report_bare", "ETOW"), ("user_outbound_account_position_bare", "Eu")],
)
def test_events_of_accounts_have_all_their_times_in_microseconds(name: str, times: str) -> None:
    """The moment an order began to work and the last update of an account are times; ids stay."""
    example = {**EXAMPLES[name], **({"D": 1499405658657, "u": 10**13} if "W" in times else {})}
    made = json.loads(microseconds(json.dumps(example, separators=(",", ":")).encode()))
    moved = {key: example[key] * 1000 for key in (*times, *("D" if "W" in times else ""))}
    assert made == {**example, **moved}


def test_the_id_of_a_change_is_no_time() -> None:
    """However long it is."""
    change = b'{"e":"depthUpdate","E":1672515782136,"s":"X","U":9999999999998,"u":9999999999999}'
    assert microseconds(change) == change.replace(b"136,", b"136000,")


def test_numbers_are_moved() -> None:
    """Only the named fields move, however many digits they get."""
    assert shifted(b'{"E":9,"t":1,"p":"9","b":[["1","2"]]}', {b"E": 1, b"t": 5}) == (
        b'{"E":10,"t":6,"p":"9","b":[["1","2"]]}'
    )
