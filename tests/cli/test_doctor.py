"""``binance-ws doctor``, as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from binance_ws.cli.app import app
from binance_ws.enums import Market
from binance_ws.simulator import Exchange
from tests.peer import SECONDS

DEAD = "127.0.0.1:1"
"""Where nobody listens."""


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A simulated exchange on which everything happens at once."""
    with Exchange(speed=5) as made:
        yield made


def test_against_the_simulated_exchange(exchange: Exchange) -> None:
    """All is well: every product answers and speaks; the table says so, and the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "binance_ws.cli", "doctor"],
        env={**os.environ, "BINANCE_WS_HOST": exchange.host, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "0 failed" in done.stdout, done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    for market in Market:
        for what in ("rest", "clock", "stream"):
            assert f"{market.value:<11}   {what}" in done.stdout
    assert "first message after" in done.stdout


def test_as_json(exchange: Exchange) -> None:
    """One object with each finding, for the products that were asked for."""
    arguments = ["doctor", "--json", "--host", exchange.host, "--market", "usdm", "--timeout", str(SECONDS)]
    done = CliRunner().invoke(app, arguments)
    report = json.loads(done.stdout)
    assert (done.exit_code, report["ok"], report["environment"]) == (0, True, exchange.host)
    assert {check["subject"] for check in report["checks"]} == {"machine", "dns", "usdm", "account"}
    assert {*report["checks"][0]} == {"subject", "what", "state", "text", "advice"}


def test_where_nobody_listens() -> None:
    """The checks that need the exchange fail, each with something to do; so does the command."""
    with Exchange() as exchange:
        host = exchange.host
    done = CliRunner().invoke(app, ["doctor", "--json", "--host", host, "--timeout", "2"])
    checks = json.loads(done.stdout)["checks"]
    failed = [check for check in checks if check["state"] == "failed"]
    assert done.exit_code == 1
    assert {check["what"] for check in failed} == {"rest", "clock", "stream", "ws-api", "host"}
    assert all(check["advice"] for check in failed)


def test_one_cause_is_told_once() -> None:
    """A dead host is one row with every place, and the question that helps; the sum counts each check."""
    done = CliRunner().invoke(app, ["doctor", "--host", DEAD, "--timeout", "2"], env={"COLUMNS": "80"})
    seen = " ".join(done.stdout.split())
    assert done.exit_code == 1
    for once in ("could not be", "failed 127", "is `binance-ws simulate`"):
        assert seen.count(once) == 1, done.stdout
    assert not [market for market in Market if f" {market.value} " not in seen]
    assert "rest, clock, stream" in seen
    assert "15 failed" in seen
    assert "HTTPS_PROXY" not in seen


def test_one_cause_is_each_check_in_json() -> None:
    """Programs find every check under its own name."""
    done = CliRunner().invoke(app, ["doctor", "--json", "--host", DEAD, "--timeout", "2", "--market", "spot"])
    failed = [check for check in json.loads(done.stdout)["checks"] if check["state"] == "failed"]
    assert [check["what"] for check in failed] == ["rest", "clock", "ws-api", "stream"]


@pytest.mark.parametrize(
    "arguments",
    [["--environment", "nowhere"], ["--host", "http://x/"], ["--market", "bonds"], ["--timeout", "0"]],
)
def test_wrong_options(arguments: list[str]) -> None:
    """Are refused with the code for that."""
    assert CliRunner().invoke(app, ["doctor", *arguments]).exit_code == 2
