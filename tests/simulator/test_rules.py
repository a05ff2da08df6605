"""The guard: attempts, weights, bans, with the moments passed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from binance_ws.enums import Market
from binance_ws.errors import ArgumentError
from binance_ws.simulator.rules import OFF, Guard, Refusal, Rules

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("market", "ping", "messages", "streams"), [("spot", 20, 5, 1024), ("options", 300, 10, 200)]
)
def test_a_market_has_its_own_figures(market: str, ping: float, messages: float, streams: float) -> None:
    """What is not named is the exchange's figure for the market."""
    rules = Rules().socket(Market(market))
    assert (rules.ping_interval, rules.messages, rules.streams) == (ping, messages, streams)


def test_scale_shortens_all_times() -> None:
    """A scale of 0.01 makes 20 s to 0.2 s, and the second of the message limit to 10 ms."""
    rules = Rules(scale=0.01).socket(Market.SPOT)
    times = (rules.ping_interval, rules.pong_deadline, rules.life, rules.second)
    assert times == pytest.approx((0.2, 0.6, 864.0, 0.01))


def test_off_turns_everything_off_but_what_is_named() -> None:
    """Without rules nothing is limited; one of them may be put back."""
    rules = Rules.off(messages=2)
    assert rules.socket(Market.SPOT).ping_interval == OFF
    assert rules.socket(Market.SPOT).messages == 2
    guard = Guard(rules)
    assert all(guard.connect("a", NOW) is None and guard.weigh("a", 5000, NOW) is None for _ in range(500))


@pytest.mark.parametrize("wrong", [{"unknown_streams": "no"}, {"scale": 0}])
def test_bad_rules_are_refused(wrong: dict[str, object]) -> None:
    """A rule that cannot be used is told at once."""
    with pytest.raises(ArgumentError):
        replace(Rules(), **wrong)  # type: ignore[arg-type]


def test_the_301st_attempt_waits_for_the_window() -> None:
    """300 attempts in 5 minutes are allowed; the next one is told when the first is forgotten."""
    guard = Guard(Rules())
    assert all(guard.connect("a", NOW + n / 100) is None for n in range(300))
    assert guard.connect("a", NOW + 10) == Refusal(429, 290)
    assert guard.connect("b", NOW + 10) is None
    assert guard.connect("a", NOW + 300.001) is None


def test_who_does_not_listen_is_banned_ever_longer() -> None:
    """After ten refusals comes a ban of two minutes, after ten more one of four."""
    guard = Guard(Rules(connects=1))
    guard.connect("a", NOW)
    answers = [guard.connect("a", NOW + 1) for _ in range(11)]
    assert [a.status for a in answers if a] == [429] * 10 + [418]
    assert answers[-1] == Refusal(418, 120)
    assert guard.connect("a", NOW + 100) == Refusal(418, 21)
    assert guard.weigh("a", 1, NOW + 100) == Refusal(418, 21)
    again = [guard.connect("a", NOW + 122) for _ in range(11)]
    assert again[-1] == Refusal(418, 240)
    guard.pardon()
    assert guard.connect("a", NOW + 123) is None


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v3/account", 6000),
        ("/papi/v1/listenKey", 6000),
        ("/fapi/v1/depth", 2400),
        ("/eapi/v1/depth", 2400),
        ("/sapi/v1/margin/openOrders", 12_000),
        ("/sapi/v1/margin/listen-key", 180_000),
        ("/nowhere", 6000),
    ],
)
def test_a_pool_holds_so_much(path: str, limit: float) -> None:
    """Margin counts each call by itself, some by account."""
    assert Rules().pool(path)[1] == limit
    assert Rules.off().pool(path)[1] == OFF


def test_pools_are_used_up_one_by_one() -> None:
    """Spot, portfolio margin and each call of margin draw from pools of their own."""
    guard = Guard(Rules(weight=10, sapi_weight=10))
    paths = ("/api/v3/account", "/papi/v1/listenKey", "/sapi/v1/margin/account", "/sapi/v1/margin/openOrders")
    assert [guard.weigh("a", 9, NOW, path) for path in paths] == [None] * 4
    assert [guard.used("a", path) for path in paths] == [9] * 4
    assert [guard.weigh("a", 2, NOW, path) is None for path in paths] == [False] * 4


def test_weight_is_counted_by_calendar_minutes() -> None:
    """The weight of a minute is forgotten when the next one begins, not 60 s later."""
    guard = Guard(Rules(weight=10))
    minute = NOW // 60 * 60
    assert guard.weigh("a", 10, minute + 50) is None
    assert guard.used("a") == 10
    assert guard.weigh("a", 1, minute + 50) == Refusal(429, 10)
    assert guard.weigh("a", 1, minute + 60) is None
    assert guard.used("a") == 1
