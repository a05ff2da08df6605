"""Tests of what keeps secrets out of logs and errors."""

from __future__ import annotations

import logging

import pytest

from binance_ws.net.secrets import HIDDEN, hide, scrub, silence_urllib3


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("/api/v3/account?timestamp=1&signature=c0ffee", f"/api/v3/account?timestamp=1&signature={HIDDEN}"),
        ("/x?listenKey=abc&symbol=B", f"/x?listenKey={HIDDEN}&symbol=B"),
        ("apiKey=abc'", f"apiKey={HIDDEN}'"),
        ("/ws/abcdefghij 404", f"/ws/{HIDDEN} 404"),
        ("nothing to hide", "nothing to hide"),
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


def test_urllib3_is_silenced_once(caplog: pytest.LogCaptureFixture) -> None:
    """Its debug lines stay, without secrets; any number of clients add one filter."""
    log = logging.getLogger("urllib3.connectionpool")
    silence_urllib3()
    count = len(log.filters)
    silence_urllib3()
    assert len(log.filters) == count
    with caplog.at_level(logging.DEBUG, "urllib3"):
        log.debug('%s "%s" %s', "http://h", "/x?signature=c0ffee", 200)
    assert caplog.messages == [f'http://h "/x?signature={HIDDEN}" 200']
