"""Each of the doctor's checks, where all is well and where something is wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from binance_ws import Client, Environment
from binance_ws.config import Hosts
from binance_ws.doctor import Check, Finding, State, checks_of, examine, machine
from binance_ws.doctor import checks as looks
from binance_ws.doctor.findings import advice, fine
from binance_ws.enums import Market
from binance_ws.errors import (
    ApiError,
    BinanceWsError,
    CertificateError,
    CredentialsRejected,
    DeadlineExceeded,
    HandshakeError,
    MissingExtra,
    NotConnected,
    OpenError,
    ProxyError,
    RateLimited,
    ResolveError,
    RestError,
    TlsError,
)
from binance_ws.simulator import Exchange
from tests.peer import SECONDS


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=20) as made:
        yield made


def found(client: Client, *markets: Market) -> dict[tuple[str, str], Finding]:
    """What the doctor finds."""
    findings = examine(checks_of(client, markets or Market), client.network.timeout)
    return {(finding.subject, finding.what): finding for finding in findings}


def states(findings: dict[tuple[str, str], Finding]) -> dict[tuple[str, str], State]:
    """How each check of the way to the exchange went."""
    return {name: finding.state for name, finding in findings.items() if name[0] != "machine"}


def test_each_environment_names_what_it_serves() -> None:
    """A product that is not served is not looked at; the hosts of accounts only where everything is."""
    for environment in (Environment.PRODUCTION, Environment.TESTNET, Environment.US, Environment.MARKET_DATA):
        checks = checks_of(Client(environment=environment))
        subjects = {check.subject for check in checks} - {"machine", "dns", "account"}
        served = {market.value for market in Market if getattr(environment, market.value).stream}
        extra = {"portfolio", "margin risk"} if environment is Environment.PRODUCTION else set()
        assert subjects == served | extra
        assert len({(check.subject, check.what) for check in checks}) == len(checks)


class Clock:
    """A client of an exchange whose clock is ahead of ours."""

    def __init__(self, ahead: float, unit: int) -> None:
        self._ahead, self._unit = ahead, unit

    def time(self, market: Market) -> int:
        """The exchange's time."""
        return int((time.time() + self._ahead) * self._unit)


@pytest.mark.parametrize("unit", [1000, 1_000_000])
@pytest.mark.parametrize(
    ("ahead", "state", "word"),
    [
        (0.0, State.OK, ""),
        (-0.7, State.WARNING, "ahead of"),
        (3.0, State.FAILED, "behind"),
        (-3.0, State.FAILED, "ahead of"),
    ],
)
def test_a_clock_that_is_wrong(ahead: float, state: State, word: str, unit: int) -> None:
    """Half a second is worth a word, and a whole one is too much; in milliseconds or microseconds."""
    client: Any = Clock(ahead, unit)
    found, text, advised = looks._clock(client, Market.SPOT)
    assert found is state
    assert word in text
    assert ("NTP" in advised) is (state is not State.OK)


def test_a_restricted_place() -> None:
    """451 on REST and on the upgrade says where else to look."""
    with Exchange(speed=20) as exchange, exchange.faults.status(451):
        findings = found(Client(environment=exchange.environment, timeout=SECONDS), Market.SPOT)
    for what in ("rest", "stream"):
        assert findings["spot", what].state is State.FAILED
        assert "market-data" in findings["spot", what].advice


def test_a_mute_exchange() -> None:
    """It lets connections open and says nothing: each check ends by itself."""
    with Exchange(speed=20) as exchange, exchange.faults.stall():
        findings = found(Client(environment=exchange.environment, timeout=0.5), Market.SPOT)
    finding = findings["spot", "stream"]
    assert finding.state is State.FAILED
    assert finding.advice


def test_a_name_without_an_address() -> None:
    """The name is said, and what to look at."""
    nowhere = Hosts("http://nowhere.invalid", "ws://nowhere.invalid")
    findings = found(Client(environment=Environment(name="x", spot=nowhere), timeout=SECONDS))
    assert states(findings) == {
        ("dns", "nowhere.invalid"): State.FAILED,
        ("spot", "rest"): State.FAILED,
        ("spot", "clock"): State.FAILED,
        ("spot", "stream"): State.FAILED,
        ("account", "keys"): State.SKIPPED,
    }
    assert "DNS" in findings["dns", "nowhere.invalid"].advice


def test_the_proxy_is_shown_without_its_password(exchange: Exchange) -> None:
    """And names are left to it."""
    client = Client(
        environment=Environment.US, proxies={"https": "http://user:geheim@127.0.0.1:1"}, timeout=SECONDS
    )
    findings = found(client, Market.SPOT)
    assert findings["machine", "proxy"].text == "http://127.0.0.1:1"
    assert not [name for name in findings if name[0] == "dns"]
    assert not any("geheim" in finding.text for finding in findings.values())


class Vault:
    """A client with a key that may do what a test says."""

    API_KEY: str | None = "key"
    can_sign = True

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def signed(self, method: str, path: str) -> Any:
        """The exchange's answer."""
        if isinstance(self._answer, BinanceWsError):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "state", "word"),
    [
        ({"enableReading": True, "ipRestrict": True}, State.OK, "enableReading, ipRestrict"),
        ({"enableReading": False}, State.FAILED, "nothing is allowed"),
        ({"enableReading": True, "enableWithdrawals": True}, State.WARNING, "enableWithdrawals"),
        (ApiError("no", status=404), State.SKIPPED, "does not tell"),
        (CredentialsRejected("-2015", -2015, 401), State.FAILED, "-2015"),
    ],
)
def test_what_a_key_may_do(answer: Any, state: State, word: str) -> None:
    """To read is enough; to withdraw is too much."""
    client: Any = Vault(answer)
    finding = Check("account", "keys", lambda: looks._keys(client)).done()
    assert finding.state is state
    assert word in finding.text


def test_a_key_without_a_secret() -> None:
    """Is worth a word, and asks nothing."""
    assert looks._keys(Client("key"))[0] is State.WARNING


@pytest.mark.parametrize(
    ("name", "version", "state"),
    [
        ("websocket-client", "1.9.1", State.FAILED),
        ("websocket-client", "1.7.0", State.FAILED),
        ("websocket-client", "1.10.0", State.OK),
        ("requests", "2.30.9", State.FAILED),
        ("requests", "3.0.0rc1", State.OK),
    ],
)
def test_versions(name: str, version: str, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old ones and the broken one are refused, with the command that helps."""
    monkeypatch.setattr(machine, "version", lambda asked: version)
    finding = next(check for check in machine.machine_checks() if check.what == name).done()
    assert finding.state is state
    assert ("pip install" in finding.advice) is (state is State.FAILED)


def test_packages_in_one_another_s_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two libraries that both are ``binance`` overwrite each other."""
    both = {"binance": ["python-binance", "binance-connector"], "websocket": ["websocket-client"]}
    monkeypatch.setattr(machine, "packages_distributions", lambda: both)
    finding = next(check for check in machine.machine_checks() if check.what == "packages").done()
    assert finding.state is State.WARNING
    assert "binance-connector and python-binance" in finding.text


ERRORS: list[BinanceWsError] = [
    ResolveError("x"),
    CertificateError("x"),
    TlsError("x"),
    ProxyError("x"),
    DeadlineExceeded("x"),
    OpenError("x"),
    RestError("x"),
    MissingExtra("PySocks", "socks"),
    CredentialsRejected("x", -2015, 401),
    RateLimited("x", -1003, 200),
    *(HandshakeError("x", status) for status in (403, 404, 418, 429, 451, 503)),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_there_is_advice_for_every_error(error: BinanceWsError) -> None:
    """Also where it comes as the cause of another."""
    outer = NotConnected("not in time")
    outer.__cause__ = error
    assert advice(error) == advice(outer) != ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OpenError("refused"), "binance-ws simulate"),
        (RestError("refused"), "binance-ws simulate"),
        (DeadlineExceeded("x"), "binance-ws simulate"),
        (ResolveError("x"), "spelled"),
        (ProxyError("x"), "HTTPS_PROXY"),
        (RateLimited("x", -1003, 429), "asks too much"),
    ],
)
def test_a_local_exchange_wants_other_advice(error: BinanceWsError, said: str) -> None:
    """It has to be running; what it answers, and a proxy that is set, mean the same as elsewhere."""
    assert said in advice(error, local=True)


def test_which_exchange_is_a_local_one() -> None:
    """One on a plain host; its machine is looked at like any other."""
    for environment, local in ((Environment.local("127.0.0.1:1"), True), (Environment.TESTNET, False)):
        checks = checks_of(Client(environment=environment))
        assert {check.local for check in checks if check.subject != "machine"} == {local}
        assert not any(check.local for check in checks if check.subject == "machine")


def _mistaken() -> Any:
    return 1 / 0


def test_a_mistake_of_a_check_is_told() -> None:
    """It does not end the others."""
    checks = [Check("machine", "one", _mistaken), Check("machine", "two", lambda: fine("well"))]
    one, two = examine(checks)
    assert (one.state, one.text) == (State.FAILED, "ZeroDivisionError: division by zero")
    assert two.state is State.OK


def test_a_check_that_hangs_is_left() -> None:
    """The others are told in their order; what was not begun is not begun any more."""
    gate = threading.Event()
    begun: list[int] = []

    def hang() -> Any:
        gate.wait(SECONDS)
        return fine("late")

    def never() -> Any:
        begun.append(1)
        return fine("begun")

    first, second = examine(
        [Check("machine", "hangs", hang), Check("machine", "waits", never)], seconds=-0.9, workers=1
    )
    gate.set()
    assert (first.state, second.state) == (State.FAILED, State.FAILED)
    assert "did not end" in first.text
    assert "firewall" in first.advice
    assert "binance-ws simulate" in Check("spot", "rest", hang, local=True).late(1).advice
    assert begun == []


def test_environments_may_be_changed_by_a_field() -> None:
    """A host of one's own is looked at in its place."""
    own = replace(Environment.US, spot=Hosts("https://example.test", "wss://example.test"))
    assert [c.what for c in checks_of(Client(environment=own)) if c.subject == "dns"] == ["example.test"]
