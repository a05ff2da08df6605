"""What the doctor finds at several places is told once where it has one cause."""

from __future__ import annotations

import pytest

from binance_ws.doctor import Cause, Finding, State, causes


def failed(subject: str, what: str, text: str, advice: str = "do this") -> Finding:
    """A finding of something wrong."""
    return Finding(subject, what, State.FAILED, text, advice)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("127.0.0.1:1 could not be reached", "127.0.0.1:1 could not be reached"),
        ("the name api.binance.com has no address", "the name ws-fapi.binance.com has no address"),
        ("btcusdt@depth5 did not open", "btcusd_perp@markPrice@1s did not open"),
        ("796 ms behind the exchange", "80 ms behind the exchange"),
    ],
)
def test_one_cause(one: str, other: str) -> None:
    """Findings that differ in a host, a stream or a number are one, with every place."""
    found = [failed("spot", "rest", one), failed("spot", "clock", one), failed("usdm", "rest", other)]
    (cause,) = causes(found)
    assert cause.places == {"spot": ["rest", "clock"], "usdm": ["rest"]}
    assert cause.text == (one if one == other else f"{one}; the others likewise")


def test_several_causes() -> None:
    """Other words, other advice and another state are another cause; each stands where it was found first."""
    found = [
        failed("spot", "rest", "refused"),
        failed("spot", "clock", "lost"),
        failed("usdm", "rest", "refused", "do that"),
        Finding("usdm", "clock", State.WARNING, "refused", "do this"),
        failed("coinm", "rest", "refused"),
    ]
    assert causes(found) == [Cause([found[0], found[4]]), *(Cause([each]) for each in found[1:4])]


def test_what_is_fine_stands_alone() -> None:
    """Also where the words are the same."""
    found = [Finding("machine", what, State.OK, "1.2.3") for what in ("orjson", "requests")]
    assert causes(found) == [Cause([each]) for each in found]
