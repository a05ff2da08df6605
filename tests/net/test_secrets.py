"""Tests of what keeps secrets out of logs and errors."""

from __future__ import annotations

import logging

import pytest

from binance_ws.net.secrets import HIDDEN, hide, hide_in_logs, scrub


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("/api/v3/account?timestamp=1&signature=c0ffee", f"/api/v3/account?timestamp=1&signature={HIDDEN}"),
        ("/x?listenKey=abc&symbol=B", f"/x?listenKey={HIDDEN}&symbol=B"),
        ("apiKey=abc'", f"apiKey={HIDDEN}'"),
        ("/ws/abcdefghij 404", f"/ws/{HIDDEN} 404"),
        (f"/ws/{'k' * 64}'", f"/ws/{HIDDEN}'"),
        ("/ws/bnbbtc@trade nothing to hide", "/ws/bnbbtc@trade nothing to hide"),
    ],
)
def test_hide(text: str, hidden: str) -> None:
    """Values of secret parameters and the secrets that are known are replaced, nothing else."""
    assert hide(text, ["abcdefghij", ""]) == hidden


def test_scrub_goes_through_the_chain() -> None:
    """The error, its cause and its context lose the secret; chains that end in themselves do no harm."""
    cause, context = ValueError("key abcdefghij"), KeyError("abcdefghij")
    error = RuntimeError("got abcdefghij", 7)
    error.__cause__, error.__context__, cause.__context__ = cause, context, error
    scrub(error, ["abcdefghij"])
    assert (str(cause), context.args) == (f"key {HIDDEN}", (HIDDEN,))
    assert error.args == (f"got {HIDDEN}", 7)


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "websocket"])
def test_logs_of_others(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Their lines stay, without secrets; any number of clients add one filter."""
    log = logging.getLogger(name)
    hide_in_logs()
    count = len(log.filters)
    hide_in_logs()
    assert len(log.filters) == count
    with caplog.at_level(logging.DEBUG, name):
        log.debug('%s "%s" %s', "http://h", "/x?signature=c0ffee", 200)
        log.debug(f"404 {{'path': '/ws/{'k' * 60}'}} 100%")
    assert caplog.messages == [
        f'http://h "/x?signature={HIDDEN}" 200',
        f"404 {{'path': '/ws/{HIDDEN}'}} 100%",
    ]
